import type { Config, ConfigEntry } from '../../conf/index.ts';
import { generateAsn1 } from '../../der/generate.ts';
import { shown } from '../../der/text.ts';
import { TlskitError, fail } from '../../errors.ts';
import { findObject, type ObjectLookup } from '../../registry/find.ts';
import type { Extension } from '../certificate.ts';
import type { Name } from '../name.ts';
import { nameFromSection } from '../name-build.ts';

/** The certificate or request that the extensions are for. */
export interface ExtensionSubject {
  readonly subject: Name;
  /** SubjectPublicKeyInfo. */
  readonly spki: Buffer;
  /** Of a certificate that is its own issuer: `authorityKeyIdentifier` with `issuer` needs them. */
  readonly issuer?: Name;
  /** Content octets of the serial number. */
  readonly serial?: Buffer;
}

/** The certificate of the issuer; a `Certificate` fits. */
export interface ExtensionIssuer {
  readonly issuer: Name;
  /** Content octets of the serial number. */
  readonly serial: Buffer;
  readonly extensions: readonly Extension[];
}

/** What values of extensions may refer to. Leave out what is not known: values that need it are refused. */
export interface ExtensionContext {
  /** Holds the sections that values name with `@section` and the like. */
  readonly config?: Config;
  /** Where the entries stand, for messages, e.g. `[v3_ca]` or `-addext`. */
  readonly where?: string;
  readonly subject?: ExtensionSubject;
  /** `self`: the certificate being made is its own issuer. Absent for a request. */
  readonly issuer?: ExtensionIssuer | 'self';
  /** SubjectPublicKeyInfo of the signing key, if known: the key identifier of a certificate that is its own issuer and has none. */
  readonly issuerKey?: Buffer;
  /** True when the signing key is the subject's own; when not given, true with issuer `self`. */
  readonly selfSigned?: boolean;
  /** Extensions that are there already; those made come after them. */
  readonly existing?: readonly Extension[];
  /** True to keep an extension beside a later one with the same identifier, as OpenSSL does in requests; otherwise the later one counts. */
  readonly keepDuplicates?: boolean;
  /** Told the new subject after `email:move` has taken addresses out of it. */
  readonly onSubjectChange?: (subject: Name) => void;
  /** `string_mask` in bits, for directory names. */
  readonly stringMask?: number;
  /** Finds objects by name; OpenSSL's names when not given. */
  readonly objects?: ObjectLookup;
}

/** `name` or `name:value`, an element of a value's list or a line of a section. */
export interface Item {
  readonly name: string;
  readonly value: string | undefined;
}

/** A section that an extension is made of has no more lines. */
const MAX_LINES = 10_000;

/** What a builder of one extension works with. */
export class Scope {
  readonly context: ExtensionContext;
  readonly objects: ObjectLookup;
  /** All extensions so far. */
  readonly extensions: Extension[];
  subject: ExtensionSubject | undefined;

  constructor(context: ExtensionContext) {
    this.context = context;
    this.objects = context.objects ?? findObject;
    this.extensions = [...(context.existing ?? [])];
    this.subject = context.subject;
  }

  /** The lines of a section that a value names. */
  section(name: string): readonly ConfigEntry[] {
    const entries = this.context.config?.section(name);
    if (entries && entries.length > MAX_LINES)
      fail('ERR_LIMIT', `the section [${shown(name)}] has more than ${MAX_LINES} lines`);
    return entries ?? fail('ERR_EXTENSION', `there is no section [${shown(name)}]${this.#source}`);
  }

  get #source(): string {
    return this.context.config ? ` in ${this.context.config.source}` : '';
  }

  /** The lines of a section as items. */
  items(name: string): readonly Item[] {
    return this.section(name).map(([key, value]) => ({ name: key, value }));
  }

  /** The dotted identifier of the object that `text` names. */
  oid(text: string | undefined): string {
    const object = text === undefined ? undefined : this.objects(text);
    return (
      object?.oid ??
      fail('ERR_EXTENSION', `"${shown(text ?? '')}" is neither the name of an object nor a dotted identifier`)
    );
  }

  /** A distinguished name from a section. */
  name(section: string): Name {
    const { stringMask } = this.context;
    return nameFromSection(this.section(section), section, {
      objects: this.objects,
      ...(stringMask === undefined ? {} : { stringMask }),
    });
  }

  /** A value in the ASN.1 generation language. */
  generate(text: string): Buffer {
    try {
      return generateAsn1(text, { section: (name) => this.context.config?.section(name), objects: this.objects });
    } catch (error) {
      if (!(error instanceof TlskitError) || error.code !== 'ERR_FORMAT') throw error;
      throw new TlskitError('ERR_EXTENSION', error.message, { cause: error });
    }
  }
}

/** Makes the content of an extension from its value's items. */
export type ItemsBuilder = (items: readonly Item[], scope: Scope) => Buffer;
/** Makes the content of an extension from its value's text. */
export type TextBuilder = (text: string, scope: Scope) => Buffer;

/** Refuses an item; `allowed` says what could stand there. */
export function refuse(item: Item, allowed: string): never {
  const text = item.value === undefined ? item.name : `${item.name}:${item.value}`;
  return fail('ERR_EXTENSION', `"${shown(text)}" should be ${allowed}`);
}
