/** What `req` was asked for. */
import { fail } from '../../lib/errors.ts';

/** The flags that the parts of `req` read. */
export interface ReqOptions {
  readonly in: string | undefined;
  readonly inform: string | undefined;
  readonly new: boolean;
  readonly x509: boolean;
  readonly x509v1: boolean;
  readonly precert: boolean;
  readonly config: string | undefined;
  readonly section: string | undefined;
  readonly utf8: boolean;
  readonly batch: boolean;
  readonly verbose: boolean;
  readonly quiet: boolean;
  readonly subj: string | undefined;
  readonly key: string | undefined;
  readonly keyform: string | undefined;
  readonly newkey: string | undefined;
  readonly pkeyopt: readonly string[];
  readonly keyout: string | undefined;
  readonly nodes: boolean;
  readonly cipher: string | undefined;
  readonly passin: string | undefined;
  readonly passout: string | undefined;
  readonly days: number | undefined;
  readonly not_before: string | undefined;
  readonly not_after: string | undefined;
  readonly set_serial: string | undefined;
  readonly CA: string | undefined;
  readonly CAkey: string | undefined;
  readonly addext: readonly string[];
  readonly san: readonly string[];
  readonly extensions: string | undefined;
  readonly reqexts: string | undefined;
  readonly copy_extensions: string | undefined;
  readonly sigopt: readonly string[];
  readonly vfyopt: readonly string[];
}

/** What follows from the flags: whether a certificate comes out, and whether something new is made. */
export interface Aim {
  readonly certificate: boolean;
  readonly fresh: boolean;
}

/**
 * -CA and -x509v1 ask for a certificate; -newkey, -precert, and a certificate without -in ask for something new.
 *
 * @throws TlskitError ERR_USAGE for a certificate that would hold for no day
 */
export function aimOf(options: ReqOptions): Aim {
  if (options.days !== undefined && options.days <= 0) {
    fail('ERR_USAGE', `option -days takes a positive number, not ${options.days}; -not_after sets an end in the past`);
  }
  const certificate = options.x509 || options.x509v1 || options.CA !== undefined;
  const fresh =
    options.new || options.newkey !== undefined || options.precert || (certificate && options.in === undefined);
  return { certificate, fresh };
}

/** The lines that OpenSSL writes about options without effect. */
export function noteUnused(options: ReqOptions, { certificate }: Aim, note: (line: string) => void): void {
  if (!certificate && options.days !== undefined) {
    note('Ignoring -days without -x509; not generating a certificate\n');
  }
  if (!certificate && options.copy_extensions === 'none') {
    note("Ignoring -copy_extensions 'none' when -x509 is not given\n");
  }
  if (options.CAkey !== undefined && options.CA === undefined) {
    note('Warning: Ignoring -CAkey option since no -CA option is given\n');
  }
  if (options.precert && !certificate) note('Warning: Ignoring -precert flag since no cert is produced\n');
}

/**
 * The lines of -addext, and of --san as a line like them.
 *
 * @throws TlskitError ERR_USAGE when one extension is given twice
 */
export function extraExtensions(options: ReqOptions, san: (text: string) => string): readonly string[] {
  const joined = options.san.length === 0 ? [] : [`subjectAltName = ${san(options.san.join(','))}`];
  const lines = [...options.addext, ...joined];
  const seen = new Set<string>();
  for (const line of lines) {
    const name = line.trimStart().split('=', 1)[0]?.trimEnd() ?? '';
    if (name === '' || !line.includes('=')) {
      fail('ERR_USAGE', `-addext takes name=value, for example subjectAltName=DNS:example.org, not "${line}"`);
    }
    if (seen.has(name)) fail('ERR_USAGE', `duplicate extension: ${name} is given more than once`);
    seen.add(name);
  }
  return lines;
}
