/** Folders that commands make. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fail } from '../lib/errors.ts';
import { reasonOf } from './source.ts';

/**
 * Makes a folder, and those above it that are not there yet.
 *
 * @throws TlskitError ERR_IO
 */
export function makeFolder(folder: string): void {
  try {
    makeFolders(resolve(folder));
  } catch (error) {
    fail('ERR_IO', `cannot make the folder ${folder}: ${reasonOf(error)}`);
  }
}

/** Node's own way of doing it never ends where the system makes none, as below /proc. */
function makeFolders(path: string): void {
  if (existsSync(path)) return;
  makeFolders(dirname(path));
  mkdirSync(path);
}
