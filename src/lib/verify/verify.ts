/** The verification of a chain: OpenSSL's steps, in OpenSSL's order. */
import { Certificate } from '../x509/certificate.ts';
import { otherPaths, type FoundPath } from './alternatives.ts';
import { CertificateView, parsedCertificate } from './certificate.ts';
import { crlViewOf } from './crl-view.ts';
import { checkExtensions } from './extensions.ts';
import { matchEmail, matchHost, matchIp } from './identity.ts';
import { checkNameConstraints } from './name-constraints.ts';
import type { CertificateSource, Verification, VerifyOptions, Work } from './options.ts';
import { buildPath } from './path.ts';
import { checkPolicies, type PolicyOutcome } from './policies.ts';
import { Report, Stopped, type VerifyError, type VerifyStep } from './report.ts';
import { checkResources } from './resources.ts';
import { checkRevocation } from './revocation.ts';
import { matchHostStrict } from './rfc9525.ts';
import { checkSignatures } from './signatures.ts';
import { checkStatuses } from './status.ts';
import { checkStrength, strongKey } from './strength.ts';
import { checkSuiteB } from './suite-b.ts';

/** What a verification found. */
export interface VerifyResult {
  /** No error at all. */
  readonly ok: boolean;
  /** The chain as far as it was built; the index is the depth. */
  readonly chain: readonly CertificateView[];
  /** How many certificates of the chain, from the first on, are not from the trust store. */
  readonly untrusted: number;
  /** The errors in the order in which OpenSSL's verify callback hears of them; the first one is the reason. */
  readonly errors: readonly VerifyError[];
  /** The number that SSL_get_verify_result gives: 0, or the last error's, as each one replaces the one before. */
  readonly code: number;
  /** All calls of OpenSSL's verify callback. */
  readonly steps: readonly VerifyStep[];
  /** What the policies came to, where they were asked for and looked at. */
  readonly policies: PolicyOutcome | undefined;
}

/**
 * Verifies a certificate with its chain (RFC 5280 section 6), as X509_verify_cert of OpenSSL 3.0 does: the same errors at the same depths. Where
 * that finds no good chain, the other ones that the certificates allow are tried, within a bound. `strict` asks for RFC 5280's own answer.
 *
 * @throws TlskitError ERR_DER for octets that are no certificate in strict DER
 * @example
 * const { ok, errors } = verifyChain(leaf, {
 *   trusted: new TrustStore([root]),
 *   untrusted: [intermediate],
 *   time: Date.now(),
 *   purpose: 'sslserver',
 *   hosts: ['www.example.org'],
 * });
 * if (!ok) throw new Error(errors[0]?.text); // 'hostname mismatch'
 */
export function verifyChain(leaf: CertificateSource, given: VerifyOptions): VerifyResult {
  const checksCrls = given.crlCheck || given.crlCheckAll;
  // read once for all chains that are tried
  const options = { ...given, crls: checksCrls ? Array.from(given.crls ?? [], crlViewOf) : [] };
  const view = viewOf(leaf);
  const pool = Array.from(options.untrusted ?? [], viewOf);
  const work = { comparisons: 0 };
  const first = attempt(view, pool, options, work);
  if (first.ok || options.alternatives === false || first.errors.some(sameInAllChains)) return first;
  for (const path of otherPaths(view, pool, options, first.chain)) {
    // one fault is enough to go on to the next
    const other = attempt(path.chain[0] as CertificateView, pool, { ...options, goOn: () => false }, work, path);
    if (other.ok) return other;
  }
  return first;
}

/** Errors of the first certificate that no other chain helps against. */
const OF_ITS_OWN: ReadonlySet<string> = new Set([
  'HOSTNAME_MISMATCH',
  'EMAIL_MISMATCH',
  'IP_ADDRESS_MISMATCH',
  'EE_KEY_TOO_SMALL',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'UNHANDLED_CRITICAL_EXTENSION',
]);

const sameInAllChains = ({ name, depth, crlPath }: VerifyError): boolean =>
  depth === 0 && crlPath !== true && OF_ITS_OWN.has(name);

function attempt(
  leaf: CertificateView,
  pool: readonly CertificateView[],
  options: VerifyOptions,
  work: Work,
  path?: FoundPath,
): VerifyResult {
  const report = new Report(options.goOn ?? (() => true));
  const state = begin(leaf, pool, report, options, work);
  try {
    run(state, path);
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  }
  const { errors, steps, code, policies } = report;
  const { chain, untrusted } = state;
  return { ok: errors.length === 0, chain, untrusted, errors, code, steps, policies };
}

function viewOf(source: CertificateSource): CertificateView {
  if (source instanceof CertificateView) return source;
  return source instanceof Certificate ? new CertificateView(source) : parsedCertificate(source);
}

function begin(
  leaf: CertificateView,
  pool: readonly CertificateView[],
  report: Report,
  options: VerifyOptions,
  work: Work,
  parent?: Verification,
): Verification {
  const state: Verification = {
    chain: [leaf],
    untrusted: 1,
    pool,
    report,
    work,
    options,
    parent,
    verifyIssuer: (issuer) => {
      const nested = begin(issuer, pool, report.nested(), options, work, state);
      run(nested);
      return nested.chain;
    },
  };
  return state;
}

function run(state: Verification, path?: FoundPath): void {
  const [leaf] = state.chain as [CertificateView];
  const { report, options } = state;
  if (!strongKey(leaf, options.authLevel)) report.error('EE_KEY_TOO_SMALL', 0, leaf);
  if (!leaf.hasKey) {
    report.error('UNSPECIFIED', 0, leaf);
    throw new Stopped('a key that cannot be used');
  }
  if (path) {
    state.chain.push(...path.chain.slice(1));
    state.untrusted = path.untrusted;
  } else buildPath(state);
  checkExtensions(state);
  checkStrength(state);
  checkIdentity(state, leaf);
  checkStatuses(state);
  checkRevocation(state);
  checkSuiteB(state);
  checkSignatures(state);
  checkNameConstraints(state);
  checkResources(state);
  checkPolicies(state);
}

/** Whether the certificate is for whom the caller means. */
function checkIdentity({ report, options, parent }: Verification, leaf: CertificateView): void {
  const { hosts, email, ip, strict } = options;
  // OpenSSL looks for them in the certificate of a CRL's issuer, too
  if (parent && strict) return;
  const matches = strict ? matchHostStrict : matchHost;
  if (hosts?.length && !hosts.some((host) => matches(leaf, host))) report.error('HOSTNAME_MISMATCH', 0, leaf);
  if (email !== undefined && !matchEmail(leaf, email)) report.error('EMAIL_MISMATCH', 0, leaf);
  if (ip !== undefined && !matchIp(leaf, ip)) report.error('IP_ADDRESS_MISMATCH', 0, leaf);
}
