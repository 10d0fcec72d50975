/** The `[req]` section and all that hangs on it. */
import type { Config } from '../../lib/conf/config.ts';
import { objectsOf } from '../../lib/conf/objects.ts';
import type { NameBuildOptions } from '../../lib/x509/name-build.ts';
import { parseStringMask } from '../../lib/x509/name-table.ts';
import { Secret } from '../../lib/secret.ts';
import { bytesOf } from '../../lib/der/text.ts';
import { readConfiguration } from '../configuration.ts';
import type { Context } from '../context.ts';
import { passphrases, type Passphrases } from '../flags/encryption.ts';
import { withOidFile } from './oid-file.ts';
import type { ReqOptions } from './options.ts';

/** A configuration as `req` reads it. */
export interface ReqConfig {
  readonly config: Config;
  /** The section's name: `req` unless -section says otherwise. */
  readonly section: string;
  /** A value of the section, or of the default section. */
  get(name: string): string | undefined;
  /** How texts become parts of names. */
  readonly names: NameBuildOptions;
}

/** Reads -config, else the file that OPENSSL_CONF names, else takes the built-in configuration. */
export function readReqConfig(
  io: Pick<Context, 'read' | 'inputName' | 'prompter' | 'note'>,
  options: ReqOptions,
): ReqConfig {
  const { section = 'req' } = options;
  const config = readConfiguration(io, options.config, options.verbose);
  const get = (name: string): string | undefined => config.get(section, name);
  const mask = get('string_mask');
  const oidFile = config.get('default', 'oid_file');
  const objects = objectsOf(config);
  return {
    config,
    section,
    get,
    names: {
      utf8: options.utf8 || get('utf8') === 'yes',
      objects: oidFile === undefined ? objects : withOidFile(objects, io.read(oidFile).toString('utf8')),
      ...(mask === undefined ? {} : { stringMask: parseStringMask(mask) }),
    },
  };
}

/** The passphrases: those that the flags name, else the configuration's `input_password` and `output_password`. */
export function reqPassphrases(
  io: Pick<Context, 'passphrase'>,
  options: { readonly passin: string | undefined; readonly passout: string | undefined },
  config: ReqConfig,
): Passphrases {
  const named = passphrases(io, options);
  const configured = (name: string): Secret | undefined => {
    const value = config.get(name);
    return value === undefined ? undefined : new Secret(bytesOf(value));
  };
  return { in: named.in ?? configured('input_password'), out: named.out ?? configured('output_password') };
}
