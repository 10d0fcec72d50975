/** Names in options to rows of the tables. */
import { GROUPS, type Group } from '../registry/tls-groups.ts';
import { SIGNATURE_SCHEMES, type SignatureScheme } from '../registry/tls-signatures.ts';
import { SUITES, recommendedSuites, type CipherSuite } from '../registry/tls-suites.ts';
import type { CodeRow, CodeTable } from '../registry/tls-table.ts';
import { TLS10, VERSIONS, type Version } from '../registry/tls-versions.ts';
import { TlsFailure, fail } from './failure.ts';
import type { CommonConfig, CommonOptions, Limits } from './config.ts';
import { canExchange } from './kex/index.ts';
import { MAX_HELLO, MAX_PLAINTEXT } from './record/index.ts';
import { recommendedSchemes } from './signatures.ts';
import { isSupported } from './supported.ts';

const LIMITS: Limits = {
  clientHello: MAX_HELLO,
  certificate: 102_400,
  message: MAX_HELLO,
  chain: 100,
  emptyRecords: 32,
  warnings: 4,
  changeCipherSpecs: 32,
  keyUpdates: 1000,
  tickets: 256,
  renegotiations: Infinity,
  pskIdentity: 65_535,
  psks: 32,
  dhMin: 1024,
  dhMax: 8192,
  rsaMin: 1024,
  skippedEarlyData: 2 ** 17,
};

function rowOf<R extends CodeRow>(table: CodeTable<R>, what: string, one: string | number): R {
  const row = typeof one === 'number' ? table.row(one) : table.named(one);
  if (!row) throw new RangeError(`no ${what} ${one}`);
  return row;
}

function suiteOf(one: string | number): CipherSuite {
  const suite = rowOf(SUITES, 'cipher suite', one);
  if (!isSupported(suite)) throw new RangeError(`the cipher suite ${suite.name} is not supported`);
  return suite;
}

/** Places of suites in a server's order: those of a set have that of the set's first one. */
export function suiteRanks(
  suites: readonly CipherSuite[],
  equal: readonly (readonly (string | number)[])[],
): ReadonlyMap<number, number> {
  const ranks = new Map(suites.map(({ code }, rank) => [code, rank]));
  for (const set of equal) {
    const codes = set.map((one) => suiteOf(one).code).filter((code) => ranks.has(code));
    const best = Math.min(...codes.map((code) => ranks.get(code) ?? Infinity));
    for (const code of codes) ranks.set(code, best);
  }
  return ranks;
}

function groupOf(one: string | number): Group {
  const group = rowOf(GROUPS, 'group', one);
  if (!canExchange(group)) throw new RangeError(`${group.name} needs ML-KEM: await loadMlKem() first`);
  return group;
}

function schemesOf(list: CommonOptions['signSchemes']): ReadonlyMap<number, SignatureScheme> {
  const rows = list?.map((one) => rowOf(SIGNATURE_SCHEMES, 'signature scheme', one)) ?? recommendedSchemes();
  return new Map(rows.map((row) => [row.code, row]));
}

function versionsOf(list: CommonOptions['versions']): readonly Version[] {
  const rows = (list ?? ['TLSv1.3', 'TLSv1.2']).map((one) => rowOf(VERSIONS, 'version', one));
  for (const row of rows) {
    if (row.code < TLS10) throw new RangeError(`${row.name} is not supported`);
  }
  if (rows.length === 0) throw new RangeError('no version to use');
  return [...new Set(rows)].sort((a, b) => b.code - a.code);
}

/** The groups when nothing is said: curves, ffdhe, and ML-KEM at the end where it is there. */
function defaultGroups(): readonly Group[] {
  const names = 'x25519 secp256r1 x448 secp384r1 secp521r1 ffdhe2048 ffdhe3072 ffdhe4096 X25519MLKEM768'.split(' ');
  return names.map((name) => rowOf(GROUPS, 'group', name)).filter(canExchange);
}

function protocolOf(one: string | Uint8Array): Uint8Array {
  const bytes = typeof one === 'string' ? Buffer.from(one, 'utf8') : one;
  if (bytes.length === 0 || bytes.length > 255) throw new RangeError('an application protocol has 1 to 255 octets');
  return bytes;
}

/** An option's value, once it is seen to be inside of its bounds. Throws RangeError for one that is not. */
export function between(name: string, value: number | undefined, min: number, max: number): number | undefined {
  if (value !== undefined && !(Number.isInteger(value) && value >= min && value <= max)) {
    throw new RangeError(`${name} must be from ${min} to ${max}`);
  }
  return value;
}

/** A source of random octets whose failure has a reason. */
function drawnFrom(random: (length: number) => Uint8Array): (length: number) => Uint8Array {
  return (length) => {
    let drawn: Uint8Array;
    try {
      drawn = random(length);
    } catch (error) {
      throw new TlsFailure('random_failed', error instanceof Error ? error.message : undefined, error);
    }
    return drawn.length === length ? drawn : fail('random_failed', `${drawn.length} octets, not ${length}`);
  };
}

/** The configuration that both sides share. */
export function resolveCommon(
  options: CommonOptions,
  random: (length: number) => Uint8Array,
): { readonly config: CommonConfig; group(one: string | number): Group } {
  const versions = versionsOf(options.versions);
  const suites = (options.suites?.map(suiteOf) ?? recommendedSuites().filter(isSupported)).filter((suite) =>
    versions.some(({ code }) => code >= suite.first && code <= suite.last),
  );
  if (suites.length === 0) throw new RangeError('no cipher suite for these versions');
  const config: CommonConfig = {
    versions,
    suites,
    groups: options.groups?.map(groupOf) ?? defaultGroups(),
    verifySchemes: schemesOf(options.verifySchemes),
    signSchemes: schemesOf(options.signSchemes),
    certificateSchemes: options.certificateSchemes && [...schemesOf(options.certificateSchemes).keys()],
    alpn: options.alpn?.map(protocolOf) ?? [],
    credentials: options.credentials ?? [],
    verify: options.verify,
    verifyResumed: options.verifyResumed ?? false,
    psks: options.psks ?? [],
    extendedMasterSecret: options.extendedMasterSecret ?? 'use',
    encryptThenMac: options.encryptThenMac ?? true,
    tickets: options.tickets ?? true,
    renegotiation: options.renegotiation ?? 'never',
    requireSecureRenegotiation: options.requireSecureRenegotiation ?? false,
    legacyRenegotiation: options.legacyRenegotiation ?? false,
    recordSizeLimit: between('recordSizeLimit', options.recordSizeLimit, 64, MAX_PLAINTEXT + 1),
    maxSendFragment: between('maxSendFragment', options.maxSendFragment, 1, MAX_PLAINTEXT) ?? MAX_PLAINTEXT,
    padding: options.padding,
    splitRecords: options.splitRecords ?? true,
    middleboxCompatibility: options.middleboxCompatibility ?? true,
    pskModes: options.pskModes ?? ['psk_dhe_ke'],
    halfClose: options.halfClose ?? false,
    limits: { ...LIMITS, ...options.limits },
    keyLog: options.keyLog ?? false,
    traceRecords: options.traceRecords ?? false,
    messageEvents: options.messageEvents ?? true,
    tap: options.tap,
    now: options.now ?? Date.now,
    random: drawnFrom(options.random ?? random),
    replay: options.replay ?? false,
  };
  return { config, group: groupOf };
}
