/** Where `-chain` finds trusted certificates: -CAfile, -CApath, -CAstore and the system's own places. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fail, TlskitError } from '../../lib/errors.ts';
import { trustStore, type TrustStore } from '../../lib/pkcs12/chain.ts';
import { readCertificates, type Certificate } from '../../lib/x509/certificate.ts';
import { nameHash } from '../../lib/x509/hash.ts';
import type { Name } from '../../lib/x509/name.ts';
import { readFile } from '../source.ts';
import type { Pkcs12Context } from './flags.ts';

/** Where OpenSSL builds of the common systems keep their trusted certificates. */
const SYSTEM_FILES = ['/usr/lib/ssl/cert.pem', '/etc/ssl/cert.pem', '/etc/pki/tls/cert.pem'];
const SYSTEM_FOLDERS = ['/usr/lib/ssl/certs', '/etc/ssl/certs', '/etc/pki/tls/certs'];

/** Certificates with one hash in a folder that are looked at. */
const MAX_SAME_HASH = 100;

/**
 * The trusted certificates of a command line, as OpenSSL puts them together: what an option names, and where it is absent the system's.
 *
 * @throws TlskitError ERR_IO, ERR_FORMAT
 */
export function openTrust({ flags }: Pkcs12Context): TrustStore {
  const stores: TrustStore[] = [];
  if (flags.CAfile !== undefined) stores.push(trustStore(fromFile(flags.CAfile)));
  else if (!flags['no-CAfile']) stores.push(...systemFile());
  if (flags.CApath !== undefined) stores.push(...folders(flags.CApath));
  else if (!flags['no-CApath']) stores.push(...systemFolder());
  if (flags.CAstore !== undefined) stores.push(fromStore(flags.CAstore));
  return { bySubject: (subject) => stores.flatMap((store) => store.bySubject(subject)) };
}

function fromFile(path: string): readonly Certificate[] {
  return readCertificates(readFile(path), path);
}

function systemFile(): TrustStore[] {
  const path = process.env['SSL_CERT_FILE'] ?? SYSTEM_FILES.find((file) => existsSync(file));
  if (path === undefined || !existsSync(path)) return [];
  return [trustStore(fromFile(path))];
}

function systemFolder(): TrustStore[] {
  const path = process.env['SSL_CERT_DIR'] ?? SYSTEM_FOLDERS.find((folder) => existsSync(folder));
  return path === undefined ? [] : path.split(delimiter).map(hashedFolder);
}

function folders(paths: string): TrustStore[] {
  return paths.split(delimiter).map((path) => {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory())
      fail('ERR_USAGE', `option -CApath: ${path} is no folder`);
    return hashedFolder(path);
  });
}

/** A folder whose files are called by the hash of the subject's name and a number: `dcaaf7f0.0`. */
function hashedFolder(path: string): TrustStore {
  return { bySubject: (subject) => [...withHash(path, subject)] };
}

function* withHash(folder: string, subject: Name): Generator<Certificate> {
  const hash = nameHash(subject);
  for (let i = 0; i < MAX_SAME_HASH; i += 1) {
    const path = join(folder, `${hash}.${i}`);
    if (!existsSync(path)) return;
    const all = trustStore(fromFile(path));
    yield* all.bySubject(subject);
  }
}

/** -CAstore: a file, or every file of a folder that holds certificates. */
function fromStore(path: string): TrustStore {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return trustStore(fromFile(path));
  const files = readdirSync(path, { withFileTypes: true }).filter((entry) => !entry.isDirectory());
  return trustStore(files.flatMap(({ name }) => certificatesOrNone(join(path, name))));
}

function certificatesOrNone(path: string): readonly Certificate[] {
  try {
    return fromFile(path);
  } catch (error) {
    if (error instanceof TlskitError) return [];
    throw error;
  }
}
