/**
 * The chain from a certificate to a trusted root, as OpenSSL's `pkcs12 -chain` builds and checks it before it goes into a file: issuers by name
 * and key identifier, CA flags, path lengths, unknown critical extensions, signatures and dates. Name constraints, policies and revocation are
 * not looked at: the chain is put together here, not trusted.
 */
import { PublicKey } from '../keys/model.ts';
import { readDer } from '../der/index.ts';
import { TlskitError, fail } from '../errors.ts';
import type { Certificate } from '../x509/certificate.ts';
import { canonicalName } from '../x509/hash.ts';
import type { Name } from '../x509/name.ts';
import { certificateSignedBy } from '../x509/verify-signed.ts';

/** Where trusted certificates come from: a file read at once, or a folder asked by name. */
export interface TrustStore {
  /** Trusted certificates with this subject. */
  bySubject(subject: Name): readonly Certificate[];
}

const EXTENSION = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  authorityKeyId: '2.5.29.35',
} as const;

/** Extensions that OpenSSL 3.0 understands when they are critical. */
const UNDERSTOOD = new Set([
  '2.16.840.1.113730.1.1', // nsCertType
  EXTENSION.keyUsage,
  '2.5.29.17', // subjectAltName
  EXTENSION.basicConstraints,
  '2.5.29.32', // certificatePolicies
  '2.5.29.31', // cRLDistributionPoints
  '2.5.29.37', // extendedKeyUsage
  '1.3.6.1.5.5.7.1.7', // IPAddrBlocks
  '1.3.6.1.5.5.7.1.8', // autonomousSysIds
  '1.3.6.1.5.5.7.48.1.5', // OCSP no check
  '2.5.29.36', // policyConstraints
  '1.3.6.1.5.5.7.1.14', // proxyCertInfo
  '2.5.29.30', // nameConstraints
  '2.5.29.33', // policyMappings
  '2.5.29.54', // inhibitAnyPolicy
]);

/** As OpenSSL's default for the depth of a chain. */
const MAX_DEPTH = 100;

/** A trust store over certificates in memory. */
export function trustStore(certificates: readonly Certificate[]): TrustStore {
  const byName = new Map<string, Certificate[]>();
  for (const certificate of certificates) {
    const key = nameKey(certificate.subject);
    byName.set(key, [...(byName.get(key) ?? []), certificate]);
  }
  return { bySubject: (subject) => byName.get(nameKey(subject)) ?? [] };
}

const nameKey = (name: Name): string => canonicalName(name).toString('latin1');

/**
 * The chain of `leaf`, itself first and a trusted self-signed root last.
 *
 * @param options.untrusted further certificates that may stand in between
 * @param options.now milliseconds since 1970
 * @throws TlskitError ERR_VERIFY: `Error getting chain: …` with OpenSSL's words
 */
export function buildChain(
  leaf: Certificate,
  options: { trusted: TrustStore; untrusted?: readonly Certificate[]; now?: number },
): Certificate[] {
  const now = options.now ?? Date.now();
  const chain = findPath(leaf, options.trusted, options.untrusted ?? [], now);
  checkExtensions(chain);
  checkSignatures(chain, now);
  return chain;
}

const refuse = (reason: string): never => fail('ERR_VERIFY', `Error getting chain: ${reason}`);

function findPath(
  leaf: Certificate,
  trusted: TrustStore,
  untrusted: readonly Certificate[],
  now: number,
): Certificate[] {
  const chain = [leaf];
  let inStore = false;
  while (chain.length <= MAX_DEPTH) {
    const top = chain.at(-1) as Certificate;
    const selfSigned = mayHaveIssued(top, top);
    if (selfSigned && inStore) return chain;
    const candidates = trusted.bySubject(top.issuer);
    if (selfSigned) {
      if (candidates.some((known) => known.der.equals(top.der))) return chain;
      return refuse(chain.length === 1 ? 'self-signed certificate' : 'self-signed certificate in certificate chain');
    }
    const anchor = pickIssuer(top, candidates, chain, now);
    const next = anchor ?? (inStore ? undefined : pickIssuer(top, untrusted, chain, now));
    if (!next) return refuse(inStore ? 'unable to get issuer certificate' : 'unable to get local issuer certificate');
    inStore ||= anchor !== undefined;
    chain.push(next);
  }
  return refuse('certificate chain too long');
}

/** The first candidate that may have issued `subject` and is valid now, else the one that expires last. */
function pickIssuer(
  subject: Certificate,
  candidates: readonly Certificate[],
  chain: readonly Certificate[],
  now: number,
): Certificate | undefined {
  const usable = candidates.filter(
    (candidate) => mayHaveIssued(subject, candidate) && !chain.some((known) => known.der.equals(candidate.der)),
  );
  return usable.find((candidate) => timeFault(candidate, now) === undefined) ?? latest(usable);
}

function latest(certificates: readonly Certificate[]): Certificate | undefined {
  const end = (certificate: Certificate): number => certificate.notAfter.ms ?? 0;
  return certificates.reduce<Certificate | undefined>((a, b) => (a && end(a) >= end(b) ? a : b), undefined);
}

/** Whether names and key identifiers allow that `issuer` has issued `subject`. */
function mayHaveIssued(subject: Certificate, issuer: Certificate): boolean {
  if (nameKey(subject.issuer) !== nameKey(issuer.subject)) return false;
  const wanted = authorityKeyId(subject);
  const held = subjectKeyId(issuer);
  if (wanted.keyId && held && !wanted.keyId.equals(held)) return false;
  return wanted.serial === undefined || wanted.serial.equals(issuer.serial);
}

/** Key identifier and serial number of an AuthorityKeyIdentifier (RFC 5280 section 4.2.1.1). */
function authorityKeyId(certificate: Certificate): { keyId?: Buffer | undefined; serial?: Buffer | undefined } {
  const extension = certificate.extension(EXTENSION.authorityKeyId);
  if (!extension) return {};
  const parts = readDer(extension.value, 'ber').sequence('authorityKeyIdentifier');
  const part = (number: number): Buffer | undefined => parts.find((node) => node.isContext(number))?.content;
  return { keyId: part(0), serial: part(2) };
}

function subjectKeyId(certificate: Certificate): Buffer | undefined {
  const extension = certificate.extension(EXTENSION.subjectKeyId);
  return extension && readDer(extension.value, 'ber').octets('subjectKeyIdentifier');
}

function checkExtensions(chain: readonly Certificate[]): void {
  let below = 0;
  for (const [i, certificate] of chain.entries()) {
    if (certificate.extensions.some(({ oid, critical }) => critical && !UNDERSTOOD.has(oid))) {
      refuse('unhandled critical extension');
    }
    const { authority, pathLength } = authorityOf(certificate);
    if (i > 0 && !authority) refuse('invalid CA certificate');
    if (i > 1 && pathLength !== undefined && below > pathLength) refuse('path length constraint exceeded');
    const selfIssued = nameKey(certificate.subject) === nameKey(certificate.issuer);
    if (i > 0 && !selfIssued) below += 1;
  }
}

/** Whether a certificate may issue others: by its flags, and without any for self-issued ones of version 1. */
function authorityOf(certificate: Certificate): { authority: boolean; pathLength?: number | undefined } {
  const usage = certificate.extension(EXTENSION.keyUsage);
  if (usage && !signsCertificates(usage.value)) return { authority: false };
  const constraints = certificate.extension(EXTENSION.basicConstraints);
  if (!constraints) {
    const old = certificate.version === 1 && nameKey(certificate.subject) === nameKey(certificate.issuer);
    return { authority: old || usage !== undefined };
  }
  const [ca, length] = readDer(constraints.value, 'ber').sequence('basicConstraints');
  if (!ca?.boolean('basicConstraints')) return { authority: false };
  return { authority: true, pathLength: length?.smallInteger('path length') };
}

/** keyCertSign is bit 5 (RFC 5280 section 4.2.1.3). */
const signsCertificates = (value: Uint8Array): boolean =>
  ((readDer(value, 'ber').bitString('keyUsage').bytes[0] ?? 0) & 0x04) !== 0;

function checkSignatures(chain: readonly Certificate[], now: number): void {
  for (let i = chain.length - 1; i >= 0; i -= 1) {
    const certificate = chain[i] as Certificate;
    const issuer = chain[i + 1];
    if (issuer && !signedBy(certificate, issuer)) refuse('certificate signature failure');
    const fault = timeFault(certificate, now);
    if (fault) refuse(fault);
  }
}

function signedBy(certificate: Certificate, issuer: Certificate): boolean {
  try {
    return certificateSignedBy(certificate, PublicKey.fromSpki(issuer.spki));
  } catch (error) {
    if (error instanceof TlskitError) return refuse(`certificate signature failure (${error.message})`);
    throw error;
  }
}

function timeFault(certificate: Certificate, now: number): string | undefined {
  const { notBefore, notAfter } = certificate;
  if (notBefore.ms === undefined) return "format error in certificate's notBefore field";
  if (now < notBefore.ms) return 'certificate is not yet valid';
  if (notAfter.ms === undefined) return "format error in certificate's notAfter field";
  return now > notAfter.ms ? 'certificate has expired' : undefined;
}
