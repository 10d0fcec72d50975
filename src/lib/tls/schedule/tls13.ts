/**
 * The key schedule of TLS 1.3 (RFC 8446 section 7.1). Each secret is a type of its own, which has the steps that the RFC's picture has
 * from there, and no others:
 *
 *     earlySecret(hash, psk) -> EarlySecret -> HandshakeSecret -> MasterSecret
 *
 * HKDF is made from single HMACs: they cost a fifth of `hkdfSync`.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { lasting } from '../lasting.ts';
import { hmac } from './hmac.ts';

/** The hash of a TLS 1.3 cipher suite. */
export type Tls13Hash = 'sha256' | 'sha384';

const HASH_LENGTH: Readonly<Record<Tls13Hash, number>> = { sha256: 32, sha384: 48 };
const NOTHING = Buffer.alloc(0);

/** Octets of a hash. */
export function hashLength(hash: Tls13Hash): number {
  return HASH_LENGTH[hash];
}

/** HKDF-Extract (RFC 5869 section 2.2). */
export function hkdfExtract(hash: Tls13Hash, salt: Uint8Array, input: Uint8Array): Buffer {
  return hmac(hash, salt, input);
}

/** HkdfLabel up to its context, by label, and by both lengths in one number: there are few of them. */
const labels = new Map<string, Map<number, Buffer>>();

function prefixOf(label: string, context: number, length: number): Buffer {
  const id = length * 256 + context;
  let prefix = labels.get(label)?.get(id);
  if (!prefix) {
    prefix = Buffer.from(`\0\0\0tls13 ${label}\0`, 'latin1');
    prefix.writeUInt16BE(length, 0);
    prefix[2] = 6 + label.length;
    prefix[9 + label.length] = context;
    const known = labels.get(label) ?? new Map<number, Buffer>();
    // labels and lengths of exporters are the application's: as many as it likes
    if (labels.size < 50 && known.size < 50) labels.set(label, known.set(id, prefix));
  }
  return prefix;
}

/** HkdfLabel, with room for the counter behind it. */
function infoOf(label: string, context: Uint8Array, length: number): Buffer {
  const prefix = prefixOf(label, context.length, length);
  const info = Buffer.allocUnsafe(prefix.length + context.length + 1);
  info.set(prefix);
  info.set(context, prefix.length);
  return info;
}

/** HKDF-Expand-Label (RFC 8446 section 7.1); `label` is without `tls13 `, `length` in octets, at most 255 hashes. */
export function expandLabel(
  hash: Tls13Hash,
  secret: Uint8Array,
  label: string,
  context: Uint8Array,
  length: number,
): Buffer {
  const size = HASH_LENGTH[hash];
  if (length > 255 * size) throw new RangeError(`${length} octets are more than HKDF gives`);
  const info = infoOf(label, context, length);
  info[info.length - 1] = 1;
  let block = hmac(hash, secret, info);
  if (length <= size) return length === size ? block : block.subarray(0, length);
  const parts = [block];
  for (let i = 2; parts.length * size < length; i += 1) {
    info[info.length - 1] = i;
    block = hmac(hash, secret, Buffer.concat([block, info]));
    parts.push(block);
  }
  return Buffer.concat(parts, length);
}

const derive = (hash: Tls13Hash, secret: Uint8Array, label: string, context: Uint8Array): Buffer =>
  expandLabel(hash, secret, label, context, HASH_LENGTH[hash]);

/** What never changes for a hash: of zeros and of nothing. */
interface Constants {
  readonly zeros: Buffer;
  readonly emptyHash: Buffer;
  /** Early Secret without a PSK. */
  readonly early: Buffer;
  /** The salt that follows from it. */
  readonly derived: Buffer;
}

const constants = new Map<Tls13Hash, Constants>();

function constantsOf(hash: Tls13Hash): Constants {
  let known = constants.get(hash);
  if (!known) {
    const zeros = Buffer.alloc(HASH_LENGTH[hash]);
    const emptyHash = createHash(hash).digest();
    const early = hkdfExtract(hash, zeros, zeros);
    known = { zeros, emptyHash, early, derived: derive(hash, early, 'derived', emptyHash) };
    constants.set(hash, known);
  }
  return known;
}

/** Keys of a record cipher. */
export interface TrafficKeys {
  readonly key: Buffer;
  readonly iv: Buffer;
}

/** A secret that protects records in one direction. */
export class TrafficSecret {
  readonly hash: Tls13Hash;
  readonly #secret: Buffer;
  #finishedKey: Buffer | undefined;

  constructor(hash: Tls13Hash, secret: Uint8Array) {
    this.hash = hash;
    this.#secret = lasting(secret);
  }

  /** The octets of the secret, for key logs. */
  reveal(): Buffer {
    return this.#secret;
  }

  /** The write key and IV (RFC 8446 section 7.3). */
  keys(keyLength: number, ivLength = 12): TrafficKeys {
    return {
      key: expandLabel(this.hash, this.#secret, 'key', NOTHING, keyLength),
      iv: expandLabel(this.hash, this.#secret, 'iv', NOTHING, ivLength),
    };
  }

  /** The verify_data of Finished after a transcript with this hash (RFC 8446 section 4.4.4). Also makes binders, of a binder key. */
  finished(transcriptHash: Uint8Array): Buffer {
    this.#finishedKey ??= expandLabel(this.hash, this.#secret, 'finished', NOTHING, HASH_LENGTH[this.hash]);
    return hmac(this.hash, this.#finishedKey, transcriptHash);
  }

  /** Whether `data` is the verify_data, in a time that does not depend on the octets. */
  verifies(transcriptHash: Uint8Array, data: Uint8Array): boolean {
    const expected = this.finished(transcriptHash);
    return data.length === expected.length && timingSafeEqual(data, expected);
  }

  /** The secret after a KeyUpdate (RFC 8446 section 7.2). */
  next(): TrafficSecret {
    return new TrafficSecret(this.hash, derive(this.hash, this.#secret, 'traffic upd', NOTHING));
  }
}

/** exporter_master_secret, or the early one (RFC 8446 section 7.5). */
export class Exporter {
  readonly #hash: Tls13Hash;
  readonly #secret: Buffer;

  constructor(hash: Tls13Hash, secret: Uint8Array) {
    this.#hash = hash;
    this.#secret = lasting(secret);
  }

  /** The octets of the secret, for key logs. */
  reveal(): Buffer {
    return this.#secret;
  }

  /** `length` octets for a label. In TLS 1.3 no context is the empty context. */
  export(label: string, context: Uint8Array | undefined, length: number): Buffer {
    const secret = derive(this.#hash, this.#secret, label, constantsOf(this.#hash).emptyHash);
    const contextHash = createHash(this.#hash)
      .update(context ?? NOTHING)
      .digest();
    return expandLabel(this.#hash, secret, 'exporter', contextHash, length);
  }
}

/** The first stage: made of a PSK, or of zeros. */
export interface EarlySecret {
  /** The key of binders: of a PSK from outside, or of a ticket. */
  binderKey(kind: 'external' | 'resumption'): TrafficSecret;
  /** client_early_traffic_secret; the hash is that of the ClientHello. */
  clientTraffic(clientHelloHash: Uint8Array): TrafficSecret;
  /** early_exporter_master_secret; the hash is that of the ClientHello. */
  exporter(clientHelloHash: Uint8Array): Exporter;
  /** The next stage; without a shared secret for a PSK alone (psk_ke). */
  handshake(sharedSecret: Uint8Array | undefined): HandshakeSecret;
}

/** The second stage. */
export interface HandshakeSecret {
  /** client_handshake_traffic_secret; the hash is that up to ServerHello. */
  clientTraffic(serverHelloHash: Uint8Array): TrafficSecret;
  /** server_handshake_traffic_secret; the hash is that up to ServerHello. */
  serverTraffic(serverHelloHash: Uint8Array): TrafficSecret;
  /** The next stage. */
  master(): MasterSecret;
}

/** The last stage. */
export interface MasterSecret {
  /** client_application_traffic_secret_0; the hash is that up to the server's Finished. */
  clientTraffic(serverFinishedHash: Uint8Array): TrafficSecret;
  /** server_application_traffic_secret_0; the hash is that up to the server's Finished. */
  serverTraffic(serverFinishedHash: Uint8Array): TrafficSecret;
  /** exporter_master_secret; the hash is that up to the server's Finished. */
  exporter(serverFinishedHash: Uint8Array): Exporter;
  /** resumption_master_secret; the hash is that up to the client's Finished. */
  resumption(clientFinishedHash: Uint8Array): ResumptionSecret;
}

/** What tickets are made of. */
export interface ResumptionSecret {
  /** The PSK of a ticket (RFC 8446 section 4.6.1). */
  psk(nonce: Uint8Array): Buffer;
  /** The octets of the secret. */
  reveal(): Buffer;
}

/** Begins a schedule; without a PSK for a full handshake. */
export function earlySecret(hash: Tls13Hash, psk?: Uint8Array): EarlySecret {
  const { zeros, emptyHash, early, derived } = constantsOf(hash);
  const secret = psk ? hkdfExtract(hash, zeros, psk) : early;
  return {
    binderKey: (kind) =>
      new TrafficSecret(hash, derive(hash, secret, kind === 'external' ? 'ext binder' : 'res binder', emptyHash)),
    clientTraffic: (digest) => new TrafficSecret(hash, derive(hash, secret, 'c e traffic', digest)),
    exporter: (digest) => new Exporter(hash, derive(hash, secret, 'e exp master', digest)),
    handshake(sharedSecret) {
      const salt = psk ? derive(hash, secret, 'derived', emptyHash) : derived;
      return handshakeSecret(hash, hkdfExtract(hash, salt, sharedSecret ?? zeros));
    },
  };
}

function handshakeSecret(hash: Tls13Hash, secret: Buffer): HandshakeSecret {
  const { zeros, emptyHash } = constantsOf(hash);
  return {
    clientTraffic: (digest) => new TrafficSecret(hash, derive(hash, secret, 'c hs traffic', digest)),
    serverTraffic: (digest) => new TrafficSecret(hash, derive(hash, secret, 's hs traffic', digest)),
    master: () => masterSecret(hash, hkdfExtract(hash, derive(hash, secret, 'derived', emptyHash), zeros)),
  };
}

function masterSecret(hash: Tls13Hash, secret: Buffer): MasterSecret {
  return {
    clientTraffic: (digest) => new TrafficSecret(hash, derive(hash, secret, 'c ap traffic', digest)),
    serverTraffic: (digest) => new TrafficSecret(hash, derive(hash, secret, 's ap traffic', digest)),
    exporter: (digest) => new Exporter(hash, derive(hash, secret, 'exp master', digest)),
    resumption: (digest) => resumptionSecret(hash, derive(hash, secret, 'res master', digest)),
  };
}

/** In a function of its own, so that it keeps nothing of the master secret, which is not needed any more. */
function resumptionSecret(hash: Tls13Hash, secret: Buffer): ResumptionSecret {
  const kept = lasting(secret);
  return { psk: (nonce) => lasting(derive(hash, kept, 'resumption', nonce)), reveal: () => kept };
}
