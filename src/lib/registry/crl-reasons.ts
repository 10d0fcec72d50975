/** CRLReason (RFC 5280 section 5.3.1): code, and the name by which OpenSSL's files and options call it. */
export interface CrlReason {
  readonly code: number;
  /** As in `-crl_reason` and index.txt, e.g. `keyCompromise`. */
  readonly name: string;
  /** As texts show it, e.g. `Key Compromise`. */
  readonly title: string;
}

const row = (code: number, name: string, title: string): CrlReason => ({ code, name, title });

/** All codes of the RFC; 7 is not used. */
export const CRL_REASONS: readonly CrlReason[] = [
  row(0, 'unspecified', 'Unspecified'),
  row(1, 'keyCompromise', 'Key Compromise'),
  row(2, 'CACompromise', 'CA Compromise'),
  row(3, 'affiliationChanged', 'Affiliation Changed'),
  row(4, 'superseded', 'Superseded'),
  row(5, 'cessationOfOperation', 'Cessation Of Operation'),
  row(6, 'certificateHold', 'Certificate Hold'),
  row(8, 'removeFromCRL', 'Remove From CRL'),
  row(9, 'privilegeWithdrawn', 'Privilege Withdrawn'),
  row(10, 'AACompromise', 'AA Compromise'),
];

/** The reason of this name; upper and lower case are the same, as in OpenSSL. */
export const crlReasonByName = (name: string): CrlReason | undefined =>
  CRL_REASONS.find((reason) => reason.name.toLowerCase() === name.toLowerCase());

export const crlReasonByCode = (code: number): CrlReason | undefined =>
  CRL_REASONS.find((reason) => reason.code === code);
