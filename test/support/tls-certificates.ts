/** Certificates of every key type for tests of TLS, made once a test file. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { generateKey } from '../../src/lib/keys/generate.ts';
import type { PrivateKey } from '../../src/lib/keys/model.ts';
import { credential, type Credential } from '../../src/lib/tls/index.ts';
import { VERSION_3, buildCertificate, validityFromNow } from '../../src/lib/x509/build.ts';
import type { Certificate } from '../../src/lib/x509/certificate.ts';
import { buildExtensions, withKeyIds, type ExtensionContext } from '../../src/lib/x509/extensions/index.ts';
import { parseSubject } from '../../src/lib/x509/name-build.ts';
import { randomSerial } from '../../src/lib/x509/serial.ts';
import { signatureFor } from '../../src/lib/x509/sign.ts';

/** Kinds of keys that a certificate of TLS may have. */
const KEY_SPECS: Readonly<Record<KeyKind, Parameters<typeof generateKey>[0]>> = {
  rsa: { type: 'rsa', bits: 2048 },
  'rsa-pss': { type: 'rsa-pss', bits: 2048 },
  p256: { type: 'ec', curve: 'prime256v1' },
  p384: { type: 'ec', curve: 'secp384r1' },
  p521: { type: 'ec', curve: 'secp521r1' },
  ed25519: { type: 'ed25519' },
  ed448: { type: 'ed448' },
  dsa: { type: 'dsa', bits: 2048 },
};

export type KeyKind = 'rsa' | 'rsa-pss' | 'p256' | 'p384' | 'p521' | 'ed25519' | 'ed448' | 'dsa';

export interface TestIdentity {
  readonly key: PrivateKey;
  readonly certificate: Certificate;
  readonly der: Buffer;
  readonly keyObject: KeyObject;
  readonly credential: Credential;
}

interface Order {
  readonly kind: KeyKind;
  readonly name: string;
  readonly extensions: readonly (readonly [string, string])[];
  readonly issuer?: TestIdentity;
  /** Left out: 30 days from now. */
  readonly validity?: ReturnType<typeof validityFromNow>;
}

export async function issueFor({ kind, name, extensions, issuer, validity }: Order): Promise<TestIdentity> {
  const key = await generateKey(KEY_SPECS[kind]);
  const { spki } = key.publicKey;
  const subject = parseSubject(`/CN=${name}`);
  const serial = randomSerial();
  const issuerName = issuer?.certificate.subject ?? subject;
  const context: ExtensionContext = {
    subject: { subject, spki, issuer: issuerName, serial },
    issuer: issuer?.certificate ?? 'self',
    issuerKey: issuer?.key.publicKey.spki ?? spki,
  };
  const certificate = buildCertificate(
    {
      versionField: VERSION_3,
      serial,
      issuer: issuerName,
      subject,
      spki,
      extensions: withKeyIds(buildExtensions(extensions, context), context),
      ...(validity ?? validityFromNow(30, Date.now())),
    },
    signatureFor(issuer?.key ?? key),
  );
  const keyObject = createPrivateKey({ key: Buffer.from(key.pkcs8), format: 'der', type: 'pkcs8' });
  const chain = issuer ? [certificate.der, issuer.der] : [certificate.der];
  return { key, certificate, der: certificate.der, keyObject, credential: credential({ chain, key: keyObject }) };
}

const made = new Map<string, Promise<TestIdentity>>();

function once(id: string, make: () => Promise<TestIdentity>): Promise<TestIdentity> {
  let identity = made.get(id);
  if (!identity) made.set(id, (identity = make()));
  return identity;
}

/** The authority of all others: a P-256 key. */
export const testCa = (): Promise<TestIdentity> =>
  once('ca', () => issueFor({ kind: 'p256', name: 'test CA', extensions: [['basicConstraints', 'critical,CA:TRUE']] }));

/** A certificate for localhost with a key of this kind, good for servers and clients. */
export const testIdentity = (kind: KeyKind = 'p256'): Promise<TestIdentity> =>
  once(kind, async () =>
    issueFor({
      kind,
      name: `test ${kind}`,
      extensions: [
        ['keyUsage', kind === 'rsa' ? 'digitalSignature,keyEncipherment' : 'digitalSignature'],
        ['subjectAltName', 'DNS:localhost,DNS:server.example,IP:127.0.0.1'],
      ],
      issuer: await testCa(),
    }),
  );
