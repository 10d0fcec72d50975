/** Templates of distribution points (RFC 5280 sections 4.2.1.13, 4.2.1.15 and 5.2.5). */
import {
  anyString,
  bitString,
  boolean,
  choice,
  explicitly,
  implicitly,
  oid,
  optional,
  sequence,
  sequenceOf,
  setOf,
  type Asn1String,
  type BitString,
  type Choice,
  type Type,
} from '../der/template.ts';
import { generalNamesType, type GeneralName } from './general-names.ts';
import { VALUE_TAGS } from './name.ts';

interface PointNames {
  full: readonly GeneralName[];
  relative: readonly { oid: string; value: Asn1String }[];
}

/** A DistributionPointName: names, or what to put behind the name of the CRL's issuer. */
export type PointName = Choice<PointNames>;

const pointName: Type<PointName> = choice<PointNames>({
  full: implicitly(0, generalNamesType),
  relative: implicitly(1, setOf(sequence({ oid: oid(), value: anyString(VALUE_TAGS) }))),
});

/** A DistributionPoint. */
export interface DistributionPoint {
  readonly name: PointName | undefined;
  /** ReasonFlags. */
  readonly reasons: BitString | undefined;
  readonly issuer: readonly GeneralName[] | undefined;
}

/** The value of cRLDistributionPoints and freshestCRL. */
export const distributionPointsType: Type<readonly DistributionPoint[]> = sequenceOf(
  sequence({
    name: optional(explicitly(0, pointName)),
    reasons: optional(implicitly(1, bitString())),
    issuer: optional(implicitly(2, generalNamesType)),
  }),
);

/** The value of issuingDistributionPoint. The flags are octets, 0 for false. */
export interface IssuingDistributionPoint {
  readonly name: PointName | undefined;
  readonly onlyUser: number | undefined;
  readonly onlyCa: number | undefined;
  /** ReasonFlags. */
  readonly reasons: BitString | undefined;
  readonly indirect: number | undefined;
  readonly onlyAttribute: number | undefined;
}

export const issuingDistributionPointType: Type<IssuingDistributionPoint> = sequence({
  name: optional(explicitly(0, pointName)),
  onlyUser: optional(implicitly(1, boolean())),
  onlyCa: optional(implicitly(2, boolean())),
  reasons: optional(implicitly(3, bitString())),
  indirect: optional(implicitly(4, boolean())),
  onlyAttribute: optional(implicitly(5, boolean())),
});
