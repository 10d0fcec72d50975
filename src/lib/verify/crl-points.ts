/** Distribution points of certificates and CRLs: which CRL is about which certificate (RFC 5280 sections 4.2.1.13, 5.2.5 and 6.3.3 b). */
import { readTemplate, type BitString } from '../der/template.ts';
import { fail } from '../errors.ts';
import type { Certificate } from '../x509/certificate.ts';
import { distributionPointsType, type DistributionPoint, type PointName } from '../x509/distribution-points.ts';
import type { GeneralName } from '../x509/general-names.ts';
import { Name } from '../x509/name.ts';
import { nameKey } from './name-key.ts';

const CRL_DISTRIBUTION_POINTS = '2.5.29.31';

/** ReasonFlags as bits: the first octet is the low one, and each octet's first bit its highest, as in OpenSSL. All reasons there are. */
export const ALL_REASONS = 0x807f;

/** ReasonFlags as bits. */
export const reasonBits = ({ bytes }: BitString): number => ((bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8)) & ALL_REASONS;

/** The name of a distribution point: keys of names that are compared. A relative name has become a directory name. */
export type PointKeys = ReadonlySet<string>;

/** A distribution point of a certificate. */
export interface CrlPoint {
  readonly name: PointKeys | undefined;
  /** The reasons that its CRLs tell of, as bits. */
  readonly reasons: number;
  /** Keys of the directory names of the CRL's issuer; undefined where it is that of the certificate. */
  readonly issuers: readonly string[] | undefined;
}

/** A key by which general names are compared: equal for equal names. */
function generalNameKey({ kind, value }: GeneralName): string {
  switch (kind) {
    case 'directory':
      return directoryKey(nameKey(value));
    case 'email':
    case 'dns':
    case 'uri':
      return `${kind}:${value.value.toString('latin1')}`;
    case 'x400':
    case 'ip':
      return `${kind}:${value.toString('latin1')}`;
    case 'otherName':
      return `${kind}:${value.id}:${value.value.der.toString('latin1')}`;
    case 'ediParty':
      return `${kind}:${[value.assigner, value.party].map((part) => part?.value.toString('hex') ?? '-').join(':')}`;
    case 'registeredId':
      return `${kind}:${value}`;
  }
}

const directoryKey = (key: string): string => `directory:${key}`;

/** The keys of the directory names among general names, in the form of `nameKey`. */
export const directoryKeys = (names: readonly GeneralName[]): string[] =>
  names.flatMap((name) => (name.kind === 'directory' ? [nameKey(name.value)] : []));

/** @param base what a relative name stands under */
export function pointKeys(name: PointName, base: Name): PointKeys {
  if (name.kind === 'full') return new Set(name.value.map(generalNameKey));
  const last = name.value.map(({ oid, value }) => ({ oid, tag: value.tag, value: value.value }));
  return new Set([directoryKey(nameKey(Name.of([...base.rdns, last])))]);
}

/** Whether two points have a name in common; one without a name has all. */
export const pointsMeet = (a: PointKeys | undefined, b: PointKeys | undefined): boolean =>
  !a || !b || [...a].some((key) => b.has(key));

/** The name of a point as RFC 5280 section 6.3.3 b 2 i has it: one without a name has that of its CRL's issuer. */
export const nameOrIssuer = ({ name, issuers }: CrlPoint): PointKeys | undefined =>
  name ?? (issuers && new Set(issuers.map(directoryKey)));

/**
 * The distribution points of a certificate.
 *
 * @throws TlskitError ERR_DER, also for a point that has neither a name nor an issuer (RFC 5280 section 4.2.1.13)
 */
export function readCrlPoints(certificate: Certificate): readonly CrlPoint[] {
  const extension = certificate.extension(CRL_DISTRIBUTION_POINTS);
  if (!extension) return [];
  const points = readTemplate(distributionPointsType, extension.value, 'cRLDistributionPoints').value;
  return points.map((point) => crlPoint(point, certificate));
}

function crlPoint({ name, reasons, issuer }: DistributionPoint, certificate: Certificate): CrlPoint {
  if (!name && !issuer?.length) fail('ERR_DER', 'cRLDistributionPoints: a point without name and issuer');
  const first = issuer?.find((one) => one.kind === 'directory');
  return {
    name: name && pointKeys(name, first?.value ?? certificate.issuer),
    reasons: reasons ? reasonBits(reasons) : ALL_REASONS,
    issuers: issuer && directoryKeys(issuer),
  };
}
