/** Certificates taken back, and others put into the database: `ca -revoke`, `-valid`, `-status`, `-updatedb`. */
import { markExpired } from '../../lib/ca/expiry.ts';
import { entryName, type IndexEntry } from '../../lib/ca/index-file.ts';
import { causeProblem, makeRevocation, type RevocationCause } from '../../lib/ca/revocation.ts';
import { timeFromMs } from '../../lib/x509/build.ts';
import { serialHex } from '../../lib/x509/serial.ts';
import { pemOrDer } from '../flags/certificates.ts';
import type { CaConfig } from './config.ts';
import { readDatabase, writeDatabase } from './files.ts';
import type { Run } from './issue.ts';
import { refuse, type CaOptions, type Io } from './options.ts';

/** Why: of the four options the one that was given last. */
function causeOf(io: Io, options: CaOptions): RevocationCause {
  const { crl_reason: reason, crl_hold: instruction, crl_compromise: key, crl_CA_compromise: ca } = options;
  const causes: Readonly<Record<string, RevocationCause | undefined>> = {
    crl_reason: reason === undefined ? undefined : { kind: 'reason', reason },
    crl_hold: instruction === undefined ? undefined : { kind: 'hold', instruction },
    crl_compromise: key === undefined ? undefined : { kind: 'keyTime', time: key },
    crl_CA_compromise: ca === undefined ? undefined : { kind: 'CAkeyTime', time: ca },
  };
  const last = io.order.findLast((flag) => causes[flag] !== undefined);
  return (last === undefined ? undefined : causes[last]) ?? { kind: 'none' };
}

/** Revokes the certificate of -revoke; enters the one of -valid. A certificate that the database lacks is entered first. */
export async function revoke(run: Run): Promise<void> {
  const { io, options, index, authority } = run;
  const valid = io.order.findLast((flag) => flag === 'revoke' || flag === 'valid') === 'valid';
  const path = valid ? options.valid : options.revoke;
  const certificate = await authority.inputs.certificate(path, pemOrDer('inform', options.inform));
  const serial = serialHex(certificate.serial);
  const name = entryName(certificate.subject, certificate.serial);
  let entry = index.bySerial(serial);
  if (!entry) {
    io.note(`Adding Entry with serial number ${serial} to DB for ${name}\n`);
    if (index.uniqueSubject && index.validByName(name))
      refuse(io, 'failed to update database\nTXT_DB error number 2\n');
    entry = { type: 'V', expires: certificate.notAfter, serial, file: 'unknown', name };
    index.add(entry);
    if (!valid) revokeEntry(run, entry);
  } else {
    if (entry.name !== name) refuse(io, `ERROR:name does not match ${name}\n`);
    if (valid) refuse(io, `ERROR:Already present, serial number ${serial}\n`);
    revokeEntry(run, entry);
  }
  writeDatabase(index);
  io.note('Database updated\n');
  if (io.json)
    io.print(`${JSON.stringify({ [valid ? 'entered' : 'revoked']: entryDocument(run, serial) }, null, 2)}\n`);
}

function revokeEntry({ io, options, index }: Run, entry: IndexEntry): void {
  if (entry.type === 'R') refuse(io, `ERROR:Already revoked, serial number ${entry.serial}\n`);
  io.note(`Revoking Certificate ${entry.serial}.\n`);
  const cause = causeOf(io, options);
  const problem = causeProblem(cause);
  if (problem !== undefined) refuse(io, `${problem}\nError in revocation arguments\n`);
  index.replace({ ...entry, type: 'R', revocation: makeRevocation(timeFromMs(Date.now()), cause) });
}

const entryDocument = ({ index }: Run, serial: string): object => documentOf(index.bySerial(serial) as IndexEntry);

/** An entry of the database as data. */
function documentOf({ type, serial, name, expires, revocation }: IndexEntry): object {
  const iso = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());
  return {
    serial,
    subject: name,
    status: STATUS[type].toLowerCase(),
    expires: iso(expires.ms),
    ...(revocation ? { revoked: iso(revocation.date.ms), reason: revocation.reason?.name ?? null } : {}),
  };
}

const STATUS = { V: 'Valid', R: 'Revoked', E: 'Expired', S: 'Suspended' } as const;

/** Says what the database knows of a serial number. OpenSSL's exit code is 1 whatever the answer. */
export function showStatus(io: Io, config: CaConfig, wanted: string): number {
  const index = readDatabase(config.database, config.uniqueSubject);
  const serial = (wanted.length % 2 === 1 ? `0${wanted}` : wanted).toUpperCase();
  const entry = index.bySerial(serial);
  if (io.json) {
    io.print(`${JSON.stringify(entry ? documentOf(entry) : { serial, status: 'unknown' }, null, 2)}\n`);
    return entry ? 0 : 1;
  }
  if (entry) io.note(`${serial}=${STATUS[entry.type]} (${entry.type})\n`);
  else io.note(`Serial ${serial} not present in db.\nError verifying serial ${wanted}!\n`);
  return 1;
}

/** Marks what has expired. */
export function updateDatabase({ io, index, verbose }: Run): void {
  if (verbose) io.note(`Updating ${index.source} ...\n`);
  const serials = markExpired(index, Date.now());
  io.note(serials.map((serial) => `${serial}=Expired\n`).join(''));
  if (serials.length > 0) writeDatabase(index);
  if (verbose) {
    io.note(
      serials.length === 0
        ? 'No entries found to mark expired\n'
        : `Done. ${serials.length} entries marked as expired\n`,
    );
  }
  if (io.json) io.print(`${JSON.stringify({ expired: serials }, null, 2)}\n`);
}
