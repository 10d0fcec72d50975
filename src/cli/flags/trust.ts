/** The options about trust that s_client, s_server and verify share: where trusted certificates come from, and how chains are verified. */
import { fail } from '../../lib/errors.ts';
import { objectByName } from '../../lib/registry/oids.ts';
import { purposeByName, type Purpose, type SuiteB, type VerifyOptions } from '../../lib/verify/index.ts';
import { parseIp } from '../../lib/x509/checks.ts';
import { bool, ignored, int, list, text, type Flag, type FlagValues } from '../spec.ts';

type SourceFlags = Readonly<
  Record<'CAfile' | 'CApath' | 'CAstore', Flag<string | undefined>> &
    Record<'no-CAfile' | 'no-CApath' | 'no-CAstore', Flag<boolean>>
>;

const WHERE = { group: 'Trusted certificates' };
const HOW = { group: 'Verification of certificates' };

/** Where trusted certificates come from; for `openTrust`. */
export const TRUST_FLAGS: SourceFlags = {
  CAfile: text('file', 'Trusted certificates (PEM)', WHERE),
  CApath: text('folder', "Trusted certificates, named by hash as 'openssl rehash' does", WHERE),
  CAstore: text('path', 'Trusted certificates in a file or a folder', WHERE),
  'no-CAfile': bool("Do not trust the system's file of certificates", WHERE),
  'no-CApath': bool("Do not trust the system's folder of certificates", WHERE),
  'no-CAstore': bool("Do not trust the system's store of certificates", WHERE),
};

/** Whether CRLs are fetched. */
export const CRL_DOWNLOAD: Flag<boolean> = bool(
  'Fetch CRLs over HTTP from where the certificates say they are (with -crl_check)',
  WHERE,
);

/** A CRL for the verification of a peer, as s_client and s_server take it. */
export const CRL_FLAGS: Readonly<
  Record<'CRL' | 'CRLform', Flag<string | undefined>> & Record<'crl_download', Flag<boolean>>
> = {
  CRL: text('file', 'A certificate revocation list (with -crl_check)', WHERE),
  CRLform: text('PEM|DER', 'Format of the CRL (what it looks like counts)', WHERE),
  crl_download: CRL_DOWNLOAD,
};

type Texts = 'purpose' | 'verify_name' | 'verify_email' | 'verify_ip';
type Numbers = 'verify_depth' | 'auth_level' | 'attime';
type Lists = 'verify_hostname' | 'policy';
type Switches =
  | 'no_check_time'
  | 'partial_chain'
  | 'ignore_critical'
  | 'check_ss_sig'
  | 'trusted_first'
  | 'x509_strict'
  | 'allow_proxy_certs'
  | 'crl_check'
  | 'crl_check_all'
  | 'extended_crl'
  | 'use_deltas'
  | 'policy_check'
  | 'policy_print'
  | 'explicit_policy'
  | 'inhibit_any'
  | 'inhibit_map'
  | 'suiteB_128'
  | 'suiteB_128_only'
  | 'suiteB_192';

type HowFlags = Readonly<
  Record<Texts, Flag<string | undefined>> &
    Record<Numbers, Flag<number | undefined>> &
    Record<Switches, Flag<boolean>> &
    Record<'issuer_checks' | 'no_alt_chains', Flag<string | boolean | undefined>> &
    Record<Lists, Flag<readonly string[]>>
>;

/** How chains are verified; for `verifyOptions`. */
export const VERIFY_FLAGS: HowFlags = {
  verify_hostname: list('name', 'The certificate must be for this host; repeat it for others that will do', HOW),
  verify_ip: text('address', 'The certificate must be for this address', HOW),
  verify_email: text('address', 'The certificate must be for this mailbox', HOW),
  purpose: text('name', 'What the certificate is for: sslclient, sslserver, smimesign, any, …', HOW),
  verify_name: text('name', 'A set of defaults: default, ssl_client, ssl_server, smime_sign, pkcs7', {
    ...HOW,
    values: ['default', 'ssl_client', 'ssl_server', 'smime_sign', 'pkcs7'],
  }),
  verify_depth: int('n', 'How many certificates may stand between the first and the root (default 100)', HOW),
  auth_level: int('n', 'Security level that keys and signatures must have, 0 to 5', HOW),
  attime: int('seconds', 'Verify as of this time, in seconds since 1970', HOW),
  no_check_time: bool('Dates do not count', HOW),
  partial_chain: bool('A trusted certificate ends the chain also where it is no root', HOW),
  ignore_critical: bool('Let unknown critical extensions pass', HOW),
  check_ss_sig: bool("Check the root's own signature, too", HOW),
  trusted_first: bool('Look for issuers among trusted certificates first (always so)', HOW),
  issuer_checks: ignored(),
  no_alt_chains: ignored(),
  x509_strict: bool('Check what RFC 5280 asks of certificates, without allowances', HOW),
  allow_proxy_certs: bool('Let proxy certificates (RFC 3820) stand in the chain', HOW),
  policy: list('oid', 'A policy that will do, by number or name; repeat it for others', HOW),
  policy_check: bool('Check policies', HOW),
  policy_print: bool('Show what the policies came to', HOW),
  explicit_policy: bool('The chain must be valid for a policy of -policy', HOW),
  inhibit_any: bool('anyPolicy does not count', HOW),
  inhibit_map: bool('Policy mappings do not count', HOW),
  crl_check: bool('Look up in a CRL whether the certificate was revoked', HOW),
  crl_check_all: bool('Look up every certificate of the chain', HOW),
  extended_crl: bool('CRLs of other issuers and for some reasons only count too', HOW),
  use_deltas: bool('Delta CRLs count too', HOW),
  suiteB_128: bool('Suite B: P-256 and P-384', HOW),
  suiteB_128_only: bool('Suite B: P-256 alone', HOW),
  suiteB_192: bool('Suite B: P-384 alone', HOW),
};

/** The purposes of OpenSSL's sets of defaults. */
const NAMED: Readonly<Record<string, Purpose>> = {
  ssl_client: 'sslclient',
  ssl_server: 'sslserver',
  smime_sign: 'smimesign',
  pkcs7: 'smimesign',
};

/** Everything about a verification but the certificates. */
export type VerifySettings = Omit<VerifyOptions, 'trusted' | 'untrusted' | 'goOn'>;

/**
 * What the options say of a verification.
 *
 * @param now the time without -attime, in milliseconds since 1970
 * @param defaults what holds where an option is absent, e.g. the purpose of a TLS peer
 * @throws TlskitError ERR_USAGE
 */
export function verifyOptions(
  flags: Pick<FlagValues<HowFlags>, Texts | Numbers | Switches | Lists>,
  now: number,
  defaults: Pick<VerifyOptions, 'purpose' | 'authLevel'> = {},
): VerifySettings {
  const { verify_hostname: hosts, verify_ip: ip, verify_email: email, attime } = flags;
  if (ip !== undefined && !parseIp(ip)) fail('ERR_USAGE', `option -verify_ip takes an IP address, not "${ip}"`);
  const { verify_name: name = 'default' } = flags;
  return {
    // as OpenSSL has it, -attime is stronger than -no_check_time
    time: attime === undefined ? (flags.no_check_time ? undefined : now) : attime * 1000,
    purpose: flags.purpose === undefined ? (NAMED[name] ?? defaults.purpose) : namedPurpose(flags.purpose),
    depth: flags.verify_depth,
    authLevel: flags.auth_level ?? defaults.authLevel,
    partialChain: flags.partial_chain,
    ignoreCritical: flags.ignore_critical,
    checkRootSignature: flags.check_ss_sig,
    x509Strict: flags.x509_strict,
    allowProxies: flags.allow_proxy_certs,
    policies: flags.policy.map(policyOid),
    policyCheck: flags.policy_check,
    notifyPolicies: flags.policy_print,
    explicitPolicy: flags.explicit_policy,
    inhibitAnyPolicy: flags.inhibit_any,
    inhibitPolicyMapping: flags.inhibit_map,
    // as OpenSSL has it, -crl_check_all is both
    crlCheck: flags.crl_check || flags.crl_check_all,
    crlCheckAll: flags.crl_check_all,
    extendedCrl: flags.extended_crl,
    useDeltas: flags.use_deltas,
    suiteB: suiteB(flags),
    hosts,
    ip,
    email,
  };
}

/** As OpenSSL's flags: -suiteB_128 is the sum of the two others. */
function suiteB(flags: Pick<FlagValues<HowFlags>, Switches>): SuiteB | undefined {
  if (flags.suiteB_128 || (flags.suiteB_128_only && flags.suiteB_192)) return '128';
  if (flags.suiteB_128_only) return '128-only';
  return flags.suiteB_192 ? '192' : undefined;
}

const DOTTED = /^[0-2](?:\.\d+)+$/;

const policyOid = (word: string): string =>
  DOTTED.test(word)
    ? word
    : (objectByName(word)?.oid ?? fail('ERR_USAGE', `option -policy takes an object identifier, not "${word}"`));

const namedPurpose = (name: string): Purpose =>
  purposeByName(name) ??
  fail('ERR_USAGE', `option -purpose takes sslclient, sslserver, smimesign, any and the like, not "${name}"`);
