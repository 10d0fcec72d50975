import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goesOn } from '../../src/cli/verify/report.ts';
import { crlPem, type Crl } from '../../src/lib/crl/index.ts';
import { certificatePem } from '../../src/lib/x509/build.ts';
import type { Certificate } from '../../src/lib/x509/certificate.ts';
import { canonicalName } from '../../src/lib/x509/hash.ts';
import {
  TrustStore,
  verifyChain,
  type Purpose,
  type VerifyError,
  type VerifyOptions,
  type VerifyResult,
} from '../../src/lib/verify/index.ts';
import { NOW } from './chains.ts';
import { openssl } from './peers.ts';

/** A chain to verify, with the options that OpenSSL and we have in common. */
export interface ChainCase {
  readonly leaf: Certificate;
  readonly trusted?: readonly Certificate[];
  readonly untrusted?: readonly Certificate[];
  /** Milliseconds; null: no check of dates. */
  readonly time?: number | null;
  readonly purpose?: Purpose;
  readonly depth?: number;
  readonly partialChain?: boolean;
  readonly authLevel?: number;
  readonly ignoreCritical?: boolean;
  readonly checkRootSignature?: boolean;
  readonly crls?: readonly Crl[];
  /** CRLs in the file of trusted certificates. */
  readonly trustedCrls?: readonly Crl[];
  readonly crlCheck?: boolean;
  readonly crlCheckAll?: boolean;
  readonly extendedCrl?: boolean;
  readonly useDeltas?: boolean;
  readonly suiteB?: '128' | '192';
  readonly hosts?: readonly string[];
  readonly email?: string;
  readonly ip?: string;
  readonly policyCheck?: boolean;
  readonly policies?: readonly string[];
  readonly explicitPolicy?: boolean;
  readonly inhibitAnyPolicy?: boolean;
  readonly inhibitPolicyMapping?: boolean;
}

/** `20@0`: an error's number and depth. */
export type Found = string;

/** Whether `openssl verify` goes on after an error (its callback). */
export const opensslGoesOn: (error: Pick<VerifyError, 'name'>) => boolean = goesOn;

/** Verifies with us. */
export function ours(one: ChainCase & { strict?: boolean }, goOn?: VerifyOptions['goOn']): VerifyResult {
  const { leaf, trusted = [], untrusted = [], time = NOW, trustedCrls = [], ...rest } = one;
  return verifyChain(leaf.der, {
    ...rest,
    trusted: new TrustStore(trusted.map((certificate) => certificate.der)),
    untrusted: untrusted.map((certificate) => certificate.der),
    time: time ?? undefined,
    crlLookup: (issuer) => trustedCrls.filter((crl) => canonicalName(crl.issuer).equals(canonicalName(issuer))),
    // OpenSSL's verdict is compared
    alternatives: false,
    ...(goOn ? { goOn } : {}),
  });
}

export const found = ({ errors }: Pick<VerifyResult, 'errors'>): Found[] =>
  errors.map(({ code, depth }) => `${code}@${depth}`);

/** The command line of a case, with its files in a folder. */
export function commandLine(one: ChainCase, folder: string): string[] {
  const file = (name: string, certificates: readonly Certificate[], crls: readonly Crl[] = []): string => {
    const path = join(folder, name);
    writeFileSync(path, certificates.map(certificatePem).join('') + crls.map(crlPem).join(''));
    return path;
  };
  const { leaf, trusted = [], untrusted = [], time = NOW } = one;
  const args = ['-no-CApath', '-no-CAstore'];
  if (trusted.length > 0) args.push('-CAfile', file('trusted.pem', trusted, one.trustedCrls));
  else args.push('-no-CAfile');
  if (untrusted.length > 0) args.push('-untrusted', file('untrusted.pem', untrusted));
  args.push(...(time === null ? ['-no_check_time'] : ['-attime', String(Math.floor(time / 1000))]));
  if (one.purpose) args.push('-purpose', one.purpose);
  if (one.depth !== undefined) args.push('-verify_depth', String(one.depth));
  if (one.partialChain) args.push('-partial_chain');
  if (one.authLevel !== undefined) args.push('-auth_level', String(one.authLevel));
  if (one.ignoreCritical) args.push('-ignore_critical');
  if (one.checkRootSignature) args.push('-check_ss_sig');
  if (one.crls && one.crls.length > 0) args.push('-CRLfile', file('crls.pem', [], one.crls));
  if (one.crlCheck) args.push('-crl_check');
  if (one.crlCheckAll) args.push('-crl_check_all');
  if (one.extendedCrl) args.push('-extended_crl');
  if (one.useDeltas) args.push('-use_deltas');
  if (one.suiteB) args.push(`-suiteB_${one.suiteB}`);
  for (const host of one.hosts ?? []) args.push('-verify_hostname', host);
  if (one.email !== undefined) args.push('-verify_email', one.email);
  if (one.ip !== undefined) args.push('-verify_ip', one.ip);
  if (one.policyCheck) args.push('-policy_check');
  for (const policy of one.policies ?? []) args.push('-policy', policy);
  if (one.explicitPolicy) args.push('-explicit_policy');
  if (one.inhibitAnyPolicy) args.push('-inhibit_any');
  if (one.inhibitPolicyMapping) args.push('-inhibit_map');
  return [...args, file('leaf.pem', [leaf])];
}

/** The errors that `openssl verify` reports for a case, with their texts. */
export function theirs(one: ChainCase): { found: Found[]; texts: string[]; status: number | null } {
  const folder = mkdtempSync(join(tmpdir(), 'tlskit-verify-'));
  try {
    const { stderr, status } = openssl(['verify', ...commandLine(one, folder)]);
    const lines = [...stderr.matchAll(/^(?:\[CRL path\] )?error (\d+) at (\d+) depth lookup: (.*)$/gm)];
    return {
      found: lines.map(([, code, depth]) => `${code}@${depth}`),
      texts: lines.map(([, , , text]) => text as string),
      status,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
