/** The public half of a private key, computed. Secret numbers go through `node:crypto` wherever it has the group. */
import { createDiffieHellman, createECDH, createPrivateKey, createPublicKey } from 'node:crypto';
import { modPow } from '../crypto/modular.ts';
import { encodePoint, multiplyBase } from '../crypto/ec-point.ts';
import { publicOf } from '../crypto/post-quantum.ts';
import { fail } from '../errors.ts';
import { readDer } from '../der/reader.ts';
import {
  magnitude,
  readSpki,
  unsigned,
  type EcPrivate,
  type PrivateComponents,
  type PublicComponents,
} from './components.ts';
import { scalarOctets } from './ec-group.ts';
import { encodePkcs8 } from './encode.ts';
import { expand } from './private-forms.ts';
import { keyTypeInfo, type KeyType } from './types.ts';

/**
 * The public numbers that belong to private ones. For EC keys a point that the key holds is taken as it stands.
 *
 * @throws TlskitError ERR_KEY when the private number is outside its range
 */
export function derivePublic(type: KeyType, key: PrivateComponents): PublicComponents {
  if (key.kind === 'rsa') return { kind: 'rsa', n: key.n, e: key.e, ...(key.pss ? { pss: key.pss } : {}) };
  if (key.kind === 'ec') return { kind: 'ec', group: key.group, point: key.point ?? ecPoint(key) };
  const set = keyTypeInfo(type).postQuantum;
  if (key.kind === 'seeded' && set) return { kind: 'raw', public: expand(set, key).public };
  if (key.kind === 'raw') return { kind: 'raw', public: set ? publicOf(set, key.private) : rawPublic(type, key) };
  if (key.kind === 'seeded') return fail('ERR_UNSUPPORTED', `${type} keys are not made of seeds`);
  const { x, ...domain } = key;
  return { ...domain, y: power(key.g, x, key.p) };
}

/** d·G, uncompressed. */
export function ecPoint({ group, d }: EcPrivate): Buffer {
  const { domain, curve } = group;
  if (d <= 0n || d >= domain.n) fail('ERR_KEY', 'the EC private key is not between 1 and the order of its curve');
  if (curve) {
    try {
      const ecdh = createECDH(curve.name);
      ecdh.setPrivateKey(magnitude(d, scalarOctets(group)));
      return ecdh.getPublicKey();
    } catch {
      // a Node without this curve: fall through to our own arithmetic
    }
  }
  return encodePoint(domain, multiplyBase(domain, d), 'uncompressed');
}

/** g^x mod p for a secret x. */
function power(g: bigint, x: bigint, p: bigint): bigint {
  if (p < 3n || (p & 1n) === 0n) fail('ERR_KEY', 'the key has a modulus that is no odd prime');
  if (x.toString(2).length > p.toString(2).length + 64) fail('ERR_KEY', 'the private key is far larger than its group');
  if (p.toString(2).length > 16384) fail('ERR_LIMIT', 'the modulus of the key is larger than 16384 bits');
  try {
    const dh = createDiffieHellman(magnitude(p), magnitude(g));
    dh.setPrivateKey(magnitude(x));
    return unsigned(dh.generateKeys());
  } catch {
    return modPow(g, x, p);
  }
}

function rawPublic(type: KeyType, key: { readonly kind: 'raw'; readonly private: Buffer }): Buffer {
  try {
    const object = createPrivateKey({ key: encodePkcs8(type, key), format: 'der', type: 'pkcs8' });
    return readSpki(readDer(createPublicKey(object).export({ type: 'spki', format: 'der' }))).key;
  } catch {
    return fail('ERR_UNSUPPORTED', `this Node cannot compute with ${keyTypeInfo(type).label} keys`);
  }
}
