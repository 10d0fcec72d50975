/** Flags of Node and its environment: a server and its clients do under them what those of node:tls do. */
import { readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faceModule, startProgram, writePki, type ProgramOptions } from '../support/face-program.ts';
import { Workshop } from '../support/processes.ts';

interface Result {
  readonly protocol?: string;
  readonly authorized?: boolean;
  readonly error?: string;
}

interface Report {
  readonly results: readonly Result[];
  readonly said: readonly string[];
  readonly warnings: readonly string[];
}

interface Played {
  readonly status: number | null;
  readonly report: Report;
  readonly stderr: string;
}

interface Case extends Pick<ProgramOptions, 'flags' | 'env'> {
  readonly clients?: readonly object[];
  readonly server?: object;
}

const workshop = new Workshop();
let ca: string;
beforeAll(async () => {
  await writePki(workshop);
  ca = workshop.path('ca.pem');
});
afterAll(() => workshop.close());

async function play(module: string, { flags, env, ...connections }: Case): Promise<Played> {
  const options = { args: [JSON.stringify(connections)], ...(flags && { flags }), ...(env && { env }) };
  const running = await startProgram(workshop, 'settings', module, options).ends();
  if (running.status !== 0) throw new Error(`${module}: ${running.output}`);
  const stderr = running.stderr.replaceAll(/\(node:\d+\)/g, '(node)');
  return { status: running.status, report: JSON.parse(running.stdout) as Report, stderr };
}

/** Plays with both, which must do the same. */
async function same(one: Case): Promise<Played> {
  const module = await faceModule();
  const [theirs, ours] = await Promise.all([play('node:tls', one), play(module, one)]);
  expect(ours).toEqual(theirs);
  return ours;
}

const trusting = { trust: true };

describe('A6: flags and environment', () => {
  it('of versions and ciphers', async () => {
    const old = { ciphers: 'DEFAULT@SECLEVEL=0' };
    const lowest = await same({
      flags: ['--tls-min-v1.0', '--tls-max-v1.2'],
      server: old,
      clients: [{ ...trusting, ...old, maxVersion: 'TLSv1' }, trusting],
    });
    expect(lowest.report.results.map(({ protocol }) => protocol)).toEqual(['TLSv1', 'TLSv1.2']);
    const highest = await same({
      flags: ['--tls-min-v1.3'],
      env: { NODE_OPTIONS: '--tls-cipher-list=ECDHE-ECDSA-AES256-GCM-SHA384' },
      clients: [trusting, { ...trusting, maxVersion: 'TLSv1.2' }, { ...trusting, minVersion: 'TLSv1.2' }],
    });
    expect(highest.report.results[1]?.error).toBe('ERR_SSL_NO_PROTOCOLS_AVAILABLE');
  });

  it('of what is trusted', async () => {
    const none = await same({ clients: [{}, {}], env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } });
    expect(none.report.results.map(({ authorized }) => authorized)).toEqual([false, false]);
    expect(none.report.warnings).toHaveLength(1);
    for (const [setting, authorized] of [
      [{ env: { NODE_EXTRA_CA_CERTS: ca } }, true],
      [{ env: { NODE_EXTRA_CA_CERTS: workshop.path('absent.pem') } }, undefined],
      [{ flags: ['--use-openssl-ca'], env: { SSL_CERT_FILE: ca } }, true],
    ] as const) {
      const { report } = await same(setting);
      expect(report.results[0]?.authorized, JSON.stringify(setting)).toBe(authorized);
    }
  });

  it.runIf(process.allowedNodeEnvironmentFlags.has('--use-system-ca'))('of what the system trusts', async () => {
    const { report } = await same({ flags: ['--use-system-ca'], env: { SSL_CERT_FILE: ca } });
    expect(report.results[0]?.authorized).toBe(true);
  });

  it('of key logs and traces', async () => {
    const logs: Record<string, string> = {};
    for (const name of ['node:tls', await faceModule()]) {
      const path = workshop.path('keys.log');
      const { report, stderr } = await play(name, {
        flags: [`--tls-keylog=${path}`, '--trace-tls'],
        clients: [trusting, { ...trusting, maxVersion: 'TLSv1.2' }],
      });
      expect(report.warnings.map((line) => line.slice(0, 24)).sort()).toEqual([
        'Warning: Enabling --trac',
        'Warning: Using --tls-key',
      ]);
      expect(stderr).toMatch(/client_?hello/i);
      if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
      logs[name] = readFileSync(path, 'latin1');
      workshop.file('keys.log', '');
    }
    // both sides of both connections, as NSS and Wireshark read them
    const labels = Object.values(logs).map((log) =>
      log
        .trim()
        .split('\n')
        .map((line) => {
          expect(line).toMatch(/^[A-Z_0]+ [0-9a-f]{64} [0-9a-f]{96}$/);
          return line.split(' ')[0] ?? '';
        })
        .sort((a, b) => a.localeCompare(b)),
    );
    expect(labels[1]).toEqual(labels[0]);
  });
});
