/** Readings of short values that OpenSSL's configuration language has in several places. Each gives undefined for what it does not take. */

const BOOLEANS: Readonly<Record<string, boolean>> = {
  TRUE: true,
  true: true,
  Y: true,
  y: true,
  YES: true,
  yes: true,
  FALSE: false,
  false: false,
  N: false,
  n: false,
  NO: false,
  no: false,
};

/** What {@link parseBoolean} takes, for messages. */
export const BOOLEAN_WORDS: string = 'TRUE or FALSE (also true, YES, yes, Y, y; false, NO, no, N, n)';

export const parseBoolean = (text: string): boolean | undefined =>
  Object.hasOwn(BOOLEANS, text) ? BOOLEANS[text] : undefined;

/** Longer numbers are refused: conversion takes more than linear time. */
const MAX_DIGITS = 20_000;

/** Decimal, or hexadecimal after `0x`; a sign `-` may stand in front, also before `0x`. */
export function parseInteger(text: string): bigint | undefined {
  if (text.length > MAX_DIGITS) return undefined;
  const match = /^(-?)(?:0[xX](-?)([0-9a-fA-F]+)|(-?)([0-9]+))$/.exec(text);
  if (!match) return undefined;
  const [, sign, hexSign, hex, decimalSign, decimal] = match;
  const value = BigInt(hex === undefined ? (decimal as string) : `0x${hex}`);
  return sign || hexSign || decimalSign ? -value : value;
}

/** Pairs of hexadecimal digits; colons between pairs are passed over. Not the empty text. */
export function parseHex(text: string): Buffer | undefined {
  if (text.length < 2 || !/^:*(?:[0-9a-fA-F]{2}:*)*$/.test(text)) return undefined;
  return Buffer.from(text.replaceAll(':', ''), 'hex');
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

const UTC = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:(\d\d))?(Z|[+-]\d{4})$/;
const GENERALIZED = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(?:(\d\d)(?:\.\d+)?)?(Z|[+-]\d{4})$/;

/** True for a time as X.680 sections 46 and 47 have it, with minutes, and with `Z` or an offset: what OpenSSL takes for valid. */
export function isTime(form: 'utc' | 'generalized', text: string): boolean {
  const match = (form === 'utc' ? UTC : GENERALIZED).exec(text);
  if (!match) return false;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const fullYear = form === 'utc' ? (year < 50 ? 2000 + year : 1900 + year) : year;
  const days = (MONTH_DAYS[month - 1] ?? 0) + (month === 2 && isLeap(fullYear) ? 1 : 0);
  const zone = match[7] as string;
  const zoneOk = zone === 'Z' || (Number(zone.slice(1, 3)) <= 12 && Number(zone.slice(3)) <= 59);
  return day >= 1 && day <= days && hour <= 23 && minute <= 59 && second <= 59 && zoneOk;
}
