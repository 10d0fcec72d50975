/** OpenSSL's elliptic curves by name and object identifier. */
import { decodeOid } from '../der/oid.ts';
import { readDer } from '../der/reader.ts';
import { CURVE_TABLE } from './curve-table.ts';
import { readEcParameters, type EcParameters, type FieldKind } from './ec-parameters.ts';

/** One named curve. */
export interface Curve {
  /** OpenSSL's short name, e.g. `prime256v1`. */
  readonly name: string;
  /** Dotted OID; undefined for the two Oakley curves, which have none and are always written out explicitly. */
  readonly oid: string | undefined;
  /** Bits of the group's order, which OpenSSL calls the size of a key. */
  readonly bits: number;
  /** NIST's name, e.g. `P-256`. */
  readonly nist: string | undefined;
  /** What `ecparam -list_curves` says about it; may have several lines. */
  readonly comment: string;
  /** The ECParameters (RFC 3279 section 2.3.5) in base64: field, coefficients, seed, generator, order, cofactor. */
  readonly base64: string;
}

let table: readonly Curve[] | undefined;

/** All curves, in OpenSSL's order. */
export function curves(): readonly Curve[] {
  table ??= CURVE_TABLE.trim()
    .split('\n')
    .map((line) => {
      const [name, bits, oid, nist, base64, ...comment] = line.split(' ') as [string, string, string, string, string];
      return {
        name,
        bits: Number(bits),
        oid: oid === '-' ? undefined : decodeOid(Buffer.from(oid, 'hex')),
        nist: nist === '-' ? undefined : nist,
        base64,
        comment: (comment as string[]).join(' ').replaceAll('|', '\n\t'),
      };
    });
  return table;
}

/** The curve with this dotted OID. */
export function curveByOid(oid: string): Curve | undefined {
  return curves().find((curve) => curve.oid === oid);
}

/** SEC 2's names of two curves that OpenSSL knows by their X9.62 names. */
const SEC_NAMES: Readonly<Record<string, string>> = { secp192r1: 'prime192v1', secp256r1: 'prime256v1' };

/** The curve with this name: OpenSSL's, NIST's (`P-256`) or SEC's (`secp256r1`), in any case. */
export function curveByName(name: string): Curve | undefined {
  const wanted = name.toLowerCase();
  const canonical = (SEC_NAMES[wanted] ?? wanted).toLowerCase();
  return curves().find((curve) => curve.name.toLowerCase() === canonical || curve.nist?.toLowerCase() === canonical);
}

/** A curve as numbers, for point arithmetic. */
export interface CurveDomain {
  readonly field: FieldKind;
  /** The prime, or the reduction polynomial with bit i for x^i. */
  readonly p: bigint;
  readonly a: bigint;
  readonly b: bigint;
  /** The generator. */
  readonly x: bigint;
  readonly y: bigint;
  /** The generator's order. */
  readonly n: bigint;
  /** The cofactor. */
  readonly h: bigint;
}

const parameterCache = new Map<string, EcParameters>();

/** A named curve's explicit parameters; the generator is uncompressed. */
export function curveParameters(curve: Curve): EcParameters {
  let parameters = parameterCache.get(curve.name);
  if (!parameters) {
    parameters = readEcParameters(readDer(Buffer.from(curve.base64, 'base64')));
    parameterCache.set(curve.name, parameters);
  }
  return parameters;
}

const number = (octets: Buffer): bigint => BigInt(`0x${octets.toString('hex')}`);

/** A named curve's numbers. */
export function curveDomain(curve: Curve): CurveDomain {
  const { field, p, a, b, generator, order, cofactor } = curveParameters(curve);
  const half = (generator.length - 1) / 2;
  const x = number(generator.subarray(1, 1 + half));
  const y = number(generator.subarray(1 + half));
  return { field, p, a, b, x, y, n: order, h: cofactor ?? 1n };
}
