/** What one CRL has beyond another (RFC 5280 section 5.2.4), as OpenSSL's X509_CRL_diff finds it. */
import { TlskitError, fail } from '../errors.ts';
import { canonicalName } from '../x509/hash.ts';
import type { CrlFields } from './build.ts';
import type { Crl } from './crl.ts';
import { baseCrlNumber, CRL_OID, crlNumber, deltaCrlIndicator } from './extensions.ts';

/** The CRL's value of one extension, undefined without one; two of a kind fit nothing. */
function only(crl: Crl, oid: string): Buffer | undefined {
  const all = crl.extensions.filter((extension) => extension.oid === oid);
  if (all.length > 1) fail('ERR_EXTENSION', `a CRL has the extension ${oid} more than once`);
  return all[0]?.value;
}

function requireEqual(base: Crl, newer: Crl, oid: string, what: string): void {
  const [a, b] = [only(base, oid), only(newer, oid)];
  if (a === undefined || b === undefined ? a !== b : !a.equals(b)) fail('ERR_FORMAT', `the two CRLs differ in ${what}`);
}

/** A number that cannot be read counts as none. */
function attempt(ask: () => bigint | undefined): bigint | undefined {
  try {
    return ask();
  } catch (error) {
    if (error instanceof TlskitError) return undefined;
    throw error;
  }
}

/**
 * The fields of a delta CRL that leads from `base` to `newer`: the entries that only `newer` has, and its extensions. Certificates that are no
 * longer listed get no entry, as in OpenSSL.
 *
 * @throws TlskitError ERR_FORMAT when both are no two complete CRLs of one issuer and scope, of which the second has the greater number
 */
export function deltaCrlFields(base: Crl, newer: Crl): CrlFields {
  for (const crl of [base, newer]) {
    if (attempt(() => baseCrlNumber(crl)) !== undefined) fail('ERR_FORMAT', 'a CRL is a delta CRL already');
  }
  const [from, to] = [base, newer].map((crl) => attempt(() => crlNumber(crl)));
  if (from === undefined || to === undefined) return fail('ERR_FORMAT', 'a CRL has no CRL number');
  if (!canonicalName(base.issuer).equals(canonicalName(newer.issuer)))
    fail('ERR_FORMAT', 'the two CRLs are of different issuers');
  requireEqual(base, newer, CRL_OID.authorityKeyIdentifier, 'their authority key identifiers');
  requireEqual(base, newer, CRL_OID.issuingDistributionPoint, 'their issuing distribution points');
  if (to <= from) fail('ERR_FORMAT', `newer crl not newer: its number is ${to}, the base has ${from}`);
  const { issuer, thisUpdate, nextUpdate } = newer;
  return {
    versionField: 1n,
    issuer,
    thisUpdate,
    nextUpdate,
    revoked: newer.revoked.filter(({ serial }) => base.placesOf(serial).length === 0),
    extensions: [deltaCrlIndicator(from), ...newer.extensions],
  };
}
