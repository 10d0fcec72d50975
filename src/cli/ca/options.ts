/** What `ca` was asked for. */
import { fail } from '../../lib/errors.ts';
import type { Context } from '../context.ts';

/** The flags that the parts of `ca` read. */
export interface CaOptions {
  readonly config: string | undefined;
  readonly name: string | undefined;
  readonly verbose: boolean;
  readonly quiet: boolean;
  readonly batch: boolean;
  readonly notext: boolean;
  readonly out: string | undefined;
  readonly outdir: string | undefined;
  readonly dateopt: string | undefined;
  readonly in: string | undefined;
  readonly inform: string | undefined;
  readonly infiles: boolean;
  readonly ss_cert: string | undefined;
  readonly spkac: string | undefined;
  readonly msie_hack: boolean;
  readonly policy: string | undefined;
  readonly subj: string | undefined;
  readonly utf8: boolean;
  readonly create_serial: boolean;
  readonly rand_serial: boolean;
  readonly startdate: string | undefined;
  readonly enddate: string | undefined;
  readonly days: number | undefined;
  readonly extensions: string | undefined;
  readonly extfile: string | undefined;
  readonly preserveDN: boolean;
  readonly noemailDN: boolean;
  readonly md: string | undefined;
  readonly keyfile: string | undefined;
  readonly keyform: string | undefined;
  readonly passin: string | undefined;
  readonly key: string | undefined;
  readonly cert: string | undefined;
  readonly certform: string | undefined;
  readonly selfsign: boolean;
  readonly sigopt: readonly string[];
  readonly vfyopt: readonly string[];
  readonly gencrl: boolean;
  readonly crldays: number | undefined;
  readonly crlhours: number | undefined;
  readonly crlsec: number | undefined;
  readonly crl_lastupdate: string | undefined;
  readonly crl_nextupdate: string | undefined;
  readonly crlexts: string | undefined;
  readonly revoke: string | undefined;
  readonly valid: string | undefined;
  readonly crl_reason: string | undefined;
  readonly crl_hold: string | undefined;
  readonly crl_compromise: string | undefined;
  readonly crl_CA_compromise: string | undefined;
  readonly status: string | undefined;
  readonly updatedb: boolean;
}

/** What the parts of `ca` need of the running command. */
export type Io = Pick<
  Context,
  'read' | 'write' | 'inputName' | 'passphrase' | 'prompter' | 'note' | 'print' | 'order' | 'json' | 'flushNotes'
>;

/** OpenSSL's words for a refusal have been said; the command ends with exit code 1 and writes nothing. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** Refuses in OpenSSL's words, which scripts look for. With --json the error is a document like any other. */
export function refuse(io: Pick<Io, 'note' | 'json'>, words: string): never {
  if (io.json) fail('ERR_USAGE', words.trim().replace(/\s*\n\s*/g, ' '));
  io.note(words);
  throw new Refused(words);
}

/** True when certificates are to be issued. */
export const issues = (options: CaOptions, args: readonly string[]): boolean =>
  options.in !== undefined ||
  options.infiles ||
  args.length > 0 ||
  options.ss_cert !== undefined ||
  options.spkac !== undefined;

/** True when -verbose holds: -quiet after it takes it back. */
export const isVerbose = (io: Pick<Io, 'order'>, options: CaOptions): boolean =>
  options.verbose && !(options.quiet && io.order.lastIndexOf('quiet') > io.order.lastIndexOf('verbose'));

/**
 * Refuses what cannot be meant.
 *
 * @throws TlskitError ERR_USAGE
 */
export function checkNumbers(options: CaOptions): void {
  for (const name of ['days', 'crldays', 'crlhours', 'crlsec'] as const) {
    const value = options[name];
    if (value !== undefined && value <= 0) fail('ERR_USAGE', `option -${name} takes a positive number, not ${value}`);
  }
}
