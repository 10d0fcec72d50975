/** OCSP's numbers and their names, as RFC 6960 section 4.2.1 and RFC 5280 section 5.3.1 have them. */
import { crlReasonByCode } from '../registry/crl-reasons.ts';

/** What an OCSPResponse says of a request as a whole. */
export type ResponseStatus =
  'successful' | 'malformedRequest' | 'internalError' | 'tryLater' | 'sigRequired' | 'unauthorized';

/** 4 is not used. */
const STATUSES: ReadonlyMap<number, ResponseStatus> = new Map([
  [0, 'successful'],
  [1, 'malformedRequest'],
  [2, 'internalError'],
  [3, 'tryLater'],
  [5, 'sigRequired'],
  [6, 'unauthorized'],
]);

/** The name of a response status; undefined for a number that means nothing. */
export const responseStatus = (code: number): ResponseStatus | undefined => STATUSES.get(code);

/** The number of a response status. */
export const responseStatusCode = (status: ResponseStatus): number =>
  [...STATUSES].find(([, name]) => name === status)?.[0] as number;

/** A reason as RFC 5280 section 5.3.1 spells it (`cACompromise`), which OCSP's texts use; undefined for a number that has no name. */
export function revocationReason(code: number): string | undefined {
  const name = crlReasonByCode(code)?.name;
  return name && name.charAt(0).toLowerCase() + name.slice(1);
}
