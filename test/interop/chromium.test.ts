/** Chromium, headless, loads a page from the engine. */
import { createHash, createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadMlKem, memoryStore, ticketSealer, type ServerOptions } from '../../src/lib/tls/index.ts';
import { TicketKey } from '../../src/lib/tickets/key.ts';
import { describeWith } from '../support/peers.ts';
import { Workshop, type Running } from '../support/processes.ts';
import { testIdentity, type KeyKind, type TestIdentity } from '../support/tls-certificates.ts';
import { TlsListener, respond } from '../support/tls-socket.ts';

const FLAGS = [
  'headless no-sandbox disable-gpu disable-quic no-first-run disable-background-networking disable-component-update',
  'disable-sync disable-dev-shm-usage disable-extensions dump-dom',
].flatMap((line) => line.split(' ').map((flag) => `--${flag}`));

describeWith(['chromium'], 'S3 A9: chromium', () => {
  let workshop: Workshop;
  beforeAll(async () => {
    workshop = new Workshop();
    await loadMlKem();
  });
  afterAll(() => workshop.close());

  /** Chromium with a profile of its own, at the end. It knows the server by its key. */
  async function visit(port: number, { keyObject }: TestIdentity): Promise<Running> {
    const spki = createPublicKey(keyObject).export({ type: 'spki', format: 'der' });
    const browser = workshop.start('chromium', [
      ...FLAGS,
      `--user-data-dir=${workshop.path(`profile ${port}`)}`,
      `--ignore-certificate-errors-spki-list=${createHash('sha256').update(spki).digest('base64')}`,
      `https://127.0.0.1:${port}/`,
    ]);
    return browser.ends(50_000);
  }

  it.each<readonly [string, KeyKind, ServerOptions, object]>([
    ['TLS 1.3', 'p256', {}, { version: 'TLSv1.3', suite: 'TLS_AES_128_GCM_SHA256' }],
    [
      'a hybrid group',
      'rsa',
      { groups: ['X25519MLKEM768', 'x25519'] },
      { version: 'TLSv1.3', group: 'X25519MLKEM768' },
    ],
    ['a retry', 'p256', { groups: ['secp384r1'] }, { version: 'TLSv1.3', group: 'secp384r1' }],
    ['TLS 1.2', 'rsa', { versions: ['TLSv1.2'] }, { version: 'TLSv1.2' }],
  ])(
    'loads a page: %s',
    async (_, kind, options, expected) => {
      const identity = await testIdentity(kind);
      const common = {
        ticketSealer: ticketSealer([TicketKey.generate()]),
        sessionStore: memoryStore(),
        alpn: ['http/1.1'],
      };
      const listener = await TlsListener.open({ credentials: [identity.credential], ...common, ...options }, respond);
      workshop.keep(listener);
      const browser = await visit(listener.port, identity);
      const page = /\{.*\}/.exec(browser.stdout)?.[0];
      expect(page, browser.output).toBeDefined();
      expect(JSON.parse(page!)).toMatchObject(expected);
      // it says no close_notify
      const failures = listener.unasked.flatMap(({ failure }) => failure ?? []);
      expect(failures.filter((one) => !one.startsWith('closed_without_notify'))).toEqual([]);
    },
    60_000,
  );

  it.each([
    ['TLSv1.3', []],
    ['TLSv1.2', ['-tls1_2']],
  ])(
    'loads the page of s_server -www: %s',
    async (version, args) => {
      const identity = await testIdentity('p256');
      const { cert, key } = workshop.identity('www', identity);
      const files = ['-cert', cert, '-cert_chain', cert, '-key', key];
      const command = ['bin/run.js', 's_server', '-accept', '127.0.0.1:0', '-www', ...files, ...args];
      const server = workshop.start(process.execPath, command);
      await server.prints(/ACCEPT 127\.0\.0\.1:\d+/);
      const browser = await visit(Number(/ACCEPT 127\.0\.0\.1:(\d+)/.exec(server.output)?.[1]), identity);
      expect(browser.stdout).toMatch(new RegExp(`${version}, Cipher is \\S+`));
      await server.stop();
    },
    60_000,
  );
});
