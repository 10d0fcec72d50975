import type { Certificate } from '../x509/certificate.ts';
import type { Name } from '../x509/name.ts';
import type { CertificateView } from './certificate.ts';
import type { CrlSource } from './crl-view.ts';
import type { Purpose } from './purpose.ts';
import type { Report, VerifyError } from './report.ts';
import type { StatusCheck } from './status.ts';
import type { TrustStore } from './trust-store.ts';

/** How many certificates may stand between the first one and the trusted one, as OpenSSL has it by default. */
export const DEFAULT_DEPTH = 100;

/** A certificate as a verification takes it: octets (strict DER), read already, or with what was derived from it before. */
export type CertificateSource = Uint8Array | Certificate | CertificateView;

/** Levels of security of Suite B. */
export type SuiteB = '128' | '128-only' | '192';

/** How to verify a chain. Names in brackets are OpenSSL's options. */
export interface VerifyOptions {
  /** The trusted certificates. */
  readonly trusted: TrustStore;
  /** Further certificates that may stand in the chain, e.g. those that a peer sent. [untrusted] */
  readonly untrusted?: Iterable<CertificateSource> | undefined;
  /** The time at which everything should be valid, in milliseconds since 1970; undefined: dates do not count. [attime, no_check_time] */
  readonly time: number | undefined;
  /** What the chain is for; without it uses are not looked at. [purpose] */
  readonly purpose?: Purpose | undefined;
  /** How many certificates may stand between the first one and the trusted root; {@link DEFAULT_DEPTH} when not given. [verify_depth] */
  readonly depth?: number | undefined;
  /** A trusted certificate ends the chain also where it is no root. [partial_chain] */
  readonly partialChain?: boolean | undefined;
  /** Security level that keys and signatures must have, 1 to 5; 0 (default) takes everything. libssl's default is 1. [auth_level] */
  readonly authLevel?: number | undefined;
  /** Critical extensions that nobody knows do not count. [ignore_critical] */
  readonly ignoreCritical?: boolean | undefined;
  /** Check the signature of a self-signed root, too. [check_ss_sig] */
  readonly checkRootSignature?: boolean | undefined;
  /**
   * RFC 5280's answer where it differs from OpenSSL's: what the RFC asks of certificates is checked in all of them (`x509Strict` and more:
   * serial numbers, extensions that must or must not be critical, names that are none), policies are processed always, the last second of the
   * validity counts, `anyExtendedKeyUsage` stands for every use, and hosts are compared by RFC 9525.
   */
  readonly strict?: boolean | undefined;
  /** What RFC 5280 asks of certificates is checked as far as OpenSSL does so. [x509_strict] */
  readonly x509Strict?: boolean | undefined;
  /**
   * Where OpenSSL's way of building a chain ends in an error, try the other ones that the certificates allow (default), within a bound. OpenSSL
   * itself never turns back: false gives its verdict.
   */
  readonly alternatives?: boolean | undefined;
  /** Policies (dotted) that the chain may be valid for; none: any. They make policies be checked. [policy] */
  readonly policies?: readonly string[] | undefined;
  /** Check policies. [policy_check] */
  readonly policyCheck?: boolean | undefined;
  /** The chain must be valid for one of `policies` (RFC 5280 section 6.1.1 e). [explicit_policy] */
  readonly explicitPolicy?: boolean | undefined;
  /** anyPolicy does not count (RFC 5280 section 6.1.1 f). [inhibit_any] */
  readonly inhibitAnyPolicy?: boolean | undefined;
  /** Policy mappings do not count (RFC 5280 section 6.1.1 g). [inhibit_map] */
  readonly inhibitPolicyMapping?: boolean | undefined;
  /** A step more when the policies are known. [policy_print] */
  readonly notifyPolicies?: boolean | undefined;
  /** Proxy certificates (RFC 3820) may stand in the chain. [allow_proxy_certs] */
  readonly allowProxies?: boolean | undefined;
  /** Keys and signatures must be those of RFC 5759: P-256 and P-384, P-256 alone, or P-384 alone. [suiteB_128, suiteB_128_only, suiteB_192] */
  readonly suiteB?: SuiteB | undefined;
  /** CRLs to look for revocations in. Octets are read for each verification, a `Crl` is looked through once. [CRLfile, CRL] */
  readonly crls?: Iterable<CrlSource> | undefined;
  /** Gives further CRLs of an issuer when none of `crls` fits, as a store has them. [CAfile, CApath, CRL] */
  readonly crlLookup?: ((issuer: Name) => Iterable<CrlSource>) | undefined;
  /** Look up whether the first certificate was revoked. [crl_check] */
  readonly crlCheck?: boolean | undefined;
  /** Look up every certificate of the chain. [crl_check_all] */
  readonly crlCheckAll?: boolean | undefined;
  /** CRLs of other issuers, and for some reasons only, count too. [extended_crl] */
  readonly extendedCrl?: boolean | undefined;
  /** Delta CRLs count too. [use_deltas] */
  readonly useDeltas?: boolean | undefined;
  /** What OCSP knows of a certificate; without it OCSP does not count. [ocsp_check_leaf] */
  readonly ocsp?: StatusCheck | undefined;
  /** Ask it about every certificate of the chain. [ocsp_check_all] */
  readonly ocspAll?: boolean | undefined;
  /** Host names, one of which the certificate must be for. [verify_hostname] */
  readonly hosts?: readonly string[] | undefined;
  /** A mailbox that the certificate must be for. [verify_email] */
  readonly email?: string | undefined;
  /** An address that the certificate must be for, as text. [verify_ip] */
  readonly ip?: string | undefined;
  /** Whether to go on after an error, as OpenSSL's verify callback answers; without it all errors are collected. */
  readonly goOn?: ((error: VerifyError) => boolean) | undefined;
}

/** Work that is bounded. */
export interface Work {
  /** Names compared with constraints. */
  comparisons: number;
}

/** A verification under way. */
export interface Verification {
  readonly chain: CertificateView[];
  /** How many certificates of the chain, from the first on, are not from the trust store. */
  untrusted: number;
  /** What came along, for further paths. */
  readonly pool: readonly CertificateView[];
  readonly report: Report;
  /** What has been done so far for this certificate, in all chains that were tried. */
  readonly work: Work;
  readonly options: VerifyOptions;
  /** The verification for which this one asks after a CRL's issuer; such a one asks after no further CRLs. */
  readonly parent?: Verification | undefined;
  /**
   * Verifies a CRL's issuer with the same certificates and options, into the same report (OpenSSL's check_crl_path), and gives its chain.
   * Throws `Stopped` where an error ends the verification.
   */
  readonly verifyIssuer: (leaf: CertificateView) => readonly CertificateView[];
}
