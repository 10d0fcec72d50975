/** DER of keys from their numbers, byte for byte as OpenSSL 3.0 encodes them. */
import type { PointForm } from '../crypto/ec-point.ts';
import { bitString, contextPrimitive, explicit, integer, nul, octetString, oid, seq } from '../der/writer.ts';
import {
  magnitude,
  type DhDomain,
  type DsaPublic,
  type EcPrivate,
  type PrivateComponents,
  type PublicComponents,
  type RsaPrivate,
  type RsaPublic,
  type SeededPrivate,
} from './components.ts';
import { convertPoint, explicitGroup, namedGroup, scalarOctets, type EcGroup } from './ec-group.ts';
import { writePss, type PssRestrictions } from './pss.ts';
import { keyTypeInfo, type KeyType } from './types.ts';

/** How EC keys are written. What is left out stays as the key was read. */
export interface EcEncoding {
  readonly pointForm?: PointForm;
  readonly curveForm?: 'named_curve' | 'explicit';
  /** Explicit parameters without the curve's seed (`-no_seed`). */
  readonly noSeed?: boolean;
  /** Private keys without the public point (`-no_public`); `false`: with it, also where the file lacked it, as the `ec` command does. */
  readonly noPublic?: boolean;
}

/** AlgorithmIdentifier parameters of an EC group. */
export function encodeEcParameters(group: EcGroup, options: EcEncoding = {}): Buffer {
  const { pointForm: form, noSeed = false } = options;
  const asExplicit = (options.curveForm ?? (group.explicit ? 'explicit' : 'named_curve')) === 'explicit';
  if (!asExplicit && group.curve) return namedGroup(group.curve).parameters;
  return explicitGroup(group, { noSeed, ...(form ? { form } : {}) }).parameters;
}

/** DER of DSA parameters (RFC 3279 section 2.3.2). */
export const encodeDsaDomain = ({ p, q, g }: Pick<DsaPublic, 'p' | 'q' | 'g'>): Buffer =>
  seq(integer(p), integer(q), integer(g));

/** DER of DH parameters: DHParameter of PKCS#3, or DomainParameters of X9.42 for `dhx`. */
export function encodeDhDomain(type: 'dh' | 'dhx', domain: DhDomain): Buffer {
  const { p, g, q, j, seed, counter, privateLength } = domain;
  if (type === 'dh') return seq(integer(p), integer(g), ...(privateLength ? [integer(privateLength)] : []));
  // OpenSSL leaves out a seed without octets
  const validation = seed?.length && counter !== undefined ? [seq(bitString(seed), integer(counter))] : [];
  return seq(integer(p), integer(g), integer(q ?? 0n), ...(j === undefined ? [] : [integer(j)]), ...validation);
}

interface Algorithmic {
  readonly pss?: PssRestrictions;
}

function algorithm(type: KeyType, key: PublicComponents | PrivateComponents, options: EcEncoding): Buffer {
  const info = keyTypeInfo(type);
  const parameters = (): Buffer[] => {
    if (key.kind === 'ec') return [encodeEcParameters(key.group, options)];
    if (key.kind === 'dsa') return [encodeDsaDomain(key)];
    if (key.kind === 'dh') return [encodeDhDomain(type === 'dhx' ? 'dhx' : 'dh', key)];
    const { pss } = key as Algorithmic;
    if (info.parameters === 'pss') return pss ? [writePss(pss)] : [];
    return info.parameters === 'null' ? [nul()] : [];
  };
  return seq(oid(info.oid), ...parameters());
}

const point = (key: { group: EcGroup; point?: Buffer }, options: EcEncoding): Buffer => {
  const octets = key.point ?? Buffer.alloc(0);
  return options.pointForm ? convertPoint(key.group, octets, options.pointForm) : octets;
};

/** RSAPublicKey (RFC 8017 appendix A.1.1). */
export const encodeRsaPublic = ({ n, e }: Pick<RsaPublic, 'n' | 'e'>): Buffer => seq(integer(n), integer(e));

/** RSAPrivateKey (RFC 8017 appendix A.1.2). */
export function encodeRsaPrivate(key: RsaPrivate): Buffer {
  const { n, e, d, p, q, dp, dq, qi, otherPrimes } = key;
  const others = otherPrimes.map((prime) => seq(integer(prime.r), integer(prime.d), integer(prime.t)));
  const numbers = [n, e, d, p, q, dp, dq, qi].map(integer);
  return seq(integer(others.length > 0 ? 1 : 0), ...numbers, ...(others.length > 0 ? [seq(...others)] : []));
}

/** ECPrivateKey (RFC 5915 section 3); `parameters: false` inside a PKCS#8. */
export function encodeSec1(key: EcPrivate, options: EcEncoding & { parameters?: boolean } = {}): Buffer {
  const items = [integer(1), octetString(magnitude(key.d, scalarOctets(key.group)))];
  if (options.parameters !== false) items.push(explicit(0, encodeEcParameters(key.group, options)));
  if (key.point && !options.noPublic) items.push(explicit(1, bitString(point(key, options))));
  return seq(...items);
}

/** DSA's traditional private key, which has no standard: version, p, q, g, y, x. */
export const encodeDsaPrivate = (key: DsaPublic & { x: bigint }): Buffer =>
  seq(integer(0), ...[key.p, key.q, key.g, key.y, key.x].map(integer));

/** ML-KEM-PrivateKey, ML-DSA-PrivateKey: what the key holds (RFC 9935, RFC 9881 section 6). */
function encodeSeeded({ seed, expanded }: SeededPrivate): Buffer {
  if (seed && expanded) return seq(octetString(seed), octetString(expanded));
  return seed ? contextPrimitive(0, seed) : octetString(expanded ?? Buffer.alloc(0));
}

/** SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7). */
export function encodeSpki(type: KeyType, key: PublicComponents, options: EcEncoding = {}): Buffer {
  const bits = (): Buffer => {
    if (key.kind === 'rsa') return encodeRsaPublic(key);
    if (key.kind === 'ec') return point(key, options);
    return key.kind === 'raw' ? key.public : integer(key.y);
  };
  return seq(algorithm(type, key, options), bitString(bits()));
}

/** PrivateKeyInfo of a type without parameters, around what stands inside. */
export const wrapPkcs8 = (type: KeyType, inner: Uint8Array): Buffer =>
  seq(integer(0), seq(oid(keyTypeInfo(type).oid)), octetString(inner));

/** PrivateKeyInfo (RFC 5208 section 5). An EC key holds its public point when the numbers have it. */
export function encodePkcs8(type: KeyType, key: PrivateComponents, options: EcEncoding = {}): Buffer {
  const inner = (): Buffer => {
    if (key.kind === 'rsa') return encodeRsaPrivate(key);
    if (key.kind === 'ec') return encodeSec1(key, { ...options, parameters: false });
    if (key.kind === 'seeded') return encodeSeeded(key);
    if (key.kind !== 'raw') return integer(key.x);
    return keyTypeInfo(type).postQuantum ? key.private : octetString(key.private);
  };
  return seq(integer(0), algorithm(type, key, options), octetString(inner()));
}
