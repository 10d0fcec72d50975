/** A small PKI to try TLS with: an authority, a server and a client. */
import { createHash } from 'node:crypto';
import { encodePem } from '../der/pem.ts';
import { fail } from '../errors.ts';
import { generateKey } from '../keys/generate.ts';
import type { PrivateKey } from '../keys/model.ts';
import { writePrivateKey } from '../keys/write.ts';
import { writePkcs12 } from '../pkcs12/index.ts';
import type { Secret } from '../secret.ts';
import { buildCertificate, validityFromNow, VERSION_3 } from '../x509/build.ts';
import type { Certificate } from '../x509/certificate.ts';
import { buildExtensions, withKeyIds, type ExtensionContext } from '../x509/extensions/index.ts';
import { parseSubject } from '../x509/name-build.ts';
import { randomSerial } from '../x509/serial.ts';
import { signatureFor } from '../x509/sign.ts';

/** A key with its certificate. */
export interface Identity {
  readonly key: PrivateKey;
  readonly certificate: Certificate;
}

export interface DemoPki {
  readonly ca: Identity;
  readonly server: Identity;
  readonly client: Identity;
}

/** The names and addresses that the server's certificate is good for. */
export const SERVER_NAMES: readonly string[] = ['localhost', '127.0.0.1', '::1'];

/** The authority lives at least this long, so that certificates can be renewed under it. */
const CA_DAYS = 3650;

type Entries = readonly (readonly [name: string, value: string])[];

const CA_EXTENSIONS: Entries = [
  ['basicConstraints', 'critical,CA:TRUE'],
  ['keyUsage', 'critical,keyCertSign,cRLSign'],
];

const SERVER_EXTENSIONS: Entries = [
  ['basicConstraints', 'critical,CA:FALSE'],
  ['keyUsage', 'critical,digitalSignature'],
  ['extendedKeyUsage', 'serverAuth'],
  ['subjectAltName', SERVER_NAMES.map((name) => (/^[a-z]/.test(name) ? `DNS:${name}` : `IP:${name}`)).join(',')],
];

const CLIENT_EXTENSIONS: Entries = [
  ['basicConstraints', 'critical,CA:FALSE'],
  ['keyUsage', 'critical,digitalSignature'],
  ['extendedKeyUsage', 'clientAuth'],
];

/**
 * Makes the authority and the two certificates under it: P-256 keys, version 3, SHA-256, profile of RFC 5280.
 *
 * @param options.days days from now that the server's and the client's certificates are good for
 * @throws TlskitError ERR_USAGE when the days are no whole number from 1 on
 */
export async function makeDemoPki(options: { readonly days: number; readonly now: number }): Promise<DemoPki> {
  const { days, now } = options;
  if (!Number.isInteger(days) || days < 1)
    fail('ERR_USAGE', `the certificates must be good for a day at least, not ${days}`);
  const ca = await issue({
    subject: '/O=tlskit demo/CN=tlskit demo CA',
    entries: CA_EXTENSIONS,
    days: Math.max(days, CA_DAYS),
    now,
  });
  const server = await issue({ subject: '/O=tlskit demo/CN=localhost', entries: SERVER_EXTENSIONS, days, now, ca });
  const client = await issue({ subject: '/O=tlskit demo/CN=demo client', entries: CLIENT_EXTENSIONS, days, now, ca });
  return { ca, server, client };
}

interface Order {
  readonly subject: string;
  readonly entries: Entries;
  readonly days: number;
  readonly now: number;
  /** Absent: signed with its own key. */
  readonly ca?: Identity;
}

async function issue(order: Order): Promise<Identity> {
  const key = await generateKey({ type: 'ec', curve: 'prime256v1' });
  const { spki } = key.publicKey;
  const subject = parseSubject(order.subject);
  const issuer = order.ca?.certificate.subject ?? subject;
  const serial = randomSerial();
  const context: ExtensionContext = {
    subject: { subject, spki, issuer, serial },
    issuer: order.ca?.certificate ?? 'self',
    issuerKey: order.ca?.key.publicKey.spki ?? spki,
  };
  const extensions = withKeyIds(buildExtensions(order.entries, context), context);
  const fields = { versionField: VERSION_3, serial, issuer, subject, spki, extensions };
  const signer = signatureFor(order.ca?.key ?? key);
  return { key, certificate: buildCertificate({ ...fields, ...validityFromNow(order.days, order.now) }, signer) };
}

/** The private key as PKCS#8 PEM. */
export const keyPem = ({ key }: Identity): Buffer => Buffer.from(writePrivateKey(key, { format: 'pkcs8' }));

/** The certificate as PEM. */
export const certificatePem = ({ certificate }: Identity): Buffer =>
  Buffer.from(encodePem('CERTIFICATE', certificate.der));

/** A PKCS#12 file with an identity and the authority, encrypted with AES-256 (the defaults of OpenSSL 3). */
export function identityPfx(identity: Identity, ca: Identity, friendlyName: string, password: Secret): Buffer {
  const localKeyId = createHash('sha1').update(identity.certificate.der).digest();
  return writePkcs12({
    certificates: [{ der: identity.certificate.der, friendlyName, localKeyId }, { der: ca.certificate.der }],
    keys: [{ pkcs8: identity.key.pkcs8, friendlyName, localKeyId }],
    password,
  });
}
