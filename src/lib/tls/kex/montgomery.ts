/** X25519 and X448 (RFC 7748). Shares go in and out as JWK: an import from DER costs ten times as much. */
import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { integer, octetString, oid, seq } from '../../der/writer.ts';
import type { Group } from '../../registry/tls-groups.ts';
import { fail } from '../failure.ts';
import { checkLength, symmetric, type Exchange, type Random } from './exchange.ts';

/** RFC 8410 section 3. */
const OID: Readonly<Record<string, string>> = { x25519: '1.3.101.110', x448: '1.3.101.111' };

const CURVE: Readonly<Record<string, string>> = { x25519: 'X25519', x448: 'X448' };

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

function keyPair(group: Group, random: Random | undefined): { privateKey: KeyObject; publicKey: KeyObject } {
  if (!random) return group.node === 'x448' ? generateKeyPairSync('x448') : generateKeyPairSync('x25519');
  // as PKCS #8 (RFC 8410 section 7): a JWK would need x as well, which node:crypto computes here
  const key = seq(integer(0), seq(oid(OID[group.node] as string)), octetString(octetString(random(group.secret))));
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

/** The exchange of x25519 and x448. */
export const montgomery: Exchange = symmetric((group, random) => {
  const { privateKey, publicKey } = keyPair(group, random);
  return {
    group,
    share: Buffer.from(publicKey.export({ format: 'jwk' }).x as string, 'base64url'),
    finish(share) {
      checkLength(group, share, group.clientShare);
      const key = { kty: 'OKP', crv: CURVE[group.node] as string, x: base64url(share) };
      const secret = derive(privateKey, createPublicKey({ key, format: 'jwk' }));
      // RFC 8446 section 7.4.2, RFC 7748 section 6: a share of low order makes zeros, whatever the private key
      if (!secret || secret.every((octet) => octet === 0)) fail('share_low_order', group.name);
      return secret;
    },
  };
});

/** The shared secret; undefined where OpenSSL refuses, which it does for zeros alone: every string of the right length is a point. */
function derive(privateKey: KeyObject, publicKey: KeyObject): Buffer | undefined {
  try {
    return diffieHellman({ privateKey, publicKey });
  } catch {
    return undefined;
  }
}
