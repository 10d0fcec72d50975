/** The verdict on a peer's certificates, as `verifyError` of `node:tls` gives it. */
import { verifyCode } from '../../registry/verify-errors.ts';
import {
  crlViewOf,
  parsedCertificate,
  verifyChain,
  type CertificateView,
  type CrlSource,
  type TrustStore,
  type VerifyOptions,
} from '../../verify/index.ts';
import { nameKey } from '../../verify/name-key.ts';
import { HINTS_AT_SYSTEM_CA, SECURITY_LEVEL } from '../platform.ts';
import { chainKey, isKnownGood, keepGood } from './good-chains.ts';
import { defaultTrust } from './roots.ts';

/** Why a peer is not to be trusted. */
export interface Verdict {
  /** As `authorizationError` has it, e.g. `DEPTH_ZERO_SELF_SIGNED_CERT`; `UNSPECIFIED` for what Node has no name for. */
  readonly code: string;
  /** In the words of this Node. */
  readonly text: string;
  /** OpenSSL's number, which sessions keep. */
  readonly result: number;
}

/** What a context says about trust. */
export interface PeerTrust {
  /** The trusted certificates; undefined: the default ones. */
  readonly trust: TrustStore | undefined;
  /** With one of them, all certificates of a chain need a CRL that answers for them. */
  readonly crls: readonly CrlSource[];
  /** A trusted certificate ends the chain also where it is no root. */
  readonly allowPartialTrustChain: boolean;
  /** OpenSSL's, 0 to 5, as `@SECLEVEL=` sets it; undefined: this Node's. */
  readonly securityLevel?: number | undefined;
}

/** The names that Node has; all other errors are UNSPECIFIED. */
const NAMED: ReadonlySet<string> = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_CRL',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNABLE_TO_DECRYPT_CRL_SIGNATURE',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'CERT_SIGNATURE_FAILURE',
  'CRL_SIGNATURE_FAILURE',
  'CERT_NOT_YET_VALID',
  'CERT_HAS_EXPIRED',
  'CRL_NOT_YET_VALID',
  'CRL_HAS_EXPIRED',
  'ERROR_IN_CERT_NOT_BEFORE_FIELD',
  'ERROR_IN_CERT_NOT_AFTER_FIELD',
  'ERROR_IN_CRL_LAST_UPDATE_FIELD',
  'ERROR_IN_CRL_NEXT_UPDATE_FIELD',
  'OUT_OF_MEM',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_CHAIN_TOO_LONG',
  'CERT_REVOKED',
  'INVALID_CA',
  'PATH_LENGTH_EXCEEDED',
  'INVALID_PURPOSE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'HOSTNAME_MISMATCH',
]);

/** UNABLE_TO_GET_ISSUER_CERT: what Node says of a peer without a certificate. */
const NO_CERTIFICATE = 2;

/**
 * Judges a peer by its certificates, now; undefined if it is to be trusted.
 *
 * @param chain the certificates as they were sent, the peer's own first, in DER
 * @param purpose what the peer is: `sslserver` for a client's peer
 * @throws TlskitError ERR_DER for a first certificate in anything but strict DER, which the engine refuses; others that cannot be read do not count
 */
export function judgePeer(
  chain: readonly Uint8Array[],
  context: PeerTrust,
  purpose: 'sslserver' | 'sslclient',
): Verdict | undefined {
  const [leaf, ...untrusted] = chain;
  if (!leaf) return verdictOf(NO_CERTIFICATE);
  const options = verifyOptions(untrusted, context, purpose);
  const key = chainKey(chain, context, purpose);
  if (key !== undefined && isKnownGood(options.trusted, key, options.time)) return undefined;
  const { code, chain: found } = verifyChain(leaf, options);
  if (code === 0 && key !== undefined) keepGood(options.trusted, key, found);
  return verdictOf(code);
}

function verifyOptions(
  untrusted: readonly Uint8Array[],
  { trust, crls, allowPartialTrustChain, securityLevel }: PeerTrust,
  purpose: 'sslserver' | 'sslclient',
): VerifyOptions & { readonly time: number } {
  const checksCrls = crls.length > 0;
  return {
    trusted: trust ?? defaultTrust(),
    untrusted: untrusted.flatMap(readable),
    time: Date.now(),
    purpose,
    authLevel: securityLevel ?? SECURITY_LEVEL,
    // they are the store's: one of another issuer's name is not found, whatever it says that it is about
    crlLookup: (issuer) => crls.map(crlViewOf).filter(({ issuerKey }) => issuerKey === nameKey(issuer)),
    crlCheck: checksCrls,
    crlCheckAll: checksCrls,
    partialChain: allowPartialTrustChain,
    // a chain that OpenSSL does not find is not good for Node either
    alternatives: false,
  };
}

function readable(der: Uint8Array): CertificateView | readonly [] {
  try {
    return parsedCertificate(der);
  } catch {
    return [];
  }
}

/** The verdicts that come with a hint. */
const HINTED: ReadonlySet<string> = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
]);
const HINT = '; if the root CA is installed locally, try running Node.js with --use-system-ca';

/** The verdict that is meant by a number of OpenSSL's; undefined for 0. */
export function verdictOf(result: number): Verdict | undefined {
  if (result === 0) return undefined;
  const { name, text } = verifyCode(result);
  const hint = HINTS_AT_SYSTEM_CA && HINTED.has(name) ? HINT : '';
  return { code: NAMED.has(name) ? name : 'UNSPECIFIED', text: text + hint, result };
}

/** The error that a verdict becomes: the words as message, the name as `code`. */
export const verifyError = ({ code, text }: Verdict): Error & { code: string } =>
  Object.assign(new Error(text), { code });
