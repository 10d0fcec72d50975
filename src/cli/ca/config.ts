/** The section of a CA in openssl.cnf. */
import type { Config, ConfigEntry } from '../../lib/conf/index.ts';
import { namedObjects, objectsOf } from '../../lib/conf/objects.ts';
import { yesOrNo } from '../../lib/ca/index-file.ts';
import { fail } from '../../lib/errors.ts';
import type { ObjectLookup } from '../../lib/registry/find.ts';
import { addObjectNames } from '../../lib/registry/oids.ts';
import { parseTextOptions, type TextOptions } from '../../lib/text/certificate.ts';
import { ONELINE_DEFAULT, parseNameOptions, type NameOptions } from '../../lib/text/name.ts';
import type { CopyExtensions } from '../../lib/x509/copy.ts';
import type { NameBuildOptions } from '../../lib/x509/name-build.ts';
import { parseStringMask } from '../../lib/x509/name-table.ts';
import { readConfiguration } from '../configuration.ts';
import { oidFileObjects, withOidFile } from '../req/oid-file.ts';
import type { CaOptions, Io } from './options.ts';

/** The section where a CA's own section and a few switches are named. */
const BASE = 'ca';

/** How a new certificate is shown before it is signed. */
export interface ShowStyle {
  readonly nameopt: NameOptions;
  readonly certopt: TextOptions;
}

/** A configuration as `ca` reads it. */
export class CaConfig {
  readonly config: Config;
  readonly section: string;
  /** How texts become parts of names. */
  readonly names: NameBuildOptions & { readonly objects: ObjectLookup };

  constructor(config: Config, section: string, names: CaConfig['names']) {
    this.config = config;
    this.section = section;
    this.names = names;
  }

  /** A value of the section, else of the default section. */
  get(name: string): string | undefined {
    return this.config.get(this.section, name);
  }

  /** A value that must be there; `or` says how else it can be given. */
  require(name: string, or?: string): string {
    return requireValue(this.config, this.section, name, or);
  }

  number(name: string): number {
    return this.config.getNumber(this.section, name) ?? 0;
  }

  /** The database of issued certificates, `index.txt`. */
  get database(): string {
    return this.require('database');
  }

  get uniqueSubject(): boolean {
    return yesOrNo(this.get('unique_subject') ?? '', true);
  }

  /** `preserve` and `msie_hack` stand in [ca] itself, as in OpenSSL. */
  switch(name: 'preserve' | 'msie_hack'): boolean {
    return /^y/i.test(this.config.get(BASE, name) ?? '');
  }

  /** `copy_extensions`. */
  get copy(): CopyExtensions {
    const value = (this.get('copy_extensions') ?? 'none').toLowerCase();
    if (value === 'none' || value === 'copy' || value === 'copyall') return value;
    return fail(
      'ERR_CONFIG',
      `${this.config.placeText(this.section, 'copy_extensions')}: copy_extensions = ${value}; it should be none, copy or copyall`,
    );
  }

  /** How a new certificate is shown; undefined for OpenSSL's old list of the subject's attributes. */
  get show(): ShowStyle | undefined {
    const [names, parts] = [this.get('name_opt'), this.get('cert_opt')];
    if (names === undefined && parts === undefined) return undefined;
    return {
      nameopt: names === undefined ? ONELINE_DEFAULT : parseNameOptions(names),
      certopt: parts === undefined ? 0 : parseTextOptions(parts, 0, 'cert_opt'),
    };
  }

  /** The lines of the policy that holds. */
  policy(named: string | undefined): { readonly name: string; readonly entries: readonly ConfigEntry[] } {
    const name = named ?? this.require('policy', '-policy names a section');
    return { name, entries: this.config.requireSection(name, named === undefined ? 'policy' : '-policy') };
  }
}

function requireValue(config: Config, section: string, name: string, or?: string): string {
  const value = config.get(section, name);
  if (value !== undefined) return value;
  const where = config.hasSection(section) ? `has no "${name}"` : `is not there, which should have "${name}"`;
  return fail('ERR_CONFIG', `${config.source}: [${section}] ${where}${or === undefined ? '' : `; ${or}`}`, {
    source: config.source,
  });
}

/**
 * Reads the configuration, and makes the names of its `oid_file` and `oid_section` known.
 *
 * @throws TlskitError ERR_CONFIG
 */
export function readCaConfig(io: Io, options: CaOptions): CaConfig {
  const config = readConfiguration(io, options.config, true);
  const section = options.name ?? requireValue(config, BASE, 'default_ca', '-name names the section of a CA');
  const oidFile = config.get('default', 'oid_file');
  const text = oidFile === undefined ? undefined : io.read(oidFile).toString('utf8');
  const objects = text === undefined ? objectsOf(config) : withOidFile(objectsOf(config), text);
  addObjectNames([...(text === undefined ? [] : oidFileObjects(text)), ...namedObjects(config)]);
  const mask = config.get(section, 'string_mask');
  return new CaConfig(config, section, {
    utf8: options.utf8 || config.get(section, 'utf8') === 'yes',
    objects,
    ...(mask === undefined ? {} : { stringMask: parseStringMask(mask) }),
  });
}
