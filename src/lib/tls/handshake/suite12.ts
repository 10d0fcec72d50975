/** A server's choice of suite before TLS 1.3: the first one for which there is a certificate, a signature scheme and a group. */
import { GROUPS, type Group } from '../../registry/tls-groups.ts';
import type { CipherSuite } from '../../registry/tls-suites.ts';
import { TLS12 } from '../../registry/tls-versions.ts';
import type { ServerConfig } from '../config.ts';
import type { Connection } from '../connection.ts';
import { schemeFor, type Credential } from '../credential.ts';
import { fail } from '../failure.ts';
import { profileOf } from '../profile.ts';
import type { SigningScheme } from '../signatures.ts';
import { isCertified, keyServes, usesDh, usesEc, usesPsk, usesRsa } from './exchange12.ts';
import type { Seen } from './seen.ts';

export interface ChosenSuite {
  readonly suite: CipherSuite;
  readonly credential: Credential | undefined;
  /** The scheme of ServerKeyExchange's signature. */
  readonly scheme: SigningScheme | undefined;
  readonly group: Group | undefined;
}

/** What clients that name no schemes verify (RFC 5246 section 7.4.1.4.1): SHA-1 with RSA, DSA and ECDSA. */
const UNSAID = [0x0201, 0x0202, 0x0203];

/** Numbers that RFC 7919 keeps for finite-field groups: a client that names one means to choose. */
const isFiniteField = (code: number): boolean => code >>> 8 === 1;

/** What may be missing for a suite, in the order in which it is looked for: the suite that came furthest says why no suite is left. */
const MISSING = [
  'suite_none_shared',
  'certificate_none_for_suite',
  'group_none_shared',
  'dh_group_none_shared',
  'signature_none_shared',
] as const;

type Missing = (typeof MISSING)[number];

/** Suites in our order, or in the client's: that counts as well between those that are as good as each other. */
export function inOrder(
  { serverPreference, suiteRanks }: ServerConfig,
  shared: readonly CipherSuite[],
  theirs: readonly number[],
): readonly CipherSuite[] {
  const rank = ({ code }: CipherSuite): number => (serverPreference ? (suiteRanks.get(code) ?? 0) : 0);
  // `shared` stands in our order: nothing is to be sorted where no two suites are as good as each other
  if (serverPreference && shared.every((suite, i) => i === 0 || rank(suite) > rank(shared[i - 1] as CipherSuite))) {
    return shared;
  }
  // places are below 2^16; one number a suite, as a sort compares each of them often
  const keyed = shared.map((suite) => ({ suite, key: rank(suite) * 2 ** 16 + theirs.indexOf(suite.code) }));
  return keyed.toSorted((a, b) => a.key - b.key).map(({ suite }) => suite);
}

/** The best suite that both sides have and can do. */
export function chooseSuite(c: Connection, seen: Seen, credentials: readonly Credential[]): ChosenSuite {
  const config = c.config as ServerConfig;
  const shared = config.suites.filter(
    ({ code, first, last }) =>
      seen.hello.suites.includes(code) && first <= seen.version.code && last >= seen.version.code,
  );
  const { suites } = seen.hello;
  const ordered = inOrder(config, shared, suites);
  let missing: Missing = 'suite_none_shared';
  for (const suite of ordered) {
    const chosen = tryOut(config, seen, suite, credentials);
    if (typeof chosen !== 'string') return chosen;
    if (MISSING.indexOf(chosen) > MISSING.indexOf(missing)) missing = chosen;
  }
  return fail(missing);
}

function tryOut(
  config: ServerConfig,
  seen: Seen,
  suite: CipherSuite,
  credentials: readonly Credential[],
): ChosenSuite | Missing {
  if (usesPsk(suite.keyExchange) && !config.pskLookup && config.psks.length === 0) return 'suite_none_shared';
  const certified = isCertified(suite.authentication);
  const fitting = credentials.filter((one) => keyServes(suite.authentication, suite.keyExchange, one.traits.type));
  if (certified && fitting.length === 0) return 'certificate_none_for_suite';
  const group = groupFor(config, seen, suite);
  if (group === null) return usesDh(suite.keyExchange) ? 'dh_group_none_shared' : 'group_none_shared';
  if (!certified) return { suite, credential: undefined, scheme: undefined, group };
  if (usesRsa(suite.keyExchange)) {
    const credential = fitting.find(({ signer }) => signer.decrypt !== undefined);
    return credential ? { suite, credential, scheme: undefined, group } : 'certificate_none_for_suite';
  }
  for (const credential of fitting) {
    const scheme = schemeOf(config, seen, credential);
    if (scheme) return { suite, credential, scheme, group };
  }
  return 'signature_none_shared';
}

/** The group of a suite: undefined where it needs none or has one without a name, null where there is none in common. */
function groupFor(config: ServerConfig, seen: Seen, { keyExchange }: CipherSuite): Group | undefined | null {
  const usable = config.groups.filter(({ first }) => first <= TLS12);
  if (usesEc(keyExchange)) {
    const curves = usable.filter(({ kind }) => kind === 'ec' || kind === 'x');
    // a client that names none takes any (RFC 8422 section 4)
    return (seen.groups ? pick(config, seen.groups, curves) : curves.find(({ code }) => code === 23)) ?? null;
  }
  if (!usesDh(keyExchange)) return undefined;
  if (!config.namedDh || !seen.groups?.some(isFiniteField)) return undefined;
  return (
    pick(
      config,
      seen.groups,
      usable.filter(({ kind }) => kind === 'ffdhe'),
    ) ?? null
  );
}

function pick(config: ServerConfig, offered: readonly number[], usable: readonly Group[]): Group | undefined {
  if (config.serverPreference) return usable.find(({ code }) => offered.includes(code));
  const code = offered.find((one) => usable.some((group) => group.code === one));
  return code === undefined ? undefined : GROUPS.row(code);
}

function schemeOf(config: ServerConfig, seen: Seen, credential: Credential): SigningScheme | undefined {
  const { traits } = credential;
  // the curve of the certificate is one that the client must know (RFC 8422 section 5.1.1)
  const curve =
    traits.type === 'ec' ? GROUPS.rows.find(({ node, first }) => node === traits.curve && first <= TLS12) : undefined;
  if (curve && seen.groups && !seen.groups.includes(curve.code)) return undefined;
  const { fixedScheme } = profileOf(seen.version.code);
  if (fixedScheme) return fixedScheme(traits.type);
  return schemeFor(credential, seen.schemes ?? UNSAID, config.signSchemes, ({ tls12 }) => tls12, false);
}
