/** The verification of a chain: OpenSSL's steps, in OpenSSL's order. */
import { Certificate } from '../x509/certificate.ts';
import { CertificateView, parsedCertificate } from './certificate.ts';
import { checkExtensions } from './extensions.ts';
import { matchEmail, matchHost, matchIp } from './identity.ts';
import { checkNameConstraints } from './name-constraints.ts';
import type { CertificateSource, Verification, VerifyOptions } from './options.ts';
import { buildPath } from './path.ts';
import { Report, Stopped, type VerifyError, type VerifyStep } from './report.ts';
import { checkRevocation } from './revocation.ts';
import { checkSignatures } from './signatures.ts';
import { checkStrength, strongKey } from './strength.ts';

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
}

/**
 * Verifies a certificate with its chain, as X509_verify_cert of OpenSSL 3.0 does. Neither revocation nor policies are looked at.
 *
 * @throws TlskitError ERR_DER for octets that are no certificate in strict DER
 * @example
 * const { ok, errors } = verifyChain(leaf, { trusted: new TrustStore([root]), untrusted: [intermediate], time: Date.now(), purpose: 'sslserver' });
 */
export function verifyChain(leaf: CertificateSource, options: VerifyOptions): VerifyResult {
  const report = new Report(options.goOn ?? (() => true));
  const state = begin(viewOf(leaf), Array.from(options.untrusted ?? [], viewOf), report, options);
  const { chain } = state;
  try {
    run(state);
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  }
  const { errors, steps, code } = report;
  return { ok: errors.length === 0, chain, untrusted: state.untrusted, errors, code, steps };
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
  parent?: Verification,
): Verification {
  const state: Verification = {
    chain: [leaf],
    untrusted: 1,
    pool,
    report,
    options,
    parent,
    verifyIssuer: (issuer) => {
      const nested = begin(issuer, pool, report, options, state);
      run(nested);
      return nested.chain;
    },
  };
  return state;
}

function run(state: Verification): void {
  const [leaf] = state.chain as [CertificateView];
  const { report, options } = state;
  if (!strongKey(leaf, options.authLevel)) report.error('EE_KEY_TOO_SMALL', 0, leaf);
  if (leaf.usableKey === undefined) {
    report.error('UNSPECIFIED', 0, leaf);
    throw new Stopped('a key that cannot be used');
  }
  buildPath(state);
  checkExtensions(state);
  checkStrength(state);
  checkIdentity(state, leaf);
  checkRevocation(state);
  checkSignatures(state);
  checkNameConstraints(state);
}

/** Whether the certificate is for whom the caller means. */
function checkIdentity({ report, options }: Verification, leaf: CertificateView): void {
  const { hosts, email, ip } = options;
  if (hosts?.length && !hosts.some((host) => matchHost(leaf, host))) report.error('HOSTNAME_MISMATCH', 0, leaf);
  if (email !== undefined && !matchEmail(leaf, email)) report.error('EMAIL_MISMATCH', 0, leaf);
  if (ip !== undefined && !matchIp(leaf, ip)) report.error('IP_ADDRESS_MISMATCH', 0, leaf);
}
