/** What `x509` was asked for, and the combinations that OpenSSL refuses or warns about. */
import { fail } from '../../lib/errors.ts';

/** The flags that the parts of `x509` read. */
export interface X509Options {
  readonly in: string | undefined;
  readonly inform: string | undefined;
  readonly passin: string | undefined;
  readonly new: boolean;
  readonly req: boolean;
  readonly x509toreq: boolean;
  readonly key: string | undefined;
  readonly keyform: string | undefined;
  readonly force_pubkey: string | undefined;
  readonly subj: string | undefined;
  readonly set_issuer: string | undefined;
  readonly copy_extensions: string | undefined;
  readonly vfyopt: readonly string[];
  readonly sigopt: readonly string[];
  readonly CA: string | undefined;
  readonly CAform: string | undefined;
  readonly CAkey: string | undefined;
  readonly CAkeyform: string | undefined;
  readonly CAserial: string | undefined;
  readonly CAcreateserial: boolean;
  readonly set_serial: string | undefined;
  readonly days: number | undefined;
  readonly not_before: string | undefined;
  readonly not_after: string | undefined;
  readonly preserve_dates: boolean;
  readonly extfile: string | undefined;
  readonly extensions: string | undefined;
  readonly clrext: boolean;
  readonly ext: string | undefined;
  readonly badsig: boolean;
  readonly trustout: boolean;
  readonly setalias: string | undefined;
  readonly clrtrust: boolean;
  readonly clrreject: boolean;
  readonly addtrust: readonly string[];
  readonly addreject: readonly string[];
}

/**
 * Refuses options that contradict each other.
 *
 * @param warn takes the lines that OpenSSL writes about options without effect
 * @throws TlskitError ERR_USAGE
 */
export function checkOptions(options: X509Options, warn: (line: string) => void): void {
  if (options.preserve_dates && (options.days ?? options.not_before ?? options.not_after) !== undefined) {
    fail('ERR_USAGE', 'cannot use -preserve_dates with -days, -not_before or -not_after');
  }
  if (options.new) checkNew(options);
  if (options.CA !== undefined && options.key !== undefined) {
    fail('ERR_USAGE', 'cannot use both -key/-signkey and -CA: they name two signers');
  }
  if (options.clrext && options.copy_extensions !== undefined && options.copy_extensions !== 'none') {
    if (options.req || options.x509toreq) fail('ERR_USAGE', 'must not use -clrext together with -copy_extensions');
  }
  if (options.x509toreq && options.key === undefined) {
    fail('ERR_USAGE', '-x509toreq needs the key that signs the request: give it with -key');
  }
  for (const [there, line] of withoutEffect(options)) if (there) warn(`Warning: ${line}\n`);
}

function checkNew(options: X509Options): void {
  if (options.in !== undefined) fail('ERR_USAGE', 'the -in option cannot be used with -new');
  if (options.req) fail('ERR_USAGE', 'the -req option cannot be used with -new');
  if (options.subj === undefined) fail('ERR_USAGE', 'the -new option requires a subject to be set using -subj');
  if (options.key === undefined && options.force_pubkey === undefined) {
    fail('ERR_USAGE', 'the -new option requires using the -key or -force_pubkey option');
  }
}

function withoutEffect(options: X509Options): [boolean, string][] {
  const alone = (flag: string): string => `ignoring -${flag} option since -CA option is not given`;
  const ca = options.CA !== undefined;
  return [
    [!ca && options.CAkey !== undefined, alone('CAkey')],
    [!ca && options.CAserial !== undefined, alone('CAserial')],
    [!ca && options.CAcreateserial, alone('CAcreateserial')],
    [options.extfile === undefined && options.extensions !== undefined, 'ignoring -extensions option without -extfile'],
    [
      !options.req && !options.x509toreq && options.copy_extensions !== undefined,
      'ignoring -copy_extensions since neither -x509toreq nor -req is given',
    ],
    [options.preserve_dates && (options.req || options.new), 'ignoring -preserve_dates option with -req or -new'],
    [options.clrext && options.ext !== undefined, 'ignoring -ext since -clrext is given'],
  ];
}
