/** What is left of suites, groups and schemes under a security level, for the versions that may be used. As in OpenSSL they go without a word. */
import { GROUPS, type Group } from '../../registry/tls-groups.ts';
import { SIGNATURE_SCHEMES, type SignatureScheme } from '../../registry/tls-signatures.ts';
import type { Authentication, CipherSuite } from '../../registry/tls-suites.ts';
import { TLS12, TLS13, VERSIONS, type VersionName } from '../../registry/tls-versions.ts';
import { isStrong } from './ciphers.ts';
import type { GroupChoice } from './groups.ts';
import { bitsOf } from './security.ts';
import { defaultSigalgs } from './sigalgs.ts';

/** The numbers of versions. */
export const codesOf = (versions: readonly VersionName[]): readonly number[] =>
  versions.map((name) => VERSIONS.named(name)?.code ?? 0);

/** The suites that a level and these versions have. */
export function usableSuites(
  suites: readonly CipherSuite[],
  versions: readonly number[],
  securityLevel: number,
): readonly CipherSuite[] {
  return suites.filter(
    (suite) => isStrong(suite, securityLevel) && versions.some((code) => code >= suite.first && code <= suite.last),
  );
}

/** Bits of security of a scheme (SSL_CTX_set_security_level(3)). */
function strengthOf({ hash, key }: SignatureScheme): number {
  if (hash === undefined) return key === 'ed448' ? 224 : 128;
  if (hash === 'sha1') return 64;
  return hash === 'md5' ? 39 : Number(hash.slice(3)) / 2;
}

/** The schemes that are left of a list, or of OpenSSL's own. */
export function usableSchemes(
  sigalgs: readonly number[] | undefined,
  versions: readonly number[],
  securityLevel: number,
): readonly number[] {
  const older = versions.some((code) => code <= TLS12);
  const newer = versions.includes(TLS13);
  return (sigalgs ?? defaultSigalgs()).filter((code) => {
    const scheme = SIGNATURE_SCHEMES.row(code);
    if (!scheme || strengthOf(scheme) < bitsOf(securityLevel)) return false;
    return (older && scheme.tls12) || (newer && scheme.tls13 !== 'none');
  });
}

/** Bits of security of groups of finite fields, as OpenSSL counts them. */
const FFDHE_BITS: Readonly<Record<string, number>> = {
  ffdhe2048: 112,
  ffdhe3072: 128,
  ffdhe4096: 128,
  ffdhe6144: 128,
  ffdhe8192: 192,
};

const groupStrength = ({ name, bits }: Group): number => FFDHE_BITS[name] ?? bits;

/** The groups that are left, with the one to send a share of where none was marked. */
export function usableGroups(
  { groups, shares }: GroupChoice,
  versions: readonly number[],
  securityLevel: number,
): GroupChoice {
  const newer = versions.includes(TLS13);
  const rows = groups.flatMap((code) => GROUPS.row(code) ?? []);
  // to OpenSSL groups of finite fields are of TLS 1.3 alone
  const left = rows.filter(
    (group) =>
      versions.some((code) => code >= group.first && code <= group.last && (newer || group.kind !== 'ffdhe')) &&
      groupStrength(group) >= bitsOf(securityLevel),
  );
  const shared = left.filter(({ last }) => last === TLS13).map(({ code }) => code);
  const marked = shared.filter((code) => shares.includes(code));
  return { groups: left.map(({ code }) => code), shares: marked.length > 0 ? marked : shared.slice(0, 1) };
}

const KEYS: Readonly<Partial<Record<Authentication, readonly string[]>>> = {
  rsa: ['rsa', 'rsa-pss'],
  ecdsa: ['ec', 'ed25519', 'ed448'],
  dss: ['dsa'],
};

/** Whether a client that takes these schemes can check who a suite's server is. */
export function isCheckable({ authentication }: CipherSuite, schemes: readonly number[]): boolean {
  const keys = KEYS[authentication];
  return !keys || schemes.some((code) => keys.includes(SIGNATURE_SCHEMES.row(code)?.key ?? ''));
}
