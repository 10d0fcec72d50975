/** The lines that `crl` prints about a CRL, in the order of the command line. */
import { digestByName, fetchedName, type Digest } from '../../lib/crypto/digests.ts';
import { CRL_OID, type Crl } from '../../lib/crl/index.ts';
import { integer, readTemplate } from '../../lib/der/template.ts';
import { TlskitError, fail } from '../../lib/errors.ts';
import { nameLine, type NameOptions } from '../../lib/text/name.ts';
import { integerHex } from '../../lib/text/number.ts';
import { BAD_TIME, timeText, type DateFormat } from '../../lib/text/time.ts';
import { fingerprint, nameHash, nameHashOld } from '../../lib/x509/hash.ts';
import type { Time } from '../../lib/x509/time.ts';

/** What the rows print with. */
export interface CrlStyle {
  readonly nameopt: NameOptions;
  readonly dateopt: DateFormat;
  readonly digest: Digest;
  /** More than one row was asked for: hashes are labelled then. */
  readonly labelled: boolean;
}

type Row = (crl: Crl, style: CrlStyle) => string;

const time = (value: Time, { dateopt }: CrlStyle): string => timeText(value, dateopt) ?? BAD_TIME;

const ROWS: Readonly<Record<string, Row>> = {
  issuer: ({ issuer }, { nameopt }) => nameLine('issuer=', issuer, nameopt),
  crlnumber: (crl) => `crlNumber=${numberText(crl)}\n`,
  hash: ({ issuer }, { labelled }) => `${labelled ? 'issuer name hash=' : ''}${nameHash(issuer)}\n`,
  hash_old: ({ issuer }, { labelled }) => `${labelled ? 'issuer name old hash=' : ''}${nameHashOld(issuer)}\n`,
  lastupdate: ({ thisUpdate }, style) => `lastUpdate=${time(thisUpdate, style)}\n`,
  nextupdate: ({ nextUpdate }, style) => `nextUpdate=${nextUpdate ? time(nextUpdate, style) : 'NONE'}\n`,
  fingerprint: ({ der }, { digest }) => `${fetchedName(digest)} Fingerprint=${fingerprint(der, digest.node)}\n`,
};

/** A number that cannot be read is none, and so are two. */
function numberText(crl: Crl): string {
  const [number, second] = crl.extensions.filter(({ oid }) => oid === CRL_OID.crlNumber);
  if (!number || second) return '<NONE>';
  try {
    return `0x${integerHex(readTemplate(integer(), number.value, 'cRLNumber').value)}`;
  } catch (error) {
    if (error instanceof TlskitError) return '<NONE>';
    throw error;
  }
}

/** The rows that were asked for; each prints once, where its flag stood last, as in OpenSSL. */
export function printedRows(crl: Crl, order: readonly string[], style: Omit<CrlStyle, 'labelled'>): string {
  const asked = order.filter((flag) => Object.hasOwn(ROWS, flag));
  const rows = asked.filter((flag, i) => !asked.includes(flag, i + 1));
  return rows.map((flag) => (ROWS[flag] as Row)(crl, { ...style, labelled: asked.length > 1 })).join('');
}

/** The digest of a flag like -sha256; SHA-1 without one. */
export const digestOf = (name: string | undefined): Digest => digestByName(name ?? 'sha1') as Digest;

/** `-dateopt`. */
export function dateFormat(value: string | undefined): DateFormat {
  if (value === undefined || value === 'rfc_822' || value === 'iso_8601') return value ?? 'rfc_822';
  return fail('ERR_USAGE', `option -dateopt takes rfc_822 or iso_8601, not "${value}"`);
}
