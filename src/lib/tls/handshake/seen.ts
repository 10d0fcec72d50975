/** A ClientHello as a server sees it: checked for what holds in every version, and its extensions read. */
import { CodecError } from '../../codec/index.ts';
import { EXTENSION } from '../../registry/tls-extensions.ts';
import { FALLBACK_SCSV } from '../../registry/tls-suites.ts';
import { SSL30, TLS12, TLS13, VERSIONS, type Version } from '../../registry/tls-versions.ts';
import type { ServerConfig } from '../config.ts';
import type { Connection } from '../connection.ts';
import { TlsFailure, fail } from '../failure.ts';
import { lasting } from '../lasting.ts';
import type { RawMessage } from '../record/index.ts';
import {
  ALPN,
  PADDING,
  SERVER_NAME,
  SIGNATURE_ALGORITHMS,
  SIGNATURE_ALGORITHMS_CERT,
  SUPPORTED_GROUPS,
  SUPPORTED_VERSIONS,
  type ClientHello,
  type Extension,
} from '../wire/index.ts';
import { bodyOf, checkBodies, checkDoubles, checkPlaces } from './extensions.ts';
import { CLIENT_HELLO } from './kinds.ts';

/** A hello with what was read of it. */
export interface Seen {
  readonly hello: ClientHello;
  readonly raw: Uint8Array;
  readonly extensions: readonly Extension[];
  /** Numbers of its extensions. */
  readonly offered: ReadonlySet<number>;
  readonly version: Version;
  readonly serverName: string | undefined;
  readonly alpn: readonly Uint8Array[];
  /** signature_algorithms; undefined where it is missing. */
  readonly schemes: readonly number[] | undefined;
  /** supported_groups; undefined where it is missing. */
  readonly groups: readonly number[] | undefined;
}

/** Reads a hello. `fixed` is the version of a renegotiation. */
export function readHello(c: Connection, raw: RawMessage, fixed?: Version): Seen {
  const hello = decodeHello(c, raw);
  const extensions = hello.extensions ?? [];
  checkDoubles(extensions);
  if (!hello.compressions.includes(0)) fail('compression_no_null');
  const version = versionFor(c.config as ServerConfig, hello, fixed);
  if (version.code === TLS13) {
    checkPlaces(extensions, 'CH');
    const last = extensions.findIndex(({ type }) => type === EXTENSION.preSharedKey);
    if (last >= 0 && last !== extensions.length - 1) fail('extension_after_pre_shared_key');
    if (hello.compressions.length !== 1) fail('compression_in_tls13');
  }
  const read = version.code === TLS13 ? READ_13 : READ_12;
  checkBodies(extensions, 'CH', (code) => READ.has(code) || read.has(code));
  if (bodyOf(extensions, PADDING)?.some((octet) => octet !== 0)) fail('padding_not_zero');
  const schemes = bodyOf(extensions, SIGNATURE_ALGORITHMS);
  const groups = bodyOf(extensions, SUPPORTED_GROUPS);
  const seen: Seen = {
    hello,
    raw: raw.raw,
    extensions,
    offered: new Set(extensions.map(({ type }) => type)),
    version,
    serverName: serverNameOf(extensions),
    alpn: bodyOf(extensions, ALPN) ?? [],
    schemes,
    groups,
  };
  const { info } = c;
  info.clientRandom = lasting(hello.random);
  info.serverName = seen.serverName;
  info.peerSchemes = schemes ?? [];
  info.peerCertificateSchemes = bodyOf(extensions, SIGNATURE_ALGORITHMS_CERT);
  info.peerGroups = groups ?? [];
  info.peerExtensions = extensions.map(({ type }) => type);
  return seen;
}

const E = EXTENSION;

/** Extensions whose bodies every version reads, and those of TLS 1.3 and of older versions: others are nothing that it knows. */
const READ: ReadonlySet<number> = new Set([
  E.serverName,
  E.maxFragmentLength,
  E.statusRequest,
  E.supportedGroups,
  E.signatureAlgorithms,
  E.signatureAlgorithmsCert,
  E.alpn,
  E.signedCertificateTimestamp,
  E.recordSizeLimit,
]);
const READ_13: ReadonlySet<number> = new Set([
  E.preSharedKey,
  E.earlyData,
  E.cookie,
  E.pskKeyExchangeModes,
  E.certificateAuthorities,
  E.postHandshakeAuth,
  E.keyShare,
]);
const READ_12: ReadonlySet<number> = new Set([
  E.ecPointFormats,
  E.encryptThenMac,
  E.extendedMasterSecret,
  E.sessionTicket,
  E.renegotiationInfo,
]);

/** Decodes a hello. Two of its faults have reasons of their own. */
function decodeHello(c: Connection, raw: RawMessage): ClientHello {
  try {
    return c.read(CLIENT_HELLO, raw, false);
  } catch (error) {
    const cause = error instanceof TlsFailure ? error.cause : undefined;
    if (!(cause instanceof CodecError) || cause.fault !== 'length') throw error;
    const { path, detail, offset } = cause;
    if (path[0] === 'sessionId') fail('hello_session_id_too_long', detail);
    if (path[0] === 'suites' && path.length === 1 && isEmptyVector(raw.body, offset)) fail('suites_empty');
    throw error;
  }
}

const isEmptyVector = (body: Uint8Array, at: number): boolean => body[at] === 0 && body[at + 1] === 0;

/** The version to speak (RFC 8446 section 4.2.1, RFC 5246 appendix E.1, RFC 7507). */
function versionFor(config: ServerConfig, hello: ClientHello, fixed: Version | undefined): Version {
  const listed = bodyOf(hello.extensions, SUPPORTED_VERSIONS);
  if (listed && hello.version <= SSL30) fail('version_legacy_ssl3');
  const ours = fixed ? [fixed] : config.versions;
  const version = listed
    ? ours.find(({ code }) => listed.includes(code))
    : ours.find(({ code }) => code <= Math.min(hello.version, TLS12));
  if (!version) {
    const said = (listed ?? [hello.version]).map((code) => VERSIONS.get(code) ?? `0x${code.toString(16)}`);
    return fail(fixed ? 'version_changed_on_renegotiation' : 'version_none_shared', said.join(', '));
  }
  const best = config.versions[0] as Version;
  if (!fixed && hello.suites.includes(FALLBACK_SCSV) && best.code > version.code)
    fail('version_fallback', version.name);
  return version;
}

/** The host name of server_name; names of other types do not count (RFC 6066 section 3). */
function serverNameOf(extensions: readonly Extension[]): string | undefined {
  const names = bodyOf(extensions, SERVER_NAME);
  if (!names) return undefined;
  if (new Set(names.map(({ type }) => type)).size !== names.length) fail('server_name_duplicate');
  const bytes = names.find(({ type }) => type === 0)?.name;
  if (!bytes) return undefined;
  const name = Buffer.from(bytes).toString('latin1');
  if (!/^[\x21-\x7e]{1,255}$/.test(name) || name.endsWith('.')) fail('server_name_bad');
  return name;
}

/** The protocol to speak, by the hook or the list; undefined for none (RFC 7301 section 3.2). */
export function ownProtocol(config: ServerConfig, { alpn }: Seen): Uint8Array | undefined {
  const protocol = config.alpn.find((one) => alpn.some((other) => Buffer.compare(one, other) === 0));
  return protocol ?? fail('alpn_none_shared', alpn.map((one) => Buffer.from(one).toString('latin1')).join(', '));
}
