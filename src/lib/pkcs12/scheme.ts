/** What an AlgorithmIdentifier of password-based encryption says, for the report of `-info` and for the budget of work. */
import { TAG, type DerNode } from '../der/index.ts';
import { TlskitError, fail } from '../errors.ts';
import { cipherByOid } from '../crypto/ciphers.ts';
import { hashRounds, pbkdf2Rounds } from '../crypto/pbe.ts';
import { fixedSchemeByOid, prfByOid } from '../crypto/pbe-schemes.ts';
import { OID } from './model.ts';

/** An encryption scheme as it stands in the file. Parts that cannot be read are absent. */
export interface SchemeInfo {
  readonly oid: string;
  /** PBES1 and PKCS#12's own schemes, and PBKDF2. */
  readonly iterations?: bigint;
  /** PBES2 only. */
  readonly kdf?: string;
  readonly cipher?: string;
  /** PBKDF2 only: the PRF's identifier (hmacWithSHA1 where the file names none). */
  readonly prf?: string;
  /** PBKDF2 only: octets of salt. */
  readonly saltLength?: number;
  readonly scrypt?: {
    readonly saltLength: number;
    readonly N: bigint;
    readonly r: bigint;
    readonly p: bigint;
  };
}

const HMAC_SHA1 = '1.2.840.113549.2.7';

/** Reads the scheme of an AlgorithmIdentifier; never throws for parameters that it does not understand. */
export function schemeInfo(algorithm: DerNode): SchemeInfo {
  const [id, parameters] = algorithm.sequence('encryption algorithm');
  const oid = id?.oid('encryption algorithm') ?? fail('ERR_FORMAT', 'an encryption algorithm without an identifier');
  return { oid, ...attempt(() => (oid === OID.pbes2 ? pbes2(parameters) : pbes1(parameters))) };
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof TlskitError) return undefined;
    throw error;
  }
}

function pbes1(parameters: DerNode | undefined): Partial<SchemeInfo> {
  const [salt, iterations] = parameters?.sequence('PBE parameters') ?? [];
  salt?.octets('salt');
  return iterations ? { iterations: iterations.integer('iterations') } : {};
}

function pbes2(parameters: DerNode | undefined): Partial<SchemeInfo> {
  const [derivation, encryption] = parameters?.sequence('PBES2 parameters') ?? [];
  const [kdf, kdfParameters] = derivation?.sequence('key derivation') ?? [];
  const cipher = encryption?.sequence('encryption scheme')[0];
  if (!kdf || !cipher) return {};
  const names = { kdf: kdf.oid('key derivation'), cipher: cipher.oid('encryption scheme') };
  return { ...names, ...attempt(() => derivationInfo(names.kdf, kdfParameters)) };
}

function derivationInfo(kdf: string, parameters: DerNode | undefined): Partial<SchemeInfo> {
  const [salt, first, ...rest] = parameters?.sequence('key derivation parameters') ?? [];
  if (!salt || !first) return {};
  if (kdf === OID.pbkdf2) {
    const prf = rest.find((node) => node.is(TAG.sequence));
    const name = prf ? prf.sequence('PRF')[0]?.oid('PRF') : HMAC_SHA1;
    const known = { iterations: first.integer('iterations'), saltLength: salt.octets('salt').length };
    return { ...known, ...(name === undefined ? {} : { prf: name }) };
  }
  const [r, p] = rest;
  if (kdf !== OID.scrypt || !r || !p) return {};
  const saltLength = salt.octets('salt').length;
  return { scrypt: { saltLength, N: first.integer('N'), r: r.integer('r'), p: p.integer('p') } };
}

/**
 * Estimated microseconds of work that a whole file may cost. Honest files with the 600,000 iterations of GnuTLS and NSS need up to 4 seconds:
 * those of GnuTLS with 3DES twice three blocks of PKCS#12's derivation, and the MAC's.
 */
const MAX_COST = 4_800_000;

/** Microseconds, roughly, of a block of PBKDF2, of a hash in PKCS#12's own derivation and PBKDF1, and of a unit of scrypt (N r p). */
const COST = { pbkdf2: 0.3, hash: 1, scrypt: 0.4 } as const;

/** More octets of key than any cipher here takes, for those whose length the file says: RC2. */
const LONG_KEY = 128;

/** Counts the work of key derivations over a whole file, so that many small ones cannot add up to minutes. */
export class Budget {
  #left: number = MAX_COST;

  /** Notes the work of deriving one key for this scheme. Throws ERR_LIMIT when it is too much. */
  spendScheme(info: SchemeInfo): void {
    const iterations = Number(info.iterations ?? 0n);
    if (info.scrypt) this.#spend(Number(info.scrypt.N * info.scrypt.r * info.scrypt.p) * COST.scrypt);
    else if (info.kdf !== undefined) this.#spend(pbes2Rounds(info, iterations) * COST.pbkdf2);
    else this.#spend(fixedRounds(info.oid, iterations) * COST.hash);
  }

  /** Notes the work of a MAC. */
  spendMac({ kind, rounds }: { kind: 'hash' | 'pbkdf2'; rounds: number }): void {
    this.#spend(rounds * COST[kind]);
  }

  #spend(cost: number): void {
    this.#left -= cost;
    if (!(this.#left >= 0)) {
      fail('ERR_LIMIT', 'the key derivations of this PKCS#12 file ask for more work than tlskit gives a file');
    }
  }
}

/** An unknown PRF or cipher is refused before any work. */
function pbes2Rounds(info: SchemeInfo, iterations: number): number {
  const prf = prfByOid(info.prf ?? '');
  const cipher = cipherByOid(info.cipher ?? '');
  if (!prf || !cipher) return iterations;
  const length = cipher.rc2Bits === undefined ? cipher.keyLength : LONG_KEY;
  return pbkdf2Rounds(prf.digest, iterations, length, info.saltLength);
}

/** PBKDF1 makes key and IV at once, PKCS#12's derivation each apart. */
function fixedRounds(oid: string, iterations: number): number {
  const scheme = fixedSchemeByOid(oid);
  if (!scheme) return iterations;
  const { digest, kdf, keyLength, cipher } = scheme;
  if (kdf === 'pbkdf1') return hashRounds(digest, iterations, digest.size);
  return hashRounds(digest, iterations, keyLength) + (cipher ? hashRounds(digest, iterations, cipher.ivLength) : 0);
}
