/** Where trusted certificates come from: -CAfile, -CApath, -CAstore, and the system's own places, which are looked at when a name is asked for. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type * as Tls from 'node:tls';
import { readCrls, type Crl } from '../lib/crl/index.ts';
import { fail, TlskitError } from '../lib/errors.ts';
import { filesWithHash, systemFileName, systemFolderNames } from '../lib/node/peer/openssl-places.ts';
import { TrustStore, type TrustLookup } from '../lib/verify/index.ts';
import { readCertificates, type Certificate } from '../lib/x509/certificate.ts';
import { canonicalName } from '../lib/x509/hash.ts';
import type { Name } from '../lib/x509/name.ts';
import { readFile } from './source.ts';

/** What a command line says about trusted certificates. */
export interface TrustSources {
  readonly CAfile?: string | undefined;
  readonly CApath?: string | undefined;
  readonly CAstore?: string | undefined;
  readonly 'no-CAfile'?: boolean;
  readonly 'no-CApath'?: boolean;
  readonly 'no-CAstore'?: boolean;
  /** A file of CRLs that counts as one of the store. */
  readonly CRL?: string | undefined;
}

/** Bundles of systems that have no file where OpenSSL looks for it. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/ca-bundle.pem',
];

/**
 * The trusted certificates of a command line.
 *
 * @param defaults when the system's places count: `each` (verify, pkcs12) file and folder where their own option is absent, `alone` (s_client,
 *   s_server) where none of -CAfile, -CApath and -CAstore is given
 * @throws TlskitError ERR_IO, ERR_FORMAT, ERR_USAGE for a -CApath that is no folder
 */
export function openTrust(sources: TrustSources, defaults: 'each' | 'alone'): TrustStore {
  const { CAfile, CApath, CAstore } = sources;
  const given = CAfile !== undefined || CApath !== undefined || CAstore !== undefined;
  const system = defaults === 'each' || !given;
  const certificates = [
    ...(CAfile === undefined ? [] : fromFile(CAfile)),
    ...(CAstore === undefined ? [] : fromStore(CAstore)),
  ];
  const lookups = CApath === undefined ? [] : folders(CApath);
  // the folder before the file: it costs what is asked for, and Debian's file is the folder's content in one
  if (system && CApath === undefined && !sources['no-CApath']) lookups.push(...systemFolders());
  if (system && CAfile === undefined && !sources['no-CAfile']) lookups.push(...systemFile());
  return new TrustStore(certificates, lookups);
}

/** The system's trusted certificates: what `SSL_CERT_DIR` and `SSL_CERT_FILE` name, else the usual places, else Node's own list. */
export const systemTrust = (): TrustStore => openTrust({}, 'alone');

/**
 * The CRLs of the same places, as OpenSSL has them: those that stand in the file of -CAfile beside its certificates, and the files of the folders
 * that are called by the hash of the issuer's name, `dcaaf7f0.r0`.
 *
 * @throws TlskitError ERR_IO, ERR_FORMAT for -CRL
 */
export function openCrls(sources: TrustSources, defaults: 'each' | 'alone'): (issuer: Name) => Iterable<Crl> {
  const { CAfile, CApath, CAstore, CRL } = sources;
  const given = CAfile !== undefined || CApath !== undefined || CAstore !== undefined;
  const system = (defaults === 'each' || !given) && !sources['no-CApath'];
  const places = CApath === undefined ? (system ? systemFolderNames() : []) : CApath.split(delimiter);
  // what was named alone is read at once, and must be there
  const named = CRL === undefined ? [] : readCrls(readFile(CRL), CRL);
  let inFiles: readonly Crl[] | undefined;
  return function* (issuer) {
    const key = canonicalName(issuer);
    inFiles ??= [CAfile, ...storeFiles(CAstore)].flatMap((path) =>
      path === undefined ? [] : orNone(() => readCrls(readFile(path), path)),
    );
    yield* [...named, ...inFiles].filter((crl) => canonicalName(crl.issuer).equals(key));
    for (const folder of places) yield* withHash(folder, issuer, 'r', (path) => readCrls(readFile(path), path));
  };
}

function fromFile(path: string): readonly Certificate[] {
  return readCertificates(readFile(path), path);
}

function orNone<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof TlskitError) return [];
    throw error;
  }
}

/** Certificates that are read when the first name is asked for. */
function lazily(read: () => Iterable<Certificate | Uint8Array>): TrustLookup {
  let store: TrustStore | undefined;
  return (subject) => (store ??= new TrustStore(read())).named(subject);
}

function systemFile(): TrustLookup[] {
  const path = systemFileName() ?? BUNDLES.find((file) => existsSync(file));
  // named by SSL_CERT_FILE
  if (path !== undefined && !existsSync(path)) return [];
  return [lazily(path === undefined ? nodesOwn : () => fromFile(path))];
}

/** The certificates that Node has: the system's where it can tell them (macOS, Windows), else Mozilla's. */
function nodesOwn(): Uint8Array[] {
  const tls = process.getBuiltinModule('node:tls') as typeof Tls & {
    getCACertificates?(type: 'system'): readonly string[];
  };
  const system = tls.getCACertificates?.('system') ?? [];
  const pems = system.length > 0 ? system : tls.rootCertificates;
  return pems.flatMap((pem) => readCertificates(Buffer.from(pem), "Node's list").map((certificate) => certificate.der));
}

const systemFolders = (): TrustLookup[] => systemFolderNames().map(hashedFolder);

function folders(paths: string): TrustLookup[] {
  return paths.split(delimiter).map((path) => {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory())
      fail('ERR_USAGE', `option -CApath: ${path} is no folder`);
    return hashedFolder(path);
  });
}

/** A folder whose files are called by the hash of the subject's name and a number. */
const hashedFolder =
  (path: string): TrustLookup =>
  (subject) =>
    withHash(path, subject, '', fromFile);

/** What the files of a name's hash hold. */
function* withHash<T>(
  folder: string,
  name: Name,
  suffix: '' | 'r',
  read: (path: string) => readonly T[],
): Generator<T> {
  for (const path of filesWithHash(folder, name, suffix)) yield* orNone(() => read(path));
}

/** -CAstore: a file, or every file of a folder that holds certificates. */
function fromStore(path: string): readonly Certificate[] {
  const files = storeFiles(path);
  return files[0] === path ? fromFile(path) : files.flatMap((file) => orNone(() => fromFile(file)));
}

/** The files of -CAstore: itself, or those of a folder. */
function storeFiles(path: string | undefined): readonly string[] {
  if (path === undefined) return [];
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
  const files = readdirSync(path, { withFileTypes: true }).filter((entry) => !entry.isDirectory());
  return files.map(({ name }) => join(path, name));
}
