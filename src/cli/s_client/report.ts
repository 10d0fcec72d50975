/** What s_client prints of a connection, in OpenSSL 3.0's words and order. */
import { encodePem } from '../../lib/der/index.ts';
import { OcspResponse } from '../../lib/ocsp/index.ts';
import { shortName } from '../../lib/registry/oids.ts';
import { TLS13 } from '../../lib/registry/tls-versions.ts';
import { nameText, type NameOptions } from '../../lib/text/name.ts';
import { ocspResponseText } from '../../lib/text/ocsp.ts';
import { BAD_TIME, timeText } from '../../lib/text/time.ts';
import type { ConnectionInfo, Session, TlsEngine } from '../../lib/tls/index.ts';
import { parsedCertificate, type CertificateView } from '../../lib/verify/index.ts';
import {
  authorityNames,
  certificateTypes,
  exportedText,
  isReused,
  keyBits,
  peerSignature,
  pointFormats,
  sessionText,
  signatureAlgorithms,
  signatureHash,
  signatureType,
  schemesText,
  suiteText,
  suiteVersion,
  temporaryKey,
  verificationText,
  verifyReturnCode,
} from '../tls/text.ts';

/** What a report is made of. */
export interface Report {
  readonly engine: TlsEngine;
  readonly nameOptions: NameOptions;
  readonly showCertificates: boolean;
  /** Octets of the handshake. */
  readonly read: number;
  readonly written: number;
  readonly verifyResult: number;
  readonly peerName: string | undefined;
  /** Schemes that we sign by. */
  readonly ownSchemes: ReadonlySet<number>;
  readonly session: Session | undefined;
  readonly earlyDataSent: boolean;
  readonly exported: { readonly label: string; readonly length: number } | undefined;
  readonly pskIdentity: string | undefined;
  /** The newest version that was offered, for a handshake that came to none. */
  readonly offered: string;
  /** Point formats that the server named. */
  readonly pointFormats: readonly number[] | undefined;
  /** Whether the server's certificate was refused: OpenSSL then shows its chain, and says nothing of the certificate itself. */
  readonly refused: boolean;
}

const views = (info: Pick<ConnectionInfo, 'peerChain'>): CertificateView[] =>
  info.peerChain.flatMap((der) => {
    try {
      return [parsedCertificate(der, 'ber')];
    } catch {
      return [];
    }
  });

/** The whole report; not `full`: what is different with each connection of -reconnect. */
export function connectionText(report: Report, full: boolean): string {
  const { engine, verifyResult, peerName } = report;
  const { info, secure } = engine;
  // before TLS 1.3 OpenSSL has no suite until there are keys
  const shown = secure || report.session || isTls13(report) ? info : { ...info, suite: undefined };
  const [leaf] = full && !report.refused ? views(info) : [];
  return [
    full ? fullText(report) : '',
    verificationText(verifyResult, peerName),
    `---\n${secure && isReused(info) ? 'Reused' : 'New'}, ${suiteVersion(shown)}, Cipher is ${suiteText(shown)}\n`,
    leaf ? `Server public key is ${keyBits(leaf)} bit\n` : '',
    `Secure Renegotiation IS${info.secureRenegotiation ? '' : ' NOT'} supported\n`,
    'Compression: NONE\nExpansion: NONE\n',
    info.alpn ? `ALPN protocol: ${Buffer.from(info.alpn).toString('utf8')}\n` : 'No ALPN negotiated\n',
    isTls13(report) ? earlyText(report) + verifyReturnCode(verifyResult) : oldSession(report),
    exportText(report),
    '---\n',
  ].join('');
}

const isTls13 = ({ engine, offered }: Report): boolean =>
  engine.info.version ? engine.info.version.code === TLS13 : offered === 'TLSv1.3';

function earlyText({ engine, earlyDataSent }: Report): string {
  const { earlyData } = engine.info;
  if (!earlyDataSent) return 'Early data was not sent\n';
  return `Early data was ${earlyData === 'accepted' ? 'accepted' : 'rejected'}\n`;
}

function oldSession({ engine, session, verifyResult, offered, pskIdentity }: Report): string {
  const { version, pskHint } = engine.info;
  const hint = pskHint && pskHint.length > 0 ? Buffer.from(pskHint).toString('utf8') : undefined;
  const psk = { identity: pskIdentity, hint };
  if (session) return sessionText(session, { verifyResult, psk });
  const { extendedMasterSecret } = engine.info;
  return sessionText(undefined, { verifyResult: 0, version: version?.name ?? offered, extendedMasterSecret });
}

function exportText({ engine, exported }: Report): string {
  if (!exported) return '';
  const { label, length } = exported;
  let material: Uint8Array | undefined;
  try {
    material = engine.exportKeyingMaterial(length, label);
  } catch {
    material = undefined;
  }
  return exportedText(label, length, material);
}

function fullText(report: Report): string {
  const { engine, nameOptions, showCertificates, read, written, ownSchemes } = report;
  const { info } = engine;
  const chain = views(info);
  const leaf = report.refused ? undefined : chain[0];
  return [
    chain.length > 0 ? `---\nCertificate chain\n${chain.map((view, i) => chainText(view, i, report)).join('')}` : '',
    '---\n',
    leaf
      ? `Server certificate\n${showCertificates ? '' : certificatePem(leaf)}${ownerText(leaf, nameOptions)}`
      : 'no peer certificate available\n',
    authorityNames(info, nameOptions),
    certificateTypes(info),
    signatureAlgorithms(info, ownSchemes, 'Requested '),
    report.refused ? '' : peerSignature(info),
    report.refused && !isTls13(report) ? '' : temporaryKey(info),
    `---\nSSL handshake has read ${read} bytes and written ${written} bytes\n`,
  ].join('');
}

const certificatePem = ({ der }: CertificateView): string => encodePem('CERTIFICATE', der);

/** Subject and issuer, as both programs print them below a certificate. */
export function ownerText({ certificate }: CertificateView, options: NameOptions): string {
  return `subject=${nameText(certificate.subject, options)}\nissuer=${nameText(certificate.issuer, options)}\n`;
}

function chainText(view: CertificateView, i: number, { nameOptions, showCertificates }: Report): string {
  const { subject, issuer, notBefore, notAfter, keyAlgorithm, signatureAlgorithm } = view.certificate;
  const key = `${shortName(keyAlgorithm.oid)}, ${keyBits(view)} (bit); sigalg: ${shortName(signatureAlgorithm.oid)}`;
  const time = (value: typeof notBefore): string => timeText(value) ?? BAD_TIME;
  return (
    `${`${i}`.padStart(2)} s:${nameText(subject, nameOptions)}\n` +
    `   i:${nameText(issuer, nameOptions)}\n` +
    `   a:PKEY: ${key}\n` +
    `   v:NotBefore: ${time(notBefore)}; NotAfter: ${time(notAfter)}\n` +
    (showCertificates ? certificatePem(view) : '')
  );
}

/** The short summary of -brief. */
export function summaryText(report: Report): string {
  const { engine, nameOptions, verifyResult, peerName } = report;
  const { info } = engine;
  const [leaf] = views(info);
  const { peerScheme } = info;
  const hash = peerScheme && signatureHash(peerScheme);
  const requested =
    info.peerSchemes.length > 0 ? `Requested Signature Algorithms: ${schemesText(info.peerSchemes)}\n` : '';
  return [
    `Protocol version: ${info.version?.name ?? 'unknown'}\n`,
    `Ciphersuite: ${suiteText(info)}\n`,
    requested,
    ...(leaf
      ? [
          `Peer certificate: ${nameText(leaf.certificate.subject, nameOptions)}\n`,
          hash ? `Hash used: ${hash}\n` : '',
          peerScheme ? `Signature type: ${signatureType(peerScheme)}\n` : '',
          verificationText(verifyResult, peerName),
        ]
      : ['No peer certificate\n']),
    pointFormats(report.pointFormats),
    temporaryKey(info),
  ].join('');
}

/** A ticket of TLS 1.3. */
export const ticketText = (session: Session, verifyResult: number): string =>
  `---\nPost-Handshake New Session Ticket arrived:\n${sessionText(session, { verifyResult })}---\n`;

/** A stapled OCSP response, as -status shows it. */
export function ocspText(response: Uint8Array | undefined): string {
  if (!response) return 'OCSP response: no response sent\n';
  const rule = '======================================\n';
  return `OCSP response: \n${rule}${ocspResponseText(OcspResponse.read(response))}${rule}`;
}
