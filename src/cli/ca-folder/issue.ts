/** `ca issue`: one certificate, or a list of them. */
import {
  parseNames,
  templateByName,
  type CertificateOrder,
  type CertifiedName,
  type RecordedAuthority,
  type Template,
} from '../../lib/ca/index.ts';
import type { ConfigEntry } from '../../lib/conf/index.ts';
import { fail } from '../../lib/errors.ts';
import { generateKey, type KeyGenParams } from '../../lib/keys/generate.ts';
import type { PrivateKey } from '../../lib/keys/model.ts';
import type { Secret } from '../../lib/secret.ts';
import type { Name } from '../../lib/x509/name.ts';
import { parseAnySubject } from '../../lib/x509/name-people.ts';
import type { Context } from '../context.ts';
import { list, int, text, type Flag } from '../spec.ts';
import { baseName, checkNew, deliver, filesOf, placesFor, type Delivery, type Places } from './files.ts';
import type { OpenCa } from './folder.ts';

/** Flags about what a certificate says: of `issue` and `sign`. */
export const contentFlags: {
  readonly template: Flag<string | undefined>;
  readonly subj: Flag<string | undefined>;
  readonly days: Flag<number | undefined>;
  readonly pathlen: Flag<number | undefined>;
  readonly addext: Flag<readonly string[]>;
} = {
  template: text('name', 'What it is for: server (default), client, both, email, code, ocsp, ca'),
  subj: text('name', 'Its subject, such as "O=Example, CN=www" (default: the first name as commonName)'),
  days: int('number', 'Days that it is good for (default 365; ocsp 30, ca 1825), never beyond the CA itself'),
  pathlen: int('number', 'Of a CA (-template ca): how many CAs may follow below it (default 0)'),
  addext: list('ext=value', "An extension in OpenSSL's language, in place of the template's"),
};

interface ContentFlags {
  readonly template: string | undefined;
  readonly subj: string | undefined;
  readonly days: number | undefined;
  readonly pathlen: number | undefined;
  readonly addext: readonly string[];
}

/** What all certificates of a run have in common. */
export function orderFrom(flags: ContentFlags, digest: string | undefined): CertificateOrder & { template: Template } {
  const template = templateByName(flags.template ?? 'server');
  const { days, pathlen } = flags;
  if (pathlen !== undefined && (template.name !== 'ca' || pathlen < 0))
    fail('ERR_USAGE', '-pathlen is a number from 0 on, and belongs to -template ca');
  const subject: Name | undefined = flags.subj === undefined ? undefined : parseAnySubject(flags.subj, { utf8: true });
  return { template, subject, days, pathLength: pathlen, digest, extensions: flags.addext.map(extensionLine) };
}

function extensionLine(line: string): ConfigEntry {
  const [, name, value] = /^\s*([^=\s]+)\s*=\s*(.*)$/s.exec(line) ?? [];
  if (name === undefined || value === undefined)
    return fail('ERR_USAGE', `-addext "${line}" should read name=value, such as tlsfeature=status_request`);
  return [name, value];
}

/** One certificate that is wanted. */
export interface Wanted {
  readonly names: readonly CertifiedName[];
  readonly places: Places;
}

interface OutFlags {
  readonly out?: string | undefined;
  readonly keyout?: string | undefined;
  readonly outdir?: string | undefined;
  readonly pkcs12?: boolean | undefined;
}

/** What one command line asks for. */
export function wantedOne(
  names: readonly CertifiedName[],
  subject: string | undefined,
  flags: OutFlags & { readonly force: boolean },
  ownKey: boolean,
): Wanted {
  const places = placesFor(baseName(names, subject), flags, ownKey);
  checkNew(places, flags.force);
  return { names, places };
}

/** A list of more is a mistake. */
const MAX_LINES = 1_000_000;

/**
 * The certificates that a list asks for: a line each, names between spaces or commas; empty lines and those after # do not count.
 *
 * @throws TlskitError naming the line, before anything is issued
 */
export function wantedList(content: string, source: string, flags: OutFlags & { readonly force: boolean }): Wanted[] {
  const lines = content.split(/\r?\n/);
  if (lines.length > MAX_LINES) fail('ERR_LIMIT', `${source}: more than ${MAX_LINES} lines`);
  const seen = new Map<string, number>();
  return lines.flatMap((line, i) => {
    const words = line
      .replace(/#.*/, '')
      .split(/[\s,]+/)
      .filter((word) => word !== '');
    if (words.length === 0) return [];
    const where = `${source}:${i + 1}`;
    const names = naming(where, () => parseNames(words));
    const places = placesFor(baseName(names, undefined), flags, true);
    naming(where, () => checkNew(places, flags.force));
    const before = seen.get(places.certificate);
    if (before !== undefined)
      fail('ERR_USAGE', `${where}: ${places.certificate} would be written twice, for line ${before} too`);
    seen.set(places.certificate, i + 1);
    return [{ names, places }];
  });
}

function naming<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    return fail('ERR_USAGE', `${where}: ${(error as Error).message}`);
  }
}

/** What a run of `issue` works with. */
export interface IssueJob {
  readonly ca: OpenCa;
  readonly authority: RecordedAuthority;
  readonly order: CertificateOrder;
  /** Whether nobody said what the certificates are for: then their names do. */
  readonly byNames: boolean;
  readonly keyParams: KeyGenParams;
  /** A key that is there already, in place of a new one. */
  readonly key: PrivateKey | undefined;
  readonly passphrase: Secret | undefined;
}

/** Whether names are mailboxes and nothing else: no server has such a name. */
const isMail = (names: readonly CertifiedName[]): boolean =>
  names.length > 0 && names.every(({ kind }) => kind === 'email');

/** Certificates of one transaction: what is issued is on the disk before the files of these appear. */
const CHUNK = 50;

/**
 * Issues what is wanted, records it, and then writes the files, some certificates at a time.
 *
 * @param each is told of each batch that is finished
 */
export async function issueAll(
  context: Pick<Context, 'write' | 'sink'>,
  job: IssueJob,
  wanted: readonly Wanted[],
  each: (done: readonly Delivery[]) => void,
): Promise<void> {
  for (const { places } of wanted) for (const path of filesOf(places)) context.sink.check(path);
  for (let at = 0; at < wanted.length; at += CHUNK) {
    const part = wanted.slice(at, at + CHUNK);
    const keys = await Promise.all(part.map(async () => job.key ?? generateKey(job.keyParams)));
    const orders = part.map(({ names }, i) => ({
      ...job.order,
      ...(job.byNames && isMail(names) ? { template: templateByName('email') } : {}),
      names,
      publicKey: (keys[i] as PrivateKey).publicKey,
    }));
    const issued = await job.authority.issue(orders);
    const done = issued.map((one, i): Delivery => {
      const { places } = part[i] as Wanted;
      const { chain } = job.ca;
      return { issued: one, chain, key: keys[i], places, passphrase: job.passphrase };
    });
    for (const delivery of done) deliver(context, delivery);
    context.sink.commit();
    each(done);
  }
}
