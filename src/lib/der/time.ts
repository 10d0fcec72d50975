import { fail } from '../errors.ts';

/** A UTCTime or GeneralizedTime as it stood in the encoding, with its instant. */
export interface Asn1Time {
  readonly form: 'utc' | 'generalized';
  /** The text as it stood, e.g. `260101000000Z`. */
  readonly text: string;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly ms: number;
}

const UTC = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
const GENERALIZED = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;

/** Reads a time in the form that RFC 5280 section 4.1.2.5 requires: seconds, Zulu, no fraction. */
export function decodeTime(form: Asn1Time['form'], content: Uint8Array, what: string): Asn1Time {
  const text = Buffer.from(content).toString('latin1');
  const match = (form === 'utc' ? UTC : GENERALIZED).exec(text);
  if (!match) return fail('ERR_DER', `${what}: not a time as RFC 5280 has it`);
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const fullYear = form === 'utc' ? (year < 50 ? 2000 + year : 1900 + year) : year;
  const ms = utcMs(fullYear, month, day, hour, minute, second);
  if (ms === undefined) return fail('ERR_DER', `${what}: "${text}" is no date of the calendar`);
  return { form, text, ms };
}

/** Milliseconds of a UTC calendar date, or undefined when there is no such date. Years 0 to 9999. */
export function utcMs(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, 0);
  const same =
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60 &&
    month > 0;
  return same ? date.getTime() : undefined;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** The text of an instant as RFC 5280 wants it: UTCTime for 1950 to 2049, else GeneralizedTime. Fractions of a second are cut. */
export function encodeTime(ms: number): { form: Asn1Time['form']; text: string } {
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  if (Number.isNaN(year) || year < 0 || year > 9999)
    fail('ERR_DER', 'a time outside the years 0 to 9999 has no ASN.1 form');
  const tail = [
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
  ].map(two);
  const utc = year >= 1950 && year < 2050;
  const head = utc ? two(year % 100) : String(year).padStart(4, '0');
  return { form: utc ? 'utc' : 'generalized', text: `${head}${tail.join('')}Z` };
}
