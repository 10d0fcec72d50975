/** What s_server's options mean: where to listen, the engine's configuration, what to do with clients. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readDhParameters } from '../../lib/dh/parameters.ts';
import { fail } from '../../lib/errors.ts';
import type { NameOptions } from '../../lib/text/name.ts';
import { readTicketKeys } from '../../lib/tickets/format.ts';
import { TicketKey } from '../../lib/tickets/key.ts';
import {
  acceptAny,
  memoryStore,
  replayGuard,
  serverConfig,
  ticketSealer,
  type Credential,
  type HelloAnswer,
  type HelloSeen,
  type ServerConfig,
  type ServerOptions,
} from '../../lib/tls/index.ts';
import type { TrustStore } from '../../lib/verify/index.ts';
import { SUITES } from '../../lib/registry/tls-suites.ts';
import { readCertificates } from '../../lib/x509/certificate.ts';
import { nameOptions } from '../flags/certificates.ts';
import { verifyOptions, type VerifySettings } from '../flags/trust.ts';
import { readFile } from '../source.ts';
import type { FlagValues } from '../spec.ts';
import { checked } from '../tls/configuration.ts';
import { DEFAULT_PORT, familyOf, parseAddress, portOf, type Address } from '../tls/address.ts';
import { loadCredential } from '../tls/credentials.ts';
import { moduli, securityLevel } from '../tls/names.ts';
import { commonOptions, pskOf } from '../tls/options.ts';
import { openCrls, openTrust } from '../trust.ts';
import type { ServerContext, ServerFlags } from './flags.ts';
import { staplerOf, type Stapler } from './stapling.ts';

/** What is done with what clients send. */
export type Mode = 'print' | 'page' | 'files' | 'raw files' | 'reverse' | 'echo';

export interface ServerSetup {
  readonly address: Address;
  readonly path: string | undefined;
  readonly family: 4 | 6 | undefined;
  readonly mode: Mode;
  readonly nameOptions: NameOptions;
  readonly trusted: TrustStore;
  readonly verification: VerifySettings;
  /** Without verify hooks: each connection has its own. */
  readonly config: ServerConfig;
  /** Lines to say at the start. */
  readonly notes: readonly string[];
}

type Values = FlagValues<ServerFlags>;

/** Octets of early data where -max_early_data says nothing. */
const EARLY_DATA = 16_384;

/**
 * Reads the options and the files that they name.
 *
 * @throws TlskitError
 */
export async function setUp(context: ServerContext): Promise<ServerSetup> {
  const { flags } = context;
  if (flags.fixtures_domain !== undefined) fail('ERR_USAGE', '-fixtures_domain goes with -fixtures');
  const where = whereToListen(flags);
  const common = await commonOptions(flags, 'server');
  const psk = pskOf(flags);
  const suites = flags.no_dhe ? common.suites?.filter((code) => !isDhe(code)) : common.suites;
  const trusted = openTrust(flags, 'alone');
  const credentials = await loadCredentials(context, trusted);
  const second = flags.servername === undefined ? undefined : await loadSecond(context, trusted);
  const dh = flags.dhparam === undefined ? undefined : readDomain(flags.dhparam, flags.cipher);
  const options: ServerOptions = {
    ...common,
    suites,
    credentials,
    serverPreference: flags.serverpref,
    clientAuth: flags.Verify !== undefined ? 'require' : flags.verify !== undefined ? 'request' : 'none',
    authorities: authoritiesOf(flags),
    onHello: helloHook(flags, credentials, second, staplerOf(flags, trusted, sayOnStderr)),
    psks: psk ? [psk] : [],
    pskHint: flags.psk_hint === undefined ? undefined : Buffer.from(flags.psk_hint, 'utf8'),
    dhDomain: dh && { p: octetsOf(dh.p), g: octetsOf(dh.g) },
    cookie: flags.stateless ? () => randomBytes(32) : undefined,
    ...sessionOptions(flags),
    verify: acceptAny,
  };
  return {
    ...where,
    mode: modeWithPaths(flags),
    nameOptions: nameOptions(flags.nameopt),
    trusted,
    verification: {
      ...verifyOptions(flags, Date.now(), { purpose: 'sslclient', authLevel: securityLevel(flags.cipher) }),
      crlLookup: openCrls(flags, 'alone'),
    },
    config: checked(() => serverConfig(options)),
    notes: [dh ? 'Setting temp DH parameters\n' : 'Using default temp DH parameters\n'],
  };
}

/** No level lets a server have a prime below this (ssl_security_default_callback). */
const LEAST_PRIME = 1024;

/** The group of -dhparam, whose prime must have the bits of the security level, as OpenSSL has it. */
function readDomain(source: string, cipher: string | undefined): ReturnType<typeof readDhParameters> {
  const domain = readDhParameters(readFile(source), { source });
  const bits = domain.p.toString(2).length;
  const least = Math.max(LEAST_PRIME, moduli(cipher).dhMin);
  if (bits < least)
    fail('ERR_KEY', `${source}: dh key too small: a prime of ${bits} bits, at least ${least} are needed`);
  return domain;
}

function octetsOf(value: bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
}

function isDhe(code: unknown): boolean {
  const exchange = typeof code === 'number' ? SUITES.row(code)?.keyExchange : undefined;
  return exchange === 'dhe' || exchange === 'dhe_psk';
}

function whereToListen(flags: Values): Pick<ServerSetup, 'address' | 'path' | 'family'> {
  const { accept, port, unix } = flags;
  if (unix !== undefined && (accept !== undefined || port !== undefined))
    fail('ERR_USAGE', 'option -unix names a place to listen, and so does another one');
  const named = accept === undefined ? { host: undefined, port: DEFAULT_PORT } : parseAddress('accept', accept, 'port');
  const address = port === undefined ? named : { ...named, port: portOf('port', port) };
  return { address, path: unix, family: familyOf(flags, address) };
}

function modeOf(flags: Values): Mode {
  const given = (
    [
      ['www', 'page'],
      ['WWW', 'files'],
      ['HTTP', 'raw files'],
      ['rev', 'reverse'],
      ['echo', 'echo'],
    ] as const
  ).filter(([flag]) => flags[flag]);
  if (given.length > 1) fail('ERR_USAGE', `-${given.map(([flag]) => flag).join(' and -')} do not go together`);
  return given[0]?.[1] ?? 'print';
}

/** The mode, and whether it has requests with paths where some are named. */
function modeWithPaths(flags: Values): Mode {
  const mode = modeOf(flags);
  for (const flag of ['pha_path', 'keyupdate_path'] as const) {
    const path = flags[flag];
    if (path === undefined) continue;
    if (mode === 'print' || mode === 'reverse' || mode === 'echo')
      fail('ERR_USAGE', `option -${flag} goes with -www, -WWW or -HTTP`);
    if (!path.startsWith('/')) fail('ERR_USAGE', `option -${flag} takes a path that begins with /, not "${path}"`);
  }
  return mode;
}

/** -cert with -key, and -dcert with -dkey. */
async function loadCredentials(context: ServerContext, trusted: TrustStore): Promise<Credential[]> {
  const { flags } = context;
  const { cert = 'server.pem', key, pass, cert_chain: chain, certform, keyform, nocert } = flags;
  if (nocert) {
    if (flags.cert !== undefined || flags.dcert !== undefined)
      fail('ERR_USAGE', '-nocert and -cert do not go together');
    return [];
  }
  if (flags.cert === undefined && !existsSync(cert))
    fail('ERR_USAGE', 'name a certificate by -cert (and its key by -key): there is no server.pem here');
  const first = await loadCredential(context, { cert, key, pass, chain, certform, keyform, trusted });
  const { dcert, dkey, dpass, dcert_chain: dchain, dcertform, dkeyform } = flags;
  if (dcert === undefined) {
    if (dkey !== undefined || dchain !== undefined) fail('ERR_USAGE', '-dkey and -dcert_chain go with -dcert');
    return [first];
  }
  const files = { cert: dcert, key: dkey, pass: dpass, chain: dchain, certform: dcertform, keyform: dkeyform };
  return [first, await loadCredential(context, { ...files, trusted, flags: { cert: 'dcert', key: 'dkey' } })];
}

async function loadSecond(context: ServerContext, trusted: TrustStore): Promise<Credential> {
  const { cert2: cert = 'server2.pem', key2: key, pass } = context.flags;
  return loadCredential(context, { cert, key, pass, trusted, flags: { cert: 'cert2', key: 'key2' } });
}

const sayOnStderr = (text: string): void => void process.stderr.write(text);

/** What is done with a ClientHello: the certificate of its name, what is stapled to it. */
function helloHook(
  flags: Values,
  credentials: readonly Credential[],
  second: Credential | undefined,
  staple: Stapler | undefined,
): ServerOptions['onHello'] {
  const choose = (seen: HelloSeen): HelloAnswer | undefined => second && chooseByName(seen, flags, second);
  if (!staple) return second && choose;
  return async (seen) => {
    const answer = choose(seen);
    if (answer?.reject) return answer;
    const stapled = (answer?.credentials ?? credentials).map((one) => staple(one, seen));
    return { ...answer, credentials: await Promise.all(stapled) };
  };
}

/** -servername: the second certificate for its name; for others a warning, or an end. */
function chooseByName({ serverName }: HelloSeen, flags: Values, second: Credential): HelloAnswer | undefined {
  if (serverName === undefined) return undefined;
  if (serverName.toLowerCase() === flags.servername?.toLowerCase()) return { credentials: [second] };
  return flags.servername_fatal ? { reject: 'unrecognized_name' } : { warnName: true };
}

function authoritiesOf({ CAfile, no_ca_names: without, verify, Verify, pha_path: path }: Values): Buffer[] {
  const asked = verify !== undefined || Verify !== undefined || path !== undefined;
  if (CAfile === undefined || without || !asked) return [];
  return readCertificates(readFile(CAfile), CAfile).map(({ subject }) => subject.der);
}

function sessionOptions(flags: Values): Partial<ServerOptions> {
  const { num_tickets: count = 2, early_data: early } = flags;
  if (count < 0 || count > 255) fail('ERR_USAGE', `option -num_tickets takes 0 to 255, not ${count}`);
  const most = flags.max_early_data ?? flags.recv_max_early_data ?? EARLY_DATA;
  const kept = !flags.no_cache && !flags.no_resume_ephemeral;
  return {
    ticketSealer: flags.no_resume_ephemeral ? undefined : ticketSealer(ticketKeysOf(flags)),
    sessionStore: kept ? memoryStore() : undefined,
    sessionContext: flags.context === undefined ? undefined : Buffer.from(flags.context, 'utf8'),
    ticketCount: count,
    ticketCountResumed: Math.min(count, 1),
    maxEarlyData: early || flags.max_early_data !== undefined ? most : 0,
    replayGuard: flags.no_anti_replay ? { fresh: () => true } : replayGuard(),
  };
}

/** -ticket_keys: those that other servers have, too, or had before. */
function ticketKeysOf({ ticket_keys: file }: Values): readonly TicketKey[] {
  return file === undefined ? [TicketKey.generate(80)] : readTicketKeys(readFile(file), { source: file }).keys;
}
