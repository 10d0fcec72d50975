/** `-pkeyopt name:value`: OpenSSL's names for what a new key or new parameters should be, as one table for genpkey, req and genkey. */
import { digestByName } from '../../lib/crypto/digests.ts';
import { fail } from '../../lib/errors.ts';
import type { ParameterGenParams } from '../../lib/keys/generate-parameters.ts';
import type { KeyGenParams } from '../../lib/keys/generate.ts';
import { PSS_DEFAULTS, type PssRestrictions } from '../../lib/keys/pss.ts';
import type { KeyType } from '../../lib/keys/types.ts';
import { postQuantum } from '../../lib/registry/post-quantum.ts';

/** What the options say; every member is as the table below names it. */
export interface KeyOptions {
  bits?: number;
  primes?: number;
  exponent?: bigint;
  digest?: string;
  mgf1Digest?: string;
  saltLength?: number;
  curve?: string;
  curveForm?: 'named_curve' | 'explicit';
  qbits?: number;
  generator?: number;
  group?: string;
  privateLength?: number;
  /** What a post-quantum key is made of. */
  seed?: Buffer;
  /** Names of options that were accepted and change nothing here. */
  readonly ignored?: readonly string[];
}

type Parse = (value: string, name: string) => string | number | bigint | Buffer;

const integer: Parse = (value, name) => {
  if (!/^(0[xX][0-9a-fA-F]{1,8}|-?\d{1,9})$/.test(value)) return bad(value, name, 'a whole number');
  return Number(value);
};
const big: Parse = (value, name) => {
  if (!/^(0[xX][0-9a-fA-F]{1,4096}|\d{1,4096})$/.test(value)) return bad(value, name, 'a whole number');
  return BigInt(value);
};
const word: Parse = (value) => value;
const digest: Parse = (value, name) => digestByName(value)?.name ?? bad(value, name, 'the name of a digest');
const pssDigest: Parse = (value, name) => {
  const known = digestByName(value)?.name;
  return known !== undefined && /^sha(1|2|384|5)/.test(known)
    ? known
    : bad(value, name, 'sha1 or a digest of the SHA-2 family');
};
const curveForm: Parse = (value, name) =>
  value === 'named_curve' || value === 'explicit' ? value : bad(value, name, 'named_curve or explicit');
const saltLength: Parse = (value, name) => {
  if (value === 'digest' || value === 'max' || value === 'auto') return bad(value, name, 'a number of octets');
  return integer(value, name);
};

function bad(value: string, name: string, wanted: string): never {
  return fail('ERR_USAGE', `-pkeyopt ${name}:${value} is not right: the value is ${wanted}`);
}

const hex: Parse = (value, name) =>
  /^([0-9a-fA-F]{2}){1,256}$/.test(value) ? Buffer.from(value, 'hex') : bad('…', name, 'octets in hexadecimal');

type Row = readonly [member: Exclude<keyof KeyOptions, 'ignored'> | undefined, parse: Parse];

/** A choice of how parameters are searched: OpenSSL's names that come to what is done here anyway. */
const method = (...names: string[]): Row => [
  undefined,
  (value, name) => (names.includes(value) ? value : bad(value, name, names.join(', '))),
];
const SAFE_PRIME = method('0', 'generator', 'group', 'default');
const SUBGROUP = method('1', '2', 'fips186_2', 'fips186_4', 'default');
const DSA_DIGEST: Row = [undefined, digest];
const BITS: Row = ['bits', integer];
const CURVE: Row = ['curve', word];
const CURVE_FORM: Row = ['curveForm', curveForm];
const GROUP: Row = ['group', word];
const PRIVATE_LENGTH: Row = ['privateLength', integer];

const RSA: Readonly<Record<string, Row>> = {
  rsa_keygen_bits: BITS,
  bits: BITS,
  rsa_keygen_primes: ['primes', integer],
  primes: ['primes', integer],
  rsa_keygen_pubexp: ['exponent', big],
  e: ['exponent', big],
};
const DSA: Readonly<Record<string, Row>> = {
  dsa_paramgen_bits: BITS,
  pbits: BITS,
  dsa_paramgen_q_bits: ['qbits', integer],
  qbits: ['qbits', integer],
  dsa_paramgen_md: DSA_DIGEST,
  digest: DSA_DIGEST,
  dsa_paramgen_type: SUBGROUP,
  type: SUBGROUP,
};
const DH: Readonly<Record<string, Row>> = {
  dh_paramgen_prime_len: BITS,
  pbits: BITS,
  dh_paramgen_subprime_len: ['qbits', integer],
  qbits: ['qbits', integer],
  dh_paramgen_generator: ['generator', integer],
  'safeprime-generator': ['generator', integer],
  dh_paramgen_type: SAFE_PRIME,
  type: SAFE_PRIME,
  dh_param: GROUP,
  group: GROUP,
  dh_rfc5114: ['group', (value, name) => RFC5114[value] ?? bad(value, name, '1, 2 or 3')],
  priv_len: PRIVATE_LENGTH,
};

/** RFC 5114's groups by OpenSSL's numbers. */
const RFC5114: Readonly<Record<string, string>> = { 1: 'dh_1024_160', 2: 'dh_2048_224', 3: 'dh_2048_256' };

const TABLE: Readonly<Partial<Record<KeyType, Readonly<Record<string, Row>>>>> = {
  rsa: RSA,
  'rsa-pss': {
    ...RSA,
    rsa_pss_keygen_md: ['digest', pssDigest],
    rsa_pss_keygen_mgf1_md: ['mgf1Digest', pssDigest],
    rsa_pss_keygen_saltlen: ['saltLength', saltLength],
  },
  ec: {
    ec_paramgen_curve: CURVE,
    group: CURVE,
    ec_param_enc: CURVE_FORM,
    encoding: CURVE_FORM,
    // a key's point is written uncompressed whatever this says, as in OpenSSL 3.0
    'point-format': method('uncompressed', 'compressed', 'hybrid'),
  },
  dsa: DSA,
  dh: DH,
  dhx: { ...DH, dh_paramgen_type: SUBGROUP, type: SUBGROUP },
};

const SEEDED: Readonly<Record<string, Row>> = { hexseed: ['seed', hex] };

/**
 * Reads the options for a type of key; the last one of a name wins.
 *
 * @throws TlskitError ERR_USAGE for an option that the type does not have, or a bad value
 */
export function keyOptions(type: KeyType, options: readonly string[]): KeyOptions {
  const rows = postQuantum(type) ? SEEDED : (TABLE[type] ?? {});
  const out: Record<string, unknown> = {};
  const ignored: string[] = [];
  for (const option of options) {
    const at = option.indexOf(':');
    if (at < 0) fail('ERR_USAGE', `-pkeyopt needs name:value, not "${option}"`);
    const name = option.slice(0, at);
    const row = rows[name];
    if (!row) {
      const known = Object.keys(rows).join(', ');
      fail('ERR_USAGE', `there is no -pkeyopt "${name}" for ${type} keys${known ? `; there are ${known}` : ''}`);
    }
    const value = row[1](option.slice(at + 1), name);
    if (row[0] === undefined) ignored.push(name);
    else out[row[0]] = value;
  }
  return { ...out, ignored };
}

/** The restrictions of an RSA-PSS key, if the options ask for any. A digest does not restrict MGF1, as in OpenSSL. */
export function pssOf(options: KeyOptions): PssRestrictions | undefined {
  const { digest, mgf1Digest, saltLength } = options;
  if (digest === undefined && mgf1Digest === undefined && saltLength === undefined) return undefined;
  return {
    digest: digest ?? PSS_DEFAULTS.digest,
    mgf1Digest: mgf1Digest ?? PSS_DEFAULTS.mgf1Digest,
    saltLength: saltLength ?? PSS_DEFAULTS.saltLength,
    trailerField: PSS_DEFAULTS.trailerField,
  };
}

/** Leaves out members that are undefined. */
function given<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/**
 * What `generateKey` is to make.
 *
 * @throws TlskitError ERR_USAGE when the options do not say enough
 */
export function keyGenParams(type: KeyType, options: KeyOptions): KeyGenParams {
  const { bits, primes, exponent, curve, curveForm: encoding, qbits, group } = options;
  if (type === 'rsa') return given({ type, bits, primes, exponent });
  if (type === 'rsa-pss') return given({ type, bits, primes, exponent, pss: pssOf(options) });
  if (type === 'ec') {
    return given({
      type,
      encoding,
      curve: curve ?? fail('ERR_USAGE', 'an EC key needs a curve: -pkeyopt ec_paramgen_curve:P-256'),
    });
  }
  if (type === 'dsa') return given({ type, bits, qbits });
  if (type === 'dh' || type === 'dhx') {
    return {
      type,
      group:
        group ??
        fail('ERR_USAGE', `a ${type.toUpperCase()} key needs a group: -pkeyopt group:ffdhe2048, or -paramfile`),
    };
  }
  const set = postQuantum(type);
  return set
    ? given({ type: set.type, seed: options.seed })
    : { type: type as 'ed25519' | 'ed448' | 'x25519' | 'x448' };
}

/**
 * What `generateParameters` is to make.
 *
 * @throws TlskitError ERR_USAGE for types without parameters
 */
export function parameterGenParams(type: KeyType, options: KeyOptions): ParameterGenParams {
  const { bits, qbits, generator, curve, curveForm: encoding, group, privateLength } = options;
  if (type === 'ec') {
    return given({
      type,
      encoding,
      curve: curve ?? fail('ERR_USAGE', 'EC parameters need a curve: -pkeyopt ec_paramgen_curve:P-256'),
    });
  }
  if (type === 'dsa') return given({ type, bits, qbits });
  if (type === 'dh' || type === 'dhx') return given({ type, bits, qbits, generator, group, privateLength });
  return fail('ERR_USAGE', `${type} keys have no parameters; leave out -genparam`);
}
