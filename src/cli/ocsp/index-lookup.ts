/** Answers from OpenSSL's index.txt: -index. */
import { statSync } from 'node:fs';
import { CertificateIndex, type IndexEntry } from '../../lib/ca/index-file.ts';
import { holdInstruction, invalidityDate, type KnownStatus, type OcspLookup } from '../../lib/ocsp/index.ts';
import { serialHex } from '../../lib/x509/serial.ts';
import { readFile } from '../source.ts';

/** An index.txt that is read again when it changes. */
export class WatchedIndex {
  readonly #path: string;
  #index: CertificateIndex;
  #stamp: string;

  /**
   * @throws TlskitError ERR_IO, ERR_FORMAT
   */
  constructor(path: string) {
    this.#path = path;
    this.#stamp = stampOf(path) ?? '';
    this.#index = parse(path);
  }

  /** What the index says of a serial number. */
  readonly lookup: OcspLookup = (serial) => {
    const entry = this.#index.bySerial(serialHex(serial));
    return entry && statusOf(entry);
  };

  /**
   * Reads the file again if it is not the one that was read before.
   *
   * @throws TlskitError when it cannot be read; what was read before still holds, and the next change is waited for
   */
  refresh(): void {
    const stamp = stampOf(this.#path);
    if (stamp === this.#stamp || stamp === undefined) return;
    this.#stamp = stamp;
    this.#index = parse(this.#path);
  }
}

const parse = (path: string): CertificateIndex =>
  CertificateIndex.parse(readFile(path), path, { uniqueSubject: false });

/** What changes with a file; undefined while there is none, as between the two renames of a CA that writes it. */
function stampOf(path: string): string | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat && [stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(' ');
}

/** As openssl: nothing is said of certificates that the index calls expired or suspended. */
function statusOf({ type, revocation }: IndexEntry): KnownStatus {
  if (type === 'V') return { status: 'good' };
  if (type !== 'R' || !revocation) return { status: 'omitted' };
  const { date, reason, holdInstruction: hold, invalidityDate: since } = revocation;
  const extensions = [
    ...(since?.ms === undefined ? [] : [invalidityDate(since.ms)]),
    ...(hold === undefined ? [] : [holdInstruction(hold)]),
  ];
  return { status: 'revoked', time: date.ms ?? 0, reason: reason?.code, extensions };
}
