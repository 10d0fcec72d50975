/** The request or certificate that `req` makes. */
import { parseConfig } from '../../lib/conf/parse.ts';
import { fail } from '../../lib/errors.ts';
import type { PrivateKey } from '../../lib/keys/model.ts';
import {
  buildCertificate,
  buildRequest,
  laterBy,
  parseTime,
  timeFromMs,
  VERSION_1,
  VERSION_3,
  type CertificateFields,
} from '../../lib/x509/build.ts';
import type { Certificate, Extension } from '../../lib/x509/certificate.ts';
import { copyExtensions } from '../../lib/x509/copy.ts';
import {
  buildExtension,
  buildExtensions,
  parseSanList,
  withKeyIds,
  type ExtensionContext,
} from '../../lib/x509/extensions/index.ts';
import type { Name } from '../../lib/x509/name.ts';
import type { CertificateRequest } from '../../lib/x509/request.ts';
import { parseSerial, randomSerial } from '../../lib/x509/serial.ts';
import { signatureFor, type SigningOptions } from '../../lib/x509/sign.ts';
import type { Context } from '../context.ts';
import { copyMode, keyOf, type Inputs } from '../flags/certificates.ts';
import type { ReqConfig } from './config.ts';
import { extraExtensions, type ReqOptions } from './options.ts';
import { subjectOf, type Identity } from './subject.ts';

/** What signs a certificate in place of its own key. */
export interface Issuer {
  readonly certificate: Certificate;
  readonly key: PrivateKey;
}

/** Reads -CA and -CAkey, which must belong together. */
export async function readIssuer(inputs: Inputs, { CA, CAkey = CA }: ReqOptions): Promise<Issuer | undefined> {
  if (CA === undefined || CAkey === undefined) return undefined;
  const key = await inputs.privateKey(CAkey);
  const certificate = await inputs.certificate(CA);
  if (key.publicKey.equals(keyOf(certificate))) return { certificate, key };
  return fail('ERR_KEY_MISMATCH', `the issuer's certificate and key do not match: ${CA} and ${CAkey}`);
}

/** The sources of extensions in the order in which they apply. */
export class ExtensionSources {
  readonly #config: ReqConfig;
  readonly #section: string | undefined;
  readonly #lines: readonly string[];

  /**
   * Finds the section that -extensions or -reqexts names, or the configuration, and reads -addext and --san.
   *
   * @throws TlskitError ERR_CONFIG for a section that is not there, ERR_USAGE for an extension given twice
   */
  constructor(config: ReqConfig, options: ReqOptions, certificate: boolean) {
    const [flag, fallback] = certificate
      ? (['extensions', 'x509_extensions'] as const)
      : (['reqexts', 'req_extensions'] as const);
    this.#config = config;
    this.#section = options[flag] ?? config.get(fallback);
    this.#lines = extraExtensions(options, parseSanList);
    for (const [name, wanted] of [
      [this.#section, options[flag] === undefined ? fallback : `-${flag}`],
      // a section that is named must be there even where it is not used
      [options.extensions, '-extensions'],
      [options.reqexts, '-reqexts'],
      [options.extensions === undefined ? config.get('x509_extensions') : undefined, 'x509_extensions'],
      [options.reqexts === undefined ? config.get('req_extensions') : undefined, 'req_extensions'],
    ] as const) {
      if (name !== undefined) config.config.requireSection(name, wanted);
    }
  }

  /** Adds the extensions of the section, then those of -addext, which replace what is there. */
  build(context: ExtensionContext, withSection = true): Extension[] {
    const { config, names } = this.#config;
    const common = {
      ...context,
      ...(names.objects ? { objects: names.objects } : {}),
      ...(names.stringMask === undefined ? {} : { stringMask: names.stringMask }),
    };
    const section = this.#section;
    let existing: readonly Extension[] = context.existing ?? [];
    if (section !== undefined && withSection) {
      const where = `${config.source}: [${section}]`;
      existing = buildExtensions(config.section(section) ?? [], { ...common, config, where, existing });
    }
    if (this.#lines.length === 0) return [...existing];
    const extra = parseConfig(this.#lines.join('\n'), { source: '-addext', env: process.env });
    const entries = extra.section('default') ?? [];
    return buildExtensions(entries, { ...common, config: extra, where: '-addext', existing, keepDuplicates: false });
  }
}

/** Makes and signs a request. */
export function makeRequest(
  io: Pick<Context, 'digest'>,
  options: ReqOptions,
  config: ReqConfig,
  key: PrivateKey,
  { subject, attributes }: Identity,
  sources: ExtensionSources,
): CertificateRequest {
  const { spki } = key.publicKey;
  let name = subject;
  const onSubjectChange = (changed: Name): void => {
    name = changed;
  };
  const extensions = sources.build({ subject: { subject, spki }, keepDuplicates: true, onSubjectChange });
  const fields = { subject: name, spki, attributes, extensions };
  return buildRequest(fields, signatureFor(key, signing(io, options, config)));
}

function signing(io: Pick<Context, 'digest'>, options: ReqOptions, config: ReqConfig): SigningOptions {
  const fromConfig = config.get('default_md');
  const digest = io.digest ?? (fromConfig === 'default' ? undefined : fromConfig);
  return { digest, sigopts: options.sigopt };
}

const DEFAULT_DAYS = 30;

/** What a certificate is made of: a request that was read, or an identity with a key of its own. */
export interface CertificateParts {
  readonly identity: Identity;
  readonly request: CertificateRequest | undefined;
  readonly key: PrivateKey | undefined;
  readonly issuer: Issuer | undefined;
  readonly sources: ExtensionSources;
}

/** Makes and signs a certificate. */
export function makeCertificate(
  io: Pick<Context, 'digest' | 'note'>,
  options: ReqOptions,
  config: ReqConfig,
  parts: CertificateParts,
): Certificate {
  const { request, key, issuer, sources } = parts;
  const signer = issuer?.key ?? key;
  if (!signer) return fail('ERR_USAGE', 'a signature key is needed: give it with -key, or -CA and -CAkey');
  const { fields: before, context } = fieldsOf(io, options, config, parts, signer);
  let { subject } = before;
  const taken = takenExtensions(io, options, request);
  const made = sources.build(
    {
      ...context,
      existing: taken,
      onSubjectChange: (changed) => {
        subject = changed;
      },
    },
    !options.x509v1,
  );
  const poison = options.precert ? [buildExtension('ct_precert_poison', 'critical,NULL')] : [];
  const extensions = withKeyIds([...made, ...poison], context);
  if (options.x509v1 && extensions.length > 0) {
    fail('ERR_USAGE', '-x509v1 makes a certificate of version 1, which has no extensions; leave out -addext and --san');
  }
  const versionField = made.length + poison.length > 0 ? VERSION_3 : VERSION_1;
  const fields = { ...before, subject, extensions, versionField };
  return buildCertificate(fields, signatureFor(signer, signing(io, options, config)));
}

function fieldsOf(
  io: Pick<Context, 'note'>,
  options: ReqOptions,
  config: ReqConfig,
  { identity, request, issuer, key }: CertificateParts,
  signer: PrivateKey,
): { fields: Omit<CertificateFields, 'extensions'>; context: ExtensionContext } {
  const own = options.subj === undefined ? identity.subject : subjectOf(io, options.subj, config.names);
  const spki = request?.spki ?? (key as PrivateKey).publicKey.spki;
  const selfSigned = signer.publicKey.equals(keyOf({ spki }));
  if (!selfSigned && !issuer) io.note('Warning: Signature key and public key of cert do not match\n');
  const fields = {
    versionField: VERSION_1,
    serial: options.set_serial === undefined ? randomSerial() : parseSerial(options.set_serial),
    // OpenSSL names the request's subject as issuer, also where -subj gives the certificate another
    issuer: issuer?.certificate.subject ?? identity.subject,
    subject: own,
    ...validity(options),
    spki,
  };
  const context: ExtensionContext = {
    subject: { subject: own, spki, issuer: fields.issuer, serial: fields.serial },
    issuer: issuer?.certificate ?? 'self',
    ...(issuer ? {} : { issuerKey: signer.publicKey.spki }),
    selfSigned,
  };
  return { fields, context };
}

function validity({
  days = DEFAULT_DAYS,
  not_before: from,
  not_after: to,
}: ReqOptions): Pick<CertificateFields, 'notBefore' | 'notAfter'> {
  const now = Date.now();
  return {
    notBefore: from === undefined ? timeFromMs(now) : parseTime(from, '-not_before', now),
    notAfter: to === undefined ? timeFromMs(laterBy(now, days)) : parseTime(to, '-not_after', now),
  };
}

function takenExtensions(
  io: Pick<Context, 'note'>,
  options: ReqOptions,
  request: CertificateRequest | undefined,
): readonly Extension[] {
  const mode = copyMode(options.copy_extensions);
  if (!request) return [];
  if (mode !== undefined) return copyExtensions([], request.extensions, mode);
  io.note('Warning: No -copy_extensions given; ignoring any extensions in the request\n');
  return [];
}
