/** When and why a certificate was revoked, as OpenSSL's index.txt says it: `time`, `time,reason`, `time,holdInstruction,oid`, `time,keyTime,time`. */
import { TAG } from '../der/index.ts';
import { shown } from '../der/text.ts';
import { fail } from '../errors.ts';
import { crlReasonByCode, CRL_REASONS, type CrlReason } from '../registry/crl-reasons.ts';
import { findObject } from '../registry/find.ts';
import { timeOf, type Time } from '../x509/time.ts';

/** A revocation as index.txt holds it. */
export interface Revocation {
  /** The field as it stands. */
  readonly text: string;
  readonly date: Time;
  readonly reason?: CrlReason;
  /** The hold instruction's object identifier, dotted. */
  readonly holdInstruction?: string;
  /** When a key was compromised, a GeneralizedTime. */
  readonly invalidityDate?: Time;
}

/** Why, in one of the ways that `ca -revoke` knows. */
export type RevocationCause =
  | { readonly kind: 'none' }
  /** -crl_reason */
  | { readonly kind: 'reason'; readonly reason: string }
  /** -crl_hold: an object identifier or its name */
  | { readonly kind: 'hold'; readonly instruction: string }
  /** -crl_compromise and -crl_CA_compromise: a GeneralizedTime */
  | { readonly kind: 'keyTime' | 'CAkeyTime'; readonly time: string };

/** What -crl_reason takes: OpenSSL has no word for the codes above these. */
export const REASON_NAMES: readonly string[] = CRL_REASONS.filter(({ code }) => code <= 8).map(({ name }) => name);

const BY_NAME: ReadonlyMap<string, CrlReason> = new Map(
  CRL_REASONS.filter(({ code }) => code <= 8).map((reason) => [reason.name.toLowerCase(), reason]),
);

/** Upper and lower case are the same, as in OpenSSL. */
const named = (text: string): CrlReason | undefined => BY_NAME.get(text.toLowerCase());

/** A UTCTime or GeneralizedTime from its text alone. */
export function timeFromText(text: string): Time | undefined {
  for (const tag of [TAG.utcTime, TAG.generalizedTime]) {
    const time = timeOf(tag, Buffer.from(text, 'latin1'));
    if (time.ms !== undefined) return time;
  }
  return undefined;
}

function generalizedTime(text: string): Time | undefined {
  const time = timeOf(TAG.generalizedTime, Buffer.from(text, 'latin1'));
  return time.ms === undefined ? undefined : time;
}

/** OpenSSL's words for a cause that nobody can revoke with; undefined for a good one. */
export function causeProblem(cause: RevocationCause): string | undefined {
  switch (cause.kind) {
    case 'none':
      return undefined;
    case 'reason':
      return named(cause.reason) ? undefined : `Unknown CRL reason ${shown(cause.reason)}`;
    case 'hold': {
      const good = findObject(cause.instruction) && !/[\t\n]/.test(cause.instruction);
      return good ? undefined : `Invalid object identifier ${shown(cause.instruction)}`;
    }
    default:
      return generalizedTime(cause.time) ? undefined : `Invalid time format ${shown(cause.time)}. Need YYYYMMDDHHMMSSZ`;
  }
}

/**
 * The revocation that starts at `date`.
 *
 * @throws TlskitError ERR_USAGE for an unknown reason, instruction or time
 */
export function makeRevocation(date: Time, cause: RevocationCause): Revocation {
  const problem = causeProblem(cause);
  if (problem !== undefined) fail('ERR_USAGE', problem);
  return readRevocation([date.text, ...causeWords(cause)].join(','));
}

function causeWords(cause: RevocationCause): string[] {
  switch (cause.kind) {
    case 'none':
      return [];
    case 'reason':
      return [(named(cause.reason) as CrlReason).name];
    case 'hold':
      return ['holdInstruction', cause.instruction];
    default:
      return [cause.kind, cause.time];
  }
}

/**
 * Reads the field of index.txt.
 *
 * @throws TlskitError ERR_FORMAT saying what is wrong
 */
export function readRevocation(text: string): Revocation {
  const [when = '', why, ...rest] = text.split(',');
  const date = timeFromText(when);
  if (!date) fail('ERR_FORMAT', `invalid revocation date ${shown(when)}; it should read YYMMDDHHMMSSZ`);
  if (why === undefined) return { text, date };
  const more = rest.length === 0 ? undefined : rest.join(',');
  if (/^holdInstruction$/i.test(why)) {
    if (more === undefined) fail('ERR_FORMAT', 'missing hold instruction after "holdInstruction"');
    const object = findObject(more);
    if (!object) fail('ERR_FORMAT', `invalid object identifier ${shown(more)} for a hold instruction`);
    return { text, date, reason: crlReasonByCode(6) as CrlReason, holdInstruction: object.oid };
  }
  if (/^(CA)?keyTime$/i.test(why)) {
    if (more === undefined) fail('ERR_FORMAT', `missing compromised time after "${shown(why)}"`);
    const invalidityDate = generalizedTime(more);
    if (!invalidityDate) fail('ERR_FORMAT', `invalid compromised time ${shown(more)}; it should read YYYYMMDDHHMMSSZ`);
    return { text, date, reason: crlReasonByCode(/^CA/i.test(why) ? 2 : 1) as CrlReason, invalidityDate };
  }
  const reason = named(why);
  if (!reason) fail('ERR_FORMAT', `invalid reason code ${shown(why)}; the reasons are ${REASON_NAMES.join(', ')}`);
  return { text, date, reason };
}
