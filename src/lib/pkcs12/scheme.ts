/** What an AlgorithmIdentifier of password-based encryption says, for the report of `-info` and for the budget of work. */
import { TAG, type DerNode } from '../der/index.ts';
import { TlskitError, fail } from '../errors.ts';
import { fixedSchemeByOid } from '../crypto/pbe-schemes.ts';
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
    return { iterations: first.integer('iterations'), ...(name === undefined ? {} : { prf: name }) };
  }
  const [r, p] = rest;
  if (kdf !== OID.scrypt || !r || !p) return {};
  const saltLength = salt.octets('salt').length;
  return { scrypt: { saltLength, N: first.integer('N'), r: r.integer('r'), p: p.integer('p') } };
}

/** Estimated microseconds of work that a whole file may cost; honest files with the 600,000 iterations of GnuTLS and NSS need up to 5 seconds. */
const MAX_COST = 6_000_000;

/** Microseconds, roughly, that one iteration or one unit of scrypt costs. */
const COST = { pbkdf2: 0.5, fixed: 0.75, mac: 1, scrypt: 1 } as const;

/** Counts the work of key derivations over a whole file, so that many small ones cannot add up to minutes. */
export class Budget {
  #left: number = MAX_COST;

  /** Notes the work of deriving one key for this scheme. Throws ERR_LIMIT when it is too much. */
  spendScheme(info: SchemeInfo): void {
    if (info.scrypt) this.#spend(Number(info.scrypt.N * info.scrypt.r * info.scrypt.p) * COST.scrypt);
    else if (info.kdf !== undefined) this.#spend(Number(info.iterations ?? 0n) * COST.pbkdf2);
    else this.#spend(Number(info.iterations ?? 0n) * COST.fixed * fixedBlocks(info.oid));
  }

  /** Notes the work of a MAC. */
  spendMac(iterations: number): void {
    this.#spend(iterations * COST.mac);
  }

  #spend(cost: number): void {
    this.#left -= cost;
    if (!(this.#left >= 0)) {
      fail('ERR_LIMIT', 'the key derivations of this PKCS#12 file ask for more work than tlskit gives a file');
    }
  }
}

/** Digest outputs that a fixed scheme needs for its key and, apart from that, for its IV. */
function fixedBlocks(oid: string): number {
  const scheme = fixedSchemeByOid(oid);
  if (!scheme || scheme.kdf === 'pbkdf1') return 1;
  return Math.ceil(scheme.keyLength / scheme.digest.size) + (scheme.cipher ? 1 : 0);
}
