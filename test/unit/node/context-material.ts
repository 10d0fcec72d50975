import { createDiffieHellman, getDiffieHellman } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildCrl, crlPem } from '../../../src/lib/crl/index.ts';
import { digestByName, type Digest } from '../../../src/lib/crypto/digests.ts';
import { encodePem } from '../../../src/lib/der/index.ts';
import { pemOfDhParameters } from '../../../src/lib/dh/parameters.ts';
import { writePkcs12 } from '../../../src/lib/pkcs12/index.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { timeFromMs } from '../../../src/lib/x509/build.ts';
import type { Certificate } from '../../../src/lib/x509/certificate.ts';
import { signatureFor } from '../../../src/lib/x509/sign.ts';
import { authority, issue, makeKey, NOW, type Party } from '../../support/chains.ts';

const FILES = join(import.meta.dirname, '../../data/pkcs12');
export const file = (name: string): Buffer => readFileSync(join(FILES, name));
export const text = (name: string): string => file(name).toString('latin1');

export const pem = (certificate: Certificate): string => encodePem('CERTIFICATE', certificate.der);

type Form = { type: 'pkcs8' | 'sec1' | 'pkcs1'; format: 'pem' | 'der'; cipher?: string; passphrase?: string };
/** A key in any of Node's forms. */
export const keyAs = (party: Party, form: Form): string | Buffer => party.key.keyObject.export(form as never);
export const keyPem = (party: Party): string => keyAs(party, { type: 'pkcs8', format: 'pem' }) as string;

export const root: Party = authority('/CN=root');
export const middle: Party = authority('/CN=middle', root);
export const ec: Party = issue('/CN=ec', middle);
export const otherEc: Party = issue('/CN=other', root);
export const rsa: Party = issue('/CN=rsa', root, { key: makeKey('rsa2048') });
export const ed25519: Party = issue('/CN=ed', root, { key: makeKey('ed25519') });
export const p384: Party = issue('/CN=p384', root, { key: makeKey('secp384r1') });
export const rsa1024: Party = issue('/CN=small', root, { key: makeKey('rsa1024') });
export const sha1: Party = issue('/CN=sha1', root, { digest: 'sha1' });
export const selfSha1: Party = issue('/CN=self', undefined, { digest: 'sha1' });

export const crl: string = crlPem(
  buildCrl(
    {
      issuer: root.certificate.subject,
      thisUpdate: timeFromMs(NOW),
      nextUpdate: timeFromMs(NOW + 86_400_000),
      revoked: [],
      extensions: [],
    },
    signatureFor(root.key),
  ),
);

/** A PKCS#12 file. */
export function pfx(keys: readonly Party[], certificates: readonly Party[], password = 'sesame'): Buffer {
  return writePkcs12({
    keys: keys.map(({ key }) => ({ pkcs8: key.pkcs8 })),
    certificates: certificates.map(({ certificate }) => ({ der: certificate.der })),
    password: Secret.fromText(password),
    // quick: many wrong passwords are tried
    mac: { digest: digestByName('sha256') as Digest, iterations: 1 },
  });
}

/** Diffie-Hellman parameters of some bits. */
export function dh(bits: 512 | 1024 | 1536 | 2048): string {
  const named = { 1024: 'modp2', 1536: 'modp5', 2048: 'modp14' } as const;
  const prime = bits === 512 ? createDiffieHellman(512).getPrime('hex') : getDiffieHellman(named[bits]).getPrime('hex');
  return pemOfDhParameters({ kind: 'dh', p: BigInt(`0x${prime}`), g: 2n });
}
