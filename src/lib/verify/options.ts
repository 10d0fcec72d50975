import type { Certificate } from '../x509/certificate.ts';
import type { CertificateView } from './certificate.ts';
import type { Purpose } from './purpose.ts';
import type { Report, VerifyError } from './report.ts';
import type { CrlSource } from './revocation.ts';
import type { TrustStore } from './trust-store.ts';

/** A certificate as a verification takes it: octets (strict DER), read already, or with what was derived from it before. */
export type CertificateSource = Uint8Array | Certificate | CertificateView;

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
  /** How many certificates may stand between the first one and the trusted root; 100 when not given. [verify_depth] */
  readonly depth?: number | undefined;
  /** A trusted certificate ends the chain also where it is no root. [partial_chain] */
  readonly partialChain?: boolean | undefined;
  /** Security level that keys and signatures must have, 1 to 5; 0 (default) takes everything. libssl's default is 1. [auth_level] */
  readonly authLevel?: number | undefined;
  /** Critical extensions that nobody knows do not count. [ignore_critical] */
  readonly ignoreCritical?: boolean | undefined;
  /** Check the signature of a self-signed root, too. [check_ss_sig] */
  readonly checkRootSignature?: boolean | undefined;
  /** CRLs to look for revocations in. [CRLfile, CRL] */
  readonly crls?: Iterable<CrlSource> | undefined;
  /** Look up whether the first certificate was revoked. [crl_check] */
  readonly crlCheck?: boolean | undefined;
  /** Look up every certificate of the chain. [crl_check_all, together with crl_check] */
  readonly crlCheckAll?: boolean | undefined;
  /** CRLs of other issuers, and for some reasons only, count too. [extended_crl] */
  readonly extendedCrl?: boolean | undefined;
  /** Delta CRLs count too. [use_deltas] */
  readonly useDeltas?: boolean | undefined;
  /** Host names, one of which the certificate must be for. [verify_hostname] */
  readonly hosts?: readonly string[] | undefined;
  /** A mailbox that the certificate must be for. [verify_email] */
  readonly email?: string | undefined;
  /** An address that the certificate must be for, as text. [verify_ip] */
  readonly ip?: string | undefined;
  /** Whether to go on after an error, as OpenSSL's verify callback answers; without it all errors are collected. */
  readonly goOn?: ((error: VerifyError) => boolean) | undefined;
}

/** A verification under way. */
export interface Verification {
  readonly chain: CertificateView[];
  /** How many certificates of the chain, from the first on, are not from the trust store. */
  untrusted: number;
  /** What came along, for further paths. */
  readonly pool: readonly CertificateView[];
  readonly report: Report;
  readonly options: VerifyOptions;
  /** The verification for which this one asks after a CRL's issuer; such a one asks after no further CRLs. */
  readonly parent?: Verification | undefined;
  /**
   * Verifies a CRL's issuer with the same certificates and options, into the same report (OpenSSL's check_crl_path), and gives its chain.
   * Throws `Stopped` where an error ends the verification.
   */
  readonly verifyIssuer: (leaf: CertificateView) => readonly CertificateView[];
}
