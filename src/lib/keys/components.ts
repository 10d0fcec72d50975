/** The numbers inside keys: what SPKI, PKCS#8 and the algorithms' own structures hold, read from DER and checked for structure. */
import { decodePoint } from '../crypto/ec-point.ts';
import { fail } from '../errors.ts';
import { bigintOf, readDer, readDerPrefix, TAG, type DerNode } from '../der/reader.ts';
import { readEcGroup, type EcGroup } from './ec-group.ts';
import { readPss, type PssRestrictions } from './pss.ts';
import { keyTypeByOid, type KeyType, type KeyTypeInfo } from './types.ts';

/** An RSA or RSA-PSS public key (RFC 8017 appendix A.1.1). */
export interface RsaPublic {
  readonly kind: 'rsa';
  readonly n: bigint;
  readonly e: bigint;
  /** For RSA-PSS keys that are restricted (RFC 4055 section 3.1). */
  readonly pss?: PssRestrictions;
}

/** An RSA or RSA-PSS private key (RFC 8017 appendix A.1.2). */
export interface RsaPrivate extends RsaPublic {
  /** 0, or 1 when there are more than two primes. */
  readonly version: number;
  readonly d: bigint;
  readonly p: bigint;
  readonly q: bigint;
  readonly dp: bigint;
  readonly dq: bigint;
  readonly qi: bigint;
  readonly otherPrimes: readonly { readonly r: bigint; readonly d: bigint; readonly t: bigint }[];
}

/** An EC public key (RFC 5480 section 2.2). */
export interface EcPublic {
  readonly kind: 'ec';
  readonly group: EcGroup;
  /** The point's octets as they stood; absent when a private key was written without it. */
  readonly point?: Buffer;
}

/** An EC private key (RFC 5915 section 3). */
export interface EcPrivate extends EcPublic {
  readonly d: bigint;
}

/** A DSA key's domain and numbers (RFC 3279 section 2.3.2). */
export interface DsaPublic {
  readonly kind: 'dsa';
  readonly p: bigint;
  readonly q: bigint;
  readonly g: bigint;
  readonly y: bigint;
}
export interface DsaPrivate extends DsaPublic {
  readonly x: bigint;
}

/** A DH key: PKCS#3 (`dh`) or X9.42 (`dhx`, RFC 3279 section 2.3.3). */
export interface DhPublic extends DhDomain {
  readonly kind: 'dh';
  readonly y: bigint;
}
export interface DhPrivate extends DhPublic {
  readonly x: bigint;
}

/** A DH group's numbers. */
export interface DhDomain {
  readonly p: bigint;
  readonly g: bigint;
  /** The subgroup's order, the cofactor, and what proves their making: X9.42 only. */
  readonly q?: bigint;
  readonly j?: bigint;
  readonly seed?: Buffer;
  readonly counter?: bigint;
  /** Bits of private key that PKCS#3 recommends. */
  readonly privateLength?: number;
}

/** A raw key: Ed25519, Ed448, X25519, X448 (RFC 8410). */
export interface RawPublic {
  readonly kind: 'raw';
  readonly public: Buffer;
}
export interface RawPrivate {
  readonly kind: 'raw';
  readonly private: Buffer;
}

/**
 * An ML-KEM or ML-DSA private key (RFC 9935, RFC 9881 section 6): the seed, the key that is made of it, or both. SLH-DSA keys have no more than
 * themselves (RFC 9909 section 6), and are `raw`.
 */
export interface SeededPrivate {
  readonly kind: 'seeded';
  readonly seed?: Buffer;
  readonly expanded?: Buffer;
}

export type PublicComponents = RsaPublic | EcPublic | DsaPublic | DhPublic | RawPublic;
/** A private key's numbers; public numbers that the file does not hold are left to `PrivateKey.publicKey`. */
export type PrivateComponents =
  RsaPrivate | EcPrivate | Omit<DsaPrivate, 'y'> | Omit<DhPrivate, 'y'> | RawPrivate | SeededPrivate;
/** Octets of one number; larger keys than this are of no use to anybody. */
const MAX_NUMBER = 16 * 1024;

/** Unsigned big-endian octets of a number, at least one, or `length` of them. */
export function magnitude(value: bigint, length?: number): Buffer {
  const hex = value.toString(16);
  const octets = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  if (length === undefined || octets.length >= length) return octets;
  return Buffer.concat([Buffer.alloc(length - octets.length), octets]);
}

/** An unsigned number from big-endian octets. */
export function unsigned(octets: Uint8Array): bigint {
  if (octets.length > MAX_NUMBER) fail('ERR_LIMIT', `a key with a number of ${octets.length} octets is too large`);
  if (octets.length === 0) return 0n;
  return BigInt(`0x${Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('hex')}`);
}

/** The content of an INTEGER as an unsigned number: as in OpenSSL, the sign octet that some writers forget is not missed. */
const number = (node: DerNode | undefined, what: string): bigint =>
  unsigned((node ?? missing(what)).expect(TAG.integer, what).content);

/** An INTEGER that OpenSSL reads with its sign, and refuses when it is longer than needed. */
function signed(node: DerNode, what: string): bigint {
  const content = node.expect(TAG.integer, what).content;
  const [first = 0, second] = content;
  const padded = second !== undefined && (first === 0 ? second < 0x80 : first === 0xff && second >= 0x80);
  if (content.length === 0 || padded) fail('ERR_DER', `${what}: an INTEGER that is longer than needed`);
  return content.length > MAX_NUMBER ? unsigned(content) : bigintOf(content);
}

const missing = (what: string): never => fail('ERR_DER', `${what}: the structure ends too early`);

/** An algorithm with its parameters as SPKI and PKCS#8 hold it. */
export interface KeyAlgorithm {
  readonly info: KeyTypeInfo;
  readonly parameters: DerNode | undefined;
}

/** A SubjectPublicKeyInfo taken apart (RFC 5280 section 4.1.2.7). */
export interface SpkiParts extends KeyAlgorithm {
  readonly key: Buffer;
}

/** A PrivateKeyInfo taken apart (RFC 5208 section 5, RFC 5958 section 2). */
export interface Pkcs8Parts extends KeyAlgorithm {
  readonly key: Buffer;
  /** The public key that version 1 may hold. */
  readonly publicKey: Buffer | undefined;
}

function readAlgorithm(node: DerNode | undefined): KeyAlgorithm {
  const [id, parameters, more] = (node ?? missing('key')).sequence('key algorithm');
  if (more) fail('ERR_DER', 'key algorithm: an AlgorithmIdentifier has two elements at most');
  if (parameters?.cls === 0 && parameters.number === 0) fail('ERR_DER', 'key algorithm: malformed parameters');
  const oid = (id ?? missing('key algorithm')).oid('key algorithm');
  const info = keyTypeByOid(oid) ?? fail('ERR_UNSUPPORTED', `keys of the algorithm ${oid} are not supported`);
  return { info, parameters };
}

/** A BIT STRING's octets; unused bits count as zeros, as for OpenSSL. */
function wholeOctets(node: DerNode, what: string): Buffer {
  const { bytes, unused } = node.bitString(what);
  if (unused === 0) return bytes;
  const out = Buffer.from(bytes);
  out[out.length - 1] = (out.at(-1) as number) & (0xff << unused);
  return out;
}

/** The structure inside a key's string; what follows it is left alone, as OpenSSL does. */
const inside = (key: Buffer): DerNode => readDerPrefix(key, 0, 'ber');

/** Takes a SubjectPublicKeyInfo apart. */
export function readSpki(node: DerNode): SpkiParts {
  const [algorithm, key, more] = node.sequence('public key');
  if (!key || more) fail('ERR_DER', 'public key: a SubjectPublicKeyInfo has two elements');
  return { ...readAlgorithm(algorithm), key: wholeOctets(key, 'public key') };
}

/** Takes a PrivateKeyInfo or OneAsymmetricKey apart. */
export function readPkcs8(node: DerNode): Pkcs8Parts {
  const [version, algorithm, key, ...rest] = node.sequence('private key');
  // OpenSSL does not look at the number
  (version ?? missing('private key')).integerBytes('private key version');
  const publicKey = rest.find((item) => item.isContext(1));
  return {
    ...readAlgorithm(algorithm),
    key: (key ?? missing('private key')).octets('private key'),
    // [1] IMPLICIT BIT STRING: one octet counts unused bits
    publicKey: publicKey && Buffer.from(publicKey.content.subarray(1)),
  };
}

/** The numbers of a public key. */
export function publicComponents(parts: SpkiParts): PublicComponents {
  return readerOf(parts.info).public(parts);
}

/** The numbers of a private key. */
export function privateComponents(parts: Pkcs8Parts): PrivateComponents {
  return readerOf(parts.info).private(parts);
}

const readerOf = ({ type, postQuantum }: KeyTypeInfo): Reader =>
  READERS[type] ?? (postQuantum?.family === 'slh-dsa' ? BARE : SEEDED);

interface Reader {
  readonly public: (parts: SpkiParts) => PublicComponents;
  readonly private: (parts: Pkcs8Parts) => PrivateComponents;
}

const RSA: Reader = {
  public: (parts) => ({ ...readRsaPublic(inside(parts.key)), ...pssOf(parts) }),
  private: (parts) => ({ ...readRsaPrivate(inside(parts.key)), ...pssOf(parts) }),
};
const EC: Reader = { public: ecPublic, private: ecPrivate };
const DSA: Reader = {
  public: (parts) => ({ ...readDsaDomain(domain(parts)), y: signed(inside(parts.key), 'DSA public key') }),
  private: (parts) => ({ ...readDsaDomain(domain(parts)), x: signed(inside(parts.key), 'DSA private key') }),
};
const DH: Reader = {
  public: (parts) => ({ kind: 'dh', ...dhDomain(parts), y: signed(inside(parts.key), 'DH public key') }),
  private: (parts) => ({ kind: 'dh', ...dhDomain(parts), x: signed(inside(parts.key), 'DH private key') }),
};
const RAW: Reader = {
  public: (parts) => ({ kind: 'raw', public: rawKey(parts, parts.key, 'public') }),
  private: (parts) => ({
    kind: 'raw',
    private: rawKey(parts, inside(parts.key).octets('private key'), 'private'),
  }),
};

/** The key's octets stand bare in PKCS#8 (RFC 9909 section 6). */
const BARE: Reader = {
  public: RAW.public,
  private: (parts) => ({ kind: 'raw', private: exactly(parts.info, parts.key, 'private') }),
};
const SEEDED: Reader = { public: RAW.public, private: ({ info, key }) => readSeeded(info, key) };

const READERS: Readonly<Partial<Record<KeyType, Reader>>> = {
  rsa: RSA,
  'rsa-pss': RSA,
  ec: EC,
  dsa: DSA,
  dh: DH,
  dhx: DH,
  ed25519: RAW,
  ed448: RAW,
  x25519: RAW,
  x448: RAW,
};

function pssOf({ info, parameters }: KeyAlgorithm): { pss?: PssRestrictions } {
  if (info.parameters !== 'pss' || !parameters) return {};
  return { pss: readPss(parameters) };
}

/** RSAPublicKey (RFC 8017 appendix A.1.1). */
export function readRsaPublic(node: DerNode): RsaPublic {
  const [n, e, more] = node.sequence('RSA public key');
  if (more) fail('ERR_DER', 'RSA public key: more than modulus and exponent');
  return { kind: 'rsa', n: number(n, 'RSA modulus'), e: number(e, 'RSA public exponent') };
}

/** RSAPrivateKey (RFC 8017 appendix A.1.2). */
export function readRsaPrivate(node: DerNode): RsaPrivate {
  const items = node.sequence('RSA private key');
  // as in OpenSSL, 1 is a key of more than two primes, and any other number one of two
  const version = (items[0] ?? missing('RSA private key')).integer('RSA private key version') === 1n ? 1 : 0;
  if (items.length !== 9 + version) fail('ERR_DER', `RSA private key: ${items.length} elements, not ${9 + version}`);
  const [n, e, d, p, q, dp, dq, qi] = items.slice(1, 9).map((item) => number(item, 'RSA private key'));
  if (qi === undefined) return missing('RSA private key');
  const others = (items[9]?.sequence('RSA primes') ?? []).map((prime) => {
    const [r, d, t] = prime.sequence('RSA prime').map((item) => number(item, 'RSA prime'));
    return t === undefined ? missing('RSA prime') : { r: r as bigint, d: d as bigint, t };
  });
  const numbers = { n, e, d, p, q, dp, dq, qi } as Pick<RsaPrivate, 'n' | 'e' | 'd' | 'p' | 'q' | 'dp' | 'dq' | 'qi'>;
  return { kind: 'rsa', version, ...numbers, otherPrimes: others };
}

function ecPublic({ parameters, key }: SpkiParts): EcPublic {
  const group = readEcGroup((parameters ?? missing('EC key parameters')).bytes);
  checkPoint(group, key);
  return { kind: 'ec', group, point: key };
}

function checkPoint(group: EcGroup, point: Uint8Array): void {
  if (!decodePoint(group.domain, point)) fail('ERR_KEY', 'the EC public key is the point at infinity');
}

function ecPrivate({ parameters, key }: Pkcs8Parts): EcPrivate {
  return readSec1(inside(key), parameters?.is(TAG.null) ? undefined : parameters);
}

/** ECPrivateKey (RFC 5915 section 3); `outer` are the parameters of a PKCS#8 around it, or of an EC PARAMETERS block before it. */
export function readSec1(node: DerNode, outer?: DerNode): EcPrivate {
  const [version, secret, ...rest] = node.sequence('EC private key');
  (version ?? missing('EC private key')).integerBytes('EC private key version');
  // [0] parameters, then [1] public key; each may be absent
  const own = rest[0]?.isContext(0) ? rest.shift() : undefined;
  const shared = rest[0]?.isContext(1) ? rest.shift() : undefined;
  if (rest.length > 0) fail('ERR_DER', 'EC private key: an unknown element');
  const d = unsigned((secret ?? missing('EC private key')).octets('EC private key'));
  const parameters = outer ?? own?.only('EC private key parameters');
  if (!parameters) return fail('ERR_KEY', 'the EC private key does not say which curve it is on');
  const group = readEcGroup(parameters.bytes);
  const point = shared?.only('EC public key').bitOctets('EC public key');
  if (point) checkPoint(group, point);
  return { kind: 'ec', group, d, ...(point ? { point } : {}) };
}

function domain({ info, parameters }: KeyAlgorithm): DerNode {
  if (!parameters || parameters.is(TAG.null)) return fail('ERR_KEY', `the ${info.label} key has no parameters`);
  return parameters;
}

/** DSA parameters: Dss-Parms (RFC 3279 section 2.3.2). */
export function readDsaDomain(node: DerNode): { kind: 'dsa'; p: bigint; q: bigint; g: bigint } {
  const [p, q, g] = node.sequence('DSA parameters');
  return {
    kind: 'dsa',
    p: number(p, 'DSA parameter p'),
    q: number(q, 'DSA parameter q'),
    g: number(g, 'DSA parameter g'),
  };
}

const dhDomain = (algorithm: KeyAlgorithm): DhDomain =>
  algorithm.info.type === 'dhx' ? readDhxDomain(domain(algorithm)) : readDhDomain(domain(algorithm));

/** DHParameter (PKCS#3 section 9). */
export function readDhDomain(node: DerNode): DhDomain {
  const [p, g, length] = node.sequence('DH parameters');
  return {
    p: number(p, 'DH prime'),
    g: number(g, 'DH generator'),
    ...privateLength(length),
  };
}

/** The recommended length, unless it is a number that makes no sense. */
function privateLength(node: DerNode | undefined): { privateLength?: number } {
  const length = node ? bigintOf(node.integerBytes('DH private value length')) : 0n;
  return length > 0n && length < 1n << 31n ? { privateLength: Number(length) } : {};
}

/** DomainParameters of X9.42 (RFC 3279 section 2.3.3). */
export function readDhxDomain(node: DerNode): DhDomain {
  const [p, g, q, ...rest] = node.sequence('X9.42 DH parameters');
  const j = rest.find((item) => item.is(TAG.integer));
  const validation = rest.find((item) => item.cls === 0 && item.number === TAG.sequence);
  const [seed, counter] = validation?.sequence('X9.42 DH validation') ?? [];
  return {
    p: number(p, 'DH prime'),
    g: number(g, 'DH generator'),
    q: number(q, 'DH subgroup order'),
    ...(j ? { j: number(j, 'DH cofactor') } : {}),
    ...(seed ? { seed: wholeOctets(seed, 'X9.42 DH seed') } : {}),
    ...(counter ? { counter: number(counter, 'X9.42 DH counter') } : {}),
  };
}

function rawKey({ info, parameters }: KeyAlgorithm, key: Buffer, which: 'public' | 'private'): Buffer {
  // RFC 8410 section 3, RFC 9881 section 4
  if (parameters) fail('ERR_KEY', `the ${info.label} key has parameters, and must not have any`);
  return exactly(info, key, which);
}

function exactly(info: KeyTypeInfo, key: Buffer, which: 'public' | 'private'): Buffer {
  const set = info.postQuantum;
  const length = which === 'public' ? set?.publicLength : set?.privateLength;
  const wanted = length ?? info.rawLength;
  if (key.length === wanted) return key;
  return fail('ERR_KEY', `an ${info.label} ${which} key has ${wanted} octets, and here are ${key.length}`);
}

/**
 * The forms of ML-KEM's and ML-DSA's private keys: [0] seed, OCTET STRING, or a SEQUENCE of both; and what was written before the RFCs: either one
 * bare, and the private key with the public one after it.
 */
function readSeeded(info: KeyTypeInfo, key: Buffer): SeededPrivate {
  const { seedLength = 0, privateLength = 0, publicLength = 0 } = info.postQuantum ?? {};
  if (key.length === seedLength) return { kind: 'seeded', seed: key };
  if (key.length === privateLength) return { kind: 'seeded', expanded: key };
  const what = `${info.label} private key`;
  const node = readDer(key, 'ber');
  if (node.isContext(0)) return { kind: 'seeded', seed: sized(node.content, seedLength, what) };
  if (node.is(TAG.octetString)) {
    const octets = node.octets(what);
    const alone = octets.length === privateLength + publicLength ? octets.subarray(0, privateLength) : octets;
    return { kind: 'seeded', expanded: sized(alone, privateLength, what) };
  }
  const [seed, expanded, more] = node.sequence(what);
  if (!seed || !expanded || more) return fail('ERR_DER', `${what}: the structure is not seed and expanded key`);
  return {
    kind: 'seeded',
    seed: sized(seed.octets(what), seedLength, what),
    expanded: sized(expanded.octets(what), privateLength, what),
  };
}

function sized(octets: Buffer, length: number, what: string): Buffer {
  if (octets.length === length) return octets;
  return fail('ERR_KEY', `${what}: ${octets.length} octets where ${length} belong`);
}
