/** Where OpenSSL looks for trusted certificates: SSL_CERT_FILE and SSL_CERT_DIR, else the places that builds of the common systems have. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { TlskitError } from '../../errors.ts';
import { TrustStore, type TrustLookup } from '../../verify/index.ts';
import { readCertificates, type Certificate } from '../../x509/certificate.ts';
import { nameHash, nameHashOld } from '../../x509/hash.ts';
import type { Name } from '../../x509/name.ts';

/** OPENSSLDIR's cert.pem and certs. */
const FILES = [
  '/usr/lib/ssl/cert.pem',
  '/etc/ssl/cert.pem',
  '/etc/pki/tls/cert.pem',
  '/usr/local/etc/openssl@3/cert.pem',
];
const FOLDERS = ['/usr/lib/ssl/certs', '/etc/ssl/certs', '/etc/pki/tls/certs'];

/** Files with the hash of one name that are looked at. */
const MAX_SAME_HASH = 100;

/** The file of trusted certificates: SSL_CERT_FILE, whether or not it is there, else the usual one where there is one. */
export const systemFileName = (): string | undefined =>
  process.env['SSL_CERT_FILE'] ?? FILES.find((path) => existsSync(path));

/** The folders of trusted certificates: SSL_CERT_DIR's, else the usual one where there is one. */
export function systemFolderNames(): string[] {
  const path = process.env['SSL_CERT_DIR'] ?? FOLDERS.find((folder) => existsSync(folder));
  return path === undefined ? [] : path.split(delimiter);
}

/**
 * The files of a folder that are called by the hash of a name and a number, `dcaaf7f0.0`: today's hash, and the one before OpenSSL 1.0.0 that
 * `rehash -old` and -compat use.
 *
 * @param suffix what stands before the number: `r` for CRLs
 */
export function* filesWithHash(folder: string, name: Name, suffix: '' | 'r' = ''): Generator<string> {
  for (const hash of new Set([nameHash(name), nameHashOld(name)])) {
    for (let i = 0; i < MAX_SAME_HASH; i += 1) {
      const path = join(folder, `${hash}.${suffix}${i}`);
      if (!existsSync(path)) break;
      yield path;
    }
  }
}

/** Lookups in the file and the folders: read when somebody asks, and of a folder only the files with the name's hash. */
export function openSslLookups(): TrustLookup[] {
  const path = systemFileName();
  let inFile: TrustStore | undefined;
  const file: TrustLookup = (subject) => (inFile ??= new TrustStore(read(path))).named(subject);
  const folders = systemFolderNames().map(
    (folder): TrustLookup =>
      function* (subject) {
        for (const found of filesWithHash(folder, subject)) yield* read(found);
      },
  );
  return [file, ...folders];
}

/** All certificates of the file and the folders. */
export const openSslCertificates = (): Certificate[] =>
  [systemFileName(), ...systemFolderNames().flatMap(filesOf)].flatMap(read);

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** OpenSSL passes over what cannot be read. */
function read(path: string | undefined): readonly Certificate[] {
  if (path === undefined) return [];
  try {
    return readCertificates(readFileSync(path), path);
  } catch (error) {
    if (error instanceof TlskitError || (error instanceof Error && 'code' in error)) return [];
    throw error;
  }
}
