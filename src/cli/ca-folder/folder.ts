/** A CA in a folder: ca.json says where its records are, and beside it lie the certificates and keys. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CaRecords, CaStore, RecordedAuthority, type SqlDatabase, type StoredAuthority } from '../../lib/ca/index.ts';
import { fail } from '../../lib/errors.ts';
import { readPrivateKey } from '../../lib/keys/read.ts';
import type { Secret } from '../../lib/secret.ts';
import { readCertificates, type Certificate } from '../../lib/x509/certificate.ts';
import type { Context } from '../context.ts';
import { keyOf } from '../flags/certificates.ts';
import { readFile } from '../source.ts';
import { text, type Flag } from '../spec.ts';
import { isPostgresUrl, openPostgres, withoutPassword } from './postgres.ts';
import { openSqlite } from './sqlite.ts';

/** The folder that is used when nobody names one. */
export const DEFAULT_FOLDER = 'tlskit-ca';
const MARK = 'ca.json';
const DATABASE = 'ca.db';

/** The CAs that a folder may have; the one farther down issues. */
export type AuthorityName = 'root' | 'intermediate';

type TextFlag = Flag<string | undefined>;

/** Flags of all commands that work on a CA folder. */
export const caFlags: Readonly<Record<'ca' | 'db', TextFlag>> = {
  ca: text('folder', `The CA's folder (default: $TLSKIT_CA, else ./${DEFAULT_FOLDER})`, { group: 'The CA' }),
  db: text('url', 'Database: a file, or postgres://user@host/name (default: what ca.json in the folder says)', {
    group: 'The CA',
  }),
};

/** `-passin`, for those that need the CA's key. */
export const caPassinFlag: TextFlag = text('source', "Passphrase of the CA's key: pass:text, env:name, file:path, …", {
  group: 'The CA',
});

/** `-authority`, for those that may mean the root of a CA that has an intermediate. */
export const authorityFlag: TextFlag = text('name', 'The root or the intermediate (default: the one that issues)', {
  values: ['root', 'intermediate'],
  group: 'The CA',
});

interface FolderFlags {
  readonly ca?: string | undefined;
  readonly db?: string | undefined;
  readonly authority?: string | undefined;
  readonly passin?: string | undefined;
}

/** What ca.json says. */
interface CaFile {
  readonly version: 1;
  /** A file's name in the folder or elsewhere, or a URL without a password. */
  readonly database: string;
}

/** The folder that the flags mean. */
export const folderOf = ({ ca }: FolderFlags): string => ca ?? process.env['TLSKIT_CA'] ?? DEFAULT_FOLDER;

export const certificateFile = (folder: string, name: AuthorityName): string => join(folder, `${name}.pem`);
export const keyFile = (folder: string, name: AuthorityName): string => join(folder, `${name}-key.pem`);

/** Whether there is a CA in a folder. */
export const hasCa = (folder: string): boolean => existsSync(join(folder, MARK));

/** The text of ca.json. */
export function caFileText(database: string | undefined): { readonly path: string; readonly text: string } {
  const kept =
    database === undefined ? DATABASE : isPostgresUrl(database) ? withoutPassword(database) : resolve(database);
  const content: CaFile = { version: 1, database: kept };
  return { path: MARK, text: `${JSON.stringify(content, null, 2)}\n` };
}

function readCaFile(folder: string): CaFile {
  const path = join(folder, MARK);
  const bad = (why: string): never => fail('ERR_FORMAT', `${path}: ${why}`, { source: path });
  const bytes = readFile(path);
  let content: Partial<CaFile> | null;
  try {
    content = JSON.parse(bytes.toString('utf8')) as Partial<CaFile> | null;
  } catch {
    return bad('it is no JSON document');
  }
  if (typeof content?.database !== 'string') return bad('"database" should name the database');
  if (content.version !== 1) return bad(`version ${String(content.version)} is not known; a newer tlskit made it`);
  return { version: 1, database: content.database };
}

/** Opens the database that a CA folder's file or `-db` names. */
export async function openDatabase(folder: string, named: string | undefined, create: boolean): Promise<SqlDatabase> {
  const database = named ?? (create ? DATABASE : readCaFile(folder).database);
  if (isPostgresUrl(database)) return openPostgres(database);
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(database))
    return fail('ERR_USAGE', 'the database is a file or postgres://…; there is no other kind');
  // a file that -db names is where it says; one of ca.json is in the folder
  return openSqlite(named ?? resolve(folder, database), create);
}

/** A CA folder that is open. */
export interface OpenCa {
  readonly folder: string;
  readonly name: AuthorityName;
  readonly store: CaStore;
  readonly stored: StoredAuthority;
  readonly certificate: Certificate;
  /** The records, for what needs no key. */
  readonly records: CaRecords;
  /** The certificates that go with each one that is issued: from the intermediate upwards, the root left out. */
  readonly chain: readonly Certificate[];
  /** Where the root's certificate is. */
  readonly rootFile: string;
  /** Reads the key; asks for its passphrase where it is encrypted and none was named. */
  withKey(): Promise<RecordedAuthority>;
}

/** Whether a folder has an intermediate, which then issues. */
const issuingName = (folder: string): AuthorityName =>
  existsSync(certificateFile(folder, 'intermediate')) ? 'intermediate' : 'root';

/**
 * Opens the CA that the flags name, runs `work`, and closes it.
 *
 * @throws TlskitError ERR_NOT_FOUND where there is no CA; what opening and `work` throw
 */
export async function withCa<T>(
  context: Pick<Context, 'prompter' | 'passphrase'>,
  flags: FolderFlags,
  work: (ca: OpenCa) => Promise<T>,
): Promise<T> {
  const folder = folderOf(flags);
  if (!hasCa(folder))
    fail('ERR_NOT_FOUND', `there is no CA in ${folder}; "tlskit ca init" makes one, -ca names another folder`);
  const name = (flags.authority as AuthorityName | undefined) ?? issuingName(folder);
  const path = certificateFile(folder, name);
  if (!existsSync(path)) fail('ERR_NOT_FOUND', `the CA in ${folder} has no ${name}: there is no ${path}`);
  const [certificate, ...above] = readCertificates(readFile(path), path) as [Certificate, ...Certificate[]];
  const passphrase = flags.passin === undefined ? undefined : context.passphrase(flags.passin);
  const store = await CaStore.open(await openDatabase(folder, flags.db, false));
  try {
    const stored = await store.authority(certificate);
    if (!stored)
      return fail('ERR_NOT_FOUND', `the database does not know the CA of ${path}; is it the database of another CA?`);
    return await work({
      folder,
      name,
      store,
      stored,
      certificate,
      records: new CaRecords(store, stored),
      chain: name === 'root' ? [] : [certificate, ...above],
      rootFile: certificateFile(folder, 'root'),
      withKey: async () => {
        const key = await loadKey(context, keyFile(folder, name), passphrase);
        if (!key.publicKey.equals(keyOf(certificate)))
          fail('ERR_KEY_MISMATCH', `${keyFile(folder, name)} is not the key of ${path}`);
        return new RecordedAuthority(store, stored, { certificate, key }, [...above, ...rootOf(folder, name)]);
      },
    });
  } finally {
    await store.close();
  }
}

/** The root above an intermediate; a CA that was taken over may have none here. */
function rootOf(folder: string, name: AuthorityName): Certificate[] {
  const path = certificateFile(folder, 'root');
  return name === 'root' || !existsSync(path) ? [] : readCertificates(readFile(path), path);
}

function loadKey(
  context: Pick<Context, 'prompter'>,
  source: string,
  passphrase: Secret | undefined,
): ReturnType<typeof readPrivateKey> {
  if (!existsSync(source)) fail('ERR_NOT_FOUND', `there is no key of the CA: ${source} is not there`);
  return readPrivateKey(readFile(source), {
    source,
    passphrase: () => passphrase ?? context.prompter.passphrase(`Enter pass phrase for ${source}`),
  });
}
