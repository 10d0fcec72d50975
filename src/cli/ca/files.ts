/**
 * The files of a CA, under OpenSSL's names. Each is replaced by a rename and is there whole at any moment, the one before it as `.old`. So that a
 * process that is killed loses no record and no serial number comes twice, they change in this order: certificates are written beside their
 * places, the serial number goes on, the database gets its records, the certificates appear. What a dead process left is put right before the
 * next one begins.
 */
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { attributesText, CertificateIndex, parseAttributes } from '../../lib/ca/index-file.ts';
import { bigintOf } from '../../lib/der/index.ts';
import { fail, TlskitError } from '../../lib/errors.ts';
import { randomSerial, readSerialFile, serialFileText, serialHex } from '../../lib/x509/serial.ts';
import { readFile, reasonOf } from '../source.ts';

const attr = (database: string): string => `${database}.attr`;

/**
 * Reads the database. `unique_subject` in index.txt.attr counts more than the configuration's.
 *
 * @throws TlskitError
 */
export function readDatabase(path: string, uniqueSubject: boolean): CertificateIndex {
  if (!existsSync(path)) {
    fail('ERR_NOT_FOUND', `the database ${path} does not exist; the one of a new CA is an empty file`, {
      source: path,
    });
  }
  const attributes = existsSync(attr(path)) ? parseAttributes(readFile(attr(path)), attr(path)) : {};
  return CertificateIndex.parse(readFile(path), path, { uniqueSubject, ...attributes });
}

/** Replaces the database, and index.txt.attr beside it. */
export function writeDatabase(index: CertificateIndex): void {
  replace(index.source, index.encode());
  replace(attr(index.source), Buffer.from(attributesText(index)));
}

/**
 * The number in a serial or CRL number file: the next one to use.
 *
 * @param create without the file, a random number
 * @throws TlskitError
 */
export function readNumber(path: string, what: string, create = false): Buffer {
  if (existsSync(path)) return positive(readSerialFile(readFile(path).toString('latin1'), path), path);
  if (create) return randomSerial();
  const or = what === 'serial number' ? ', and -create_serial begins with a random number' : '';
  return fail('ERR_NOT_FOUND', `the ${what} file ${path} does not exist; echo 01 > ${path} makes it${or}`, {
    source: path,
  });
}

function positive(number: Buffer, source: string): Buffer {
  if (bigintOf(number) < 0n) fail('ERR_FORMAT', `${source}: the number should not be negative`, { source });
  return number;
}

/** Replaces a serial or CRL number file. */
export const writeNumber = (path: string, number: Uint8Array): void =>
  replace(path, Buffer.from(serialFileText(number)));

/** A certificate that is to appear in `new_certs_dir`. */
export interface NewFile {
  readonly serial: Buffer;
  readonly content: string;
}

/** OpenSSL's name for it: the serial number's magnitude in hexadecimal. */
export const certificateFile = (folder: string, serial: Uint8Array): string =>
  `${folder}/${serialHex(serial).replace('-', '')}.pem`;

const waitingName = (serial: Uint8Array): string => `.${serialHex(serial)}.pem.tlskit-new`;
const WAITING = /^\.(-?)([0-9A-F]+)\.pem\.tlskit-new$/;

/**
 * Records newly issued certificates, in the order that the file's head tells.
 *
 * @param next the serial number file and what is to stand there; none where numbers are random
 */
export function commitIssued(
  index: CertificateIndex,
  next: { readonly path: string; readonly serial: Uint8Array } | undefined,
  folder: string,
  files: readonly NewFile[],
): void {
  const places = files.map(({ serial, content }) => {
    const waiting = join(folder, waitingName(serial));
    writeWhole(waiting, Buffer.from(content), undefined);
    return { waiting, path: certificateFile(folder, serial) };
  });
  if (next) writeNumber(next.path, next.serial);
  writeDatabase(index);
  for (const { waiting, path } of places) naming(path, () => renameSync(waiting, path));
}

/** Finishes what a process that died in `commitIssued` began: a certificate that is in the database appears, another one was never issued. */
export function recover(index: CertificateIndex, folder: string): void {
  for (const name of listOf(folder)) {
    const [, sign = '', hex] = WAITING.exec(name) ?? [];
    if (hex === undefined) continue;
    const waiting = join(folder, name);
    const path = join(folder, `${hex}.pem`);
    if (index.bySerial(sign + hex) && !existsSync(path)) naming(path, () => renameSync(waiting, path));
    else rmSync(waiting, { force: true });
  }
}

function listOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Looks whether new certificates can be written there. */
export function checkFolder(folder: string): void {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (!stat) fail('ERR_NOT_FOUND', `the folder for new certificates ${folder} does not exist; make it with mkdir`);
  if (!stat.isDirectory()) fail('ERR_IO', `${folder} is not a directory; new certificates are to be placed in it`);
  naming(folder, () => accessSync(folder, constants.W_OK));
}

/** True when files can be made and replaced beside this one. */
export function canWriteBeside(path: string): boolean {
  try {
    accessSync(dirname(path), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Puts new content in a file's place; what was there becomes `.old`. */
function replace(path: string, content: Buffer): void {
  const next = `${path}.new`;
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  writeWhole(next, content, mode);
  naming(path, () => {
    if (mode !== undefined) keepOld(path);
    renameSync(next, path);
  });
}

/** The file under its `.old` name as well: a second name for the same file where the file system has that, so that it is never absent. */
function keepOld(path: string): void {
  const second = `${path}.old.new`;
  rmSync(second, { force: true });
  try {
    linkSync(path, second);
  } catch {
    copyFileSync(path, second);
  }
  renameSync(second, `${path}.old`);
  rmSync(second, { force: true }); // still there when .old was this very file
}

/** Writes a file to the disk itself, not only to the system's memory. */
function writeWhole(path: string, content: Buffer, mode: number | undefined): void {
  naming(path, () => {
    const fd = openSync(path, 'w', 0o666);
    try {
      for (let at = 0; at < content.length;) at += writeSync(fd, content, at);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    if (mode !== undefined) chmodSync(path, mode & 0o777);
  });
}

function naming<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof TlskitError) throw error;
    return fail('ERR_IO', `cannot write ${path}: ${reasonOf(error)}`);
  }
}
