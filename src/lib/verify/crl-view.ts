/** CRLs as a verification sees them: what their extensions say, read once, as OpenSSL's x_crl.c reads it. */
import { Crl, CRL_OID, crlSignedBy, ENTRY_OID, type RevokedCertificate } from '../crl/index.ts';
import { bigintOf } from '../der/index.ts';
import { enumerated, integer, readTemplate, type Type } from '../der/template.ts';
import { TlskitError } from '../errors.ts';
import type { PublicKey } from '../keys/model.ts';
import { crlReasonByName } from '../registry/crl-reasons.ts';
import { issuingDistributionPointType, type IssuingDistributionPoint } from '../x509/distribution-points.ts';
import { generalNamesType } from '../x509/general-names.ts';
import type { Extension } from '../x509/schema.ts';
import { ALL_REASONS, directoryKeys, pointKeys, reasonBits, type PointKeys } from './crl-points.ts';
import { nameKey } from './name-key.ts';
import { authorityKeyId, type AuthorityKeyId } from './traits.ts';

/** The reason by which a delta CRL takes an entry off the list. */
const REMOVED = crlReasonByName('removeFromCRL')?.code;

/** What certificates a CRL is about: its issuingDistributionPoint. */
export interface CrlScope {
  readonly name: PointKeys | undefined;
  readonly onlyUser: boolean;
  readonly onlyCa: boolean;
  readonly onlyAttribute: boolean;
  readonly indirect: boolean;
  /** The reasons that it tells of, as bits; undefined for all. */
  readonly reasons: number | undefined;
}

/** What the extensions of a CRL say. */
export interface CrlTraits {
  readonly scope: CrlScope | undefined;
  readonly authorityKeyId: AuthorityKeyId | undefined;
  readonly number: bigint | undefined;
  /** Of a delta CRL: the number that it starts from. */
  readonly base: bigint | undefined;
  /** It tells where deltas to it are. */
  readonly freshest: boolean;
  /** An extension of it or of an entry is critical and not understood. */
  readonly unknownCritical: boolean;
  /** An extension of it or of an entry stands there twice or cannot be read; OpenSSL goes on as if it was not there. */
  readonly broken: boolean;
}

/** What a CRL says about a certificate. */
export type CrlAnswer = 'unlisted' | 'revoked' | 'removed';

/** Critical extensions that are understood; numbers that are critical are not, as in OpenSSL. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  CRL_OID.issuingDistributionPoint,
  CRL_OID.authorityKeyIdentifier,
  CRL_OID.deltaCrlIndicator,
]);

/** A CRL with what is derived from it. Everything is made when it is first asked for, and kept. */
export class CrlView {
  readonly crl: Crl;
  #issuerKey: string | undefined;
  #traits: CrlTraits | undefined;
  #entries: Entries | undefined;
  #checkedBy: { readonly spki: Buffer; readonly good: boolean } | undefined;

  constructor(crl: Crl) {
    this.crl = crl;
  }

  /** The issuer's name, for comparisons. */
  get issuerKey(): string {
    return (this.#issuerKey ??= nameKey(this.crl.issuer));
  }

  /** What the extensions say. */
  get traits(): CrlTraits {
    return (this.#traits ??= readCrlTraits(this.crl, this.#scan()));
  }

  #scan(): Entries {
    return (this.#entries ??= scanEntries(this.crl.revoked));
  }

  /**
   * What the CRL says about a certificate.
   *
   * @param serial content octets of its number
   * @param issuerKey its issuer's name, for comparisons
   */
  ask(serial: Buffer, issuerKey: string): CrlAnswer {
    const { reasons, issuers } = this.#scan();
    const at = this.crl.placesOf(serial).find((place) => {
      const named = issuers.get(place);
      return named ? named.includes(issuerKey) : issuerKey === this.issuerKey;
    });
    if (at === undefined) return 'unlisted';
    return reasons.get(at) === REMOVED ? 'removed' : 'revoked';
  }

  /** Whether a key made this CRL's signature; the answer is kept. False also where it cannot be checked. */
  signedBy(key: PublicKey): boolean {
    if (!this.#checkedBy?.spki.equals(key.spki)) {
      this.#checkedBy = { spki: key.spki, good: attempt(() => crlSignedBy(this.crl, key)) ?? false };
    }
    return this.#checkedBy.good;
  }
}

const views = new WeakMap<Crl, CrlView>();

/** A CRL as a verification takes it: octets (what OpenSSL reads), read already, or with what was derived from it before. */
export type CrlSource = Uint8Array | Crl | CrlView;

/**
 * The view of a CRL; one that was read once has one view.
 *
 * @throws TlskitError ERR_DER
 */
export function crlViewOf(source: CrlSource): CrlView {
  if (source instanceof CrlView) return source;
  const crl = source instanceof Crl ? source : Crl.read(Buffer.from(source));
  const known = views.get(crl);
  if (known) return known;
  const view = new CrlView(crl);
  views.set(crl, view);
  return view;
}

function attempt<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (error instanceof TlskitError) return undefined;
    throw error;
  }
}

/** What an extension says: nothing, a value, or `broken` for one that stands there twice or cannot be read. */
function only<T>(
  extensions: readonly Extension[],
  oid: string,
  type: Type<T>,
): { readonly value?: T; readonly broken: boolean } {
  const [first, second] = extensions.filter((extension) => extension.oid === oid);
  if (!first) return { broken: false };
  const read = second ? undefined : attempt(() => readTemplate(type, first.value, oid));
  return read ? { value: read.value, broken: false } : { broken: true };
}

function readCrlTraits(crl: Crl, entries: Entries): CrlTraits {
  const { extensions } = crl;
  const scope = only(extensions, CRL_OID.issuingDistributionPoint, issuingDistributionPointType);
  const number = only(extensions, CRL_OID.crlNumber, integer());
  const base = only(extensions, CRL_OID.deltaCrlIndicator, integer());
  const ids = extensions.filter(({ oid }) => oid === CRL_OID.authorityKeyIdentifier);
  const authority = ids.length === 1 ? attempt(() => authorityKeyId(crl)) : undefined;
  return {
    scope: scope.value && crlScope(scope.value, crl),
    authorityKeyId: authority,
    number: number.value && bigintOf(number.value),
    base: base.value && bigintOf(base.value),
    freshest: crl.extension(CRL_OID.freshestCrl) !== undefined,
    unknownCritical:
      entries.unknownCritical || extensions.some(({ oid, critical }) => critical && !UNDERSTOOD.has(oid)),
    broken:
      entries.broken ||
      [scope, number, base].some((one) => one.broken) ||
      (ids.length > 0 && authority === undefined) ||
      // RFC 5280 section 5.2.4
      (base.value !== undefined && number.value === undefined),
  };
}

function crlScope(point: IssuingDistributionPoint, crl: Crl): CrlScope {
  const { name, onlyUser, onlyCa, onlyAttribute, indirect, reasons } = point;
  return {
    name: name && pointKeys(name, crl.issuer),
    onlyUser: Boolean(onlyUser),
    onlyCa: Boolean(onlyCa),
    onlyAttribute: Boolean(onlyAttribute),
    indirect: Boolean(indirect),
    reasons: reasons && reasonBits(reasons) & ALL_REASONS,
  };
}

/** What the extensions of all entries say, by place. */
interface Entries {
  readonly reasons: ReadonlyMap<number, number>;
  /** Keys of the issuer's names, where an entry has or inherits one. */
  readonly issuers: ReadonlyMap<number, readonly string[]>;
  readonly unknownCritical: boolean;
  readonly broken: boolean;
}

/** Reads the entries in their order, as an issuer holds until the next one; stops at what cannot be read, as OpenSSL does. */
function scanEntries(revoked: readonly RevokedCertificate[]): Entries {
  const reasons = new Map<number, number>();
  const issuers = new Map<number, readonly string[]>();
  let current: readonly string[] | undefined;
  let unknownCritical = false;
  for (const [place, { extensions }] of revoked.entries()) {
    const issuer = only(extensions, ENTRY_OID.certificateIssuer, generalNamesType);
    if (issuer.broken) return { reasons, issuers, unknownCritical, broken: true };
    if (issuer.value) current = directoryKeys(issuer.value);
    if (current) issuers.set(place, current);
    const reason = only(extensions, ENTRY_OID.reasonCode, enumerated());
    if (reason.broken) return { reasons, issuers, unknownCritical, broken: true };
    if (reason.value) reasons.set(place, Number(bigintOf(reason.value)));
    unknownCritical ||= extensions.some(({ oid, critical }) => critical && oid !== ENTRY_OID.certificateIssuer);
  }
  return { reasons, issuers, unknownCritical, broken: false };
}
