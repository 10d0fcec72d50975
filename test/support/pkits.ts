import { readFileSync } from 'node:fs';
import { TrustStore, verifyChain, type VerifyOptions, type VerifyResult } from '../../src/lib/verify/index.ts';

const FOLDER = 'test/data/pkits';
/** Within the validity of the suite's certificates, and of the CRLs that should be valid. */
export const PKITS_TIME: number = Date.UTC(2011, 3, 15);

/** A test of PKITS: files without their endings, and the inputs of RFC 5280 section 6.1.1. */
export interface PkitsCase {
  readonly test: string;
  readonly name: string;
  readonly expect: 'accept' | 'reject';
  readonly anchor: string;
  readonly intermediates: readonly string[];
  readonly target: string;
  readonly crls: readonly string[];
  readonly initialPolicySet: readonly string[];
  readonly requireExplicitPolicy: boolean;
  readonly inhibitPolicyMapping: boolean;
  readonly inhibitAnyPolicy: boolean;
}

export const pkitsCases = (): readonly PkitsCase[] =>
  JSON.parse(readFileSync(`${FOLDER}/cases.json`, 'utf8')) as PkitsCase[];

export const pkitsCertificate = (name: string): Buffer => readFileSync(`${FOLDER}/certs/${name}.crt`);
export const pkitsCrl = (name: string): Buffer => readFileSync(`${FOLDER}/crls/${name}.crl`);

/** Verifies a test's target. */
export function verifyPkits(one: PkitsCase, more: Partial<VerifyOptions> = {}): VerifyResult {
  return verifyChain(pkitsCertificate(one.target), {
    trusted: new TrustStore([pkitsCertificate(one.anchor)]),
    untrusted: one.intermediates.map(pkitsCertificate),
    time: PKITS_TIME,
    policyCheck: true,
    policies: one.initialPolicySet.map((policy) => (policy === 'anyPolicy' ? '2.5.29.32.0' : policy)),
    explicitPolicy: one.requireExplicitPolicy,
    inhibitAnyPolicy: one.inhibitAnyPolicy,
    inhibitPolicyMapping: one.inhibitPolicyMapping,
    ...more,
  });
}
