/** `ca` as a whole: what was asked for, in OpenSSL's order, while no other process works on the CA. */
import type { CertificateIndex } from '../../lib/ca/index-file.ts';
import { readCaConfig, type CaConfig } from './config.ts';
import { makeCrl } from './crl.ts';
import { canWriteBeside, checkFolder, readDatabase, recover } from './files.ts';
import { issue } from './issue.ts';
import { withLock } from '../lock.ts';
import { checkNumbers, issues, isVerbose, Refused, type CaOptions, type Io } from './options.ts';
import { revoke, showStatus, updateDatabase } from './revoke.ts';
import { readAuthority, type Authority } from './signer.ts';

/**
 * Runs the command; gives its exit code.
 *
 * @param files requests beside that of -in
 * @param finish writes what was queued, before the next process may begin
 */
export async function runCa(io: Io, options: CaOptions, files: readonly string[], finish: () => void): Promise<number> {
  try {
    checkNumbers(options);
    const config = readCaConfig(io, options);
    if (options.status !== undefined) return showStatus(io, config, options.status);
    const authority = await readAuthority(io, options, config);
    const folder = issues(options, files)
      ? (options.outdir ?? config.require('new_certs_dir', '-outdir names it'))
      : '';
    if (folder !== '') checkFolder(folder);
    const { database } = config;
    const work = async (): Promise<void> => {
      await doAll(io, options, config, authority, files, folder);
      finish();
    };
    if (!canWriteBeside(database)) await work();
    else await withLock(database, work, (pid) => say(io, `waiting for process ${pid}, which works on this CA\n`));
    return 0;
  } catch (error) {
    if (error instanceof Refused) return 1;
    throw error;
  }
}

function say(io: Io, line: string): void {
  io.note(line);
  io.flushNotes();
}

async function doAll(
  io: Io,
  options: CaOptions,
  config: CaConfig,
  authority: Authority,
  files: readonly string[],
  folder: string,
): Promise<void> {
  const index = readDatabase(config.database, config.uniqueSubject);
  const verbose = isVerbose(io, options);
  const run = { io, options, config, authority, index, verbose };
  if (verbose) tellLoaded(io, index);
  if (options.updatedb) updateDatabase(run);
  if (folder !== '') {
    recover(index, folder);
    await issue(run, files, folder);
  }
  if (options.gencrl) makeCrl(run);
  if (options.revoke !== undefined || options.valid !== undefined) await revoke(run);
}

function tellLoaded(io: Io, index: CertificateIndex): void {
  io.write(undefined, index.encode());
  io.note(`${index.entries.length} entries loaded from the database\ngenerating index\n`);
}
