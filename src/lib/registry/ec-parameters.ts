/** ECParameters, the explicit form of a curve (RFC 3279 section 2.3.5, X9.62), read and written without judging the curve. */
import { fail } from '../errors.ts';
import { bitString, integer, octetString, oid, seq } from '../der/writer.ts';
import { bigintOf, type DerNode } from '../der/reader.ts';

/** A curve's field: the primes below `p`, or polynomials over GF(2) modulo `p`. */
export type FieldKind = 'prime' | 'two';

export interface EcParameters {
  readonly field: FieldKind;
  /** The prime, or the reduction polynomial with bit i for x^i. */
  readonly p: bigint;
  readonly a: bigint;
  readonly b: bigint;
  readonly seed: Buffer | undefined;
  /** The generator, encoded as a point. */
  readonly generator: Buffer;
  readonly order: bigint;
  readonly cofactor: bigint | undefined;
}

const OID = {
  prime: '1.2.840.10045.1.1',
  two: '1.2.840.10045.1.2',
  trinomial: '1.2.840.10045.1.2.3.2',
  pentanomial: '1.2.840.10045.1.2.3.3',
} as const;

/** The largest field that OpenSSL accepts, in bits. */
const MAX_FIELD_BITS = 661;

/** A polynomial's exponents, highest first. */
export function exponents(polynomial: bigint): number[] {
  const bits = polynomial.toString(2).split('');
  return bits.flatMap((bit, i) => (bit === '1' ? [bits.length - 1 - i] : []));
}

/**
 * Reads an ECParameters SEQUENCE. As in OpenSSL, integers and octet strings are taken as magnitudes.
 *
 * @throws TlskitError ERR_DER, or ERR_KEY for a field that makes no sense
 */
export function readEcParameters(node: DerNode): EcParameters {
  const [version, fieldId, curve, base, order, cofactor, more] = node.sequence('EC parameters');
  if (!version || !fieldId || !curve || !base || !order) fail('ERR_DER', 'EC parameters: elements are missing');
  if (more) fail('ERR_DER', 'EC parameters: more than six elements');
  version.integerBytes('EC parameters version');
  const [a, b, seed] = curve.sequence('EC curve');
  if (!a || !b) fail('ERR_DER', 'EC curve: coefficients are missing');
  return {
    ...readField(fieldId),
    a: magnitude(a.octets('EC coefficient')),
    b: magnitude(b.octets('EC coefficient')),
    seed: seed && Buffer.from(seed.bitString('EC seed').bytes),
    generator: Buffer.from(base.octets('EC generator')),
    order: bigintOf(order.integerBytes('EC order')),
    cofactor: cofactor && bigintOf(cofactor.integerBytes('EC cofactor')),
  };
}

function readField(fieldId: DerNode): { field: FieldKind; p: bigint } {
  const [type, parameters] = fieldId.sequence('EC field');
  const name = type?.oid('EC field');
  if (!parameters || (name !== OID.prime && name !== OID.two)) fail('ERR_KEY', 'EC parameters with an unknown field');
  const field =
    name === OID.prime
      ? { field: 'prime' as const, p: bigintOf(parameters.integerBytes('EC prime')) }
      : { field: 'two' as const, p: readPolynomial(parameters) };
  const bits = field.p.toString(2).length;
  if (field.p <= 0n || bits > MAX_FIELD_BITS + 1) fail('ERR_KEY', 'EC parameters with a field that is too large');
  return field;
}

function readPolynomial(node: DerNode): bigint {
  const [degree, basis, parameters] = node.sequence('EC field');
  if (!degree || !basis || !parameters) fail('ERR_DER', 'EC field: elements are missing');
  const m = degree.smallInteger('EC field degree');
  const name = basis.oid('EC basis');
  const middle =
    name === OID.trinomial
      ? [parameters.smallInteger('EC basis')]
      : name === OID.pentanomial
        ? parameters.sequence('EC basis').map((k) => k.smallInteger('EC basis'))
        : fail('ERR_KEY', 'EC parameters with an unsupported basis');
  const ascending = [0, ...middle, m];
  const wanted = name === OID.trinomial ? 3 : 5;
  if (
    ascending.length !== wanted ||
    m > MAX_FIELD_BITS ||
    ascending.some((k, i) => i > 0 && k <= (ascending[i - 1] as number))
  )
    fail('ERR_KEY', 'EC parameters with a malformed basis');
  return ascending.reduce((polynomial, k) => polynomial | (1n << BigInt(k)), 0n);
}

const magnitude = (octets: Buffer): bigint => (octets.length === 0 ? 0n : BigInt(`0x${octets.toString('hex')}`));

/** Octets of one field element. */
export function fieldOctets(parameters: Pick<EcParameters, 'field' | 'p'>): number {
  const bits = parameters.p.toString(2).length - (parameters.field === 'two' ? 1 : 0);
  return Math.ceil(bits / 8);
}

/** An ECParameters SEQUENCE as OpenSSL writes it: coefficients of full length, seed and cofactor where there are any. */
export function writeEcParameters(parameters: EcParameters): Buffer {
  const { a, b, seed, generator, order, cofactor } = parameters;
  const length = 2 * fieldOctets(parameters);
  const element = (value: bigint): Buffer => octetString(Buffer.from(value.toString(16).padStart(length, '0'), 'hex'));
  return seq(
    integer(1),
    writeField(parameters),
    seq(element(a), element(b), ...(seed ? [bitString(seed)] : [])),
    octetString(generator),
    integer(order),
    ...(cofactor === undefined ? [] : [integer(cofactor)]),
  );
}

function writeField({ field, p }: EcParameters): Buffer {
  if (field === 'prime') return seq(oid(OID.prime), integer(p));
  const [m, ...rest] = exponents(p) as [number, ...number[]];
  const middle = rest
    .slice(0, -1)
    .reverse()
    .map((k) => integer(k));
  const trinomial = middle.length === 1;
  return seq(
    oid(OID.two),
    seq(
      integer(m),
      oid(trinomial ? OID.trinomial : OID.pentanomial),
      trinomial ? (middle[0] as Buffer) : seq(...middle),
    ),
  );
}

/** `tpBasis` or `ppBasis`: how a reduction polynomial is written down. */
export const basisName = (polynomial: bigint): string => (exponents(polynomial).length === 3 ? 'tpBasis' : 'ppBasis');
