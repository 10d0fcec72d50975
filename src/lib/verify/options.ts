import type { Certificate } from '../x509/certificate.ts';
import type { CertificateView } from './certificate.ts';
import type { Purpose } from './purpose.ts';
import type { Report, VerifyError } from './report.ts';
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
  untrusted: number;
  readonly report: Report;
  readonly options: VerifyOptions;
}
