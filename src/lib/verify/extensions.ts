/** Extensions and the purpose of a chain (RFC 5280 sections 6.1.4 k to n and 6.1.5 f, as OpenSSL applies them). */
import { TAG } from '../der/index.ts';
import { keyTypeByOid } from '../keys/types.ts';
import { caMark, purposeAnswer } from '../x509/purpose.ts';
import type { CertificateView } from './certificate.ts';
import type { Verification } from './options.ts';
import { purposeRow, trustSetting } from './purpose.ts';

/** What a certificate of the chain must be: the first one anything, what issues others a CA, what a proxy certificate stands on no CA. */
type Wanted = 'any' | 'ca' | 'no-ca';

/** Checks every certificate of the chain. */
export function checkExtensions(state: Verification): void {
  const { chain, report, options } = state;
  let wanted: Wanted = 'any';
  let below = 0n;
  let proxies = 0n;
  for (const [depth, view] of chain.entries()) {
    const { traits } = view;
    if (traits.unknownCritical && !options.ignoreCritical) report.error('UNHANDLED_CRITICAL_EXTENSION', depth, view);
    if (traits.proxy) report.error('PROXY_CERTIFICATES_NOT_ALLOWED', depth, view);
    checkCa(state, depth, view, wanted);
    if (chain.length > 1) checkCurve(state, depth, view);
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

function checkCa({ chain, report }: Verification, depth: number, view: CertificateView, wanted: Wanted): void {
  const { marks } = view.traits;
  const mark = marks ? caMark(marks) : 0;
  if (wanted === 'no-ca' && mark !== 0) report.error('INVALID_NON_CA', depth, view);
  if (wanted !== 'ca') return;
  // old marks of a CA are good for the last certificate only
  if (mark === 0 || (depth + 1 < chain.length && mark !== 1)) report.error('INVALID_CA', depth, view);
}

/** A key with its curve written out is nothing to trust (CVE-2020-0601). */
function checkCurve({ report }: Verification, depth: number, view: CertificateView): void {
  const { oid, parameters } = view.certificate.keyAlgorithm;
  if (view.usableKey === undefined) report.error('UNSPECIFIED', depth, view);
  else if (keyTypeByOid(oid)?.type === 'ec' && parameters?.tag === TAG.sequence) {
    report.error('EC_KEY_EXPLICIT_PARAMS', depth, view);
  }
}

function checkPurpose(state: Verification, depth: number, view: CertificateView, wanted: Wanted): void {
  const { report, options, untrusted } = state;
  if (options.purpose === undefined) return;
  const setting = depth >= untrusted ? trustSetting(view, options.purpose) : undefined;
  if (setting === 'trusted') return;
  const { name } = purposeRow(options.purpose);
  if (setting === 'rejected' || purposeAnswer(view.traits.marks, name, wanted === 'ca') === 0) {
    report.error('INVALID_PURPOSE', depth, view);
  }
}

/** RFC 3820 section 4.1.3 b 1; gives how many proxy certificates may follow. */
function checkProxy({ report }: Verification, depth: number, view: CertificateView, proxies: bigint): bigint {
  const limit = view.traits.proxy?.pathLength;
  if (limit === undefined) return proxies + 1n;
  if (proxies > limit) report.error('PROXY_PATH_LENGTH_EXCEEDED', depth, view);
  return limit + 1n;
}
