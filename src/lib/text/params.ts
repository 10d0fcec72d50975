/** Domain parameters as OpenSSL 3.0 prints them: EC groups, DSA and DH parameters. */
import { encodePoint, type PointForm } from '../crypto/ec-point.ts';
import { dhGroupOf } from '../registry/dh-groups.ts';
import type { DhDomain } from '../keys/components.ts';
import type { EcGroup } from '../keys/ec-group.ts';
import type { KeyParameters } from '../keys/model.ts';
import { basisName } from '../registry/ec-parameters.ts';
import { labelledNumber, labelledOctets } from './hex.ts';

/** Bits of a number; 0 has none. */
export function bitCount(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

/**
 * A group's lines inside a key: its name, or everything when it is written out.
 *
 * @param form how the generator is shown; by default as it was read
 */
export function ecGroupText(group: EcGroup, form: PointForm = group.form): string {
  if (group.explicit || !group.curve) return explicitText(group, form);
  const { name, nist } = group.curve;
  return `ASN1 OID: ${name}\n${nist === undefined ? '' : `NIST CURVE: ${nist}\n`}`;
}

function explicitText({ numbers, domain }: EcGroup, form: PointForm): string {
  const { field, p, a, b, order, cofactor, seed } = numbers;
  const fieldLines =
    field === 'prime'
      ? `Field Type: prime-field\n${labelledNumber('Prime:', p)}`
      : `Field Type: characteristic-two-field\nBasis Type: ${basisName(p)}\n${labelledNumber('Polynomial:', p)}`;
  return [
    fieldLines,
    labelledNumber('A:   ', a),
    labelledNumber('B:   ', b),
    labelledOctets(`Generator (${form}):`, encodePoint(domain, { x: domain.x, y: domain.y }, form)),
    labelledNumber('Order: ', order),
    labelledNumber('Cofactor: ', cofactor ?? 0n),
    seed ? labelledOctets('Seed:', seed) : '',
  ].join('');
}

/** What `ecparam -text` prints. */
export function ecParametersText(group: EcGroup, form?: PointForm): string {
  // OpenSSL has no size line for SM2
  const size = group.curve?.name === 'SM2' ? '' : `EC-Parameters: (${group.bits} bit)\n`;
  return size + ecGroupText(group, form);
}

/** The lines of DSA's or DH's numbers inside a key: a well-known DH group by its name, everything else number by number. */
export function finiteFieldText(domain: DhDomain, named: boolean): string {
  const name = named ? dhGroupOf(domain)?.name : undefined;
  if (name !== undefined) return `GROUP: ${name}\n`;
  const { p, q, g, j, seed, counter } = domain;
  return [
    labelledNumber('P:   ', p),
    q === undefined ? '' : labelledNumber('Q:   ', q),
    labelledNumber('G:   ', g),
    j === undefined ? '' : labelledNumber('J:   ', j),
    seed?.length ? labelledOctets('SEED:', seed) : '',
    counter === undefined ? '' : `pcounter: ${BigInt.asIntN(32, counter)}\n`,
  ].join('');
}

/** The lines of a DH group inside a key, with the length of private keys where the parameters recommend one. */
export function dhDomainText(domain: DhDomain): string {
  const length = domain.privateLength ?? 0;
  return finiteFieldText(domain, true) + (length > 0 ? `recommended-private-length: ${length} bits\n` : '');
}

/** What `pkeyparam -text` prints for DH parameters; `dhparam -text` prints it four columns to the right. */
export function dhParametersText(domain: DhDomain): string {
  return `DH Parameters: (${bitCount(domain.p)} bit)\n${dhDomainText(domain)}`;
}

/** What `dsaparam -text` prints. */
export function dsaParametersText(domain: { readonly p: bigint; readonly q: bigint; readonly g: bigint }): string {
  return `DSA-Parameters: (${bitCount(domain.p)} bit)\n${finiteFieldText(domain, false)}`;
}

/** What `pkeyparam -text` prints for parameters of any type. */
export function keyParametersText({ components }: KeyParameters): string {
  if (components.kind === 'ec') return ecParametersText(components.group);
  return components.kind === 'dsa' ? dsaParametersText(components) : dhParametersText(components);
}
