/** Certificates from an issuer's key, by template, in memory: no file, no database. */
import type { ConfigEntry } from '../conf/index.ts';
import { fail } from '../errors.ts';
import type { PrivateKey, PublicKey } from '../keys/model.ts';
import { findObject } from '../registry/find.ts';
import { buildCertificate, laterBy, timeFromMs, VERSION_3 } from '../x509/build.ts';
import type { Certificate, Extension } from '../x509/certificate.ts';
import { copyExtensions } from '../x509/copy.ts';
import { buildExtensions, withKeyIds, type ExtensionContext } from '../x509/extensions/index.ts';
import { attributeOf } from '../x509/name-build.ts';
import { Name } from '../x509/name.ts';
import { randomSerial } from '../x509/serial.ts';
import { signatureFor } from '../x509/sign.ts';
import { alternativeNameText, parseNames, type CertifiedName } from './names.ts';
import { leafKeyUsage, templateByName, type Template, type TemplateName } from './templates.ts';

/** Who issues: a CA's certificate with its key. */
export interface Issuer {
  readonly certificate: Certificate;
  readonly key: PrivateKey;
}

/** Where those who get a certificate find out more: goes into each certificate that is issued. */
export interface IssuerUrls {
  /** cRLDistributionPoints (RFC 5280 section 4.2.1.13). */
  readonly crl?: string | undefined;
  /** Delta CRLs: freshestCRL (section 5.2.6) of the CA's full CRLs. */
  readonly delta?: string | undefined;
  /** The OCSP responder, in authorityInfoAccess (section 4.2.2.1). */
  readonly ocsp?: string | undefined;
  /** The issuer's certificate, in authorityInfoAccess. */
  readonly issuer?: string | undefined;
}

/** What a certificate should say. */
export interface CertificateOrder {
  /** Hosts, IP addresses, mailboxes and URIs, in any mix: the subjectAltName. The first one is the commonName, too. */
  readonly names?: readonly (string | CertifiedName)[] | undefined;
  /** Default `server`. */
  readonly template?: TemplateName | Template | undefined;
  /** The whole subject; without it the commonName, of 64 characters at most, else an empty one. */
  readonly subject?: Name | undefined;
  /** Default: the template's; never beyond the end of the issuer. */
  readonly days?: number | undefined;
  /** Milliseconds since 1970; default: a minute ago, as clocks differ, but not before the issuer's own start. */
  readonly notBefore?: number | undefined;
  /** Milliseconds since 1970, in place of `days`. Nobody cuts it. */
  readonly notAfter?: number | undefined;
  /** Content octets; default: 159 random bits. */
  readonly serial?: Buffer | undefined;
  /** A digest's name for the signature; default: SHA-256, or what the issuer's key wants. */
  readonly digest?: string | undefined;
  /** Lines of the extension language that replace the template's or stand beside them. */
  readonly extensions?: readonly ConfigEntry[] | undefined;
  /** Extensions as they are, in place of the template's of the same type: what a request asks for. */
  readonly copied?: readonly Extension[] | undefined;
  readonly urls?: IssuerUrls | undefined;
  /** Of the template `ca`: how many CAs may follow below (default 0). */
  readonly pathLength?: number | undefined;
}

const MINUTE = 60_000;
/** ub-common-name (RFC 5280 appendix A.1). */
const MAX_COMMON_NAME = 64;

/**
 * Issues a certificate for a public key. It takes about a tenth of a millisecond of its own, and what the signature takes.
 *
 * @param now milliseconds since 1970
 * @throws TlskitError ERR_USAGE for names, days or a template that make no certificate; ERR_EXTENSION; ERR_KEY
 * @example
 * const certificate = issueCertificate(ca, key.publicKey, { names: ['localhost', '127.0.0.1'] });
 */
export function issueCertificate(
  issuer: Issuer,
  publicKey: PublicKey,
  order: CertificateOrder = {},
  now: number = Date.now(),
): Certificate {
  const template = templateOf(order);
  const names = orderedNames(order);
  if (template.named && names.length === 0 && !order.copied?.length)
    fail('ERR_USAGE', `a certificate for ${template.title} needs a name: a host, an address, a mailbox`);
  const subject = order.subject ?? subjectFor(names);
  const serial = order.serial ?? randomSerial();
  const { spki } = publicKey;
  const context: ExtensionContext = {
    subject: { subject, spki, issuer: issuer.certificate.subject, serial },
    issuer: issuer.certificate,
    selfSigned: false,
  };
  const entries = replaceEntries(templateEntries(template, order, names, publicKey, subject), order.extensions ?? []);
  const made = copyExtensions(buildExtensions(entries, context), order.copied ?? [], 'copyall');
  const extensions = withKeyIds(made, context);
  return buildCertificate(
    {
      versionField: VERSION_3,
      serial,
      issuer: issuer.certificate.subject,
      subject,
      spki,
      extensions,
      ...validity(issuer.certificate, order, template, now),
    },
    signatureFor(issuer.key, { digest: order.digest }),
  );
}

const templateOf = ({ template = 'server' }: CertificateOrder): Template =>
  typeof template === 'string' ? templateByName(template) : template;

function orderedNames({ names = [] }: CertificateOrder): readonly CertifiedName[] {
  const words = names.filter((name) => typeof name === 'string');
  return words.length === 0 ? (names as readonly CertifiedName[]) : parseNames(names.map(wordOf));
}

const wordOf = (name: string | CertifiedName): string => (typeof name === 'string' ? name : name.value);

/** A subject of the commonName alone: the first name, where it is short enough and no URI. */
function subjectFor(names: readonly CertifiedName[]): Name {
  const first = names.find(({ kind, value }) => kind !== 'URI' && value.length <= MAX_COMMON_NAME);
  return first ? commonName(first.value) : Name.empty;
}

/** The name that consists of this commonName. */
export function commonName(text: string): Name {
  const object = findObject('CN');
  return object ? Name.of([[attributeOf(object, text, { utf8: true })]]) : Name.empty;
}

function templateEntries(
  template: Template,
  order: CertificateOrder,
  names: readonly CertifiedName[],
  key: PublicKey,
  subject: Name,
): ConfigEntry[] {
  const ca = template.name === 'ca';
  const entries: ConfigEntry[] = [
    ['basicConstraints', ca ? `critical,CA:TRUE,pathlen:${order.pathLength ?? 0}` : 'critical,CA:FALSE'],
    ['keyUsage', `critical,${ca ? CA_KEY_USAGE : leafKeyUsage(template, key.type)}`],
  ];
  if (template.purposes !== undefined) entries.push(['extendedKeyUsage', template.purposes]);
  // section 4.2.1.6: critical where the subject is empty
  if (names.length > 0)
    entries.push(['subjectAltName', `${subject.isEmpty ? 'critical,' : ''}${alternativeNameText(names)}`]);
  return [...entries, ...template.more, ...urlEntries(order.urls ?? {})];
}

/** keyUsage of a CA. */
export const CA_KEY_USAGE = 'keyCertSign,cRLSign';

/** cRLDistributionPoints and authorityInfoAccess. */
function urlEntries({ crl, ocsp, issuer }: IssuerUrls): ConfigEntry[] {
  const access = [
    ...(ocsp === undefined ? [] : [`OCSP;URI:${urlText(ocsp)}`]),
    ...(issuer === undefined ? [] : [`caIssuers;URI:${urlText(issuer)}`]),
  ];
  return [
    ...(crl === undefined ? [] : [['crlDistributionPoints', `URI:${urlText(crl)}`] as const]),
    ...(access.length === 0 ? [] : [['authorityInfoAccess', access.join(',')] as const]),
  ];
}

/** A URL as the extension language takes it, in which a comma ends a value. */
export function urlText(url: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\/[\u0021-\u007e]+$/i.test(url))
    fail('ERR_USAGE', `"${url}" is no URL such as http://ca.example.org/ca.crl`);
  return url.replaceAll(',', '%2C');
}

/** The entries with those of the same name replaced. */
function replaceEntries(entries: readonly ConfigEntry[], own: readonly ConfigEntry[]): readonly ConfigEntry[] {
  const replaced = new Set(own.map(([name]) => name));
  return [...entries.filter(([name]) => !replaced.has(name)), ...own];
}

function validity(
  issuer: Certificate,
  order: CertificateOrder,
  template: Template,
  now: number,
): Pick<Certificate, 'notBefore' | 'notAfter'> {
  const days = order.days ?? template.days;
  if (!Number.isInteger(days) || days < 1)
    fail('ERR_USAGE', `a certificate must be good for a day at least, not ${days}`);
  const from = order.notBefore ?? Math.min(now, Math.max(now - MINUTE, issuer.notBefore.ms ?? 0));
  const to = order.notAfter ?? Math.min(laterBy(order.notBefore ?? now, days), issuer.notAfter.ms ?? Infinity);
  if (to < from) fail('ERR_USAGE', `the certificate would end before it begins${issuerEnded(issuer, now)}`);
  return { notBefore: timeFromMs(from), notAfter: timeFromMs(to) };
}

const issuerEnded = (issuer: Certificate, now: number): string =>
  (issuer.notAfter.ms ?? Infinity) < now ? ': the CA itself has expired' : '';
