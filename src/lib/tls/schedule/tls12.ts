/** The key schedule of TLS 1.0 to 1.2: the PRF and what is made with it (RFC 5246 sections 5, 6.3 and 8.1; RFC 7627; RFC 5705). */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { lasting } from '../lasting.ts';
import { hmac } from './hmac.ts';

/** The hash of the PRF; `md5-sha1` is the PRF of TLS 1.0 and 1.1, two hashes at once (RFC 4346 section 5). */
export type PrfHash = 'sha256' | 'sha384' | 'md5-sha1';

/** Octets of a master secret. */
export const MASTER_SECRET_LENGTH = 48;
/** Octets of verify_data in TLS 1.0 to 1.2 (RFC 5246 section 7.4.9: no suite has another length). */
export const VERIFY_DATA_LENGTH = 12;

/** One HMAC; those of TLS 1.2's hashes in the quicker way. */
function mac(hash: string, secret: Uint8Array, data: Uint8Array): Buffer {
  if (hash === 'sha256' || hash === 'sha384') return hmac(hash, secret, data);
  return createHmac(hash, secret).update(data).digest();
}

/** P_hash (RFC 5246 section 5). */
function expand(hash: string, secret: Uint8Array, seed: Uint8Array, length: number): Buffer {
  let a = mac(hash, secret, seed);
  const size = a.length;
  const made = Buffer.allocUnsafe(length);
  const input = Buffer.allocUnsafe(size + seed.length);
  input.set(seed, size);
  for (let at = 0; at < length; at += size) {
    input.set(a);
    mac(hash, secret, input).copy(made, at);
    if (at + size < length) a = mac(hash, secret, a);
  }
  return made;
}

/** The pseudorandom function: `length` octets from a secret, a label in ASCII and a seed. */
export function prf(hash: PrfHash, secret: Uint8Array, label: string, seed: Uint8Array, length: number): Buffer {
  const labelled = Buffer.concat([Buffer.from(label, 'latin1'), seed]);
  if (hash !== 'md5-sha1') return expand(hash, secret, labelled, length);
  // the halves of an odd secret share the octet in the middle
  const half = Math.ceil(secret.length / 2);
  const left = expand('md5', secret.subarray(0, half), labelled, length);
  const right = expand('sha1', secret.subarray(secret.length - half), labelled, length);
  for (let i = 0; i < length; i += 1) left[i] = (left[i] as number) ^ (right[i] as number);
  return left;
}

/** The premaster secret of a suite with a PSK: `other` is that of DHE, ECDHE or RSA, undefined for a PSK alone (RFC 4279 section 2). */
export function pskPremaster(psk: Uint8Array, other?: Uint8Array): Buffer {
  const first = other ?? Buffer.alloc(psk.length);
  const length = (bytes: Uint8Array): Buffer => Buffer.from([bytes.length >>> 8, bytes.length & 0xff]);
  return Buffer.concat([length(first), first, length(psk), psk]);
}

/** The randoms of both hellos, 32 octets each. */
export interface Randoms {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

/** The keys of one direction. */
export interface DirectionKeys {
  readonly mac: Buffer;
  readonly key: Buffer;
  readonly iv: Buffer;
}

/** Octets of each part of the key block, for one direction. */
export interface KeyBlockLengths {
  readonly mac: number;
  readonly key: number;
  readonly iv: number;
}

/** A master secret: everything after it comes from here. */
export class MasterSecret12 {
  readonly hash: PrfHash;
  readonly #secret: Buffer;

  /** Takes a master secret as it is, of a session that is resumed. */
  constructor(hash: PrfHash, secret: Uint8Array) {
    this.hash = hash;
    this.#secret = lasting(secret);
  }

  /** RFC 5246 section 8.1. */
  static from(hash: PrfHash, premaster: Uint8Array, randoms: Randoms): MasterSecret12 {
    const seed = Buffer.concat([randoms.client, randoms.server]);
    return new MasterSecret12(hash, prf(hash, premaster, 'master secret', seed, MASTER_SECRET_LENGTH));
  }

  /** With extended_master_secret: `sessionHash` is that of the messages up to ClientKeyExchange (RFC 7627 section 4). */
  static extended(hash: PrfHash, premaster: Uint8Array, sessionHash: Uint8Array): MasterSecret12 {
    return new MasterSecret12(hash, prf(hash, premaster, 'extended master secret', sessionHash, MASTER_SECRET_LENGTH));
  }

  /** The octets of the secret, for key logs and sessions. */
  reveal(): Buffer {
    return this.#secret;
  }

  /** The keys of both directions (RFC 5246 section 6.3: here the server's random comes first). */
  keys(randoms: Randoms, lengths: KeyBlockLengths): { readonly client: DirectionKeys; readonly server: DirectionKeys } {
    const { mac, key, iv } = lengths;
    const seed = Buffer.concat([randoms.server, randoms.client]);
    const block = prf(this.hash, this.#secret, 'key expansion', seed, 2 * (mac + key + iv));
    let at = 0;
    const next = (length: number): Buffer => block.subarray(at, (at += length));
    const [clientMac, serverMac, clientKey, serverKey] = [next(mac), next(mac), next(key), next(key)];
    return {
      client: { mac: clientMac, key: clientKey, iv: next(iv) },
      server: { mac: serverMac, key: serverKey, iv: next(iv) },
    };
  }

  /** The verify_data of a side's Finished, after a transcript with this hash (RFC 5246 section 7.4.9). */
  finished(side: 'client' | 'server', transcriptHash: Uint8Array): Buffer {
    return prf(this.hash, this.#secret, `${side} finished`, transcriptHash, VERIFY_DATA_LENGTH);
  }

  /** Whether `data` is the verify_data, in a time that does not depend on the octets. */
  verifies(side: 'client' | 'server', transcriptHash: Uint8Array, data: Uint8Array): boolean {
    return data.length === VERIFY_DATA_LENGTH && timingSafeEqual(data, this.finished(side, transcriptHash));
  }

  /** Exported keying material (RFC 5705 section 4). No context is not the empty context. Throws RangeError above 65535 octets of context. */
  export(label: string, randoms: Randoms, context: Uint8Array | undefined, length: number): Buffer {
    const seed = [randoms.client, randoms.server];
    if (context) {
      if (context.length > 0xffff) throw new RangeError('a context has at most 65535 octets');
      seed.push(Buffer.from([context.length >>> 8, context.length & 0xff]), context);
    }
    return prf(this.hash, this.#secret, label, Buffer.concat(seed), length);
  }
}
