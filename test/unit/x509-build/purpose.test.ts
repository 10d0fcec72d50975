import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { PrivateKey } from '../../../src/lib/keys/model.ts';
import { buildCertificate, validityFromNow, VERSION_1, VERSION_3 } from '../../../src/lib/x509/build.ts';
import type { Extension } from '../../../src/lib/x509/certificate.ts';
import { buildExtensions } from '../../../src/lib/x509/extensions/index.ts';
import { parseSubject } from '../../../src/lib/x509/name-build.ts';
import { purposesOf, purposeWord } from '../../../src/lib/x509/purpose.ts';
import { parseSerial } from '../../../src/lib/x509/serial.ts';
import { signatureFor } from '../../../src/lib/x509/sign.ts';
import { describeWith, openssl } from '../../support/peers.ts';

const pair = generateKeyPairSync('ed25519');
const key = PrivateKey.fromPkcs8(pair.privateKey.export({ format: 'der', type: 'pkcs8' }));
const sections: Record<string, string>[] = [
  {},
  { basicConstraints: 'CA:TRUE' },
  { basicConstraints: 'CA:FALSE' },
  { basicConstraints: 'CA:FALSE,pathlen:1' },
  { keyUsage: 'digitalSignature' },
  { keyUsage: 'keyCertSign' },
  { keyUsage: 'keyEncipherment' },
  { keyUsage: 'keyAgreement,decipherOnly' },
  { keyUsage: 'nonRepudiation' },
  { keyUsage: 'cRLSign,keyCertSign', basicConstraints: 'critical,CA:TRUE' },
  { extendedKeyUsage: 'serverAuth' },
  { extendedKeyUsage: 'clientAuth,emailProtection' },
  { extendedKeyUsage: 'anyExtendedKeyUsage' },
  { extendedKeyUsage: 'nsSGC' },
  { extendedKeyUsage: 'timeStamping' },
  { extendedKeyUsage: 'critical,timeStamping' },
  { extendedKeyUsage: 'critical,timeStamping,1.2.3', keyUsage: 'digitalSignature' },
  { extendedKeyUsage: 'critical,timeStamping', keyUsage: 'digitalSignature,keyEncipherment' },
  { extendedKeyUsage: '1.2.3.4' },
  { nsCertType: 'server' },
  { nsCertType: 'client' },
  { nsCertType: 'email' },
  { nsCertType: 'sslCA' },
  { nsCertType: 'emailCA' },
  { nsCertType: 'objCA', keyUsage: 'keyCertSign' },
  { nsCertType: 'sslCA,server', basicConstraints: 'CA:TRUE', extendedKeyUsage: 'serverAuth' },
  { basicConstraints: 'DER:30030101', keyUsage: 'keyCertSign' },
  { keyUsage: 'DER:0500' },
  { extendedKeyUsage: 'DER:3000' },
  { proxyCertInfo: 'critical,language:id-ppl-anyLanguage', subjectAltName: 'DNS:a' },
];

const cases = sections.flatMap((section) => [true, false].map((self) => [section, self] as const));

describeWith(['openssl'], 'purposes', () => {
  it.each(cases)('%o, own issuer: %s, are what openssl prints', (section, self) => {
    const name = parseSubject('/CN=a');
    const extensions: Extension[] = buildExtensions(Object.entries(section));
    const made = buildCertificate(
      {
        versionField: extensions.length === 0 ? VERSION_1 : VERSION_3,
        serial: parseSerial('1'),
        subject: name,
        issuer: self ? name : parseSubject('/CN=b'),
        ...validityFromNow(1),
        spki: key.publicKey.spki,
        extensions,
      },
      signatureFor(key),
    );
    const ours = purposesOf(made).flatMap(({ name: purpose, leaf, ca }) => [
      `${purpose} : ${purposeWord(leaf)}`,
      `${purpose} CA : ${purposeWord(ca)}`,
    ]);
    const { stdout } = openssl(['x509', '-inform', 'DER', '-noout', '-purpose'], { input: made.der });
    expect(ours).toEqual(stdout.trimEnd().split('\n').slice(1));
  });
});
