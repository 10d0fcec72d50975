import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readCrls, type Crl } from '../../../src/lib/crl/index.ts';
import { certificateText, parseTextOptions } from '../../../src/lib/text/certificate.ts';
import { crlText } from '../../../src/lib/text/crl.ts';
import { parseNameOptions } from '../../../src/lib/text/name.ts';
import { toOctets } from '../../../src/lib/text/octets.ts';
import { requestText } from '../../../src/lib/text/request.ts';
import { readCertificates, type Certificate } from '../../../src/lib/x509/certificate.ts';
import { readRequest } from '../../../src/lib/x509/request.ts';
import { openssl } from '../../support/openssl.ts';
import type { GoldenCase } from '../../support/golden.ts';

/** One way to print: the values of -nameopt and -certopt (or -reqopt). */
export interface Options {
  readonly nameopt?: string;
  readonly textopt?: string;
}

/** Without the key, whose text does not depend on options. */
export const OPTIONS: readonly Options[] = [
  {},
  { nameopt: 'compat', textopt: 'no_pubkey,ext_parse' },
  { nameopt: 'RFC2253', textopt: 'no_pubkey,no_sigdump,ext_dump' },
  { nameopt: 'multiline', textopt: 'no_pubkey,ext_error' },
  { nameopt: 'ca_default,-esc_msb,utf8', textopt: 'ca_default' },
  {
    nameopt: 'sep_semi_plus_space,oid,dump_all,dump_der,dn_rev',
    textopt: 'no_header,no_version,no_serial,no_signame,no_pubkey',
  },
  { nameopt: 'lname,show_type,esc_2254,sep_comma_plus', textopt: 'no_validity,no_issuer,no_pubkey,no_extensions' },
];

export type Kind = 'x509' | 'req' | 'crl';

/** What we print, as octets. */
export function ourText(kind: Kind, bytes: Uint8Array, { nameopt, textopt }: Options = {}): Buffer {
  const names = nameopt === undefined ? {} : { nameopt: parseNameOptions(nameopt) };
  const parts = textopt === undefined ? 0 : parseTextOptions(textopt);
  if (kind === 'req') return toOctets(requestText(readRequest(bytes, 'file'), { ...names, reqopt: parts }));
  if (kind === 'crl') return toOctets(crlText(readCrls(bytes, 'file')[0] as Crl, names));
  const [certificate] = readCertificates(bytes, 'file');
  return toOctets(certificateText(certificate as Certificate, { ...names, certopt: parts }));
}

/** What openssl prints, without the lines of its error queue; undefined when it refuses. */
export function theirText(kind: Kind, bytes: Uint8Array, { nameopt, textopt }: Options = {}): Buffer | undefined {
  const args = [kind, '-noout', '-text'];
  if (kind === 'req' && bytes[0] === 0x30) args.push('-inform', 'DER');
  if (nameopt !== undefined) args.push('-nameopt', nameopt);
  if (textopt !== undefined && kind !== 'crl') args.push(kind === 'req' ? '-reqopt' : '-certopt', textopt);
  const { status, stdout } = openssl(args, { input: bytes });
  return status === 0 ? Buffer.from(stdout.replace(/^[0-9A-F]{16}:error:.*\n/gm, ''), 'latin1') : undefined;
}

const digest = (text: Buffer): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** The files of a folder with these endings. */
export const filesOf = (folder: string, ending: RegExp = /\.(?:pem|crt|der)$/): string[] =>
  readdirSync(folder)
    .filter((name) => ending.test(name))
    .map((name) => join(folder, name));

/** One case: digests of a text under all options. */
export const textCase = (kind: Kind, key: string, bytes: Uint8Array): GoldenCase => ({
  key,
  ours: () => OPTIONS.map((options) => digest(ourText(kind, bytes, options))).join(' '),
  theirs: () => {
    const texts = OPTIONS.map((options) => theirText(kind, bytes, options));
    return texts.some((text) => text === undefined) ? undefined : texts.map((text) => digest(text as Buffer)).join(' ');
  },
});

/** One case a file. */
export const textCases = (kind: Kind, files: readonly string[]): GoldenCase[] =>
  files.map((file) => textCase(kind, file.slice(file.lastIndexOf('/') + 1), readFileSync(file)));
