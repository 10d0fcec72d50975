/** What s_client's options mean: the engine's configuration, where to connect, what to verify by. */
import { existsSync } from 'node:fs';
import { fail } from '../../lib/errors.ts';
import { acceptAny, clientConfig, type ClientConfig, type ExternalPsk, type VerifyHook } from '../../lib/tls/index.ts';
import type { TrustStore } from '../../lib/verify/index.ts';
import { nameOptions } from '../flags/certificates.ts';
import { verifyOptions, type VerifySettings } from '../flags/trust.ts';
import { Sink } from '../sink.ts';
import { readFile } from '../source.ts';
import { DEFAULT_PORT, familyOf, parseAddress, portOf, type Address } from '../tls/address.ts';
import { checked } from '../tls/configuration.ts';
import { loadCredential } from '../tls/credentials.ts';
import { securityLevel } from '../tls/names.ts';
import { commonOptions, pskOf } from '../tls/options.ts';
import { readSessionFile } from '../tls/session-file.ts';
import { openCrls, openTrust } from '../trust.ts';
import type { SslSession } from '../../lib/tls/index.ts';
import type { NameOptions } from '../../lib/text/name.ts';
import type { ClientContext } from './flags.ts';

/** Where a client connects to. */
export interface Target extends Address {
  readonly path: string | undefined;
  readonly family: 4 | 6 | undefined;
  readonly local: Address | undefined;
}

export interface ClientSetup {
  readonly target: Target;
  readonly serverName: string | undefined;
  readonly trusted: TrustStore;
  readonly verification: VerifySettings;
  readonly nameOptions: NameOptions;
  readonly session: SslSession | undefined;
  readonly earlyData: Buffer | undefined;
  readonly psk: ExternalPsk | undefined;
  /** The configuration for one connection, whose verify hook this is. */
  config(verify: VerifyHook): ClientConfig;
}

/**
 * Reads the options and the files that they name.
 *
 * @throws TlskitError
 */
export async function setUp(context: ClientContext): Promise<ClientSetup> {
  const { flags } = context;
  const target = targetOf(context);
  if (flags.sess_out !== undefined) new Sink().check(flags.sess_out);
  const common = await commonOptions(flags, 'client');
  const psk = pskOf(flags);
  const { cert, key, pass, cert_chain: chain, certform, keyform } = flags;
  if (cert === undefined && (key !== undefined || chain !== undefined))
    fail('ERR_USAGE', 'option -key and -cert_chain go with -cert');
  const trusted = openTrust(flags, 'alone');
  const files = { key, pass, chain, certform, keyform, trusted };
  const credentials = cert === undefined ? [] : [await loadCredential(context, { cert, ...files })];
  const options = {
    ...common,
    credentials,
    psks: psk ? [psk] : [],
    requestOcsp: flags.status || flags.ocsp_check_leaf || flags.ocsp_check_all,
    postHandshakeAuth: flags.enable_pha,
    fallback: flags.fallback_scsv,
    maxFragmentLength: fragmentLength(flags.maxfraglen),
  };
  const stored = sessionOf(context);
  const config = (verify: VerifyHook): ClientConfig => clientConfig({ ...options, verify });
  checked(() => config(acceptAny));
  return {
    target,
    serverName: serverNameOf(context, target),
    trusted,
    verification: {
      ...verifyOptions(flags, Date.now(), { purpose: 'sslserver', authLevel: securityLevel(flags.cipher) }),
      crlLookup: openCrls(flags, 'alone'),
    },
    nameOptions: nameOptions(flags.nameopt),
    ...stored,
    psk,
    config,
  };
}

/** -sess_in and -early_data. A session without early data is used without them; what is longer than it takes would be cut off. */
function sessionOf({ flags }: ClientContext): Pick<ClientSetup, 'session' | 'earlyData'> {
  const { sess_in: file, early_data: early } = flags;
  const session = file === undefined ? undefined : readSessionFile(file);
  const earlyData = early === undefined ? undefined : readFile(early);
  const most = session?.session.maxEarlyData ?? 0;
  if (earlyData && most > 0 && earlyData.length > most)
    fail(
      'ERR_USAGE',
      `${early} has ${earlyData.length} octets, and the session of ${file} takes ${most} of early data`,
    );
  return { session, earlyData };
}

function fragmentLength(value: number | undefined): number | undefined {
  if (value !== undefined && ![512, 1024, 2048, 4096].includes(value))
    fail('ERR_USAGE', `option -maxfraglen takes 512, 1024, 2048 or 4096, not ${value}`);
  return value;
}

function targetOf({ flags, args }: ClientContext): Target {
  const { connect, host, port, unix, bind } = flags;
  const [word] = args;
  if (connect !== undefined && word !== undefined)
    fail('ERR_USAGE', `there are two places to connect to: ${connect}, ${word}`);
  if (unix !== undefined && (connect ?? word ?? host) !== undefined)
    fail('ERR_USAGE', 'option -unix names a place to connect to, and so does another one');
  const named = connect ?? word;
  const address = named === undefined ? undefined : parseAddress('connect', named, 'host');
  const local = bind === undefined ? undefined : parseAddress('bind', bind.includes(':') ? bind : `${bind}:0`, 'host');
  if (unix !== undefined && !existsSync(unix)) fail('ERR_CONNECT', `there is no socket ${unix}`);
  const target = {
    host: host ?? address?.host ?? 'localhost',
    port: port === undefined ? (address?.port ?? DEFAULT_PORT) : portOf('port', port),
  };
  return { ...target, path: unix, family: familyOf(flags, target, local), local };
}

/** As OpenSSL has it: -servername, else the host of -connect where it is a name. */
function serverNameOf({ flags }: ClientContext, { host, path }: Target): string | undefined {
  const { servername, noservername } = flags;
  if (servername !== undefined && noservername) fail('ERR_USAGE', '-servername and -noservername do not go together');
  if (servername !== undefined) return servername;
  if (noservername || path !== undefined || host === undefined || !isHostName(host)) return undefined;
  return host;
}

/** Whether a text is a DNS name, and no address: two labels at least, or `localhost`, as a rule of thumb of OpenSSL's. */
const isHostName = (host: string): boolean =>
  /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*$/.test(host) && !/^[0-9.]+$/.test(host);
