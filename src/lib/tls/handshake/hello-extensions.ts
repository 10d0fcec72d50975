/** The extensions of a ClientHello, in the order in which they go out. pre_shared_key is not among them: it comes last, with its binders. */
import { encode } from '../../codec/index.ts';
import { GREASE } from '../../registry/tls-codes.ts';
import { TLS12, TLS13, type Version } from '../../registry/tls-versions.ts';
import type { ClientConfig } from '../config.ts';
import type { Connection } from '../connection.ts';
import { MAX_PLAINTEXT } from '../record/index.ts';
import {
  ALPN,
  COOKIE,
  EARLY_DATA,
  EC_POINT_FORMATS,
  ENCRYPT_THEN_MAC,
  EXTENDED_MASTER_SECRET,
  KEY_SHARE,
  MAX_FRAGMENT_LENGTH,
  PADDING,
  POST_HANDSHAKE_AUTH,
  PSK_KEY_EXCHANGE_MODES,
  RECORD_SIZE_LIMIT,
  RENEGOTIATION_INFO,
  SCT_REQUEST,
  SERVER_NAME,
  SESSION_TICKET,
  SIGNATURE_ALGORITHMS,
  SIGNATURE_ALGORITHMS_CERT,
  STATUS_REQUEST,
  SUPPORTED_GROUPS,
  SUPPORTED_VERSIONS,
  clientHello,
  extension,
  type ClientHello,
  type Extension,
} from '../wire/index.ts';
import type { Offer } from './offer.ts';

const NOTHING = new Uint8Array(0);
const MAX_FRAGMENT_CODES: Readonly<Record<number, number>> = { 512: 1, 1024: 2, 2048: 3, 4096: 4 };

/** Whether a server name may go into server_name: no IP address (RFC 6066 section 3). */
export function isHostName(name: string): boolean {
  return name !== '' && !/^\d+(?:\.\d+){3}$/.test(name) && !name.includes(':');
}

/** The list for an offer. */
export function helloExtensions(c: Connection, offer: Offer): Extension[] {
  const config = c.config as ClientConfig;
  const tls13 = offer.versions.some(({ code }) => code === TLS13);
  const tls12 = offer.versions.some(({ code }) => code <= TLS12);
  const grease = config.grease && !offer.renegotiation;
  return [
    ...(grease ? [{ type: GREASE[1] as number, data: NOTHING }] : []),
    ...nameExtensions(c),
    ...(tls12 ? olderExtensions(config, offer) : []),
    ...fixedExtensions(config, offer),
    ...(tls13 ? newerExtensions(config, offer, grease, c.info.retried) : []),
    ...(grease ? [{ type: GREASE[3] as number, data: Buffer.alloc(1) }] : []),
  ];
}

function nameExtensions(c: Connection): Extension[] {
  const { serverName } = c.options;
  if (serverName === undefined || !isHostName(serverName)) return [];
  c.info.serverName = serverName;
  return [extension(SERVER_NAME, [{ type: 0, name: Buffer.from(serverName, 'latin1') }])];
}

/** What only versions before TLS 1.3 have. */
function olderExtensions(config: ClientConfig, { suites, session, renegotiation }: Offer): Extension[] {
  const list: Extension[] = [];
  const verify = renegotiation?.clientVerify ?? NOTHING;
  if (config.extendedMasterSecret !== 'off') list.push(extension(EXTENDED_MASTER_SECRET, {}));
  if (config.secureRenegotiation) list.push(extension(RENEGOTIATION_INFO, verify));
  if (suites.some(({ keyExchange }) => keyExchange.startsWith('ecdhe'))) list.push(extension(EC_POINT_FORMATS, [0]));
  if (config.tickets) list.push(extension(SESSION_TICKET, session?.ticket ?? NOTHING));
  if (config.encryptThenMac && suites.some(({ bulk }) => bulk.kind === 'cbc'))
    list.push(extension(ENCRYPT_THEN_MAC, {}));
  return list;
}

/** What is the same in every first handshake of a configuration is encoded once. */
const fixed = new WeakMap<ClientConfig, readonly Extension[]>();

function fixedExtensions(config: ClientConfig, offer: Offer): readonly Extension[] {
  const make = (): readonly Extension[] => [...keyExtensions(config, offer), ...commonExtensions(config, offer)];
  if (offer.renegotiation) return make();
  let list = fixed.get(config);
  if (!list) fixed.set(config, (list = make()));
  return list;
}

/** Groups and signature schemes, which every version from TLS 1.2 on wants to know. */
function keyExtensions(config: ClientConfig, { groups, versions }: Offer): Extension[] {
  const list: Extension[] = [];
  const codes = groups.map(({ code }) => code);
  if (config.grease) codes.unshift(GREASE[2] as number);
  if (groups.length > 0) list.push(extension(SUPPORTED_GROUPS, codes));
  if ((versions[0] as Version).code < TLS12) return list;
  list.push(extension(SIGNATURE_ALGORITHMS, [...config.verifySchemes.keys()]));
  if (config.certificateSchemes) list.push(extension(SIGNATURE_ALGORITHMS_CERT, config.certificateSchemes));
  return list;
}

function commonExtensions(config: ClientConfig, { versions }: Offer): Extension[] {
  const list: Extension[] = [];
  if (config.requestOcsp) {
    list.push(extension(STATUS_REQUEST, { type: 1, body: { responders: [], extensions: NOTHING } }));
  }
  if (config.requestTimestamps) list.push(extension(SCT_REQUEST, {}));
  if (config.alpn.length > 0) list.push(extension(ALPN, config.alpn));
  const code = config.maxFragmentLength === undefined ? undefined : MAX_FRAGMENT_CODES[config.maxFragmentLength];
  if (code !== undefined) list.push(extension(MAX_FRAGMENT_LENGTH, code));
  // the octet more is for the content type of TLS 1.3 (RFC 8449 section 4)
  const most = versions[0]?.code === TLS13 ? MAX_PLAINTEXT + 1 : MAX_PLAINTEXT;
  const { recordSizeLimit: limit } = config;
  if (limit !== undefined) list.push(extension(RECORD_SIZE_LIMIT, Math.min(limit, most)));
  return list;
}

/** What TLS 1.3 has. */
function newerExtensions(config: ClientConfig, offer: Offer, grease: boolean, retried: boolean): Extension[] {
  const versions = offer.versions.map(({ code }) => code);
  const shares = offer.shares.map(({ group, share }) => ({ group: group.code, share: share as Uint8Array }));
  if (grease) {
    versions.unshift(GREASE[4] as number);
    // the second hello has the share that was asked for and no other (RFC 8446 section 4.1.2)
    if (!retried) shares.unshift({ group: GREASE[2] as number, share: Buffer.alloc(1) });
  }
  const modes = config.pskModes.map((mode) => (mode === 'psk_ke' ? 0 : 1));
  const list = [extension(SUPPORTED_VERSIONS, versions)];
  if (offer.cookie) list.push(extension(COOKIE, offer.cookie));
  if (modes.length > 0) list.push(extension(PSK_KEY_EXCHANGE_MODES, modes));
  list.push(extension(KEY_SHARE, shares));
  if (config.postHandshakeAuth) list.push(extension(POST_HANDSHAKE_AUTH, {}));
  if (offer.earlyData) list.push(extension(EARLY_DATA, {}));
  return list;
}

/** Adds padding so that the message has `length` octets with what comes `last` in it, as far as that goes (RFC 7685). */
export function padded(hello: ClientHello, last: readonly Extension[], length: number): ClientHello {
  const list = hello.extensions ?? [];
  const now = 4 + encode(clientHello, { ...hello, extensions: [...list, ...last] }).length;
  const missing = length - now - 4;
  return missing < 0 ? hello : { ...hello, extensions: [...list, extension(PADDING, Buffer.alloc(missing))] };
}
