import { objectByName, type ObjectName } from './oids.ts';

/** Finds an object by short name, long name or dotted identifier. */
export type ObjectLookup = (text: string) => ObjectName | undefined;

const MAX_TEXT = 1024;

/**
 * A dotted identifier in the forms that OpenSSL reads: a blank stands for a dot, leading zeros are allowed, a dot at the end is dropped, an
 * empty arc is 0. Undefined when it is none.
 */
export function dottedOid(text: string): string | undefined {
  if (text.length > MAX_TEXT || !/^[0-2][. ][0-9. ]*$/.test(text)) return undefined;
  const arcs = text.replace(/[. ]$/, '').split(/[. ]/);
  if (arcs.length < 2) return undefined;
  const numbers = arcs.map((arc) => BigInt(arc || '0'));
  if ((numbers[0] as bigint) < 2n && (numbers[1] as bigint) > 39n) return undefined;
  return numbers.join('.');
}

/** The object that `text` names: short name, long name, or dotted identifier, known or not. */
export function findObject(text: string): ObjectName | undefined {
  const known = /^[0-2][. ]/.test(text) ? undefined : objectByName(text);
  if (known) return known;
  const oid = dottedOid(text);
  return oid === undefined ? undefined : objectByName(oid);
}
