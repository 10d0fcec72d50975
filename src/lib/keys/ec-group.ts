/**
 * The group of an EC key, from the parameters of its AlgorithmIdentifier: a curve's identifier or explicit ECParameters (RFC 5480 section 2.1.1,
 * RFC 3279 section 2.3.5). Explicit parameters are judged as OpenSSL judges them.
 */
import { decodePoint, encodePoint, fieldLength, type PointForm } from '../crypto/ec-point.ts';
import { readDer, TAG, type DerNode } from '../der/reader.ts';
import { oid } from '../der/writer.ts';
import { fail } from '../errors.ts';
import { curveByOid, curveDomain, curveParameters, curves, type Curve, type CurveDomain } from '../registry/curves.ts';
import { readEcParameters, writeEcParameters, type EcParameters } from '../registry/ec-parameters.ts';

export interface EcGroup {
  /** The named curve, also where explicit parameters are a named curve's. */
  readonly curve: Curve | undefined;
  /** True when the parameters are written out. */
  readonly explicit: boolean;
  /** The parameters' DER, as read or made. */
  readonly parameters: Buffer;
  /** Bits of the order: what OpenSSL calls the size of a key. */
  readonly bits: number;
  /** The form in which explicit parameters print and write their generator. */
  readonly form: PointForm;
  /** The numbers behind either form; coefficients reduced, cofactor filled in (0 where it cannot be told). */
  readonly numbers: EcParameters;
  /** The same for point arithmetic. */
  readonly domain: CurveDomain;
}

/** The form that a point's first octet tells. */
export function pointForm(octets: Uint8Array): PointForm {
  const lead = octets[0] ?? 0;
  return lead === 4 ? 'uncompressed' : lead > 4 ? 'hybrid' : 'compressed';
}

const bitsOf = (value: bigint): number => value.toString(2).length;

/** The group of a named curve; the curves without an identifier are explicit. */
export function namedGroup(curve: Curve): EcGroup {
  if (curve.oid === undefined) return explicitGroup(namedGroupOf(curve, Buffer.alloc(0)), {});
  return namedGroupOf(curve, oid(curve.oid));
}

function namedGroupOf(curve: Curve, parameters: Buffer): EcGroup {
  return {
    curve,
    explicit: false,
    parameters,
    bits: curve.bits,
    form: 'uncompressed',
    get numbers(): EcParameters {
      return curveParameters(curve);
    },
    get domain(): CurveDomain {
      return curveDomain(curve);
    },
  };
}

/** The same group with its parameters written out, the generator in the given form, optionally without the seed. */
export function explicitGroup(group: EcGroup, options: { form?: PointForm; noSeed?: boolean }): EcGroup {
  const { domain } = group;
  const form = options.form ?? group.form;
  const numbers = {
    ...group.numbers,
    generator: encodePoint(domain, { x: domain.x, y: domain.y }, form),
    seed: options.noSeed ? undefined : group.numbers.seed,
  };
  return { ...plain(group), explicit: true, form, numbers, domain, parameters: writeEcParameters(numbers) };
}

const plain = ({ curve, bits }: EcGroup): Pick<EcGroup, 'curve' | 'bits'> => ({ curve, bits });

/**
 * The group that AlgorithmIdentifier parameters describe.
 *
 * @param parameters an OBJECT IDENTIFIER or an ECParameters SEQUENCE
 * @throws TlskitError ERR_KEY for an unknown curve or parameters that make no group, ERR_DER
 */
export function readEcGroup(parameters: Uint8Array): EcGroup {
  const node = readDer(parameters, 'ber');
  if (node.is(TAG.oid)) {
    const name = node.oid('EC curve');
    const curve = curveByOid(name);
    return curve ? namedGroupOf(curve, Buffer.from(node.bytes)) : fail('ERR_KEY', `the EC curve ${name} is not known`);
  }
  if (!node.is(TAG.sequence)) fail('ERR_KEY', 'an EC key without curve parameters');
  return readExplicit(node);
}

function readExplicit(node: DerNode): EcGroup {
  const raw = readEcParameters(node);
  const { field, p, order } = raw;
  const domain = { field, p, a: reduce(raw.a, raw), b: reduce(raw.b, raw), x: 0n, y: 0n, n: order, h: 1n };
  const bits = bitsOf(order);
  const fieldBits = bitsOf(p) - (field === 'two' ? 1 : 0);
  if (order <= 0n || bits > fieldBits + 1) fail('ERR_KEY', 'EC parameters with an impossible order');
  if (field === 'prime' && (p < 5n || (p & 1n) === 0n)) fail('ERR_KEY', 'EC parameters whose field is none');
  if ((raw.cofactor ?? 0n) < 0n || raw.seed?.length === 0) fail('ERR_KEY', 'malformed EC parameters');
  const base = decodePoint(domain, raw.generator) ?? fail('ERR_KEY', 'EC parameters with a generator at infinity');
  const point = { ...domain, ...base };
  const common = { explicit: true, bits, parameters: Buffer.from(node.bytes) };
  const curve = curves().find((candidate) => candidate.bits === bits && sameDomain(curveDomain(candidate), point));
  if (curve) {
    const known = curveParameters(curve);
    const numbers = { ...known, seed: raw.seed && known.seed };
    return { ...common, curve, form: 'uncompressed', numbers, domain: curveDomain(curve) };
  }
  const cofactor = raw.cofactor || guessCofactor(order, raw);
  const numbers = { ...raw, a: domain.a, b: domain.b, cofactor };
  return { ...common, curve, form: pointForm(raw.generator), numbers, domain: { ...point, h: cofactor } };
}

function sameDomain(one: CurveDomain, other: CurveDomain): boolean {
  return (['field', 'p', 'a', 'b', 'x', 'y', 'n'] as const).every((key) => one[key] === other[key]);
}

/** A coefficient as a field element. */
function reduce(value: bigint, { field, p }: EcParameters): bigint {
  if (field === 'prime') return value % p;
  let rest = value;
  for (let over = bitsOf(rest) - bitsOf(p); over >= 0 && rest > 0n; over = bitsOf(rest) - bitsOf(p)) {
    rest ^= p << BigInt(over);
  }
  return rest;
}

/**
 * The cofactor of a group whose parameters leave it out: ⌊(q + 1 + n/2) / n⌋ by Hasse's theorem, or 0 where the order is too small to
 * tell it (n must be larger than about 4√q).
 */
function guessCofactor(order: bigint, { field, p }: EcParameters): bigint {
  const fieldBits = bitsOf(p) - (field === 'two' ? 1 : 0);
  if (bitsOf(order) <= Math.floor((fieldBits + 1) / 2) + 3) return 0n;
  const q = field === 'two' ? 1n << BigInt(fieldBits) : p;
  return (order / 2n + q + 1n) / order;
}

/** A point's octets in another form. */
export function convertPoint(group: EcGroup, octets: Uint8Array, form: PointForm): Buffer {
  if (pointForm(octets) === form) return Buffer.from(octets);
  return encodePoint(group.domain, decodePoint(group.domain, octets), form);
}

/** Octets of a private key: as many as the order has (RFC 5915 section 3). */
export const scalarOctets = (group: EcGroup): number => Math.ceil(group.bits / 8);

/** Octets of a field element. */
export const elementOctets = (group: EcGroup): number => fieldLength(group.domain);
