/** `ca init`: makes a CA, or takes one over, in a folder. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { CaStore, createCA, recordOf, type CaOptions, type CaSettings, type SqlDatabase } from '../../lib/ca/index.ts';
import { fail } from '../../lib/errors.ts';
import type { PrivateKey } from '../../lib/keys/model.ts';
import { readPrivateKey } from '../../lib/keys/read.ts';
import { writePrivateKey } from '../../lib/keys/write.ts';
import type { Secret } from '../../lib/secret.ts';
import { TrustStore, verifyChain } from '../../lib/verify/index.ts';
import { certificatePem } from '../../lib/x509/build.ts';
import type { Certificate } from '../../lib/x509/certificate.ts';
import { caMark, readMarks } from '../../lib/x509/purpose.ts';
import { certificateSignedBy } from '../../lib/x509/verify-signed.ts';
import type { Context } from '../context.ts';
import { keyOf } from '../flags/certificates.ts';
import { cipherOf } from '../flags/encryption.ts';
import { makeFolder } from '../folders.ts';
import { withLock } from '../lock.ts';
import { caFileText, certificateFile, hasCa, keyFile, openDatabase, type AuthorityName } from './folder.ts';
import { readKeyType } from './key-type.ts';

/** What the new CA should be like, when everything has been asked for. */
export interface InitPlan {
  readonly folder: string;
  readonly database: string | undefined;
  readonly passphrase: Secret | undefined;
  readonly settings: CaSettings;
  readonly cas: readonly PlannedCa[];
}

/** One CA of the folder, the root first. */
export interface PlannedCa {
  readonly name: AuthorityName;
  readonly certificate: Certificate;
  /** Absent where it is kept elsewhere. */
  readonly key: PrivateKey | undefined;
  /** The certificates above it that are no root. */
  readonly above: readonly Certificate[];
}

/** What the flags and the answers say of a CA that is made. */
export interface NewCa {
  readonly name: string;
  readonly intermediate: boolean;
  readonly keyType: string | undefined;
  readonly days: number | undefined;
  readonly pathLength: number | undefined;
  readonly permitted: readonly string[];
  readonly excluded: readonly string[];
  readonly digest: string | undefined;
  readonly urls: CaSettings['urls'];
}

/** A name that tells the CAs of several people and machines apart. */
export function defaultName(): string {
  let user = 'user';
  try {
    user = userInfo().username;
  } catch {
    // a user without an entry in the system's list
  }
  return `tlskit CA of ${user}@${hostname()}`.slice(0, 64 - ' (intermediate)'.length);
}

/**
 * Refuses a folder that has a CA, or the rest of one.
 *
 * @throws TlskitError ERR_USAGE, ERR_IO
 */
export function checkFree(folder: string): void {
  if (hasCa(folder))
    fail(
      'ERR_USAGE',
      `there is a CA in ${folder} already; "tlskit ca issue" uses it, -ca names a folder for another one`,
    );
  if (!existsSync(folder)) return;
  const ours = /^(root|intermediate)(-key)?\.pem$|^ca\.db$/;
  const left = readdirSync(folder).find((name) => ours.test(name));
  if (left !== undefined)
    fail(
      'ERR_USAGE',
      `${join(folder, left)} is in the way: of a CA that was not finished? Move it away, or name another folder with -ca`,
    );
}

/** Makes a root, and an intermediate below it where that is wanted. */
export async function newCas(wanted: NewCa): Promise<PlannedCa[]> {
  const { name, intermediate, days, pathLength, digest, permitted, excluded, urls } = wanted;
  const key = readKeyType(wanted.keyType);
  const shared: Omit<CaOptions, 'name'> = { key, days, digest, permitted, excluded };
  const root = await createCA({ name, pathLength, urls: intermediate ? undefined : urls, ...shared });
  const first: PlannedCa = { name: 'root', certificate: root.certificate, key: root.key, above: [] };
  if (!intermediate) return [first];
  const below = await root.intermediate({
    name: intermediateName(name),
    key,
    digest,
    // half of the root's time, so that it can be followed by another
    days: Math.max(1, Math.round((days ?? 3650) / 2)),
    pathLength: pathLength === undefined ? 0 : Math.max(0, pathLength - 1),
  });
  return [first, { name: 'intermediate', certificate: below.certificate, key: below.key, above: [] }];
}

/** The root's name with a word more, in the commonName where the name is a whole subject. */
function intermediateName(name: string): string {
  if (!name.includes('=')) return `${name} (intermediate)`;
  return /CN\s*=/i.test(name) ? name.replace(/(CN\s*=\s*[^,/+]+)/i, '$1 (intermediate)') : `${name}, CN=intermediate`;
}

/**
 * A CA that is there already.
 *
 * @param chain certificates above it
 * @throws TlskitError ERR_KEY_MISMATCH, ERR_USAGE for a certificate that is no CA's
 */
export function adoptedCas(certificate: Certificate, key: PrivateKey, chain: readonly Certificate[]): PlannedCa[] {
  if (!key.publicKey.equals(keyOf(certificate))) fail('ERR_KEY_MISMATCH', 'the key is not that of the certificate');
  const marks = readMarks(certificate);
  if (!marks || caMark(marks) === 0)
    fail('ERR_USAGE', "it is no CA's certificate: its basicConstraints or keyUsage do not let it issue");
  if (selfSigned(certificate)) return [{ name: 'root', certificate, key, above: [] }];
  const others = chain.filter((one) => !one.der.equals(certificate.der));
  const root = others.find(selfSigned);
  if (!root)
    return fail(
      'ERR_USAGE',
      'the certificate is not self-signed: give those above it, its root among them, with -chain',
    );
  const above = others.filter((one) => one !== root);
  // whether it is still good is no question here: a test may want to issue from a CA that has expired
  const { errors } = verifyChain(certificate, { trusted: new TrustStore([root]), untrusted: above, time: undefined });
  if (errors[0]) fail('ERR_USAGE', `the certificate does not lead to the root of -chain: ${errors[0].text}`);
  return [
    { name: 'root', certificate: root, key: undefined, above: [] },
    { name: 'intermediate', certificate, key, above },
  ];
}

/**
 * The key of a CA that is there already, and the passphrase that it was encrypted with: it will be kept so.
 *
 * @param named the passphrase of -passin; without it, it is asked for
 */
export async function readCaKey(
  context: Pick<Context, 'read' | 'prompter'>,
  path: string,
  named: Secret | undefined,
): Promise<{ readonly key: PrivateKey; readonly passphrase: Secret | undefined }> {
  let passphrase: Secret | undefined;
  const ask = async (): Promise<Secret> => {
    passphrase = named ?? (await context.prompter.passphrase(`Enter pass phrase for ${path}`));
    return passphrase;
  };
  const key = await readPrivateKey(context.read(path), { source: path, passphrase: ask });
  return { key, passphrase };
}

function selfSigned(certificate: Certificate): boolean {
  const { subject, issuer } = certificate;
  return subject.der.equals(issuer.der) && certificateSignedBy(certificate, keyOf(certificate));
}

/**
 * Makes the database, then the files; ca.json, which makes a folder a CA, comes last.
 *
 * @throws TlskitError ERR_USAGE where there is a CA by now; nothing new is left behind then
 */
export async function writeCa(context: Pick<Context, 'write' | 'sink'>, plan: InitPlan): Promise<void> {
  const { folder, database } = plan;
  const isNew = !existsSync(folder);
  makeFolder(folder);
  await withLock(join(folder, 'ca.json'), async () => {
    // another process may have made one since; what it made is not ours to remove
    checkFree(folder);
    try {
      const opened = await openDatabase(folder, database, true);
      await recordCas(opened, plan);
      queueFiles(context, plan);
      context.sink.commit();
    } catch (error) {
      if (isNew) rmSync(folder, { recursive: true, force: true });
      else if (database === undefined) rmSync(join(folder, 'ca.db'), { force: true });
      throw error;
    }
  });
}

async function recordCas(database: SqlDatabase, { cas, settings }: InitPlan): Promise<void> {
  const store = await CaStore.open(database);
  try {
    const now = Date.now();
    const [root, below] = cas as [PlannedCa, PlannedCa | undefined];
    const { id } = await store.addAuthority(root.certificate, below ? {} : settings, now);
    if (!below) return;
    await store.addAuthority(below.certificate, settings, now);
    // a root revokes its intermediate, too
    if (root.key) await store.add(id, [recordOf(below.certificate, { issuedAt: now, template: 'ca' })]);
  } finally {
    await store.close();
  }
}

function queueFiles(context: Pick<Context, 'write'>, { folder, cas, passphrase, database }: InitPlan): void {
  const encryption = passphrase && { encryption: { passphrase, cipher: cipherOf('aes-256-cbc') } };
  for (const { name, certificate, key, above } of cas) {
    if (key)
      context.write(keyFile(folder, name), writePrivateKey(key, { format: 'pkcs8', ...encryption }), { secret: true });
    context.write(certificateFile(folder, name), [certificate, ...above].map(certificatePem).join(''));
  }
  const { path, text } = caFileText(database);
  context.write(join(folder, path), text);
}
