import type { Time } from '../x509/time.ts';

/** How dates are printed: OpenSSL's usual form, or ISO 8601 (`-dateopt`). */
export type DateFormat = 'rfc_822' | 'iso_8601';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const two = (n: number): string => String(n).padStart(2, '0');

/** A fraction is only looked for where it stands after whole seconds. */
const FRACTION = /^.{14}(\.\d*)/s;

/**
 * A time as OpenSSL prints it: `Nov 23 21:00:00 2026 GMT`, or `2026-11-23 21:00:00Z`; undefined for what is no time, where OpenSSL prints
 * `Bad time value` and stops.
 */
export function timeText(time: Time, format: DateFormat = 'rfc_822'): string | undefined {
  if (time.ms === undefined) return undefined;
  const date = new Date(time.ms);
  const fraction = time.form === 'generalized' && time.text.length > 15 ? (FRACTION.exec(time.text)?.[1] ?? '') : '';
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':') + fraction;
  const year = date.getUTCFullYear();
  if (format === 'iso_8601') {
    const day = [String(year).padStart(4), two(date.getUTCMonth() + 1), two(date.getUTCDate())].join('-');
    return `${day} ${clock}Z`;
  }
  const day = `${MONTHS[date.getUTCMonth()] as string} ${String(date.getUTCDate()).padStart(2)}`;
  return `${day} ${clock} ${year} GMT`;
}

export const BAD_TIME = 'Bad time value';
