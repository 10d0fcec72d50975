import { connect, createServer, type Server, type TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { describeTicketKeys, ticketKeysText } from '../../../src/lib/tickets/describe.ts';
import { readTicketKeys, TICKET_KEY_FORMATS, writeTicketKeys } from '../../../src/lib/tickets/format.ts';
import { TicketKey, type TicketKeySize } from '../../../src/lib/tickets/key.ts';
import { encryptingKey, rotateTicketKeys } from '../../../src/lib/tickets/rotate.ts';

const from = { source: 'test' };
const some = (count: number, size: TicketKeySize = 48): TicketKey[] =>
  Array.from({ length: count }, () => TicketKey.generate(size));
const names = (keys: readonly TicketKey[]): string[] => keys.map((key) => key.name.toString('hex'));

describe('K7 ticket keys', () => {
  test.each([48, 80] as const)('a key of %i bytes is random and never shown', (size) => {
    const key = TicketKey.generate(size);
    const secret = key.secret.reveal();
    expect(secret.length).toBe(size);
    expect(key.name).toEqual(Buffer.from(secret.subarray(0, 16)));
    expect(key.weakness).toBeUndefined();
    expect(names(some(200, size)).length).toBe(new Set(names(some(200, size))).size);
    const halves = [secret.subarray(16).toString('hex'), secret.subarray(16).toString('base64')];
    for (const shown of [inspect(key), JSON.stringify(key)]) {
      for (const half of halves) expect(shown).not.toContain(half);
    }
  });

  test.each([0, 47, 49, 64, 96])('%i bytes are no key', (length) => {
    expect(() => TicketKey.from(new Uint8Array(length))).toThrow(/48 or 80/);
  });

  test('keys that are not random are found', () => {
    expect(TicketKey.from(Buffer.alloc(48)).weakness).toMatch(/few different/);
    const text = Array.from({ length: 48 }, (_, i) => String.fromCharCode(48 + i)).join('');
    expect(TicketKey.from(Buffer.from(text)).weakness).toMatch(/text/);
  });

  for (const format of TICKET_KEY_FORMATS) {
    test.each([
      [1, 48],
      [1, 80],
      [2, 48],
      [4, 48],
      [3, 80],
    ] as const)(`${format}: %i keys of %i bytes come back`, (count, size) => {
      const keys = some(count, size);
      const bytes = writeTicketKeys(keys, format);
      const read = readTicketKeys(bytes, { ...from, size });
      expect(read).toMatchObject({ format, size });
      expect(Buffer.concat(read.keys.map((key) => key.secret.reveal()))).toEqual(
        Buffer.concat(keys.map((key) => key.secret.reveal())),
      );
      if (format !== 'raw') {
        const windows = Buffer.from(`\r\n${bytes.toString().replaceAll('\n', ' \r\n')}`);
        expect(names(readTicketKeys(windows, from).keys)).toEqual(names(keys));
      }
    });
  }

  const bad: [string, Buffer, RegExp][] = [
    ['nothing', Buffer.alloc(0), /empty/],
    ['24 bytes in hex', Buffer.from(`${'ab'.repeat(24)}\n`), /49 bytes.*24 bytes in hex/],
    ['32 bytes in base64', Buffer.from(`${Buffer.alloc(32, 7).toString('base64')}\n`), /32 bytes in base64/],
    ['240 bytes', Buffer.alloc(240, 1), /48 or of 80/],
    [
      'two sizes',
      Buffer.concat([writeTicketKeys(some(1, 48), 'hex'), writeTicketKeys(some(1, 80), 'hex')]),
      /cannot stand in one file/,
    ],
    ['a megabyte', Buffer.alloc(1 << 20), /too many/],
  ];
  test.each(bad)('%s is refused', (_, bytes, message) => {
    expect(() => readTicketKeys(bytes, from)).toThrow(message);
    expect(() => readTicketKeys(bytes, from)).toThrow(/^test: [^\n]+$/);
  });

  test('a format that is asked for must be there', () => {
    expect(() => readTicketKeys(Buffer.from('zz\n'), { ...from, format: 'hex' })).toThrow(/line 1 is not hex/);
    expect(() => readTicketKeys(Buffer.from('AAAA\n'), { ...from, format: 'base64' })).toThrow(/line 1 holds 3 bytes/);
    expect(() => readTicketKeys(Buffer.from(' \n'), { ...from, format: 'hex' })).toThrow(/no key/);
  });
});

describe('K7 rotation', () => {
  test('newest first', () => {
    const keys = some(3);
    const { keys: after, added, dropped } = rotateTicketKeys({ keys, size: 48 }, { keep: 3, order: 'first' });
    expect(names(after)).toEqual(names([added, keys[0]!, keys[1]!]));
    expect(names(dropped)).toEqual(names([keys[2]!]));
  });

  test('newest last: the key that came before now encrypts, as HAProxy has it', () => {
    const keys = some(3, 80);
    const { keys: after, added } = rotateTicketKeys({ keys, size: 80 }, { keep: 3, order: 'last' });
    expect(names(after)).toEqual(names([keys[1]!, keys[2]!, added]));
    expect(encryptingKey(3, 'last')).toBe(1);
    expect([encryptingKey(1, 'last'), encryptingKey(2, 'last'), encryptingKey(5, 'first')]).toEqual([0, 0, 0]);
    expect(added.size).toBe(80);
  });

  test('keeping one key drops all others; less than one is refused', () => {
    expect(rotateTicketKeys({ keys: some(2), size: 48 }, { keep: 1, order: 'first' })).toMatchObject({
      keys: { length: 1 },
      dropped: { length: 2 },
    });
    expect(() => rotateTicketKeys({ keys: some(2), size: 48 }, { keep: 0, order: 'first' })).toThrow(/1 or more/);
  });
});

describe('K7 inspection', () => {
  test('shows names, fingerprints, roles and warnings', () => {
    const [key] = some(1);
    const file = readTicketKeys(writeTicketKeys([key!, key!], 'raw'), from);
    const described = describeTicketKeys(file, 'first');
    expect(described).toMatchObject({ format: 'raw', size: 48, cipher: 'AES-128', count: 2 });
    expect(described.keys.map(({ encrypts }) => encrypts)).toEqual([true, false]);
    expect(described.keys[1]?.warnings).toEqual(['key 1 has the same name']);
    const text = ticketKeysText('f.key', file, 'first');
    expect(text).toContain(key!.name.toString('hex'));
    expect(text).not.toContain(key!.secret.reveal().subarray(16).toString('hex').slice(0, 16));
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });
});

describe('K7 with node:tls', () => {
  /** One TLS 1.2 connection; resolves to its session and whether it resumed `session`. */
  function visit(server: Server, session?: Buffer): Promise<{ session: Buffer; reused: boolean }> {
    const { port } = server.address() as AddressInfo;
    return new Promise((resolve, reject) => {
      const socket: TLSSocket = connect(
        {
          port,
          host: '127.0.0.1',
          maxVersion: 'TLSv1.2',
          ciphers: 'PSK',
          checkServerIdentity: () => undefined,
          pskCallback: () => PSK,
          ...(session ? { session } : {}),
        },
        () => {
          resolve({ session: socket.getSession()!, reused: socket.isSessionReused() });
          socket.end();
        },
      ).on('error', reject);
    });
  }
  const PSK = { psk: Buffer.alloc(32, 5), identity: 'test' };

  async function serve(ticketKeys: Buffer): Promise<Server> {
    const server = createServer(
      { ciphers: 'PSK', maxVersion: 'TLSv1.2', pskCallback: () => PSK.psk, ticketKeys, sessionIdContext: 'test' },
      (socket) => socket.end(),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  test('two servers with one of our keys resume each other’s sessions, with another key they do not', async () => {
    const [shared, other] = some(2);
    const servers = await Promise.all([shared!, shared!, other!].map((key) => serve(key.secret.reveal())));
    try {
      const { session } = await visit(servers[0]!);
      expect((await visit(servers[1]!, session)).reused).toBe(true);
      expect((await visit(servers[2]!, session)).reused).toBe(false);
    } finally {
      for (const server of servers) server.close();
    }
  });
});

describe('K7 texts that are no ticket keys', () => {
  test.each([
    [
      'a certificate of 480 characters',
      `-----BEGIN CERTIFICATE-----\n${'QUJD\n'.repeat(85)}-----END CERTIFICATE-----\n`.padEnd(480),
    ],
    ['48 characters of prose', 'this is not what you are looking for, is it? no.'],
    ['24 bytes in hex', 'ab'.repeat(24)],
  ])('%s', (_, text) => {
    expect(Buffer.byteLength(text) % 48).toBe(0);
    expect(() => readTicketKeys(Buffer.from(text), { source: 'f' })).toThrow(/^f: it is text, and no ticket keys/);
  });
});
