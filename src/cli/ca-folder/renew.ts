/** `ca renew`: new certificates in the place of old ones. */
import { existsSync } from 'node:fs';
import { renewalOrder, statusOf, type CertificateRecord, type KeyedOrder } from '../../lib/ca/index.ts';
import { fail } from '../../lib/errors.ts';
import { generateKey } from '../../lib/keys/generate.ts';
import type { PrivateKey } from '../../lib/keys/model.ts';
import { readCertificates, Certificate } from '../../lib/x509/certificate.ts';
import { describeKey } from '../../lib/keys/describe.ts';
import { keyOf } from '../flags/certificates.ts';
import { readFile } from '../source.ts';
import { baseName, placesFor, type Places } from './files.ts';
import type { OpenCa } from './folder.ts';
import { readKeyType } from './key-type.ts';
import type { Selected } from './select.ts';

/** A certificate that is to be renewed, and where the new one goes. */
export interface Renewal {
  readonly record: CertificateRecord;
  readonly places: Places;
}

interface RenewFlags {
  readonly out: string | undefined;
  readonly keyout: string | undefined;
  readonly 'new-key': boolean;
  readonly force: boolean;
}

/**
 * Where the new certificate goes: over the file that was named, else to the name that `ca issue` gave it.
 *
 * @throws TlskitError ERR_USAGE for a file there that is none of the same certificate's
 */
export function renewalOf(ca: OpenCa, { record, file }: Selected, flags: RenewFlags): Renewal {
  const { revocation } = record;
  if (revocation)
    fail(
      'ERR_USAGE',
      `the certificate ${record.serial} is revoked (${revocation.reason}); "tlskit ca issue" makes another one`,
    );
  if (!record.certificate)
    fail('ERR_NOT_FOUND', `the certificate ${record.serial} itself is not in the database, only its number`);
  const base = baseName(
    record.names.map((value) => ({ value })),
    record.subject,
  );
  const out = flags.out ?? file;
  const places = placesFor(base, { out, keyout: flags.keyout }, flags['new-key']);
  if (!flags.force) checkPlaces(ca, places, record, file);
  return { record, places };
}

function checkPlaces(
  ca: OpenCa,
  { certificate, key }: Places,
  record: CertificateRecord,
  file: string | undefined,
): void {
  const replaced = certificate !== '-' && existsSync(certificate);
  if (replaced && certificate !== file) checkSame(ca, certificate, record);
  // beside the old certificate lies its key; a key that lies there alone is another one's
  if (key !== undefined && key !== '-' && existsSync(key) && !replaced)
    fail('ERR_USAGE', `${key} is there already; -force replaces it, -keyout names another file`);
}

/** A file may be replaced that holds the old certificate, or one for the same names of the same CA. */
function checkSame(ca: OpenCa, path: string, record: CertificateRecord): void {
  const old = Certificate.read(record.certificate ?? Buffer.alloc(0));
  const same = (other: Certificate | undefined): boolean =>
    other !== undefined &&
    other.subject.der.equals(old.subject.der) &&
    other.issuer.der.equals(ca.certificate.subject.der);
  let found: Certificate | undefined;
  try {
    [found] = readCertificates(readFile(path), path);
  } catch {
    found = undefined;
  }
  if (!same(found))
    fail(
      'ERR_USAGE',
      `${path} is there already, and holds something else; -force replaces it, -out names another file`,
    );
}

/** The order, and the new key where one is wanted: of the old one's type. */
export async function renewalKeyAndOrder(
  { record }: Renewal,
  flags: { readonly 'new-key': boolean; readonly 'key-type': string | undefined; readonly days: number | undefined },
): Promise<{ readonly key: PrivateKey | undefined; readonly order: KeyedOrder }> {
  const { days } = flags;
  if (!flags['new-key']) return { key: undefined, order: renewalOrder(record, { days }) };
  const key = await generateKey(readKeyType(flags['key-type'] ?? typeOf(record)));
  return { key, order: renewalOrder(record, { days, publicKey: key.publicKey }) };
}

/** The type of a certificate's key as -key-type says it. */
function typeOf({ certificate }: CertificateRecord): string {
  const { type, bits, curve } = describeKey(keyOf(Certificate.read(certificate ?? Buffer.alloc(0))));
  if (type === 'ec') return typeof curve === 'string' ? curve : 'P-256';
  return type === 'rsa' || type === 'rsa-pss' ? `${type}:${bits}` : type;
}

/** Whether a certificate ends within so many days. */
export const endsWithin = (record: CertificateRecord, days: number, now: number): boolean =>
  statusOf(record, now) !== 'revoked' && record.notAfter <= now + days * 86_400_000;
