/** What RFC 5280 asks of every certificate beyond what OpenSSL checks: for `VerifyOptions.strict`. */
import { readDer } from '../der/index.ts';
import { TlskitError } from '../errors.ts';
import type { CertificateView } from './certificate.ts';
import { nameSyntaxFault, subtreeSyntaxFault } from './name-syntax.ts';
import type { Verification } from './options.ts';
import { CERTIFICATE_EXTENSION as EXTENSION } from '../registry/certificate-extensions.ts';

/** An error's name, and the rule. */
type Fault = readonly [name: string, detail: string];

/** Section 4.1.2.2: no longer than 20 octets. */
const MAX_SERIAL = 20;

/** Checks one certificate of a chain; one that stands alone is exempt (RFC 6818 section 2). */
export function checkConformance({ chain, report }: Verification, depth: number, view: CertificateView): void {
  if (chain.length === 1) return;
  const anchor = depth + 1 === chain.length;
  for (const [name, detail] of faults(view, anchor)) report.error(name, depth, view, `RFC 5280 section ${detail}`);
}

function* faults(view: CertificateView, anchor: boolean): Generator<Fault> {
  const { traits, certificate } = view;
  if (!anchor) yield* serialFaults(certificate.serial);
  if (certificate.versionField === 0n && (certificate.issuerUniqueId ?? certificate.subjectUniqueId)) {
    yield ['UNSPECIFIED', '4.1.2.8: version 1 has no unique identifiers'];
  }
  if (anchor && !traits.selfIssued && certificate.versionField >= 2n && !traits.authorityKeyId?.keyId) {
    yield ['MISSING_AUTHORITY_KEY_IDENTIFIER', '4.2.1.1: only what is self-signed may leave it out'];
  }
  yield* extensionFaults(view);
  if (!traits.marks) return;
  for (const name of traits.names) {
    const fault = nameSyntaxFault(name);
    if (fault !== undefined) yield ['UNSUPPORTED_NAME_SYNTAX', `4.2.1.6: ${fault}`];
  }
  yield* constraintFaults(view);
}

function* serialFaults(serial: Buffer): Generator<Fault> {
  if (serial.length > MAX_SERIAL) yield ['UNSPECIFIED', `4.1.2.2: a serial number of ${serial.length} octets`];
  if ((serial[0] ?? 0) >= 0x80) yield ['UNSPECIFIED', '4.1.2.2: a negative serial number'];
  if (serial.every((octet) => octet === 0)) yield ['UNSPECIFIED', '4.1.2.2: the serial number 0'];
}

/** Extensions that must be critical, with their sections. */
const CRITICAL: readonly (readonly [oid: string, rule: string])[] = [
  [EXTENSION.nameConstraints, '4.2.1.10: nameConstraints must be critical'],
  [EXTENSION.policyConstraints, '4.2.1.11: policyConstraints must be critical'],
  [EXTENSION.inhibitAnyPolicy, '4.2.1.14: inhibitAnyPolicy must be critical'],
];

function* extensionFaults({ certificate, traits }: CertificateView): Generator<Fault> {
  const seen = new Set<string>();
  for (const { oid } of certificate.extensions) {
    if (seen.has(oid)) yield ['INVALID_EXTENSION', `4.2: extension ${oid} stands there more than once`];
    seen.add(oid);
  }
  for (const [oid, rule] of CRITICAL) {
    if (certificate.extension(oid)?.critical === false) yield ['INVALID_EXTENSION', rule];
  }
  if (!traits.marks) yield ['INVALID_EXTENSION', '4.2: an extension that cannot be read'];
  const uses = certificate.extension(EXTENSION.extendedKeyUsage);
  if (uses && isEmpty(uses.value)) yield ['INVALID_EXTENSION', '4.2.1.12: extendedKeyUsage without a use'];
}

function isEmpty(value: Uint8Array): boolean {
  try {
    return readDer(value, 'ber').content.length === 0;
  } catch (error) {
    if (error instanceof TlskitError) return false;
    throw error;
  }
}

/** Section 4.2.1.10. */
function* constraintFaults({ traits }: CertificateView): Generator<Fault> {
  const { nameConstraints, marks } = traits;
  if (!nameConstraints) return;
  if (!marks?.ca) yield ['INVALID_EXTENSION', '4.2.1.10: nameConstraints are for CAs'];
  const subtrees = [...nameConstraints.permitted, ...nameConstraints.excluded];
  if (subtrees.length === 0 || nameConstraints.emptyPart) {
    yield ['INVALID_EXTENSION', '4.2.1.10: nameConstraints without a subtree'];
  }
  for (const { base, plain } of subtrees) {
    if (!plain) yield ['SUBTREE_MINMAX', '4.2.1.10: a minimum other than 0, or a maximum'];
    const fault = subtreeSyntaxFault(base);
    if (fault !== undefined) yield ['UNSUPPORTED_CONSTRAINT_SYNTAX', `4.2.1.10: ${fault}`];
  }
}
