/**
 * Contract rows S1, S4: what a peer must not be able to tell apart. Every wrong padding, version, MAC or length of RSA key exchange and of
 * protected records ends with the same reason, the same alert, the same message and the same events.
 */
import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { VersionName } from '../../src/lib/registry/tls-versions.ts';
import type { TlsEvent } from '../../src/lib/tls/index.ts';
import { bodyTap, flip, inject, recordsOf } from '../support/faults/edit.ts';
import { identity, pairOf, prepare, type SideName } from '../support/faults/harness.ts';
import type { Side } from '../support/tls-pair.ts';

beforeAll(prepare);

/** All that can be seen of an end. */
function seen(side: Side): unknown {
  side.collect();
  return side.events.map((event: TlsEvent) => {
    if (event.type === 'failure') return [event.failure.reason, event.failure.message, event.failure.alert];
    if (event.type === 'message') return [event.direction, event.name];
    return event.type === 'alert' ? [event.direction, event.name, event.level] : event.type;
  });
}

describe('RSA key exchange', () => {
  const MODULUS = 256;
  /** Octets encrypted as they are. */
  const raw = (block: Buffer): Buffer =>
    publicEncrypt({ key: createPublicKey(identity('rsa').keyObject), padding: constants.RSA_NO_PADDING }, block);
  /** A block of PKCS#1 with a premaster secret of 48 octets; `change` makes it wrong. */
  const block = (change: (padded: Buffer) => void = () => undefined, version = 0x0303, length = 48): Buffer => {
    const filler = Buffer.alloc(MODULUS - 3 - length, 0xaa);
    const premaster = Buffer.concat([Buffer.from([version >>> 8, version & 0xff]), Buffer.alloc(length - 2, 7)]);
    const padded = Buffer.concat([Buffer.from([0, 2]), filler, Buffer.from([0]), premaster]);
    change(padded);
    return raw(padded);
  };
  const at = (place: number, value: number) => (padded: Buffer) => void (padded[place] = value);
  const wrong: readonly (readonly [string, () => Buffer])[] = [
    ['a good one, of another secret', () => block()],
    ['an older version', () => block(undefined, 0x0302)],
    ['version 0', () => block(undefined, 0)],
    ['a first octet of 1', () => block(at(0, 1))],
    ['a block of type 1', () => block(at(1, 1))],
    ['a zero at the beginning of the padding', () => block(at(2, 0))],
    ['a zero in the middle of the padding', () => block(at(100, 0))],
    ['a zero at the end of the padding', () => block(at(MODULUS - 50, 0))],
    ['no zero', () => block(at(MODULUS - 49, 1))],
    ['47 octets', () => block(undefined, 0x0303, 47)],
    ['49 octets', () => block(undefined, 0x0303, 49)],
    ['2 octets', () => block(undefined, 0x0303, 2)],
    ['random octets', () => Buffer.concat([Buffer.alloc(1), randomBytes(MODULUS - 1)])],
    ['zeros', () => Buffer.alloc(MODULUS)],
    ['a number above the modulus', () => Buffer.alloc(MODULUS, 0xff)],
    ['an octet less', () => randomBytes(MODULUS - 1)],
    ['an octet more', () => randomBytes(MODULUS + 1)],
    ['one octet', () => Buffer.from([1])],
    ['none', () => Buffer.alloc(0)],
  ];

  it.each(['AES128-GCM-SHA256', 'AES128-SHA', 'AES128-SHA256'])('%s: nothing tells why', async (suite) => {
    for (const asynchronous of [false, true]) {
      const { credential } = identity('rsa');
      const later = {
        ...credential.signer,
        decrypt: (bytes: Uint8Array) => Promise.resolve().then(() => credential.signer.decrypt!(bytes)),
      };
      const credentials = [asynchronous ? { ...credential, signer: later } : credential];
      const all = new Map<string, unknown>();
      for (const [name, make] of wrong) {
        const encrypted = make();
        const tap = bodyTap('client_key_exchange', () =>
          Buffer.concat([Buffer.from([encrypted.length >>> 8, encrypted.length & 0xff]), encrypted]),
        );
        const pair = await pairOf('TLSv1.2', {
          client: { suites: [suite], tap },
          server: { suites: [suite], credentials },
        }).handshake();
        expect([name, pair.server.reason, pair.client.alerts('in')]).toEqual([
          name,
          'record_bad_mac',
          ['bad_record_mac'],
        ]);
        all.set(name, seen(pair.server));
      }
      const [first] = all.values();
      for (const [name, one] of all) expect([name, one]).toEqual([name, first]);
    }
  });
});

describe('protected records', () => {
  /** A record with something wrong. */
  const wrong: readonly (readonly [string, (record: Buffer) => Buffer])[] = [
    ['the last octet', (one) => flip(one, -1)],
    ['the last octet, another bit', (one) => flip(one, -1, 0x80)],
    ['the octet that moves the padding', (one) => flip(one, -17)],
    ['the same, to the longest padding', (one) => flip(one, -17, 0xff)],
    ['the first octet of the fragment', (one) => flip(one, 5)],
    ['the middle', (one) => flip(one, 5 + Math.floor((one.length - 5) / 2))],
    ['a block less', (one) => resized(one, -16)],
    ['an octet less', (one) => resized(one, -1)],
    ['an octet more', (one) => resized(one, 1)],
    ['a block more', (one) => resized(one, 16)],
    ['16 octets', (one) => resized(one, 21 - one.length)],
    ['32 octets', (one) => resized(one, 37 - one.length)],
    ['one octet', (one) => resized(one, 6 - one.length)],
    ['nothing', (one) => resized(one, 5 - one.length)],
  ];
  const resized = (one: Buffer, by: number): Buffer => {
    const fragment = Buffer.concat([one.subarray(5), Buffer.alloc(Math.max(0, by), 1)]).subarray(
      0,
      one.length - 5 + by,
    );
    return Buffer.concat([one.subarray(0, 3), Buffer.from([fragment.length >>> 8, fragment.length & 0xff]), fragment]);
  };

  const suites: readonly (readonly [VersionName, string, object])[] = [
    ['TLSv1.3', 'TLS_AES_128_GCM_SHA256', {}],
    ['TLSv1.3', 'TLS_CHACHA20_POLY1305_SHA256', {}],
    ['TLSv1.3', 'TLS_AES_128_CCM_8_SHA256', {}],
    ['TLSv1.2', 'ECDHE-ECDSA-AES128-GCM-SHA256', {}],
    ['TLSv1.2', 'ECDHE-ECDSA-AES128-CCM', {}],
    ['TLSv1.2', 'ECDHE-ECDSA-CHACHA20-POLY1305', {}],
    ['TLSv1.2', 'ECDHE-ECDSA-AES128-SHA', {}],
    ['TLSv1.2', 'ECDHE-ECDSA-AES128-SHA', { encryptThenMac: false }],
    ['TLSv1.2', 'ECDHE-ECDSA-AES256-SHA384', { encryptThenMac: false }],
    ['TLSv1.1', 'ECDHE-ECDSA-AES128-SHA', { encryptThenMac: false }],
    ['TLSv1', 'ECDHE-ECDSA-AES128-SHA', { encryptThenMac: false }],
    ['TLSv1', 'ECDHE-ECDSA-AES128-SHA', {}],
    ['TLSv1.2', 'ECDHE-ECDSA-NULL-SHA', {}],
  ];

  it.each(
    suites.flatMap(([version, suite, more]) =>
      (['client', 'server'] as const).map((by) => [version, suite, by, more] as const),
    ),
  )('%s %s by the %s: nothing tells why', async (version, suite, by, more) => {
    const peer: SideName = by === 'client' ? 'server' : 'client';
    const all = new Map<string, unknown>();
    for (const [name, change] of wrong) {
      const pair = await pairOf(version, {
        client: { suites: [suite], splitRecords: false, ...more },
        server: { suites: [suite], splitRecords: false, ...more },
      }).handshake();
      pair[by].engine.send(Buffer.from('sixty octets of data, so that a record has some blocks, or so'));
      const [one] = recordsOf(Buffer.concat(pair[by].engine.take()));
      inject(pair, peer, change(one!));
      await pair.flow();
      expect([name, pair[peer].reason, pair[by].alerts('in')]).toEqual([name, 'record_bad_mac', ['bad_record_mac']]);
      all.set(name, seen(pair[peer]));
    }
    const [first] = all.values();
    for (const [name, events] of all) expect([name, events]).toEqual([name, first]);
  });
});
