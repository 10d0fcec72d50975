/**
 * ML-KEM, ML-DSA and SLH-DSA: keys, signatures. node:crypto where it has them (from Node 24 on), @noble/post-quantum for the rest: it is loaded
 * when something is computed that Node cannot, and at no other time.
 */
import * as crypto from 'node:crypto';
import { createRequire } from 'node:module';
import { bitString, octetString, oid, seq, integer } from '../der/writer.ts';
import { fail } from '../errors.ts';
import { isRepeatable } from './random.ts';
import type { PostQuantumFamily, PostQuantumInfo } from '../registry/post-quantum.ts';

/** A key's two encodings (FIPS 203 to 205). */
export interface PostQuantumKeys {
  readonly public: Buffer;
  readonly private: Buffer;
}

/** What is used of the modules of @noble/post-quantum. */
interface NobleKeys {
  keygen(seed?: Uint8Array): { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array };
  getPublicKey(secretKey: Uint8Array): Uint8Array;
  sign(message: Uint8Array, secretKey: Uint8Array, options?: { readonly extraEntropy?: false }): Uint8Array;
  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
}

const loaded = new Map<PostQuantumFamily, Readonly<Record<string, NobleKeys>>>();

/** The implementation of a parameter set; it is an ES module, which every Node that we run on can require. */
function noble({ family, type, label }: PostQuantumInfo): NobleKeys {
  let module = loaded.get(family);
  if (!module) {
    try {
      // in a CommonJS bundle there is no import.meta.url, and elsewhere no __filename
      const here = typeof __filename === 'string' ? __filename : import.meta.url;
      module = createRequire(here)(`@noble/post-quantum/${family}.js`) as Record<string, NobleKeys>;
    } catch {
      return fail('ERR_UNSUPPORTED', `${label} needs the package @noble/post-quantum, which is not here`);
    }
    loaded.set(family, module);
  }
  // its names: ml_dsa44, ml_kem512, slh_dsa_sha2_128s
  const name = family === 'slh-dsa' ? type.replaceAll('-', '_') : type.replace('-', '_').replace('-', '');
  return module[name] as NobleKeys;
}

const native = new Map<string, boolean>();

/** Whether node:crypto knows a parameter set: older ones refuse its key, or take it without a name. */
export function isNative(info: PostQuantumInfo): boolean {
  let known = native.get(info.type);
  if (known === undefined) {
    const type: string | undefined = importPublic(info, Buffer.alloc(info.publicLength))?.asymmetricKeyType;
    known = type === info.type;
    native.set(info.type, known);
  }
  return known;
}

function importPublic(info: PostQuantumInfo, key: Uint8Array): crypto.KeyObject | undefined {
  try {
    return crypto.createPublicKey({ key: seq(seq(oid(info.oid)), bitString(key)), format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}

/** SLH-DSA's private key stands bare in PKCS#8, that of the others in an OCTET STRING (RFC 9909 section 6, RFC 9881 section 6, RFC 9935). */
function importPrivate(info: PostQuantumInfo, key: Uint8Array): crypto.KeyObject {
  const inner = info.family === 'slh-dsa' ? key : octetString(key);
  const der = seq(integer(0), seq(oid(info.oid)), octetString(inner));
  try {
    return crypto.createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } catch {
    return fail('ERR_KEY', `the ${info.label} private key is damaged`);
  }
}

const buffers = (keys: ReturnType<NobleKeys['keygen']>): PostQuantumKeys => ({
  public: Buffer.from(keys.publicKey),
  private: Buffer.from(keys.secretKey),
});

/** The key that a seed makes. Its length is that of the row. */
export function keysFromSeed(info: PostQuantumInfo, seed: Uint8Array): PostQuantumKeys {
  return buffers(noble(info).keygen(seed));
}

/** A new SLH-DSA key. Node is many times as fast, which counts for the small variants. */
export function newSlhDsaKey(info: PostQuantumInfo): Buffer {
  if (!isNative(info)) return buffers(noble(info).keygen()).private;
  const make = crypto.generateKeyPairSync as unknown as (
    type: string,
    options: object,
  ) => { readonly privateKey: Buffer };
  const encoding = (type: string): object => ({ type, format: 'der' });
  const { privateKey } = make(info.type, {
    publicKeyEncoding: encoding('spki'),
    privateKeyEncoding: encoding('pkcs8'),
  });
  return privateKey.subarray(-info.privateLength);
}

/**
 * The public key of a private one, after the checks that the standards ask for (FIPS 203 section 7.3; the hash inside of an ML-DSA key).
 *
 * @throws TlskitError ERR_KEY for a key that no seed makes
 */
export function publicOf(info: PostQuantumInfo, key: Buffer): Buffer {
  // SK.seed, SK.prf, PK (FIPS 205 section 9.1); dkPKE, ek, H(ek), z (FIPS 203 section 7.1)
  if (info.family === 'slh-dsa') return key.subarray(-info.publicLength);
  const damaged = (): never => fail('ERR_KEY', `the ${info.label} private key is damaged`);
  if (info.family === 'ml-kem') {
    const half = key.subarray(-info.publicLength - 64, -64);
    return hash('sha3-256', half).equals(key.subarray(-64, -32)) ? half : damaged();
  }
  // Node's OpenSSL looks at t0, too; @noble does not
  if (isNative(info)) importPrivate(info, key);
  let half: Buffer;
  try {
    half = Buffer.from(noble(info).getPublicKey(key));
  } catch {
    return damaged();
  }
  // rho, K, and tr, which is a hash of the public key (FIPS 204 section 7.2)
  return hash('shake256', half, 64).equals(key.subarray(64, 128)) ? half : damaged();
}

const hash = (name: string, data: Uint8Array, outputLength?: number): Buffer =>
  crypto
    .createHash(name, outputLength === undefined ? undefined : { outputLength })
    .update(data)
    .digest();

/** A signature over the message itself, with an empty context (RFC 9881 section 3, RFC 9909 section 4): the hedged variant, unless it is to be repeatable. */
export function signPure(info: PostQuantumInfo, key: Uint8Array, message: Uint8Array): Buffer {
  if (isNative(info) && !isRepeatable()) return crypto.sign(null, message, importPrivate(info, key));
  try {
    return Buffer.from(noble(info).sign(message, key, isRepeatable() ? { extraEntropy: false } : {}));
  } catch {
    return fail('ERR_KEY', `the ${info.label} private key is damaged`);
  }
}

/** Whether such a signature is good. */
export function verifyPure(
  info: PostQuantumInfo,
  key: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (signature.length !== info.signatureLength || key.length !== info.publicLength) return false;
  try {
    const object = isNative(info) ? importPublic(info, key) : undefined;
    return object ? crypto.verify(null, message, object, signature) : noble(info).verify(signature, message, key);
  } catch (error) {
    // what @noble throws is about the key or the signature
    if (error instanceof Error && error.name === 'TlskitError') throw error;
    return false;
  }
}
