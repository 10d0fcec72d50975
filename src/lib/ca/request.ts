/** What of a request goes into its certificate. */
import { CERTIFICATE_EXTENSION } from '../registry/certificate-extensions.ts';
import { fail } from '../errors.ts';
import { PublicKey } from '../keys/model.ts';
import { findObject } from '../registry/find.ts';
import { shortName } from '../registry/oids.ts';
import { readDer } from '../der/index.ts';
import type { Extension } from '../x509/certificate.ts';
import type { Name } from '../x509/name.ts';
import type { CertificateRequest } from '../x509/request.ts';
import { requestSignedByItself } from '../x509/verify-signed.ts';
import type { CertificateOrder } from './issue.ts';
import { templateByName } from './templates.ts';

export interface SignOptions extends CertificateOrder {
  /**
   * Which requested extensions are copied, by their short names; `all` for all of them. Default: subjectAltName, unless `names` are given.
   * What makes a CA, and key identifiers, are never copied.
   */
  readonly copy?: readonly string[] | undefined;
}

const SUBJECT_ALT_NAME = '2.5.29.17';
const COMMON_NAME = '2.5.4.3';
const BASIC_CONSTRAINTS = CERTIFICATE_EXTENSION.basicConstraints;
/** Identifiers that the issuer computes itself. */
const OURS: ReadonlySet<string> = new Set(['2.5.29.14', '2.5.29.35']);

/**
 * The order that a request makes.
 *
 * @throws TlskitError ERR_SIGNATURE when the request is not signed by its key, ERR_USAGE for a copied extension that makes a CA
 */
export function requestOrder(
  request: CertificateRequest,
  options: SignOptions,
): { readonly publicKey: PublicKey; readonly order: CertificateOrder } {
  if (!requestSignedByItself(request))
    fail('ERR_SIGNATURE', "the request's signature does not fit its key and its content");
  const { copy, ...order } = options;
  const copied = copiedExtensions(request, copy, options);
  const { subject } = request;
  const { names = [], template = 'server' } = options;
  if (names.length === 0 && copied.length === 0) refuseNameless(template, subject);
  return {
    publicKey: PublicKey.fromSpki(request.spki),
    order: { ...order, subject: order.subject ?? subject, copied },
  };
}

/** Clients have long ceased to look for names in the commonName (RFC 9525 section 2): it is not taken for one in silence. */
function refuseNameless(template: NonNullable<CertificateOrder['template']>, subject: Name): void {
  const { named, title } = typeof template === 'string' ? templateByName(template) : template;
  if (!named) return;
  const common = subject.attributes.find(({ oid }) => oid === COMMON_NAME)?.value.toString('utf8') ?? '';
  const name = /^[a-z0-9.-]+$/i.test(common) ? common : 'www.example.org';
  fail(
    'ERR_USAGE',
    `the request has no subjectAltName, and a certificate for ${title} needs one: add one with -name ${name}`,
  );
}

function copiedExtensions(
  request: CertificateRequest,
  copy: readonly string[] | undefined,
  { names = [], template = 'server' }: SignOptions,
): readonly Extension[] {
  if (request.requestedExtensions === undefined)
    fail('ERR_FORMAT', 'the extensions that the request asks for cannot be read');
  const wanted = copy ?? ['subjectAltName'];
  const ids = new Set(wanted.map((name) => (name === 'all' ? 'all' : extensionId(name))));
  const takes = ({ oid }: Extension): boolean => {
    if (oid === SUBJECT_ALT_NAME && names.length > 0) return false;
    return !OURS.has(oid) && (ids.has('all') || ids.has(oid));
  };
  const found = request.extensions.filter(takes);
  const ca = (typeof template === 'string' ? templateByName(template) : template).name === 'ca';
  for (const extension of found) if (!ca) refuseCa(extension);
  // what the template says of CAs, it says better
  return found.filter(({ oid }) => oid !== BASIC_CONSTRAINTS);
}

/** A request must not make a CA of an end entity's certificate. */
function refuseCa({ oid, value }: Extension): void {
  const says = (): boolean => readDer(value, 'ber').children.length > 0;
  if (oid === BASIC_CONSTRAINTS && says())
    fail(
      'ERR_USAGE',
      'the request asks for a CA certificate; sign it with -template ca, or do not copy basicConstraints',
    );
}

function extensionId(name: string): string {
  const object = findObject(name);
  if (object) return object.oid;
  return fail('ERR_USAGE', `"${name}" is no extension that we know; write ${shortName(SUBJECT_ALT_NAME)} or its like`);
}
