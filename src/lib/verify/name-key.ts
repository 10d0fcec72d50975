import { canonicalName } from '../x509/hash.ts';
import type { Name } from '../x509/name.ts';

/** A name in the form in which names are compared (see `canonicalName`), as a key of maps: one character an octet. */
export const nameKey = (name: Name): string => canonicalName(name).toString('latin1');
