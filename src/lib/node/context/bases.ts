/** What the options of a context come to for the engine. */
import {
  acceptAny,
  clientConfig,
  serverConfig,
  type ClientConfig,
  type CommonOptions,
  type ServerConfig,
} from '../../tls/config.ts';
import type { Credential } from '../../tls/credential.ts';
import type { DhDomain } from '../../tls/kex/index.ts';
import type { TicketSealer } from '../../tls/session/tickets.ts';
import type { CipherSuite } from '../../registry/tls-suites.ts';
import type { VersionName } from '../../registry/tls-versions.ts';
import { handshakeError } from '../errors/ssl.ts';
import type { GroupChoice } from './groups.ts';
import { Kept } from './kept.ts';
import { OP, has } from './options.ts';
import { primeBitsOf } from './security.ts';
import { codesOf, isCheckable, usableGroups, usableSchemes, usableSuites } from './usable.ts';

/** The settings of a context that the engine wants. */
export interface Settings {
  readonly versions: readonly VersionName[];
  readonly suites: readonly CipherSuite[];
  readonly groups: GroupChoice;
  readonly sigalgs: readonly number[] | undefined;
  readonly options: number;
  readonly securityLevel: number;
  readonly credentials: readonly Credential[];
  /** The same for contexts with the same suites and groups, schemes and bits of options. */
  readonly key: string;
}

/** What a server has beside them. */
export interface ServerSettings extends Settings {
  readonly dhDomain: DhDomain | undefined;
  readonly sessionTimeout: number | undefined;
  readonly sessionIdContext: Buffer;
  readonly ticketSealer: TicketSealer;
}

/** What many contexts have in common is resolved once. The key says all that it depends on. */
const clients = new Kept<ClientConfig>(64);
const servers = new Kept<ServerConfig>(64);

interface Role {
  /** Whether a suite may be used at all. */
  usable(suite: CipherSuite, schemes: readonly number[]): boolean;
  /** OpenSSL's function that finds that there is none. */
  readonly place: string;
}

/** Throws ERR_SSL_NO_PROTOCOLS_AVAILABLE or ERR_SSL_NO_CIPHERS_AVAILABLE where nothing is left, as OpenSSL does when it begins to shake hands. */
function common(settings: Settings, { usable, place }: Role): CommonOptions & { shares: readonly number[] } {
  const { versions, sigalgs, options, securityLevel } = settings;
  const codes = codesOf(versions);
  if (codes.length === 0) throw handshakeError('no_protocols_available', 'tls_setup_handshake');
  const schemes = usableSchemes(sigalgs, codes, securityLevel);
  const suites = usableSuites(settings.suites, codes, securityLevel).filter((suite) => usable(suite, schemes));
  if (suites.length === 0) {
    throw handshakeError('no_ciphers_available', place, 'No ciphers enabled for max supported SSL/TLS version');
  }
  return {
    versions,
    suites: suites.map(({ code }) => code),
    ...usableGroups(settings.groups, codes, securityLevel),
    verifySchemes: schemes,
    signSchemes: schemes,
    verify: acceptAny,
    // from level 3 on OpenSSL has none: they are less secret than the connections that they resume
    tickets: !has(options, OP.noTicket) && securityLevel < 3,
    renegotiation: has(options, OP.noRenegotiation) ? 'never' : 'freely',
    legacyRenegotiation: has(options, OP.legacyRenegotiation),
    extendedMasterSecret: has(options, OP.noExtendedMasterSecret) ? 'off' : 'use',
    encryptThenMac: !has(options, OP.noEncryptThenMac),
    splitRecords: !has(options, OP.dontInsertEmptyFragments),
    pskModes: has(options, OP.allowNoDheKex) ? ['psk_dhe_ke', 'psk_ke'] : ['psk_dhe_ke'],
    limits: { dhMin: primeBitsOf(securityLevel), rsaMin: 512 },
  };
}

/** A client's configuration, but for what a connection says. */
export function clientBase(settings: Settings): ClientConfig {
  const { options, credentials, key } = settings;
  const shared = clients.get(key, () =>
    clientConfig({
      ...common(settings, { usable: isCheckable, place: 'ssl_cipher_list_to_bytes' }),
      requireSecureRenegotiation: !has(options, OP.legacyServerConnect) && !has(options, OP.legacyRenegotiation),
    }),
  );
  // one object for all contexts that are alike, as connect() makes one for each connection
  return credentials.length > 0 ? { ...shared, credentials } : shared;
}

/** A server's configuration, but for what a server and a connection say. */
export function serverBase(settings: ServerSettings): ServerConfig {
  const { dhDomain, sessionTimeout, sessionIdContext, ticketSealer, credentials, key } = settings;
  const hasDh = dhDomain !== undefined;
  const shared = servers.get(`${key} ${hasDh} ${sessionTimeout}`, () =>
    serverConfig({
      ...common(settings, {
        usable: ({ keyExchange }) => hasDh || !keyExchange.startsWith('dhe'),
        place: 'tls_setup_handshake',
      }),
      serverPreference: has(settings.options, OP.serverPreference),
      // OpenSSL knows nothing of RFC 7919 before TLS 1.3: what the program has set counts
      namedDh: false,
      // of none at all the shortest comes nearest
      sessionLifetime: sessionTimeout === 0 ? 1 : sessionTimeout,
      // as OpenSSL with ticket keys of the program's: the ticket that was taken stays good
      ticketCountResumed: 0,
    }),
  );
  return { ...shared, credentials, dhDomain, sessionContext: sessionIdContext, ticketSealer };
}
