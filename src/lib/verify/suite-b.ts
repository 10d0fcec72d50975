/** Suite B (RFC 5759): which keys and signatures a chain may have. OpenSSL's X509_chain_check_suiteb. */
import { decodeOid, TAG } from '../der/index.ts';
import type { CertificateView } from './certificate.ts';
import type { SuiteB, Verification } from './options.ts';

const P256 = '1.2.840.10045.3.1.7';
const P384 = '1.3.132.0.34';
const ECDSA = { sha256: '1.2.840.10045.4.3.2', sha384: '1.2.840.10045.4.3.3' } as const;
const EC_KEY = '1.2.840.10045.2.1';

/** Which curves a level allows. */
interface Levels {
  p256: boolean;
  readonly p384: boolean;
}

const LEVELS: Readonly<Record<SuiteB, Levels>> = {
  '128': { p256: true, p384: true },
  '128-only': { p256: true, p384: false },
  '192': { p256: false, p384: true },
};

/** Checks the whole chain, the trusted root included; the first fault counts. */
export function checkSuiteB({ chain, report, options }: Verification): void {
  if (options.suiteB === undefined) return;
  const found = suiteBFault(chain, LEVELS[options.suiteB]);
  if (found) report.error(found.name, found.depth, chain[found.depth]);
}

/** What is wrong with a CRL's signature for Suite B, as X509_CRL_check_suiteb finds it. */
export const suiteBCrlFault = (issuer: CertificateView, signature: string, level: SuiteB): string | undefined =>
  keyFault(issuer, signature, { ...LEVELS[level] });

function suiteBFault(chain: readonly CertificateView[], allowed: Levels): { name: string; depth: number } | undefined {
  const levels = { ...allowed };
  const last = chain.length - 1;
  // the key of each certificate with the signature that it made: that of the one below, the root's its own, too
  for (let i = 0; i <= last + 1; i += 1) {
    const view = chain[Math.min(i, last)] as CertificateView;
    const below = chain[i - 1];
    if (i <= last && view.certificate.versionField !== 2n) return { name: 'SUITE_B_INVALID_VERSION', depth: i };
    const fault = keyFault(view, below?.certificate.signatureAlgorithm.oid, levels);
    if (fault === undefined) continue;
    const ofBelow = fault === 'SUITE_B_INVALID_SIGNATURE_ALGORITHM' || fault === 'SUITE_B_LOS_NOT_ALLOWED';
    const changed = levels.p256 !== allowed.p256;
    const name = fault === 'SUITE_B_LOS_NOT_ALLOWED' && changed ? 'SUITE_B_CANNOT_SIGN_P_384_WITH_P_256' : fault;
    return { name, depth: Math.min(ofBelow && i > 0 ? i - 1 : i, last) };
  }
  return undefined;
}

/** What is wrong with a key and a signature that it made; a P-384 key ends the use of P-256 above it. */
function keyFault(view: CertificateView, signature: string | undefined, levels: Levels): string | undefined {
  const { oid, parameters } = view.certificate.keyAlgorithm;
  if (oid !== EC_KEY || view.usableKey === undefined) return 'SUITE_B_INVALID_ALGORITHM';
  const curve = parameters?.tag === TAG.oid ? decodeOid(parameters.value) : undefined;
  if (curve !== P256 && curve !== P384) return 'SUITE_B_INVALID_CURVE';
  const wanted = curve === P384 ? ECDSA.sha384 : ECDSA.sha256;
  if (signature !== undefined && signature !== wanted) return 'SUITE_B_INVALID_SIGNATURE_ALGORITHM';
  if (!(curve === P384 ? levels.p384 : levels.p256)) return 'SUITE_B_LOS_NOT_ALLOWED';
  if (curve === P384) levels.p256 = false;
  return undefined;
}
