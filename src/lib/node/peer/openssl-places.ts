/** Where OpenSSL looks for trusted certificates: SSL_CERT_FILE and SSL_CERT_DIR, else the places that builds of the common systems have. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { TlskitError } from '../../errors.ts';
import { TrustStore, type TrustLookup } from '../../verify/index.ts';
import { readCertificates, type Certificate } from '../../x509/certificate.ts';
import { nameHash, nameHashOld } from '../../x509/hash.ts';

const FILES = [
  '/etc/ssl/cert.pem',
  '/usr/lib/ssl/cert.pem',
  '/etc/pki/tls/cert.pem',
  '/usr/local/etc/openssl@3/cert.pem',
];
const FOLDERS = ['/etc/ssl/certs', '/usr/lib/ssl/certs', '/etc/pki/tls/certs'];

/** Files with the hash of one name that are looked at. */
const MAX_SAME_HASH = 100;

const filePath = (): string | undefined => process.env['SSL_CERT_FILE'] ?? FILES.find((path) => existsSync(path));

const folderPaths = (): string[] =>
  (process.env['SSL_CERT_DIR'] ?? FOLDERS.find((path) => existsSync(path)))?.split(delimiter) ?? [];

/** Lookups in the file and the folders: read when somebody asks, and of a folder only the files of the name's hash. */
export function openSslLookups(): TrustLookup[] {
  const path = filePath();
  let inFile: TrustStore | undefined;
  const file: TrustLookup = (subject) =>
    (inFile ??= new TrustStore(path === undefined ? [] : read(path))).named(subject);
  return [file, ...folderPaths().map(hashedFolder)];
}

/** All certificates of the file and the folders, in DER. */
export function openSslCertificates(): Buffer[] {
  const path = filePath();
  const files = folderPaths().flatMap((folder) => filesOf(folder).map((name) => join(folder, name)));
  return [...(path === undefined ? [] : [path]), ...files].flatMap(read).map(({ der }) => der);
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** A folder whose files are called by the hash of the subject's name and a number: `dcaaf7f0.0`. */
const hashedFolder = (folder: string): TrustLookup =>
  function* (subject) {
    for (const hash of new Set([nameHash(subject), nameHashOld(subject)])) {
      for (let i = 0; i < MAX_SAME_HASH; i += 1) {
        const path = join(folder, `${hash}.${i}`);
        if (!existsSync(path)) break;
        yield* read(path);
      }
    }
  };

/** OpenSSL passes over what cannot be read. */
function read(path: string): readonly Certificate[] {
  try {
    return readCertificates(readFileSync(path), path);
  } catch (error) {
    if (error instanceof TlskitError || (error instanceof Error && 'code' in error)) return [];
    throw error;
  }
}
