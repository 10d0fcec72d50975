/** Which recorded certificate a word means: a file, a serial number, or a name. */
import { existsSync, statSync } from 'node:fs';
import { serialText, statusOf, type CertificateRecord } from '../../lib/ca/index.ts';
import { fail } from '../../lib/errors.ts';
import { readCertificates, type Certificate } from '../../lib/x509/certificate.ts';
import { serialHex } from '../../lib/x509/serial.ts';
import { readFile } from '../source.ts';
import type { OpenCa } from './folder.ts';
import { day, labelOf } from './render.ts';

/** A record, and the file by which it was named. */
export interface Selected {
  readonly record: CertificateRecord;
  readonly file: string | undefined;
}

/**
 * The certificate that a word means. A name means the one that is valid, and with `newest` the last one of several.
 *
 * @throws TlskitError ERR_NOT_FOUND, ERR_USAGE where a name means several
 */
export async function selectRecord(
  ca: OpenCa,
  word: string,
  options: { readonly newest?: boolean } = {},
): Promise<Selected> {
  if (existsSync(word) && statSync(word).isFile()) return { record: await fromFile(ca, word), file: word };
  const bySerial = await fromSerial(ca, word);
  if (bySerial) return { record: bySerial, file: undefined };
  const named = (await ca.records.find({ text: word })).filter((record) => isNamed(record, word));
  const valid = named.filter((record) => statusOf(record, Date.now()) === 'valid');
  const found = valid.length > 0 ? valid : named;
  const last = found.at(-1);
  if (!last)
    return fail(
      'ERR_NOT_FOUND',
      `"${word}" is no file, and no serial number or name of a certificate that this CA has issued`,
    );
  if (found.length > 1 && !options.newest) {
    const some = found.slice(-3).map((record) => `${record.serial} (from ${day(record.issuedAt)})`);
    fail(
      'ERR_USAGE',
      `${found.length} certificates are for "${word}": name one by its file or number, such as ${some.join(', ')}`,
    );
  }
  return { record: last, file: undefined };
}

/** The words without files that hold a private key and no certificate: `certs/*.pem` names both. One word alone stays. */
export function withoutKeys(words: readonly string[]): readonly string[] {
  if (words.length < 2) return words;
  return words.filter((word) => {
    if (!existsSync(word) || !statSync(word).isFile()) return true;
    const text = readFile(word).toString('latin1');
    return !text.includes('PRIVATE KEY-----') || text.includes('-----BEGIN CERTIFICATE-----');
  });
}

/** Fewer digits than these mean nobody in particular. */
const MIN_DIGITS = 6;

/** The record of a serial number, or of its first digits where no other begins so. */
async function fromSerial(ca: OpenCa, word: string): Promise<CertificateRecord | undefined> {
  const serial = serialText(word);
  if (serial === undefined) return undefined;
  const exact = await ca.store.bySerial(ca.stored.id, serial);
  const digits = word.replace(/^0x/i, '').replaceAll(':', '').toUpperCase();
  if (exact || digits.length < MIN_DIGITS) return exact;
  const found = await ca.records.find({ serialStart: digits });
  if (found.length > 1) fail('ERR_USAGE', `${found.length} serial numbers begin with ${word}: give more digits of it`);
  return found[0];
}

function isNamed({ names, subject }: CertificateRecord, word: string): boolean {
  const wanted = word.toLowerCase();
  return (
    names.some((name) => name.toLowerCase() === wanted) || subject.toLowerCase().split(',').includes(`cn=${wanted}`)
  );
}

async function fromFile(ca: OpenCa, path: string): Promise<CertificateRecord> {
  const [certificate] = readCertificates(readFile(path), path) as [Certificate];
  const record = await ca.store.bySerial(ca.stored.id, serialHex(certificate.serial));
  const ours = record && (record.certificate === undefined || record.certificate.equals(certificate.der));
  if (!ours || !certificate.issuer.der.equals(ca.certificate.subject.der))
    return fail('ERR_NOT_FOUND', `${path}: the CA in ${ca.folder} has not issued this certificate`, { source: path });
  return record;
}

/** A certificate in one line. */
export const oneLine = (record: CertificateRecord): string => `${labelOf(record)} (${record.serial})`;
