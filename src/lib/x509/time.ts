import { TAG } from '../der/index.ts';
import { anyString, mapped, type Type } from '../der/template.ts';

/** A UTCTime or GeneralizedTime as it stands in a certificate, read as leniently as OpenSSL reads it. */
export interface Time {
  readonly form: 'utc' | 'generalized';
  /** The content octets as text (Latin-1), whatever they are. */
  readonly text: string;
  /** Milliseconds since 1970-01-01T00:00:00Z without the fraction; undefined when the text is no time. */
  readonly ms: number | undefined;
}

/** RFC 5280 wants seconds and Zulu; OpenSSL also reads times without seconds, with a fraction, and with an offset. */
const UTC = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?()(?:Z|([+-])(\d\d)(\d\d))$/;
const GENERALIZED = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(?:(\d\d)(\.\d+)?)?(?:Z|([+-])(\d\d)(\d\d))$/;

/** Start of the years 1900 and 10000: OpenSSL's arithmetic with offsets works between them. */
const FIRST = -2_208_988_800_000;
const AFTER_LAST = 253_402_300_800_000;

/** The time that this string is. */
export function timeOf(tag: number, value: Uint8Array): Time {
  const form = tag === TAG.utcTime ? 'utc' : 'generalized';
  const text = Buffer.from(value).toString('latin1');
  return { form, text, ms: instant(form, text) };
}

function instant(form: Time['form'], text: string): number | undefined {
  const match = (form === 'utc' ? UTC : GENERALIZED).exec(text);
  if (!match) return undefined;
  const number = (group: number): number => Number(match[group] ?? 0);
  const [month, day, hour, minute, second] = [number(2), number(3), number(4), number(5), number(6)];
  const [offsetHours, offsetMinutes] = [number(9), number(10)];
  const year = form === 'generalized' ? number(1) : number(1) < 50 ? 2000 + number(1) : 1900 + number(1);
  const inRange =
    month >= 1 && month <= 12 && hour <= 23 && minute <= 59 && second <= 59 && offsetHours <= 12 && offsetMinutes <= 59;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (!inRange || day < 1 || date.getUTCDate() !== day) return undefined;
  date.setUTCHours(hour, minute, second);
  const offset = (offsetHours * 60 + offsetMinutes) * 60_000;
  const ms = date.getTime() + (match[8] === '-' ? offset : -offset);
  return offset === 0 || (ms >= FIRST && ms < AFTER_LAST) ? ms : undefined;
}

/** The template of a Time. */
export const timeType: Type<Time> = mapped(anyString(new Set([TAG.utcTime, TAG.generalizedTime])), ({ tag, value }) =>
  timeOf(tag, value),
);
