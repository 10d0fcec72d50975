/** Chromium, headless, loads a page from the engine. */
import { createHash, createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadMlKem, memoryStore, ticketSealer, type ServerOptions } from '../../src/lib/tls/index.ts';
import { TicketKey } from '../../src/lib/tickets/key.ts';
import { describeWith } from '../support/peers.ts';
import { Workshop } from '../support/processes.ts';
import { testIdentity, type KeyKind } from '../support/tls-certificates.ts';
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
    async (name, kind, options, expected) => {
      const identity = await testIdentity(kind);
      const pin = createHash('sha256').update(
        createPublicKey(identity.keyObject).export({ type: 'spki', format: 'der' }),
      );
      const common = {
        ticketSealer: ticketSealer([TicketKey.generate()]),
        sessionStore: memoryStore(),
        alpn: ['http/1.1'],
      };
      const listener = await TlsListener.open({ credentials: [identity.credential], ...common, ...options }, respond);
      workshop.keep(listener);
      const browser = workshop.start('chromium', [
        ...FLAGS,
        `--user-data-dir=${workshop.path(name)}`,
        `--ignore-certificate-errors-spki-list=${pin.digest('base64')}`,
        `https://127.0.0.1:${listener.port}/`,
      ]);
      await browser.ends(50_000);
      const page = /\{.*\}/.exec(browser.stdout)?.[0];
      expect(page, browser.output).toBeDefined();
      expect(JSON.parse(page!)).toMatchObject(expected);
      // it says no close_notify
      const failures = listener.unasked.flatMap(({ failure }) => failure ?? []);
      expect(failures.filter((one) => !one.startsWith('closed_without_notify'))).toEqual([]);
    },
    60_000,
  );
});
