/**
 * Folders of certificates and CRLs whose files are found by the hash of a name: what `openssl rehash` does, link for link. A link `HASH.N` leads to a
 * certificate with that subject, `HASH.rN` to a CRL with that issuer.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, lstatSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { readCrls } from '../lib/crl/index.ts';
import { TlskitError } from '../lib/errors.ts';
import { nameHash, nameHashOld } from '../lib/x509/hash.ts';
import { readCertificates } from '../lib/x509/certificate.ts';
import type { Name } from '../lib/x509/name.ts';
import { readFile, reasonOf } from './source.ts';

/** Which hashes get links. */
export type HashKind = 'new' | 'old' | 'both';

/** A link that is there now, or no more. */
export interface LinkChange {
  readonly action: 'link' | 'unlink';
  /** The link's name. */
  readonly link: string;
  /** Where it leads, or led. */
  readonly file: string;
}

export interface RehashOptions {
  readonly hash: HashKind;
  /** Remove links that lead nowhere any more. */
  readonly remove: boolean;
  /** Is told what becomes of each link. */
  readonly tell: (change: LinkChange) => void;
  /** Takes a warning or an error. */
  readonly warn: (line: string) => void;
}

/** More of one hash than anybody needs. */
const MAX_COLLISIONS = 256;
const BUCKETS = 257;
const EXTENSION = /\.(pem|crt|cer|crl)$/i;
const SUFFIXES = ['', 'r'] as const;
type Kind = 0 | 1;

/** A file that a hash leads to: by links that were there, by what is in it, or by both. */
interface Entry {
  readonly file: string;
  /** The number of the link that is there. */
  id: number;
  needed: boolean;
  digest: string | undefined;
}

interface Bucket {
  readonly kind: Kind;
  readonly hash: string;
  readonly entries: Entry[];
  needed: number;
}

/** A folder being worked on. */
class Folder {
  readonly #path: string;
  readonly #options: RehashOptions;
  /** Newest first in each place, as OpenSSL's table has them: its output follows it. */
  readonly #table = new Map<number, Bucket[]>();
  errors = 0;

  constructor(path: string, options: RehashOptions) {
    this.#path = path;
    this.#options = options;
  }

  scan(): void {
    const names = readdirSync(this.#path).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    for (const name of names) {
      const path = join(this.#path, name);
      const link = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
      if (!link || !this.#addLink(name, path)) this.#addFile(name, path);
    }
  }

  /** A link that is there already. */
  #addLink(name: string, path: string): boolean {
    const match = /^([0-9a-f]{8})\.(r?)(\d*)$/i.exec(name);
    if (!match) return false;
    const [, hash, suffix, id] = match as unknown as [string, string, string, string];
    return this.#add(suffix === '' ? 0 : 1, hash.toLowerCase(), { file: readlinkSync(path), id: Number(id) });
  }

  #addFile(name: string, path: string): void {
    if (!EXTENSION.test(name)) return;
    const found = this.#contents(name, path);
    if (!found) return;
    const { hash } = this.#options;
    const { kind, digest } = found;
    const hashes = [...(hash === 'old' ? [] : [nameHash]), ...(hash === 'new' ? [] : [nameHashOld])];
    for (const of of hashes) this.#add(kind, of(found.name), { file: name, id: Infinity, digest });
  }

  /** The one certificate or CRL of a file. */
  #contents(name: string, path: string): { kind: Kind; name: Name; digest: string } | undefined {
    const bytes = this.#read(name, path);
    if (!bytes) return undefined;
    const certificates = orNone(() => (bytes.includes('-----BEGIN') ? readCertificates(bytes, name) : []));
    const crls = orNone(() => (bytes.includes('-----BEGIN') ? readCrls(bytes, name) : []));
    const sha1 = (der: Uint8Array): string => createHash('sha1').update(der).digest('hex');
    const [[certificate], [crl]] = [certificates, crls];
    if (Math.max(certificates.length, crls.length) === 1) {
      if (certificate) return { kind: 0, name: certificate.subject, digest: sha1(certificate.der) };
      if (crl) return { kind: 1, name: crl.issuer, digest: sha1(crl.der) };
    }
    this.#options.warn(`rehash: warning: skipping ${name},it does not contain exactly one certificate or CRL\n`);
    return undefined;
  }

  #read(name: string, path: string): Buffer | undefined {
    try {
      return readFile(path);
    } catch (error) {
      if (!(error instanceof TlskitError)) throw error;
      this.#fault(`rehash: error: skipping ${name}, cannot open file\n`);
      return undefined;
    }
  }

  #fault(line: string): void {
    this.errors += 1;
    this.#options.warn(line);
  }

  #add(kind: Kind, hash: string, found: { file: string; id: number; digest?: string }): boolean {
    const bucket = this.#bucket(kind, hash);
    const { file, id, digest } = found;
    if (digest !== undefined && bucket.entries.some((entry) => entry.digest === digest)) {
      this.#options.warn(`rehash: warning: skipping duplicate ${kind === 0 ? 'certificate' : 'CRL'} in ${file}\n`);
      return true;
    }
    let entry = bucket.entries.find((one) => one.file === file);
    if (!entry) {
      if (bucket.needed >= MAX_COLLISIONS) {
        this.#fault(`rehash: error: hash table overflow for ${file}\n`);
        return false;
      }
      entry = { file, id: Infinity, needed: false, digest: undefined };
      bucket.entries.push(entry);
    }
    entry.id = Math.min(entry.id, id);
    if (digest !== undefined && !entry.needed) {
      entry.needed = true;
      entry.digest = digest;
      bucket.needed += 1;
    }
    return true;
  }

  #bucket(kind: Kind, hash: string): Bucket {
    const place = ((kind + parseInt(hash, 16)) % 2 ** 32) % BUCKETS;
    const there = this.#table.get(place) ?? [];
    const known = there.find((one) => one.kind === kind && one.hash === hash);
    if (known) return known;
    const bucket = { kind, hash, entries: [], needed: 0 };
    this.#table.set(place, [bucket, ...there]);
    return bucket;
  }

  /** Makes, keeps and removes the links. */
  relink(): void {
    const places = [...this.#table.keys()].sort((a, b) => a - b);
    for (const place of places) for (const bucket of this.#table.get(place) ?? []) this.#relinkBucket(bucket);
  }

  #relinkBucket({ kind, hash, entries, needed }: Bucket): void {
    const { tell, remove } = this.#options;
    const link = (id: number): string => `${hash}.${SUFFIXES[kind]}${id}`;
    const taken = new Set(entries.map(({ id }) => id).filter((id) => id < needed));
    for (const entry of entries) {
      if (entry.id < needed) tell({ action: 'link', link: link(entry.id), file: entry.file });
      else if (entry.needed) {
        let id = 0;
        while (taken.has(id)) id += 1;
        taken.add(id);
        tell({ action: 'link', link: link(id), file: entry.file });
        this.#link(entry.file, link(id));
      } else if (remove) {
        tell({ action: 'unlink', link: link(entry.id), file: entry.file });
        this.#unlink(link(entry.id));
      }
    }
  }

  #link(file: string, name: string): void {
    const path = join(this.#path, name);
    this.#unlink(name);
    try {
      symlinkSync(file, path);
    } catch (error) {
      // Windows without the right to make links: a copy is found as well
      if ((error as NodeJS.ErrnoException).code === 'EPERM') copyFileSync(join(this.#path, file), path);
      else this.#fault(`rehash: Can't symlink ${file}, ${reasonOf(error)}\n`);
    }
  }

  #unlink(name: string): void {
    try {
      rmSync(join(this.#path, name), { force: true });
    } catch (error) {
      this.#fault(`rehash: Can't unlink ${join(this.#path, name)}, ${reasonOf(error)}\n`);
    }
  }
}

function orNone<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof TlskitError) return [];
    throw error;
  }
}

/** Makes the links of a folder; gives the number of errors. */
export function rehashFolder(path: string, options: RehashOptions): number {
  const folder = new Folder(path, options);
  folder.scan();
  folder.relink();
  return folder.errors;
}
