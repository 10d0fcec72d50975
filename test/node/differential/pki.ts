/** The certificates of the scenarios, made once a run: both implementations get the same ones. */
import { buildCrl, crlNumberExtension, crlPem, revokedEntry } from '../../../src/lib/crl/index.ts';
import { writePkcs12 } from '../../../src/lib/pkcs12/index.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { certificatePem, timeFromMs } from '../../../src/lib/x509/build.ts';
import { signatureFor } from '../../../src/lib/x509/sign.ts';
import { issueFor, type TestIdentity } from '../../support/tls-certificates.ts';

/** What goes into the options of both ends. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

export interface Pki {
  readonly ca: string;
  readonly otherCa: string;
  /** A CA under `ca`. */
  readonly intermediate: string;
  /** For localhost, server.example, *.wild.example and 127.0.0.1. */
  readonly server: Identity;
  readonly rsa: Identity;
  /** Issued by `intermediate`, which is not in `cert`. */
  readonly leaf: Identity;
  readonly client: Identity;
  /** Issued by `otherCa`. */
  readonly stranger: Identity;
  readonly a: Identity;
  readonly b: Identity;
  readonly expired: Identity;
  readonly early: Identity;
  readonly selfSigned: Identity;
  /** Without a subjectAltName. */
  readonly plainName: Identity;
  /** Good for clients alone by its extended key usage. */
  readonly clientOnly: Identity;
  /** Has a certificate policy, key usages and the addresses of an OCSP responder and of its CA's certificate. */
  readonly full: Identity;
  /** `server`'s key in a PKCS#8 file that wants the passphrase "sesame". */
  readonly encryptedKey: string;
  /** `client` and `ca`, with the passphrase "sesame". */
  readonly pfx: Buffer;
  /** By `ca`; nothing is revoked. */
  readonly emptyCrl: string;
  /** By `ca`; `client` and `server` are revoked. */
  readonly crl: string;
}

const DAY = 86_400_000;
const LOCAL = 'DNS:localhost,DNS:server.example,DNS:*.wild.example,IP:127.0.0.1';

const FULL: Partial<Parameters<typeof issueFor>[0]> = {
  extensions: [
    ['keyUsage', 'critical,digitalSignature'],
    ['extendedKeyUsage', 'serverAuth,clientAuth'],
    ['certificatePolicies', '1.2.3.4'],
    ['authorityInfoAccess', 'OCSP;URI:http://ocsp.example/,caIssuers;URI:http://ca.example/ca.der'],
  ],
};

const pem = ({ certificate, keyObject }: TestIdentity): Identity => ({
  key: keyObject.export({ type: 'pkcs8', format: 'pem' }).toString(),
  cert: certificatePem(certificate),
});

function crlBy(authority: TestIdentity, revoked: readonly TestIdentity[]): string {
  const now = Date.now();
  const crl = buildCrl(
    {
      issuer: authority.certificate.subject,
      thisUpdate: timeFromMs(now - DAY),
      nextUpdate: timeFromMs(now + 30 * DAY),
      revoked: revoked.map(({ certificate }) => revokedEntry(certificate.serial, timeFromMs(now - DAY), { reason: 1 })),
      extensions: [crlNumberExtension(1n)],
    },
    signatureFor(authority.key),
  );
  return crlPem(crl);
}

function validFor(
  from: number,
  to: number,
): { notBefore: ReturnType<typeof timeFromMs>; notAfter: ReturnType<typeof timeFromMs> } {
  return { notBefore: timeFromMs(Date.now() + from * DAY), notAfter: timeFromMs(Date.now() + to * DAY) };
}

export async function makePki(): Promise<Pki> {
  const authority = (name: string, issuer?: TestIdentity): Promise<TestIdentity> =>
    issueFor({
      kind: 'p256',
      name,
      extensions: [
        ['basicConstraints', 'critical,CA:TRUE'],
        ['keyUsage', 'critical,keyCertSign,cRLSign'],
      ],
      ...(issuer && { issuer }),
    });
  const ca = await authority('CA');
  const otherCa = await authority('another CA');
  const intermediate = await authority('intermediate CA', ca);
  const issue = (
    name: string,
    names: string,
    more: Partial<Parameters<typeof issueFor>[0]> = {},
  ): Promise<TestIdentity> =>
    issueFor({
      kind: 'p256',
      name,
      issuer: ca,
      ...more,
      extensions: [...(names ? [['subjectAltName', names] as const] : []), ...(more.extensions ?? [])],
    });
  const server = await issue('server', LOCAL);
  const client = await issue('client', '', { extensions: [['extendedKeyUsage', 'clientAuth']] });
  const full = await issue('full', `${LOCAL},email:post@example.org,URI:https://example.org/`, FULL);
  return {
    ca: certificatePem(ca.certificate),
    otherCa: certificatePem(otherCa.certificate),
    intermediate: certificatePem(intermediate.certificate),
    server: pem(server),
    rsa: pem(await issue('rsa', LOCAL, { kind: 'rsa' })),
    leaf: pem(await issue('leaf', LOCAL, { issuer: intermediate })),
    client: pem(client),
    stranger: pem(await issue('stranger', LOCAL, { issuer: otherCa })),
    a: pem(await issue('a', 'DNS:a.example')),
    b: pem(await issue('b', 'DNS:b.example')),
    expired: pem(await issue('expired', LOCAL, { validity: validFor(-20, -10) })),
    early: pem(await issue('early', LOCAL, { validity: validFor(10, 20) })),
    selfSigned: pem(await issueFor({ kind: 'p256', name: 'alone', extensions: [['subjectAltName', LOCAL]] })),
    plainName: pem(await issue('localhost', '')),
    clientOnly: pem(await issue('client only', LOCAL, { extensions: [['extendedKeyUsage', 'clientAuth']] })),
    full: pem(full),
    encryptedKey: server.keyObject
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'sesame' })
      .toString(),
    pfx: writePkcs12({
      certificates: [{ der: client.der }, { der: ca.der }],
      keys: [{ pkcs8: client.key.pkcs8 }],
      password: Secret.fromText('sesame'),
    }),
    emptyCrl: crlBy(ca, []),
    crl: crlBy(ca, [client, server]),
  };
}
