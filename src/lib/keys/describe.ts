/** Keys as data: the documents that the key commands print with --json. Never a private number. */
import { createHash } from 'node:crypto';
import { pointForm, type EcGroup } from './ec-group.ts';
import { PrivateKey, type KeyParameters, type ParameterComponents, type PublicKey } from './model.ts';
import type { PublicComponents } from './components.ts';
import type { PssRestrictions } from './pss.ts';
import { dhGroupOf } from '../registry/dh-groups.ts';
import { writePublicKey } from './write.ts';

/** A key or its parameters as data. Numbers are lower-case hex without leading zeros; which members there are depends on the type. */
export interface KeyDescription {
  /** `rsa`, `rsa-pss`, `ec`, `dsa`, `dh`, `dhx`, `ed25519`, `ed448`, `x25519`, `x448`, or a parameter set such as `ml-dsa-65`. */
  readonly type: string;
  /** Size as OpenSSL counts it: of the modulus, the prime or the curve's order. */
  readonly bits?: number;
  /** Whether the input was a private key; absent for parameters. */
  readonly private?: boolean;
  /** RSA. The exponent is decimal. */
  readonly modulus?: string;
  readonly publicExponent?: string;
  readonly primes?: number;
  /** RSA-PSS: the restrictions, or null. */
  readonly pss?: PssRestrictions | null;
  /** EC: OpenSSL's name of the curve or null, NIST's name, whether the parameters are written out. */
  readonly curve?: string | null;
  readonly nistCurve?: string;
  readonly explicit?: boolean;
  /** EC and the raw types: the public key's octets; for EC in which form. */
  readonly public?: string;
  readonly pointForm?: string;
  /** DSA and DH. */
  readonly p?: string;
  readonly q?: string;
  readonly g?: string;
  readonly y?: string;
  readonly group?: string | null;
  /** SHA-256 of the SubjectPublicKeyInfo. */
  readonly spkiSha256?: string;
  /** The public key in PEM. */
  readonly publicKey?: string;
}

const hex = (value: bigint): string => value.toString(16);
const bitsOf = (value: bigint): number => (value === 0n ? 0 : value.toString(2).length);

/** Describes a key by its public half. */
export function describeKey(key: PrivateKey | PublicKey): KeyDescription {
  const own = key instanceof PrivateKey;
  const half = own ? key.publicKey : key;
  const primes = own && key.components.kind === 'rsa' ? { primes: 2 + key.components.otherPrimes.length } : {};
  return {
    type: key.type,
    ...describePublic(half, half.components),
    private: own,
    ...primes,
    spkiSha256: createHash('sha256').update(half.spki).digest('hex'),
    publicKey: writePublicKey(half) as string,
  };
}

function describePublic(key: PublicKey, components: PublicComponents): Partial<KeyDescription> {
  if (components.kind === 'raw') return { public: components.public.toString('hex') };
  if (components.kind === 'rsa') {
    const { n, e, pss } = components;
    const restrictions = key.type === 'rsa-pss' ? { pss: pss ?? null } : {};
    return { bits: bitsOf(n), modulus: hex(n), publicExponent: String(e), ...restrictions };
  }
  if (components.kind === 'ec') {
    const { group, point } = components;
    const octets = point ? { public: point.toString('hex'), pointForm: pointForm(point) } : {};
    return { ...describeGroup(group), ...octets };
  }
  return { ...describeDomain(components), y: hex(components.y) };
}

function describeGroup({ curve, bits, explicit }: EcGroup): Partial<KeyDescription> {
  return { bits, curve: curve?.name ?? null, ...(curve?.nist ? { nistCurve: curve.nist } : {}), explicit };
}

function describeDomain(domain: Exclude<ParameterComponents, { kind: 'ec' }>): Partial<KeyDescription> {
  const { p, q, g } = domain;
  const group = domain.kind === 'dh' ? { group: dhGroupOf(domain)?.name ?? null } : {};
  return { bits: bitsOf(p), ...group, p: hex(p), ...(q === undefined ? {} : { q: hex(q) }), g: hex(g) };
}

/** Describes parameters without a key. */
export function describeParameters(parameters: KeyParameters): KeyDescription {
  const { components, type } = parameters;
  return { type, ...(components.kind === 'ec' ? describeGroup(components.group) : describeDomain(components)) };
}
