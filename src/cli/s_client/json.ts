/** What `s_client --json` prints of a handshake. */
import { SIGNATURE_SCHEMES } from '../../lib/registry/tls-signatures.ts';
import { verifyCode } from '../../lib/registry/verify-errors.ts';
import { parsedCertificate } from '../../lib/verify/index.ts';
import { encodePem } from '../../lib/der/index.ts';
import { nameText } from '../../lib/text/name.ts';
import { sslSessionId } from '../../lib/tls/index.ts';
import type { Report } from './report.ts';
import type { ClientSetup } from './setup.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const text = (bytes: Uint8Array | undefined): string | null => (bytes ? Buffer.from(bytes).toString('utf8') : null);

/** The document. The only secret in it is what -keymatexport asks for. */
export function connectionJson(report: Report, { target, serverName }: ClientSetup): object {
  const { engine, verifyResult, session, exported } = report;
  const { info } = engine;
  const { name, text: words } = verifyCode(verifyResult);
  return {
    host: target.host ?? null,
    port: target.path === undefined ? target.port : null,
    path: target.path ?? null,
    serverName: serverName ?? null,
    version: info.version?.name ?? null,
    suite: info.suite ? { name: info.suite.name, openssl: info.suite.openssl ?? null, code: info.suite.code } : null,
    group: info.group?.name ?? null,
    dhBits: info.dhBits ?? null,
    signatureScheme: info.peerScheme?.name ?? null,
    resumed: info.resumed,
    retried: info.retried,
    earlyData: info.earlyData,
    alpn: text(info.alpn),
    extendedMasterSecret: info.extendedMasterSecret,
    encryptThenMac: info.encryptThenMac,
    secureRenegotiation: info.secureRenegotiation,
    verify: { ok: verifyResult === 0, code: verifyResult, name, text: words },
    certificates: info.peerChain.map((der) => certificateJson(der, report)),
    ocspResponse: info.ocsp ? Buffer.from(info.ocsp).toString('base64') : null,
    clientCertificate: {
      requested: info.certificateRequested,
      sent: info.credential !== undefined && info.credential.chain.length > 0,
      signatureSchemes: info.peerSchemes.map((code) => SIGNATURE_SCHEMES.get(code) ?? code),
    },
    keyingMaterial: exported
      ? { ...exported, value: hex(engine.exportKeyingMaterial(exported.length, exported.label)) }
      : null,
    sessionId: session ? hex(sslSessionId(session)) : null,
    bytes: { read: report.read, written: report.written },
  };
}

function certificateJson(der: Uint8Array, { nameOptions }: Report): object {
  const pem = encodePem('CERTIFICATE', der);
  try {
    const { subject, issuer, notBefore, notAfter } = parsedCertificate(der, 'ber').certificate;
    const date = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());
    return {
      subject: nameText(subject, nameOptions),
      issuer: nameText(issuer, nameOptions),
      notBefore: date(notBefore.ms),
      notAfter: date(notAfter.ms),
      pem,
    };
  } catch {
    return { subject: null, issuer: null, notBefore: null, notAfter: null, pem };
  }
}
