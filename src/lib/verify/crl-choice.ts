/** Which CRL answers for a certificate: OpenSSL 3.0's get_crl_sk and get_crl_score (RFC 5280 section 6.3.3 a to f). */
import { CRL_OID } from '../crl/index.ts';
import type { CertificateView } from './certificate.ts';
import { ALL_REASONS, nameOrIssuer, pointsMeet } from './crl-points.ts';
import type { CrlView } from './crl-view.ts';
import type { Verification, VerifyOptions } from './options.ts';
import { keyIdsFit } from './traits.ts';
import { instantOf } from './validity.ts';

/** How well a CRL fits: bits, of which the higher ones count more. */
export const SCORE = {
  /** No critical extension that is not understood. */
  noCritical: 0x100,
  /** It is about this certificate. */
  scope: 0x080,
  time: 0x040,
  issuerName: 0x020,
  /** The certificate's issuer issued it, too. */
  issuerCertificate: 0x018,
  /** Its issuer stands in the chain. */
  samePath: 0x008,
  /** There is a certificate of its issuer. */
  issuerFound: 0x004,
  /** The time is good by the delta. */
  timeByDelta: 0x002,
} as const;

/** A CRL that fits: good in everything that can be seen before its signature is checked. */
const VALID = SCORE.noCritical | SCORE.time | SCORE.scope;

/** The choice so far for one certificate. */
export interface Choice {
  readonly crl: CrlView;
  readonly delta: CrlView | undefined;
  readonly issuer: CertificateView;
  readonly score: number;
  /** All reasons that have been answered with this CRL, as bits. */
  readonly reasons: number;
}

/** A certificate under way, and what earlier CRLs have answered about it. */
export interface Question {
  readonly state: Verification;
  readonly depth: number;
  readonly view: CertificateView;
  /** Reasons that have been answered, as bits. */
  readonly reasons: number;
  /** The score of the CRL before this one. */
  readonly score: number;
}

/** The best of some CRLs, if it is better than what was found before; later ones win among equals. */
export function choose(question: Question, crls: readonly CrlView[], before?: Choice): Choice | undefined {
  let best = before;
  let found: Choice | undefined;
  for (const crl of crls) {
    const scored = scoreOf(question, crl);
    if (!scored || scored.score < (best?.score ?? 0)) continue;
    if (found && scored.score === found.score && !isNewer(crl, found.crl)) continue;
    found = { crl, delta: undefined, ...scored };
    best = found;
  }
  return found ? withDelta(question, found, crls) : before;
}

/** True when nothing better is to be looked for. */
export const isValid = ({ score }: Choice): boolean => score >= VALID;

function isNewer(crl: CrlView, than: CrlView): boolean {
  const [a, b] = [crl.crl.thisUpdate.ms, than.crl.thisUpdate.ms];
  return a !== undefined && b !== undefined && a > b;
}

/** The score of one CRL, undefined where it says nothing about the certificate. */
function scoreOf(question: Question, crl: CrlView): Omit<Choice, 'crl' | 'delta'> | undefined {
  const { state, view, reasons } = question;
  const { scope, base, unknownCritical, broken } = crl.traits;
  const { options } = state;
  if (scope && [scope.onlyUser, scope.onlyCa, scope.onlyAttribute].filter(Boolean).length > 1) return undefined;
  // a delta CRL is no complete one
  if (base !== undefined || (options.strict && broken)) return undefined;
  if (!options.extendedCrl && (scope?.indirect || scope?.reasons !== undefined)) return undefined;
  if (scope?.reasons !== undefined && (scope.reasons & ~reasons) === 0) return undefined;
  const sameIssuer = crl.issuerKey === view.issuerKey;
  if (!sameIssuer && !scope?.indirect) return undefined;
  let score = (sameIssuer ? SCORE.issuerName : 0) | (unknownCritical ? 0 : SCORE.noCritical);
  if (crlTimeFaults(crl, options, question.score).length === 0) score |= SCORE.time;
  const issuer = findIssuer(question, crl, sameIssuer);
  if (!issuer) return undefined;
  score |= issuer.score;
  const answered = answeredReasons(view, crl, sameIssuer, options);
  if (answered === undefined) return { issuer: issuer.view, score, reasons };
  if ((answered & ~reasons) === 0) return undefined;
  return { issuer: issuer.view, score: score | SCORE.scope, reasons: reasons | answered };
}

/** The certificate of the CRL's issuer: the next one of the chain, a later one, and with extended CRLs one that came along. */
function findIssuer(
  { state, depth }: Question,
  crl: CrlView,
  sameIssuer: boolean,
): { view: CertificateView; score: number } | undefined {
  const { chain, pool, options } = state;
  const fits = (view: CertificateView): boolean => keyIdsFit(view.certificate, view.traits, crl.traits.authorityKeyId);
  const above = Math.min(depth + 1, chain.length - 1);
  const next = chain[above] as CertificateView;
  if (sameIssuer && fits(next)) return { view: next, score: SCORE.issuerFound | SCORE.issuerCertificate };
  const named = (view: CertificateView): boolean => view.subjectKey === crl.issuerKey && fits(view);
  const later = chain.slice(above + 1).find(named);
  if (later) return { view: later, score: SCORE.issuerFound | SCORE.samePath };
  const other = options.extendedCrl ? pool.find(named) : undefined;
  return other && { view: other, score: SCORE.issuerFound };
}

/** The reasons that a CRL answers for a certificate, as bits; undefined where the certificate is out of its scope. */
function answeredReasons(
  view: CertificateView,
  { issuerKey, traits: { scope } }: CrlView,
  sameIssuer: boolean,
  { strict }: VerifyOptions,
): number | undefined {
  if (scope?.onlyAttribute) return undefined;
  if (view.traits.marks?.ca ? scope?.onlyUser : scope?.onlyCa) return undefined;
  const reasons = scope?.reasons ?? ALL_REASONS;
  const point = view.traits.crlPoints.find((point) => {
    // RFC 5280 section 6.3.3 b 1
    if (point.issuers ? !point.issuers.includes(issuerKey) : !sameIssuer) return false;
    if (strict && point.issuers && !scope?.indirect) return false;
    return !scope || pointsMeet(strict ? nameOrIssuer(point) : point.name, scope.name);
  });
  if (point) return reasons & point.reasons;
  return !scope?.name && sameIssuer ? reasons : undefined;
}

/** What is wrong with a CRL's dates, in OpenSSL's order. `score`: an expired CRL with a good delta has not expired. */
export function crlTimeFaults(
  { crl }: CrlView,
  { time, strict }: Pick<VerifyOptions, 'time' | 'strict'>,
  score: number,
): string[] {
  if (time === undefined) return [];
  const now = Math.floor(time / 1000) * 1000;
  const faults: string[] = [];
  const start = instantOf(crl.thisUpdate);
  if (start === undefined) faults.push('ERROR_IN_CRL_LAST_UPDATE_FIELD');
  else if (start > now) faults.push('CRL_NOT_YET_VALID');
  if (!crl.nextUpdate) return faults;
  const end = instantOf(crl.nextUpdate);
  if (end === undefined) faults.push('ERROR_IN_CRL_NEXT_UPDATE_FIELD');
  else if ((strict ? end < now : end <= now) && (score & SCORE.timeByDelta) === 0) faults.push('CRL_HAS_EXPIRED');
  return faults;
}

/** Finds a delta CRL to the chosen one, where deltas are wanted and one of both tells of them (RFC 5280 section 6.3.3 c). */
function withDelta(question: Question, chosen: Choice, crls: readonly CrlView[]): Choice {
  const { options } = question.state;
  if (!options.useDeltas) return chosen;
  if (!chosen.crl.traits.freshest && !question.view.certificate.extension(CRL_OID.freshestCrl)) return chosen;
  const timely = (crl: CrlView): boolean => crlTimeFaults(crl, options, question.score).length === 0;
  // OpenSSL takes the first, whatever its dates
  const delta = crls.find(
    (crl) => isDeltaTo(crl, chosen.crl) && (!options.strict || (timely(crl) && !crl.traits.broken)),
  );
  if (!delta) return chosen;
  return { ...chosen, delta, score: chosen.score | (timely(delta) ? SCORE.timeByDelta : 0) };
}

function isDeltaTo(delta: CrlView, base: CrlView): boolean {
  const { base: from, number: to } = delta.traits;
  const { number } = base.traits;
  if (from === undefined || to === undefined || number === undefined) return false;
  if (delta.issuerKey !== base.issuerKey || from > number || to <= number) return false;
  return [CRL_OID.authorityKeyIdentifier, CRL_OID.issuingDistributionPoint].every((oid) =>
    sameExtension(delta, base, oid),
  );
}

/** Both have it with the same octets, or none has it; what stands there twice is never the same. */
function sameExtension(a: CrlView, b: CrlView, oid: string): boolean {
  const [one, other] = [a, b].map(({ crl }) => crl.extensions.filter((extension) => extension.oid === oid));
  if (!one || !other || one.length > 1 || other.length !== one.length) return false;
  const [first, second] = [one[0], other[0]];
  return !first || !second || first.value.equals(second.value);
}
