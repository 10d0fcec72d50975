/** New keys of every type. */
import { createECDH, generateKeyPair, generateKeyPairSync, randomBytes, type ECDH } from 'node:crypto';
import { promisify } from 'node:util';
import { unsigned, type DsaPrivate, type EcPrivate, type RsaPrivate } from './components.ts';
import { encodePoint, multiplyBase } from '../crypto/ec-point.ts';
import { newSlhDsaKey } from '../crypto/post-quantum.ts';
import { randomBelow } from '../crypto/random.ts';
import { fail } from '../errors.ts';
import { curveByName } from '../registry/curves.ts';
import { postQuantum, type PostQuantumInfo, type PostQuantumType } from '../registry/post-quantum.ts';
import { dhGroupByName, dhGroupByPrime, DH_GROUPS } from '../registry/dh-groups.ts';
import { explicitGroup, namedGroup, type EcGroup } from './ec-group.ts';
import { PrivateKey, type KeyParameters } from './model.ts';
import { keyFromSeed } from './post-quantum.ts';
import type { PssRestrictions } from './pss.ts';
import { ecPoint } from './public-of.ts';
import { makeRsa, maxPrimes } from './rsa.ts';
import { keyTypeInfo, keyTypeByName, type KeyType } from './types.ts';

/** What kind of key to make. */
export type KeyGenParams =
  | {
      readonly type: 'rsa' | 'rsa-pss';
      /** Bits of the modulus: 512 or more, default 2048. */
      readonly bits?: number;
      /** The public exponent: odd and at least 3, default 65537. */
      readonly exponent?: bigint;
      /** Number of primes, default 2. */
      readonly primes?: number;
      /** Restrictions of an RSA-PSS key; without them it is unrestricted. */
      readonly pss?: PssRestrictions;
    }
  | {
      readonly type: 'ec';
      /** A curve's name, or parameters that a file holds. */
      readonly curve: string | KeyParameters;
      /** How the curve is written; default: by name, or as the parameters are. */
      readonly encoding?: 'named_curve' | 'explicit';
    }
  | { readonly type: 'dsa'; readonly parameters: KeyParameters }
  | {
      readonly type: 'dsa';
      /** Bits of p, default 2048, and of q, default 224 for 2048 bits and more, else 160. */
      readonly bits?: number;
      readonly qbits?: number;
    }
  | {
      readonly type: 'dh' | 'dhx';
      /** A group's name (`ffdhe2048`, `modp_2048`, `dh_2048_256`, …), or parameters that a file holds. */
      readonly group: string | KeyParameters;
    }
  | { readonly type: 'ed25519' | 'ed448' | 'x25519' | 'x448' }
  | {
      readonly type: PostQuantumType;
      /** What the key is made of (FIPS 203 to 205); random by default. */
      readonly seed?: Uint8Array;
    };

const MIN_RSA_BITS = 512;
/** A size beyond this is a slip of the pen: it would take days. */
const MAX_RSA_BITS = 65_536;

/**
 * A new key.
 *
 * @throws TlskitError ERR_USAGE for parameters that make no key, ERR_UNSUPPORTED when this Node cannot make it
 */
export async function generateKey(params: KeyGenParams): Promise<PrivateKey> {
  switch (params.type) {
    case 'rsa':
    case 'rsa-pss':
      return generateRsa(params);
    case 'ec':
      return generateEc(params);
    case 'dsa':
      return 'parameters' in params ? dsaFromDomain(params.parameters) : generateDsa(params);
    case 'dh':
    case 'dhx':
      return generateDh(params.type, params.group);
    case 'ed25519':
    case 'ed448':
    case 'x25519':
    case 'x448':
      return generateRaw(params.type);
    default:
      return generatePostQuantum(params);
  }
}

/**
 * The type of key that a name means, as `-algorithm` takes it.
 *
 * @throws TlskitError ERR_USAGE for unknown names
 */
export function generatedType(name: string): KeyType {
  const info = keyTypeByName(name);
  if (info) return info.type;
  return fail(
    'ERR_USAGE',
    `there is no key algorithm "${name}"; there are RSA, RSA-PSS, EC, Ed25519, Ed448, X25519, X448, DSA, DH, DHX, ML-DSA-65, ML-KEM-768, SLH-DSA-SHA2-128s and their kind`,
  );
}

interface NodePair {
  readonly privateKey: Buffer;
}

const DER = {
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'der' },
} as const;

/** `node:crypto`'s generator off the main thread, so that Ctrl-C and a progress line work meanwhile. */
async function nodePair(type: string, options: object): Promise<PrivateKey> {
  const generate = promisify(generateKeyPair) as unknown as (type: string, options: object) => Promise<NodePair>;
  try {
    return PrivateKey.fromPkcs8((await generate(type, { ...options, ...DER })).privateKey);
  } catch {
    return fail(
      'ERR_UNSUPPORTED',
      `this Node cannot make such a key: ${type} ${JSON.stringify(options).slice(0, 100)}`,
    );
  }
}

/** The same at once, for keys that take no time. Throws what Node throws. */
function nodePairSync(type: string, options: object): PrivateKey {
  const generate = generateKeyPairSync as unknown as (type: string, options: object) => NodePair;
  return PrivateKey.fromPkcs8(generate(type, { ...options, ...DER }).privateKey);
}

async function generateRsa(params: Extract<KeyGenParams, { type: 'rsa' | 'rsa-pss' }>): Promise<PrivateKey> {
  const { type, bits = 2048, exponent = 65537n, primes = 2, pss } = params;
  if (!Number.isInteger(bits) || bits < MIN_RSA_BITS) {
    fail('ERR_USAGE', `an RSA key needs at least ${MIN_RSA_BITS} bits, and ${bits} are asked for`);
  }
  if (bits > MAX_RSA_BITS)
    fail('ERR_LIMIT', `an RSA key of ${bits} bits would take days to make; the limit is ${MAX_RSA_BITS}`);
  if (exponent < 3n || (exponent & 1n) === 0n) {
    fail('ERR_USAGE', `the public exponent of an RSA key is odd and at least 3, not ${exponent}`);
  }
  if (exponent.toString(2).length >= bits) fail('ERR_USAGE', 'the public exponent is larger than the modulus');
  if (!Number.isInteger(primes) || primes < 2 || primes > maxPrimes(bits)) {
    fail('ERR_USAGE', `an RSA key of ${bits} bits has 2 to ${maxPrimes(bits)} primes, not ${primes}`);
  }
  const plain = primes === 2 && exponent <= 0xffffffffn;
  const numbers = plain
    ? ((await nodePair('rsa', { modulusLength: bits, publicExponent: Number(exponent) })).components as RsaPrivate)
    : await makeRsa(bits, exponent, primes);
  return PrivateKey.fromComponents(type, type === 'rsa-pss' && pss ? { ...numbers, pss } : numbers);
}

function generateEc({ curve, encoding }: Extract<KeyGenParams, { type: 'ec' }>): PrivateKey {
  const base = typeof curve === 'string' ? groupByName(curve) : groupOf(curve);
  const group = encoding === 'explicit' && !base.explicit ? explicitGroup(base, {}) : base;
  const written = encoding === 'named_curve' && group.explicit && group.curve ? namedGroup(group.curve) : group;
  const name = written.curve?.oid === undefined || written.explicit ? undefined : written.curve.name;
  const ecdh = name === undefined ? undefined : newEcdh(name);
  if (ecdh) {
    // several times as quick as generateKeyPairSync, most of whose time is OpenSSL's encoders
    const point = ecdh.generateKeys();
    const secret = ecdh.getPrivateKey();
    const d = unsigned(secret);
    secret.fill(0);
    return PrivateKey.fromComponents('ec', { kind: 'ec', group: written, d, point });
  }
  const d = randomBelow(written.domain.n);
  const key: EcPrivate = { kind: 'ec', group: written, d };
  const point = written.curve
    ? ecPoint(key)
    : encodePoint(written.domain, multiplyBase(written.domain, d), 'uncompressed');
  return PrivateKey.fromComponents('ec', { ...key, point });
}

/** Undefined for curves that this Node does not know: then our own arithmetic does. */
function newEcdh(curve: string): ECDH | undefined {
  try {
    return createECDH(curve);
  } catch {
    return undefined;
  }
}

function groupByName(name: string): EcGroup {
  const curve = curveByName(name);
  return curve
    ? namedGroup(curve)
    : fail('ERR_USAGE', `there is no EC curve "${name}"; "ecparam -list_curves" shows those that there are`);
}

function groupOf(parameters: KeyParameters): EcGroup {
  const { components } = parameters;
  if (components.kind === 'ec') return components.group;
  return fail('ERR_USAGE', `${keyTypeInfo(parameters.type).label} parameters make no EC key`);
}

async function generateDsa({ bits = 2048, qbits }: { bits?: number; qbits?: number }): Promise<PrivateKey> {
  const divisorLength = qbits ?? (bits >= 2048 ? 224 : 160);
  if (!Number.isInteger(bits) || bits < 512 || bits > 10_000) {
    fail('ERR_USAGE', `a DSA key has 512 to 10000 bits, not ${bits}`);
  }
  if (![160, 224, 256].includes(divisorLength))
    fail('ERR_USAGE', `the q of a DSA key has 160, 224 or 256 bits, not ${divisorLength}`);
  return nodePair('dsa', { modulusLength: bits, divisorLength });
}

function dsaFromDomain(parameters: KeyParameters): PrivateKey {
  const { components } = parameters;
  if (components.kind !== 'dsa')
    return fail('ERR_USAGE', `${keyTypeInfo(parameters.type).label} parameters make no DSA key`);
  const { p, q, g } = components;
  if (q < 3n || p <= q || g < 2n || g >= p) fail('ERR_KEY', 'the DSA parameters make no group');
  const numbers: Omit<DsaPrivate, 'y'> = { kind: 'dsa', p, q, g, x: randomBelow(q) };
  return PrivateKey.fromComponents('dsa', numbers);
}

function generateDh(type: 'dh' | 'dhx', from: string | KeyParameters): PrivateKey {
  const domain = typeof from === 'string' ? namedDh(type, from) : dhDomain(type, from);
  const { p, g, q, privateLength } = domain;
  const known = dhGroupByPrime(p);
  if (p < 5n || g < 2n || g >= p) fail('ERR_KEY', 'the DH parameters make no group');
  // OpenSSL: the length that the parameters recommend, a named group's, the size of q, or all of p
  const bits = privateLength ?? known?.privateBits ?? (q ?? p >> 1n).toString(2).length;
  const bound = q ?? known?.q ?? (p - 1n) / 2n;
  const limit = 1n << BigInt(Math.min(bits, p.toString(2).length));
  return PrivateKey.fromComponents(type, { kind: 'dh', ...domain, x: randomBelow(limit < bound ? limit : bound) });
}

type Domain = { p: bigint; g: bigint; q?: bigint; privateLength?: number };

function namedDh(type: 'dh' | 'dhx', name: string): Domain {
  const group = dhGroupByName(name);
  if (!group) return fail('ERR_USAGE', `there is no DH group "${name}"; there are ${DH_GROUPS.join(', ')}`);
  const { p, q, g } = group;
  return type === 'dhx' ? { p, q, g } : { p, g };
}

function dhDomain(type: 'dh' | 'dhx', parameters: KeyParameters): Domain {
  const { components } = parameters;
  if (components.kind === 'dh' && parameters.type === type) {
    const { kind: _, ...domain } = components;
    return domain;
  }
  return fail('ERR_USAGE', `${keyTypeInfo(parameters.type).label} parameters make no ${keyTypeInfo(type).label} key`);
}

function generateRaw(type: 'ed25519' | 'ed448' | 'x25519' | 'x448'): PrivateKey {
  try {
    return nodePairSync(type, {});
  } catch {
    return fail('ERR_UNSUPPORTED', `this Node cannot make ${keyTypeInfo(type).label} keys`);
  }
}

function generatePostQuantum({ type, seed }: { type: PostQuantumType; seed?: Uint8Array }): PrivateKey {
  const info = postQuantum(type) as PostQuantumInfo;
  if (seed || info.family !== 'slh-dsa') return keyFromSeed(info, seed ?? randomBytes(info.seedLength));
  return PrivateKey.fromComponents(type, { kind: 'raw', private: newSlhDsaKey(info) });
}
