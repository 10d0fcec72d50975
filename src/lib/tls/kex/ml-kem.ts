/** ML-KEM (FIPS 203): of node:crypto from Node 24 on, of @noble/post-quantum before. */
import * as crypto from 'node:crypto';
import { createRequire } from 'node:module';
import type { KeyObject } from 'node:crypto';
import type { Random } from './exchange.ts';

/** The parameter sets that TLS uses. */
export type MlKemName = 'ml-kem-768' | 'ml-kem-1024';

/** A decapsulation key with its public half. */
export interface MlKemKey {
  readonly encapsulationKey: Buffer;
  /** The shared secret. A ciphertext of the right length always has one; a wrong one has another (implicit rejection). */
  decapsulate(ciphertext: Uint8Array): Buffer;
}

/** What an implementation of ML-KEM does. */
export interface MlKem {
  /** Makes a key, of `seed` (64 octets, FIPS 203 section 7.1's d and z) where it is given. */
  generate(name: MlKemName, seed?: Uint8Array): MlKemKey;
  /** A ciphertext and a secret for a key; undefined when the key has a coefficient that is not below q (FIPS 203 section 7.2). */
  encapsulate(name: MlKemName, key: Uint8Array, random?: Random): { ciphertext: Buffer; secret: Buffer } | undefined;
}

/** Octets of an encapsulation key and of a ciphertext. */
export const ML_KEM_LENGTHS: Readonly<Record<MlKemName, { readonly key: number; readonly ciphertext: number }>> = {
  'ml-kem-768': { key: 1184, ciphertext: 1088 },
  'ml-kem-1024': { key: 1568, ciphertext: 1568 },
};

/** Octets of a seed and of the randomness of an encapsulation. */
export const ML_KEM_SEED = 64;
const ML_KEM_MESSAGE = 32;

// What stands before the key in a SubjectPublicKeyInfo, and before the seed in PKCS#8's seed-only form (RFC 9935)
const DER_PREFIX: Readonly<Record<MlKemName, { readonly spki: Buffer; readonly pkcs8: Buffer }>> = {
  'ml-kem-768': {
    spki: Buffer.from('308204b2300b0609608648016503040402038204a100', 'hex'),
    pkcs8: Buffer.from('3054020100300b060960864801650304040204428040', 'hex'),
  },
  'ml-kem-1024': {
    spki: Buffer.from('30820632300b06096086480165030404030382062100', 'hex'),
    pkcs8: Buffer.from('3054020100300b060960864801650304040304428040', 'hex'),
  },
};

/** The functions that @types/node of the oldest Node we support lacks. */
interface NewerCrypto {
  encapsulate?(key: KeyObject): { readonly sharedKey: Buffer; readonly ciphertext: Buffer };
  decapsulate?(key: KeyObject, ciphertext: Uint8Array): Buffer;
}

function nativeMlKem({ encapsulate, decapsulate }: NewerCrypto): MlKem | undefined {
  if (!encapsulate || !decapsulate) return undefined;
  return {
    generate(name, seed = crypto.randomBytes(ML_KEM_SEED)) {
      const der = Buffer.concat([DER_PREFIX[name].pkcs8, seed]);
      const key = crypto.createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
      const spki = crypto.createPublicKey(key).export({ format: 'der', type: 'spki' });
      return {
        encapsulationKey: spki.subarray(DER_PREFIX[name].spki.length),
        decapsulate: (ciphertext) => Buffer.from(decapsulate(key, ciphertext)),
      };
    },
    encapsulate(name, key) {
      const publicKey = importKey(Buffer.concat([DER_PREFIX[name].spki, key]));
      if (!publicKey) return undefined;
      const { sharedKey, ciphertext } = encapsulate(publicKey);
      return { ciphertext: Buffer.from(ciphertext), secret: Buffer.from(sharedKey) };
    },
  };
}

function importKey(key: Buffer): KeyObject | undefined {
  try {
    return crypto.createPublicKey({ key, format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}

/** The parts of @noble/post-quantum/ml-kem.js that are used. */
interface NobleKem {
  keygen(seed?: Uint8Array): { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array };
  encapsulate(
    publicKey: Uint8Array,
    message?: Uint8Array,
  ): { readonly cipherText: Uint8Array; readonly sharedSecret: Uint8Array };
  decapsulate(ciphertext: Uint8Array, secretKey: Uint8Array): Uint8Array;
}

/** ML-KEM over the module @noble/post-quantum/ml-kem.js. */
export function nobleMlKem(module: { readonly ml_kem768: NobleKem; readonly ml_kem1024: NobleKem }): MlKem {
  const of = (name: MlKemName): NobleKem => (name === 'ml-kem-768' ? module.ml_kem768 : module.ml_kem1024);
  return {
    generate(name, seed) {
      const { publicKey, secretKey } = of(name).keygen(seed);
      return {
        encapsulationKey: Buffer.from(publicKey),
        decapsulate: (ciphertext) => Buffer.from(of(name).decapsulate(ciphertext, secretKey)),
      };
    },
    encapsulate(name, key, random) {
      const message = random?.(ML_KEM_MESSAGE);
      try {
        const { cipherText, sharedSecret } = of(name).encapsulate(key, message);
        return { ciphertext: Buffer.from(cipherText), secret: Buffer.from(sharedSecret) };
      } catch {
        // its lengths are checked before: what is left is the modulus check
        return undefined;
      }
    },
  };
}

let provider: MlKem | undefined = nativeMlKem(crypto as unknown as NewerCrypto);

/** The implementation in use; undefined before `useMlKem` where node:crypto has none. */
export function mlKem(): MlKem | undefined {
  return provider;
}

/** Takes another implementation: where node:crypto has none, and for handshakes that are played again. Returns the one before. */
export function useMlKem(implementation: MlKem | undefined): MlKem | undefined {
  const before = provider;
  provider = implementation;
  return before;
}

// not a literal in the import: Node that has ML-KEM needs no such package, nor does a bundle of ours
const NOBLE = '@noble/post-quantum/ml-kem.js';

/**
 * Sees to it that there is an ML-KEM: loads @noble/post-quantum where node:crypto has none. Returns whether there is one. To be awaited
 * once before hybrids are used on Node 20 and 22.
 */
export async function loadMlKem(): Promise<boolean> {
  if (provider) return true;
  try {
    provider = nobleMlKem((await import(NOBLE)) as Parameters<typeof nobleMlKem>[0]);
    return true;
  } catch {
    return false;
  }
}

/**
 * As `loadMlKem`, at once, for faces that cannot wait: this Node's `require` takes ES modules from 20.19 and 22.12 on. Returns whether there is
 * an ML-KEM.
 */
export function loadMlKemSync(): boolean {
  if (provider) return true;
  try {
    const path = createRequire(import.meta.url).resolve(NOBLE);
    // from inside of node_modules, where Node does not warn that this is an experiment
    provider = nobleMlKem(createRequire(path)(path) as Parameters<typeof nobleMlKem>[0]);
    return true;
  } catch {
    return false;
  }
}
