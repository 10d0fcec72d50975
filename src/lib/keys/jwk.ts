/** JSON Web Keys (RFC 7517, RFC 7518 section 6, RFC 8037, RFC 8812; the post-quantum ones are AKP keys of the drafts that node:crypto follows). */
import { encodePoint } from '../crypto/ec-point.ts';
import { fail } from '../errors.ts';
import { curveByName } from '../registry/curves.ts';
import { magnitude, unsigned, type EcPrivate, type RsaPrivate } from './components.ts';
import { convertPoint, elementOctets, namedGroup, scalarOctets, type EcGroup } from './ec-group.ts';
import { POST_QUANTUM } from '../registry/post-quantum.ts';
import { PrivateKey, PublicKey, type KeyType, type KeyTypeInfo } from './model.ts';
import { factorModulus, rsaFromPrimes } from './rsa.ts';
import { keyTypeInfo } from './types.ts';

/** A JWK's members that a key has; all values are text. */
export type Jwk = Readonly<Record<string, string>>;

const CURVES: Readonly<Record<string, string>> = {
  'P-256': 'prime256v1',
  'P-384': 'secp384r1',
  'P-521': 'secp521r1',
  secp256k1: 'secp256k1',
};
const RAW: Readonly<Record<string, KeyType>> = { Ed25519: 'ed25519', Ed448: 'ed448', X25519: 'x25519', X448: 'x448' };

const base64url = (octets: Uint8Array): string => Buffer.from(octets).toString('base64url');
const number = (value: bigint): string => base64url(magnitude(value));

/** The key's JWK; ERR_UNSUPPORTED for types and curves that have none. */
export function publicJwk(key: PublicKey): Jwk {
  const { components } = key;
  if (components.kind === 'rsa' && key.type === 'rsa') {
    return { kty: 'RSA', n: number(components.n), e: number(components.e) };
  }
  if (components.kind === 'raw' && key.info.postQuantum)
    return { kty: 'AKP', alg: key.info.label, pub: base64url(components.public) };
  if (components.kind === 'raw') return { kty: 'OKP', crv: rawName(key.type), x: base64url(components.public) };
  if (components.kind === 'ec' && components.point) {
    const { group } = components;
    const crv = Object.keys(CURVES).find((name) => CURVES[name] === group.curve?.name) ?? none(key);
    const point = convertPoint(group, components.point, 'uncompressed');
    const size = elementOctets(group);
    return { kty: 'EC', crv, x: base64url(point.subarray(1, 1 + size)), y: base64url(point.subarray(1 + size)) };
  }
  return none(key);
}

const none = (key: PublicKey): never =>
  fail(
    'ERR_UNSUPPORTED',
    `there is no JWK for this ${key.info.label} key (RSA, P-256, P-384, P-521, secp256k1, Ed25519, Ed448, X25519, X448 have one)`,
  );

const rawName = (type: KeyType): string => Object.keys(RAW).find((name) => RAW[name] === type) as string;

/** The private key's JWK. */
export function privateJwk(key: PrivateKey): Jwk {
  const { components } = key;
  const shared = publicJwk(key.publicKey);
  if (components.kind === 'rsa') {
    if (components.otherPrimes.length > 0)
      fail('ERR_UNSUPPORTED', 'an RSA key of more than two primes is not written as JWK');
    const { d, p, q, dp, dq, qi } = components;
    return { ...shared, d: number(d), p: number(p), q: number(q), dp: number(dp), dq: number(dq), qi: number(qi) };
  }
  if (components.kind === 'seeded') {
    const seed =
      components.seed ??
      fail('ERR_UNSUPPORTED', `a JWK of ${key.info.label} holds the seed, which this key was read without`);
    return { ...shared, priv: base64url(seed) };
  }
  if (components.kind === 'raw')
    return { ...shared, [key.info.postQuantum ? 'priv' : 'd']: base64url(components.private) };
  const { d, group } = components as EcPrivate;
  return { ...shared, d: base64url(magnitude(d, scalarOctets(group))) };
}

/** The JWK in a text: a key, or the first key of a set; undefined when the text is no JSON object. */
export function findJwk(text: string): Jwk | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fail('ERR_FORMAT', 'the text looks like JSON and is not well-formed');
  }
  const set = (value as { keys?: unknown }).keys;
  const key: unknown = Array.isArray(set) ? set[0] : value;
  if (typeof key !== 'object' || key === null || typeof (key as Jwk)['kty'] !== 'string') {
    return fail('ERR_FORMAT', 'the JSON text is no JWK: it has no "kty"');
  }
  return key as Jwk;
}

function octets(jwk: Jwk, name: string): Buffer {
  const value: unknown = jwk[name];
  if (typeof value !== 'string' || !/^[A-Za-z0-9_-]+$/.test(value)) {
    return fail('ERR_FORMAT', `the JWK has no "${name}" in base64url`);
  }
  return Buffer.from(value, 'base64url');
}

const numberOf = (jwk: Jwk, name: string): bigint => unsigned(octets(jwk, name));

const unsupported = (jwk: Jwk, name: string): never =>
  fail('ERR_UNSUPPORTED', `a JWK with "${name}": ${JSON.stringify(String(jwk[name])).slice(0, 40)} is not supported`);

function ecGroup(jwk: Jwk): EcGroup {
  const curve = Object.hasOwn(CURVES, jwk['crv'] ?? '')
    ? curveByName(CURVES[jwk['crv'] as string] as string)
    : undefined;
  return namedGroup(curve ?? unsupported(jwk, 'crv'));
}

const rawType = (jwk: Jwk): KeyType =>
  (Object.hasOwn(RAW, jwk['crv'] ?? '') ? RAW[jwk['crv'] as string] : undefined) ?? unsupported(jwk, 'crv');

/** The row that an AKP key's `alg` names. */
function akpType(jwk: Jwk): KeyTypeInfo {
  const info = POST_QUANTUM.find(({ label }) => label === jwk['alg']);
  return info ? keyTypeInfo(info.type) : unsupported(jwk, 'alg');
}

/** The public key of a JWK, private or public. */
export function readPublicJwk(jwk: Jwk): PublicKey {
  if (jwk['kty'] === 'AKP')
    return PublicKey.fromComponents(akpType(jwk).type, { kind: 'raw', public: octets(jwk, 'pub') });
  if (jwk['kty'] === 'RSA') {
    return PublicKey.fromComponents('rsa', { kind: 'rsa', n: numberOf(jwk, 'n'), e: numberOf(jwk, 'e') });
  }
  if (jwk['kty'] === 'OKP') return PublicKey.fromComponents(rawType(jwk), { kind: 'raw', public: octets(jwk, 'x') });
  if (jwk['kty'] !== 'EC') return unsupported(jwk, 'kty');
  const group = ecGroup(jwk);
  const [x, y] = [octets(jwk, 'x'), octets(jwk, 'y')];
  if (x.length !== elementOctets(group) || y.length !== elementOctets(group))
    fail('ERR_FORMAT', `the JWK's "x" and "y" do not have the length of its curve`);
  const point = encodePoint(group.domain, { x: unsigned(x), y: unsigned(y) }, 'uncompressed');
  return PublicKey.fromComponents('ec', { kind: 'ec', group, point });
}

/** RFC 7518 section 6.3.2 lets all numbers but d be left out. */
function withoutPrimes({ n, e }: RsaPrivate, d: bigint): PrivateKey {
  if (n.toString(2).length > 16384)
    fail('ERR_LIMIT', 'an RSA key of more than 16384 bits without its primes is too large');
  const key = rsaFromPrimes(factorModulus(n, e, d), e);
  return PrivateKey.fromComponents('rsa', { ...(key as RsaPrivate), d });
}

/** The private key of a JWK, or undefined when it holds a public key only. */
export function readPrivateJwk(jwk: Jwk): PrivateKey | undefined {
  if (jwk['kty'] === 'AKP') return readPrivateAkp(jwk);
  if (jwk['d'] === undefined) return undefined;
  const shared = readPublicJwk(jwk);
  if (jwk['kty'] === 'OKP') {
    return PrivateKey.fromComponents(shared.type, { kind: 'raw', private: octets(jwk, 'd') }, shared);
  }
  if (shared.components.kind === 'ec') {
    return PrivateKey.fromComponents('ec', { ...shared.components, d: numberOf(jwk, 'd') });
  }
  if (jwk['oth'] !== undefined)
    fail('ERR_UNSUPPORTED', 'a JWK of an RSA key with more than two primes is not supported');
  if (jwk['p'] === undefined) return withoutPrimes(shared.components as RsaPrivate, numberOf(jwk, 'd'));
  const [d, p, q, dp, dq, qi] = ['d', 'p', 'q', 'dp', 'dq', 'qi'].map((name) => numberOf(jwk, name)) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const key: RsaPrivate = { ...(shared.components as RsaPrivate), version: 0, d, p, q, dp, dq, qi, otherPrimes: [] };
  return PrivateKey.fromComponents('rsa', key);
}

function readPrivateAkp(jwk: Jwk): PrivateKey | undefined {
  if (jwk['priv'] === undefined) return undefined;
  const shared = readPublicJwk(jwk);
  const secret = octets(jwk, 'priv');
  const slh = shared.info.postQuantum?.family === 'slh-dsa';
  return PrivateKey.fromComponents(
    shared.type,
    slh ? { kind: 'raw', private: secret } : { kind: 'seeded', seed: secret },
    shared,
  );
}
