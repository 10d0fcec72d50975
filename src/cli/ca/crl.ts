/** `ca -gencrl`: the list of what the database says is revoked. */
import type { IndexEntry } from '../../lib/ca/index-file.ts';
import type { Revocation } from '../../lib/ca/revocation.ts';
import { timeFromText } from '../../lib/ca/revocation.ts';
import {
  buildCrl,
  crlNumberExtension,
  crlPem,
  revokedEntry,
  sortRevoked,
  type RevokedFields,
} from '../../lib/crl/index.ts';
import { bigintOf } from '../../lib/der/index.ts';
import { parseTime, timeFromMs } from '../../lib/x509/build.ts';
import type { Certificate, Extension } from '../../lib/x509/certificate.ts';
import { buildExtensions } from '../../lib/x509/extensions/index.ts';
import { nextSerial, parseSerial, serialHex } from '../../lib/x509/serial.ts';
import type { Time } from '../../lib/x509/time.ts';
import { readNumber, writeNumber } from './files.ts';
import type { Run } from './issue.ts';
import { refuse, type Io } from './options.ts';
import { signerOf } from './signer.ts';

const HOUR = 3600;

/** Makes the CRL, takes its number, and queues it for -out. */
export function makeCrl(run: Run): void {
  const { io, options, config, index, authority, verbose } = run;
  const issuer = authority.certificate as Certificate;
  const section = options.crlexts ?? config.get('crl_extensions');
  const numberFile = config.get('crlnumber');
  if (section !== undefined) {
    config.config.requireSection(section, options.crlexts === undefined ? 'crl_extensions' : '-crlexts');
  }
  const number = numberFile === undefined ? undefined : readNumber(numberFile, 'CRL number');
  const now = Date.now();
  const seconds = interval(run);
  if (verbose) io.note('making CRL\n');
  const thisUpdate = updateTime(io, options.crl_lastupdate, 'lastUpdate', now, now);
  const nextUpdate = updateTime(io, options.crl_nextupdate, 'nextUpdate', now, now + seconds * 1000);
  const revoked = sortRevoked(index.entries.flatMap(revokedOf));
  if (verbose) io.note('signing CRL\n');
  const extensions: Extension[] = section === undefined ? [] : sectionExtensions(run, section, issuer);
  if (number) extensions.push(crlNumberExtension(bigintOf(number)));
  const second = extensions.length > 0 || section !== undefined || revoked.some((one) => one.extensions.length > 0);
  const fields = {
    issuer: issuer.subject,
    thisUpdate,
    nextUpdate,
    revoked,
    extensions,
    versionField: second ? 1n : 0n,
  };
  const crl = buildCrl(fields, signerOf(options, config, authority.key));
  if (number && numberFile !== undefined) writeNumber(numberFile, nextSerial(number));
  if (io.json) {
    const file = options.out === undefined ? { crl: crlPem(crl) } : { file: options.out };
    const numbers = number ? { number: serialHex(number) } : {};
    io.print(`${JSON.stringify({ ...numbers, revoked: revoked.length, ...file }, null, 2)}\n`);
    if (options.out === undefined) return;
  }
  io.write(options.out, crlPem(crl));
}

/** Seconds to the next CRL. */
function interval({ io, options, config }: Run): number {
  let { crldays: days = 0, crlhours: hours = 0 } = options;
  const { crlsec = 0 } = options;
  if (days === 0 && hours === 0 && crlsec === 0) {
    days = config.number('default_crl_days');
    hours = config.number('default_crl_hours');
  }
  const seconds = (days * 24 + hours) * HOUR + crlsec;
  if (seconds === 0 && options.crl_nextupdate === undefined) {
    refuse(io, 'cannot lookup how long until the next CRL is issued\n');
  }
  return seconds;
}

function updateTime(io: Io, text: string | undefined, name: string, now: number, otherwise: number): Time {
  if (text === undefined) return timeFromMs(otherwise);
  if (text !== 'today' && !(/^(\d{12}|\d{14})Z$/.test(text) && timeFromText(text))) {
    refuse(io, `error setting CRL ${name}\n`);
  }
  return parseTime(text, `-crl_${name.toLowerCase()}`, now);
}

function sectionExtensions({ config }: Run, section: string, issuer: Certificate): Extension[] {
  const { stringMask, objects } = config.names;
  return buildExtensions(config.config.section(section) ?? [], {
    config: config.config,
    where: `${config.config.source}: [${section}]`,
    issuer,
    objects,
    keepDuplicates: true,
    ...(stringMask === undefined ? {} : { stringMask }),
  });
}

function revokedOf({ serial, revocation }: IndexEntry): RevokedFields[] {
  if (!revocation) return [];
  const [sign, digits] = serial.startsWith('-') ? ['-', serial.slice(1)] : ['', serial];
  return [revokedEntry(parseSerial(`${sign}0x${digits}`), revocation.date, detailsOf(revocation))];
}

const detailsOf = ({ reason, holdInstruction, invalidityDate }: Revocation): Parameters<typeof revokedEntry>[2] => ({
  reason: reason?.code,
  holdInstruction,
  invalidityDate: invalidityDate?.ms,
});
