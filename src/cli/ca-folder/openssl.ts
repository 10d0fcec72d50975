/** A CA folder of OpenSSL's `ca`: index.txt, newcerts, serial, crlnumber. Into the database and out of it. */
import { copyFileSync, chmodSync, existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { attributesText, CertificateIndex } from '../../lib/ca/index-file.ts';
import { entryOfRecord, recordOfEntry, type CertificateRecord } from '../../lib/ca/index.ts';
import { encodePem } from '../../lib/der/pem.ts';
import { fail } from '../../lib/errors.ts';
import { certificatePem } from '../../lib/x509/build.ts';
import { readCertificates, type Certificate } from '../../lib/x509/certificate.ts';
import {
  nextSerial,
  parseSerial,
  randomSerial,
  readSerialFile,
  serialFileText,
  serialHex,
} from '../../lib/x509/serial.ts';
import { bigintOf } from '../../lib/der/index.ts';
import type { Context } from '../context.ts';
import { makeFolder } from '../folders.ts';
import { readFile } from '../source.ts';
import { keyFile, type OpenCa } from './folder.ts';

/** What an import did. */
export interface Imported {
  readonly added: number;
  /** Known before as good, and revoked now. */
  readonly revoked: number;
  readonly unchanged: number;
  /** Added by their numbers alone, as their certificates were not there. */
  readonly withoutCertificate: number;
}

/**
 * Takes the certificates of an OpenSSL CA into the database. What is there already stays; a revocation is taken over.
 *
 * @param folder has index.txt, and newcerts or certs with files named by serial numbers
 * @throws TlskitError ERR_FORMAT, ERR_NOT_FOUND; ERR_USAGE for a certificate of another CA; nothing is taken over then
 */
export async function importFolder(ca: OpenCa, folder: string): Promise<Imported> {
  const path = join(folder, 'index.txt');
  if (!existsSync(path)) fail('ERR_NOT_FOUND', `there is no ${path}: ${folder} is no folder of OpenSSL's ca`);
  const index = CertificateIndex.parse(readFile(path), path, { uniqueSubject: false });
  const now = Date.now();
  const records = index.entries.map((entry) => {
    const certificate = certificateOf(folder, entry.serial);
    if (certificate && !certificate.issuer.der.equals(ca.certificate.subject.der))
      fail('ERR_USAGE', `the certificate ${entry.serial} in ${folder} is of another CA than that in ${ca.folder}`);
    return recordOfEntry(entry, certificate, now);
  });
  const taken = await ca.store.add(ca.stored.id, records);
  let revoked = 0;
  for (const { serial, revocation } of records) {
    if (revocation && taken.has(serial) && (await ca.store.revoke(ca.stored.id, serial, revocation))) revoked += 1;
  }
  const numbers = join(folder, 'crlnumber');
  if (existsSync(numbers)) await takeCrlNumber(ca, numbers);
  const withoutCertificate = records.filter(({ certificate, serial }) => !certificate && !taken.has(serial)).length;
  return { added: records.length - taken.size, revoked, unchanged: taken.size - revoked, withoutCertificate };
}

function certificateOf(folder: string, serial: string): Certificate | undefined {
  const path = ['newcerts', 'certs', '.']
    .map((name) => join(folder, name, `${serial.replace('-', '')}.pem`))
    .find(existsSync);
  if (path === undefined) return undefined;
  const [certificate] = readCertificates(readFile(path), path);
  return certificate && serialHex(certificate.serial) === serial ? certificate : undefined;
}

/** The file has the number of the next CRL. */
async function takeCrlNumber(ca: OpenCa, path: string): Promise<void> {
  const next = bigintOf(readSerialFile(readFile(path).toString('latin1'), path));
  if (next < 1n || next > BigInt(Number.MAX_SAFE_INTEGER)) return;
  await ca.store.raiseCrlNumber(ca.stored.id, Number(next) - 1);
}

/** Folders are made before files are queued for them. */
const FOLDERS = ['newcerts', 'private'];

/**
 * Writes a folder on which `openssl ca -config FOLDER/openssl.cnf` works. Certificates of which only the number is known have no file.
 *
 * @returns how many certificates the index names
 */
export async function exportFolder(
  context: Pick<Context, 'write' | 'sink'>,
  ca: OpenCa,
  folder: string,
  withKey: boolean,
): Promise<number> {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    fail('ERR_USAGE', `the folder ${folder} is not empty; name another one`);
  const now = Date.now();
  const records = await ca.records.find();
  const index = new CertificateIndex(join(folder, 'index.txt'), { uniqueSubject: false });
  for (const record of records) index.add(entryOfRecord(record, now));
  for (const name of FOLDERS) makeFolder(join(folder, name));
  chmodSync(join(folder, 'private'), 0o700);
  const put = (name: string, content: string | Buffer): void => context.write(join(folder, name), content);
  for (const record of records) putCertificate(put, record);
  put('index.txt', index.encode());
  put('index.txt.attr', attributesText(index));
  put('serial', serialFileText(randomSerial()));
  put('crlnumber', serialFileText(nextSerial(parseSerial(String(await ca.store.crlNumber(ca.stored.id))))));
  put('cacert.pem', certificatePem(ca.certificate));
  if (ca.chain.length > 0)
    put('chain.pem', [...ca.chain.map(certificatePem), readFile(ca.rootFile).toString()].join(''));
  put('openssl.cnf', configuration(resolve(folder)));
  context.sink.commit();
  if (withKey) copyKey(keyFile(ca.folder, ca.name), join(folder, 'private', 'cakey.pem'));
  return records.length;
}

function putCertificate(
  put: (name: string, content: string) => void,
  { serial, certificate }: CertificateRecord,
): void {
  if (certificate) put(join('newcerts', `${serial.replace('-', '')}.pem`), encodePem('CERTIFICATE', certificate));
}

/** The key as it is, encrypted where it is. */
function copyKey(from: string, to: string): void {
  if (!existsSync(from)) fail('ERR_NOT_FOUND', `there is no key ${from}; -nokey leaves it out`);
  copyFileSync(from, to);
  chmodSync(to, 0o600);
}

const configuration = (folder: string): string => `# For "openssl ca" and "tlskit ca" with -config
[ca]
default_ca = CA_default

[CA_default]
dir = ${folder}
database = $dir/index.txt
new_certs_dir = $dir/newcerts
certificate = $dir/cacert.pem
private_key = $dir/private/cakey.pem
serial = $dir/serial
crlnumber = $dir/crlnumber
default_md = sha256
default_days = 365
default_crl_days = 7
unique_subject = no
copy_extensions = copy
policy = policy_any
x509_extensions = leaf
crl_extensions = crl_ext

[policy_any]
countryName = optional
stateOrProvinceName = optional
localityName = optional
organizationName = optional
organizationalUnitName = optional
commonName = optional
emailAddress = optional

[leaf]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,keyEncipherment
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid

[crl_ext]
authorityKeyIdentifier = keyid
`;
