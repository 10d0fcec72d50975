/**
 * ECDSA and DSA whose nonce follows from key and data (RFC 6979), so that the same input gives the same signature; node:crypto always takes a random
 * one. The arithmetic is over bigints and takes a time that depends on the key: fit for test certificates that anyone may make again, for nothing else.
 */
import { createECDH, createHash, createHmac } from 'node:crypto';
import type { Digest } from '../crypto/digests.ts';
import { multiplyBase } from '../crypto/ec-point.ts';
import { inverse, modPow } from '../crypto/modular.ts';
import { integer, seq } from '../der/writer.ts';
import { fail } from '../errors.ts';
import { magnitude, unsigned } from '../keys/components.ts';
import type { EcGroup } from '../keys/ec-group.ts';
import type { PrivateKey } from '../keys/model.ts';

/** What a signature of this kind needs of a key. */
interface Signing {
  /** The order of the group, and the private number. */
  readonly n: bigint;
  readonly d: bigint;
  /** The first half of the signature for a nonce. */
  commit(k: bigint): bigint;
}

/**
 * A signature in DER (ECDSA-Sig-Value, Dss-Sig-Value).
 *
 * @throws TlskitError ERR_KEY for keys of other types
 */
export function signRepeatably(digest: Digest, data: Uint8Array, key: PrivateKey): Buffer {
  const { n, d, commit } = signingOf(key);
  const hash = createHash(digest.node).update(data).digest();
  const bits = n.toString(2).length;
  const h = leftmost(hash, bits) % n;
  for (const k of nonces(digest, n, d, h)) {
    const r = commit(k) % n;
    const s = ((inverse(k, n) as bigint) * (h + d * r)) % n;
    if (r !== 0n && s !== 0n) return seq(integer(r), integer(s));
  }
  return fail('ERR_KEY', 'the key makes no signature');
}

function signingOf(key: PrivateKey): Signing {
  const { components } = key;
  if (components.kind === 'ec') {
    const { group, d } = components;
    return { n: group.domain.n, d, commit: (k) => abscissa(group, k) };
  }
  if (components.kind !== 'dsa') return fail('ERR_KEY', `no repeatable signature of a key of type ${key.info.label}`);
  const { p, q, g, x } = components;
  return { n: q, d: x, commit: (k) => modPow(g, k, p) };
}

/** The x coordinate of k times the base point: by node:crypto, which is much quicker, where it has the curve. */
function abscissa(group: EcGroup, k: bigint): bigint {
  const name = group.curve?.name;
  if (name !== undefined && group.domain.field === 'prime') {
    try {
      const ecdh = createECDH(name);
      ecdh.setPrivateKey(magnitude(k, Math.ceil(group.bits / 8)));
      const point = ecdh.getPublicKey();
      return unsigned(point.subarray(1, (point.length + 1) / 2));
    } catch {
      // a curve that this Node does not have
    }
  }
  return multiplyBase(group.domain, k)?.x ?? 0n;
}

/** bits2int of section 2.3.2. */
function leftmost(octets: Uint8Array, bits: number): bigint {
  const spare = octets.length * 8 - bits;
  return spare > 0 ? unsigned(octets) >> BigInt(spare) : unsigned(octets);
}

/** Section 3.2: the nonces in the order in which they are tried. */
function* nonces(digest: Digest, n: bigint, d: bigint, h: bigint): Generator<bigint> {
  const bits = n.toString(2).length;
  const length = Math.ceil(bits / 8);
  const hmac = (key: Uint8Array, ...parts: Uint8Array[]): Buffer =>
    createHmac(digest.node, key).update(Buffer.concat(parts)).digest();
  let v: Buffer = Buffer.alloc(digest.size, 1);
  let key: Buffer = Buffer.alloc(digest.size, 0);
  const input = [magnitude(d, length), magnitude(h, length)];
  for (const step of [0, 1]) {
    key = hmac(key, v, Buffer.from([step]), ...input);
    v = hmac(key, v);
  }
  for (;;) {
    let t: Buffer = Buffer.alloc(0);
    while (t.length < length) {
      v = hmac(key, v);
      t = Buffer.concat([t, v]);
    }
    const k = leftmost(t.subarray(0, length), bits);
    if (k > 0n && k < n) yield k;
    key = hmac(key, v, Buffer.from([0]));
    v = hmac(key, v);
  }
}
