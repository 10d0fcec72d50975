/** Extensions and the purpose of a chain (RFC 5280 sections 6.1.4 k to n and 6.1.5 f, as OpenSSL applies them). */
import { TAG } from '../der/index.ts';
import { keyTypeByOid } from '../keys/types.ts';
import { caMark, purposeAnswer, type Marks } from '../x509/purpose.ts';
import type { CertificateView } from './certificate.ts';
import { checkConformance } from './conformance.ts';
import type { Verification, VerifyOptions } from './options.ts';
import { purposeRow, trustSetting } from './purpose.ts';
import { checkStrict } from './strict.ts';

/** What a certificate of the chain must be: the first one anything, what issues others a CA, what a proxy certificate stands on no CA. */
type Wanted = 'any' | 'ca' | 'no-ca';

/** Checks every certificate of the chain. */
export function checkExtensions(state: Verification): void {
  const { chain, report, options } = state;
  let wanted: Wanted = 'any';
  let below = 0n;
  let proxies = 0n;
  const strict = options.strict || options.x509Strict;
  // the way to a CRL's issuer is no place for proxy certificates
  const proxiesAllowed = options.allowProxies && !state.parent;
  for (const [depth, view] of chain.entries()) {
    const { traits } = view;
    if (traits.unknownCritical && !options.ignoreCritical) report.error('UNHANDLED_CRITICAL_EXTENSION', depth, view);
    if (traits.proxy && !proxiesAllowed) report.error('PROXY_CERTIFICATES_NOT_ALLOWED', depth, view);
    checkCa(state, depth, view, wanted);
    if (chain.length > 1) checkCurve(state, depth, view);
    if (strict) checkStrict(state, depth, view);
    if (options.strict) checkConformance(state, depth, view);
    checkPurpose(state, depth, view, wanted);
    const { pathLength } = traits;
    if (depth > 1 && pathLength !== undefined && below > pathLength + proxies) {
      report.error('PATH_LENGTH_EXCEEDED', depth, view);
    }
    if (depth > 0 && !traits.selfIssued) below += 1n;
    if (traits.proxy) proxies = checkProxy(state, depth, view, proxies);
    wanted = traits.proxy ? 'no-ca' : 'ca';
  }
}

function checkCa({ chain, report, options }: Verification, depth: number, view: CertificateView, wanted: Wanted): void {
  const { marks } = view.traits;
  const mark = marks ? caMark(marks) : 0;
  if (wanted === 'no-ca' && mark !== 0) report.error('INVALID_NON_CA', depth, view);
  // old marks of a CA are good for the last certificate only
  const strict = options.strict || options.x509Strict;
  const odd = mark !== 0 && mark !== 1;
  if (wanted === 'any' && strict && odd) report.error('INVALID_CA', depth, view);
  if (wanted !== 'ca') return;
  if (mark === 0 || (odd && (strict || depth + 1 < chain.length))) report.error('INVALID_CA', depth, view);
}

/** A key with its curve written out is nothing to trust (CVE-2020-0601). */
function checkCurve({ report }: Verification, depth: number, view: CertificateView): void {
  const { oid, parameters } = view.certificate.keyAlgorithm;
  if (!view.hasKey) report.error('UNSPECIFIED', depth, view);
  else if (keyTypeByOid(oid)?.type === 'ec' && parameters?.tag === TAG.sequence) {
    report.error('EC_KEY_EXPLICIT_PARAMS', depth, view);
  }
}

function checkPurpose(state: Verification, depth: number, view: CertificateView, wanted: Wanted): void {
  const { report, options, untrusted, parent } = state;
  // what issues CRLs is asked for that alone, and trust settings are for what the caller wants
  const purpose = parent ? 'crlsign' : options.purpose;
  if (purpose === undefined) return;
  const setting = depth >= untrusted && purpose === options.purpose ? trustSetting(view, purpose) : undefined;
  if (setting === 'trusted') return;
  const { name } = purposeRow(purpose);
  const answer = purposeAnswer(marksFor(view, options), name, wanted === 'ca');
  // -1: broken extensions, which OpenSSL lets pass
  const refused = answer === 0 || (answer === -1 && (options.strict || options.x509Strict));
  if (setting === 'rejected' || refused) report.error('INVALID_PURPOSE', depth, view);
}

const ANY_USE = '2.5.29.37.0';

/** RFC 5280 section 4.2.1.12: anyExtendedKeyUsage is for any use; for OpenSSL it is one that nobody asks for. */
function marksFor({ traits: { marks } }: CertificateView, { strict }: VerifyOptions): Marks | undefined {
  return strict && marks?.uses?.has(ANY_USE) ? { ...marks, uses: undefined } : marks;
}

/** RFC 3820 section 4.1.3 b 1; gives how many proxy certificates may follow. */
function checkProxy({ report }: Verification, depth: number, view: CertificateView, proxies: bigint): bigint {
  const limit = view.traits.proxy?.pathLength;
  if (limit === undefined) return proxies + 1n;
  if (proxies > limit) report.error('PROXY_PATH_LENGTH_EXCEEDED', depth, view);
  return limit + 1n;
}
