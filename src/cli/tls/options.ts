/** What the options that s_client and s_server share say to the engine. */
import { fail } from '../../lib/errors.ts';
import { SIGNATURE_SCHEMES } from '../../lib/registry/tls-signatures.ts';
import { TLS13, VERSIONS, type VersionName } from '../../lib/registry/tls-versions.ts';
import { loadMlKem, type CommonOptions, type ExternalPsk, type RenegotiationPolicy } from '../../lib/tls/index.ts';
import type { FlagValues } from '../spec.ts';
import type { TlsFlags } from './flags.ts';
import { cipherList, cipherSuites, groupList, moduli, protocolList, schemeList, wantsMlKem } from './names.ts';

export type TlsValues = FlagValues<TlsFlags>;

const ALL: readonly VersionName[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];
const ONLY = { tls1: 'TLSv1', tls1_1: 'TLSv1.1', tls1_2: 'TLSv1.2', tls1_3: 'TLSv1.3' } as const;
const NOT = { no_tls1: 'TLSv1', no_tls1_1: 'TLSv1.1', no_tls1_2: 'TLSv1.2', no_tls1_3: 'TLSv1.3' } as const;

/**
 * The versions: TLS 1.2 and 1.3, unless something else is said.
 *
 * @throws TlskitError ERR_USAGE when none is left
 */
export function versionsOf(flags: TlsValues): VersionName[] {
  const named = Object.entries(ONLY).flatMap(([flag, version]) => (flags[flag as keyof typeof ONLY] ? [version] : []));
  if (named.length > 1) fail('ERR_USAGE', 'of -tls1, -tls1_1, -tls1_2 and -tls1_3 there can be one');
  const { min_protocol: min, max_protocol: max } = flags;
  if (named.length > 0 && (min !== undefined || max !== undefined))
    fail('ERR_USAGE', '-min_protocol and -max_protocol do not go with -tls1_2 and the like');
  const at = (name: string): number => ALL.indexOf(name as VersionName);
  let from = named[0] ?? min ?? (max !== undefined && at(max) < at('TLSv1.2') ? max : 'TLSv1.2');
  if (from === 'None') from = 'TLSv1';
  let to = named.at(-1) ?? max ?? 'TLSv1.3';
  if (to === 'None') to = 'TLSv1.3';
  const without = new Set<string>(
    Object.entries(NOT).flatMap(([flag, version]) => (flags[flag as keyof typeof NOT] ? [version] : [])),
  );
  const versions = ALL.filter((name) => at(name) >= at(from) && at(name) <= at(to) && !without.has(name));
  if (versions.length === 0) fail('ERR_USAGE', 'these options leave no version of TLS');
  return versions;
}

/** The pre-shared key of -psk. */
export function pskOf(flags: TlsValues): ExternalPsk | undefined {
  const { psk, psk_identity: identity = 'Client_identity', psk_hash: hash } = flags;
  if (psk === undefined) {
    if (hash !== undefined) fail('ERR_USAGE', 'option -psk_hash goes with -psk');
    return undefined;
  }
  if (!/^([0-9a-fA-F]{2})+$/.test(psk)) fail('ERR_USAGE', 'option -psk takes a key in hexadecimal');
  return {
    identity: Buffer.from(identity, 'utf8'),
    key: Buffer.from(psk, 'hex'),
    hash: hash === 'sha384' ? hash : 'sha256',
  };
}

function renegotiationOf(flags: TlsValues, side: 'client' | 'server'): RenegotiationPolicy {
  if (flags.no_renegotiation) return 'never';
  return side === 'client' || flags.client_renegotiation ? 'freely' : 'never';
}

/** Padding to multiples of `block`. */
const paddingTo =
  (block: number) =>
  (_type: number, length: number): number =>
    Math.min((block - ((length + 1) % block)) % block, Math.max(0, 16_384 - length));

/** What both sides have. Credentials, verification and what is special to a side come on top. */
export async function commonOptions(flags: TlsValues, side: 'client' | 'server'): Promise<CommonOptions> {
  const versions = versionsOf(flags);
  const groups = groupList(flags.groups);
  if (wantsMlKem(groups) && !(await loadMlKem()))
    fail('ERR_UNSUPPORTED', 'ML-KEM needs Node 24 or the package @noble/post-quantum, which is not here');
  const tls13 = versions.some((name) => VERSIONS.named(name)?.code === TLS13);
  const tls12 = versions.some((name) => VERSIONS.named(name)?.code !== TLS13);
  const { max_send_frag: maxSendFragment, record_padding: block = 0 } = flags;
  if (maxSendFragment !== undefined && (maxSendFragment < 512 || maxSendFragment > 16_384))
    fail('ERR_USAGE', `option -max_send_frag takes 512 to 16384, not ${maxSendFragment}`);
  const suites = [
    ...(tls13 ? cipherSuites(flags.ciphersuites) : []),
    ...(tls12 ? cipherList(flags.cipher, flags.psk !== undefined) : []),
  ].map(({ code }) => code);
  if (suites.length === 0) fail('ERR_USAGE', 'these options leave no cipher suite');
  const older = versions.some((name) => name === 'TLSv1' || name === 'TLSv1.1');
  return {
    versions,
    suites,
    groups,
    ...schemes(flags, side, older),
    alpn: protocolList(flags.alpn),
    tickets: !flags.no_ticket,
    encryptThenMac: !flags.no_etm,
    extendedMasterSecret: flags.no_ems ? 'off' : 'use',
    middleboxCompatibility: !flags.no_middlebox,
    pskModes: flags.allow_no_dhe_kex ? ['psk_dhe_ke', 'psk_ke'] : ['psk_dhe_ke'],
    renegotiation: renegotiationOf(flags, side),
    legacyRenegotiation: flags.legacy_renegotiation,
    requireSecureRenegotiation: side === 'client' ? !flags.legacy_server_connect : flags.no_legacy_server_connect,
    maxSendFragment,
    padding: block > 1 ? paddingTo(block) : undefined,
    keyLog: flags.keylogfile !== undefined,
    traceRecords: side === 'client' || flags.msg,
    limits: { renegotiations: 100_000, ...moduli(flags.cipher) },
  };
}

/** -sigalgs says what we verify and sign by; -client_sigalgs what clients sign by. */
function schemes(
  flags: TlsValues,
  side: 'client' | 'server',
  older: boolean,
): Pick<CommonOptions, 'verifySchemes' | 'signSchemes'> {
  const own = schemeList('sigalgs', flags.sigalgs);
  const client = flags.client_sigalgs === undefined ? own : schemeList('client_sigalgs', flags.client_sigalgs);
  // before TLS 1.2 ECDSA and DSA sign with SHA-1, without a word about it
  const sha1 = older ? SIGNATURE_SCHEMES.rows.filter(({ hash }) => hash === 'sha1').map(({ code }) => code) : [];
  const [verifySchemes, signSchemes] = side === 'client' ? [own, client] : [client, own];
  return {
    verifySchemes: [...new Set([...verifySchemes, ...sha1])],
    signSchemes: [...new Set([...signSchemes, ...sha1])],
  };
}
