import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { describe, it } from 'vitest';

export type Peer =
  | 'openssl'
  | 'certtool'
  | 'certutil'
  | 'pk12util'
  | 'keytool'
  | 'tmux'
  | 'ssh-keygen'
  | 'gnutls-cli'
  | 'gnutls-serv'
  | 'ocsptool'
  | 'nginx'
  | 'curl'
  | 'go'
  | 'chromium'
  | 'make'
  | 'pytest-3'
  | 'tstclnt'
  | 'selfserv'
  | 'redis-server'
  | 'mosquitto';

/** Programs that tests compare with, the version that the comparison holds for, and the Debian package that has them. */
const PEERS: Readonly<Record<Peer, { probe: readonly string[]; version: RegExp; package: string }>> = {
  openssl: { probe: ['version'], version: /^OpenSSL 3\.0\./, package: 'openssl' },
  certtool: { probe: ['--version'], version: /certtool/, package: 'gnutls-bin' },
  certutil: { probe: ['--help'], version: /./s, package: 'libnss3-tools' },
  pk12util: { probe: ['-H'], version: /./s, package: 'libnss3-tools' },
  keytool: { probe: ['-help'], version: /keytool|Key and Certificate/i, package: 'default-jre-headless' },
  tmux: { probe: ['-V'], version: /tmux/, package: 'tmux' },
  'ssh-keygen': { probe: ['-?'], version: /./s, package: 'openssh-client' },
  'gnutls-cli': { probe: ['--version'], version: /gnutls-cli 3\./, package: 'gnutls-bin' },
  'gnutls-serv': { probe: ['--version'], version: /gnutls-serv 3\./, package: 'gnutls-bin' },
  ocsptool: { probe: ['--version'], version: /ocsptool 3\./, package: 'gnutls-bin' },
  nginx: { probe: ['-v'], version: /nginx/, package: 'nginx-light' },
  curl: { probe: ['--version'], version: /curl/, package: 'curl' },
  go: { probe: ['version'], version: /go1\./, package: 'golang-go' },
  chromium: { probe: ['--version'], version: /Chromium/, package: 'chromium' },
  make: { probe: ['--version'], version: /GNU Make/, package: 'make' },
  'pytest-3': { probe: ['--version'], version: /pytest \d/, package: 'python3-pytest' },
  tstclnt: { probe: [], version: /tstclnt/, package: 'libnss3-tools' },
  selfserv: { probe: [], version: /selfserv/, package: 'libnss3-tools' },
  'redis-server': { probe: ['--version'], version: /Redis server v=/, package: 'redis-server' },
  mosquitto: { probe: ['-h'], version: /mosquitto version/, package: 'mosquitto' },
};

const found = new Map<Peer, boolean>();

/** Whether a peer is on this machine in a version that the tests compare with. */
export function hasPeer(peer: Peer): boolean {
  const known = found.get(peer);
  if (known !== undefined) return known;
  const { probe, version } = PEERS[peer];
  const result = spawnSync(peer, probe, { encoding: 'utf8' });
  const here = result.error === undefined && version.test(result.stdout + result.stderr);
  found.set(peer, here);
  return here;
}

/**
 * A `describe` whose tests need other programs. Without them its tests are reported as skipped, with the package to install in their name;
 * where CI is set that is a failure instead.
 */
export function describeWith(peers: readonly Peer[], name: string, body: () => void): void {
  const absent = peers.filter((peer) => !hasPeer(peer));
  if (absent.length === 0) {
    describe(name, body);
    return;
  }
  // the body itself may ask the program for what its tests are
  notRun(name, absent.map((peer) => `${peer} (Debian: ${PEERS[peer].package})`).join(', '));
}

/** Tests that cannot run here: reported as skipped, with what they need in their name; where CI is set that is a failure instead. */
export function notRun(name: string, needs: string): void {
  if (process.env['CI']) throw new Error(`${name} needs ${needs}`);
  describe.skip(name, () => {
    it(`not run: needs ${needs}`, () => undefined);
  });
}

export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds after which the program is killed; default: two minutes. */
  readonly timeout?: number;
}

/** What a finished program left: exit code, and its output as Latin-1 text (one character an octet). */
export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Finished {
  const result: SpawnSyncReturns<Buffer> = spawnSync(program, args, {
    cwd: options.cwd,
    env: { ...process.env, NO_COLOR: '1', ...options.env },
    input: options.input ?? '',
    maxBuffer: 1 << 28,
    timeout: options.timeout ?? 120_000,
  });
  if (result.error) throw result.error;
  return { status: result.status, stdout: result.stdout.toString('latin1'), stderr: result.stderr.toString('latin1') };
}

/** Runs the openssl binary. */
export const openssl = (args: readonly string[], options?: RunOptions): Finished => run('openssl', args, options);
