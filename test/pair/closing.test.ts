/** Contract rows S1, S4: what peers may do without harm: limits kept to the octet, ends of connections, remarks. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { VersionName } from '../../src/lib/registry/tls-versions.ts';
import { eachRecord, flight, hex, inject, message, record, recordsOf, tap } from '../support/faults/edit.ts';
import { forge12, forge13 } from '../support/faults/forge.ts';
import { BOTH, identity, merge, pairOf, prepare, type Plan, type SideName } from '../support/faults/harness.ts';
import { adding, chList, shList } from '../support/faults/hellos.ts';
import { sessionFor, tickets } from '../support/faults/sessions.ts';
import type { Pair } from '../support/tls-pair.ts';

beforeAll(prepare);

const SIDES: readonly SideName[] = ['client', 'server'];
const peer = (by: SideName): SideName => (by === 'client' ? 'server' : 'client');
const each = BOTH.flatMap((version) => SIDES.map((by) => [version, by] as const));

const made = async (version: VersionName, plan: Plan = {}): Promise<Pair> => pairOf(version, plan).handshake();

/** Both sides are well, and data still go over. */
async function expectWell(pair: Pair): Promise<void> {
  expect([pair.client, pair.server].flatMap((one) => one.of('failure').map(({ failure }) => failure.message))).toEqual(
    [],
  );
  const before = [pair.client.data.length, pair.server.data.length];
  pair.client.engine.send(Buffer.from('abc'));
  pair.server.engine.send(Buffer.from('abc'));
  await pair.flow();
  expect([pair.client.data.length, pair.server.data.length]).toEqual(before.map((length) => length + 3));
}

describe('records as long as they may be', () => {
  it.each(each)('%s: 2^14 octets by the %s', async (version, by) => {
    const pair = await made(version, { server: { keyLog: true } });
    const content = Buffer.alloc(2 ** 14, 'x');
    const forged =
      version === 'TLSv1.3'
        ? forge13(pair, by, Buffer.concat([content, Buffer.from([23])]))
        : forge12(pair, by, 23, content);
    inject(pair, peer(by), forged);
    expect(pair[peer(by)].data.length).toBe(2 ** 14);
    expect(pair[peer(by)].reason).toBeUndefined();
  });
  it.each(each)('%s: a ciphertext at the limit from the %s is looked at', async (version, by) => {
    const pair = await made(version);
    inject(pair, peer(by), record(23, Buffer.alloc(2 ** 14 + (version === 'TLSv1.3' ? 256 : 2048))));
    expect(pair[peer(by)].reason).toBe('record_bad_mac');
  });
  it.each(each)('%s: the limit that the peer of the %s asked for', async (version, by) => {
    const pair = await made(version, { client: { recordSizeLimit: 100 }, server: { recordSizeLimit: 100 } });
    pair[by].engine.sendRecord(23, Buffer.alloc(version === 'TLSv1.3' ? 99 : 100));
    await pair.flow();
    await expectWell(pair);
  });
  it('padding up to the limit', async () => {
    const pair = await made('TLSv1.3', {
      client: { padding: () => 2 ** 14 },
      server: { padding: (_, length) => 500 - length },
    });
    await expectWell(pair);
  });
});

describe('empty records and fragments', () => {
  it.each(each)('%s: 32 empty records of data by the %s', async (version, by) => {
    const pair = await made(version);
    for (let round = 0; round < 3; round += 1) {
      for (let i = 0; i < 32; i += 1) pair[by].engine.sendRecord(23, Buffer.alloc(0));
      pair[by].engine.send(Buffer.from('x'));
    }
    await pair.flow();
    await expectWell(pair);
  });
  it.each(BOTH)('%s: handshakes in records of one octet, which come an octet at a time', async (version) => {
    const more = { maxSendFragment: 1, credentials: [identity('p256').credential] };
    const pair = await made(version, {
      piece: 1,
      client: more,
      server: { ...more, ...tickets(), clientAuth: 'require' },
    });
    await expectWell(pair);
  });
  it('a hello of 130 KB in records of one octet', async () => {
    const pair = await made('TLSv1.3', {
      client: { maxSendFragment: 1, tap: chList((list) => [{ type: 0xfafa, data: Buffer.alloc(65_000) }, ...list!]) },
    });
    expect(pair.server.reason).toBeUndefined();
    expect(pair.server.engine.secure).toBe(true);
  });
  it.each(BOTH)('%s: all messages of a flight in one record', async (version) => {
    const join = (bytes: Buffer): Buffer => {
      const all = recordsOf(bytes);
      const plain = all.filter((one) => one[0] === 22);
      return all.length === plain.length ? record(22, Buffer.concat(plain.map((one) => one.subarray(5)))) : bytes;
    };
    const pair = await made(version, {
      server: { maxSendFragment: 50 },
      toClient: version === 'TLSv1.2' ? flight(0, join) : (all) => all,
    });
    await expectWell(pair);
  });
});

describe('record versions', () => {
  it.each([0x0300, 0x0301, 0x0302, 0x0304, 0x03ff])('a hello in records of 0x%s', async (number) => {
    for (const version of BOTH) {
      const change = flight(
        0,
        eachRecord((one) => record(one[0]!, one.subarray(5), number)),
      );
      await expectWell(await made(version, { toServer: change }));
    }
  });
  it('TLS 1.3 ignores those of all plaintext records', async () => {
    const change = eachRecord((one) =>
      one[0] === 23 ? one : record(one[0]!, one.subarray(5), one[0] === 20 ? 0x7777 : 0x03ff),
    );
    await expectWell(await made('TLSv1.3', { toClient: change }));
  });
});

describe('change_cipher_spec in TLS 1.3', () => {
  const ccs = record(20, Buffer.from([1]));
  it.each([0, 1, 5, 31])('%s more of them than needed', async (count) => {
    const many = Buffer.concat(Array.from({ length: count }, () => ccs));
    const pair = await made('TLSv1.3', {
      toServer: flight(1, (all) => Buffer.concat([many, all])),
      toClient: flight(0, (all) => Buffer.concat([many, all])),
    });
    await expectWell(pair);
  });
  it('none at all', async () => {
    const none = eachRecord((one) => (one[0] === 20 ? [] : one));
    await expectWell(await made('TLSv1.3', { toServer: none, toClient: none }));
  });
});

describe('alerts that do no harm', () => {
  it.each(each)('%s: four warnings by the %s, and again after data', async (version, by) => {
    const pair = await made(version);
    for (let round = 0; round < 3; round += 1) {
      for (let i = 0; i < 4; i += 1) pair[by].engine.alert('user_canceled', 'warning');
      pair[by].engine.send(Buffer.from('x'));
    }
    await pair.flow();
    await expectWell(pair);
  });
  it.each([1, 41, 43, 90, 100, 112, 200])('TLS 1.2: a warning of %s', async (description) => {
    for (const by of SIDES) {
      const pair = await made('TLSv1.2');
      pair[by].engine.sendRecord(21, Buffer.from([1, description]));
      await pair.flow();
      await expectWell(pair);
    }
  });
  it('TLS 1.2: a warning inside of the handshake', async () => {
    const pair = await made('TLSv1.2', { server: { onHello: () => ({ warnName: true }) } });
    expect(pair.client.alerts('in')).toEqual(['unrecognized_name']);
    await expectWell(pair);
  });
  it('a client that refuses TLS 1.2 is heard, whatever version its record has', async () => {
    const pair = await made('TLSv1.2', {
      client: { requireSecureRenegotiation: true },
      server: { tap: shList((list) => list!.filter(({ type }) => type !== 65_281)) },
      toServer: eachRecord((one) => (one[0] === 21 ? record(21, one.subarray(5), 0x0301) : one)),
    });
    expect(pair.server.reason).toBe('peer_alert');
  });
});

describe('close_notify', () => {
  it.each(each)('%s: both sides are clean when the %s closes', async (version, by) => {
    const pair = await made(version);
    pair[by].engine.close();
    await pair.flow();
    for (const one of SIDES) {
      expect(pair[one].of('closed').map(({ clean }) => clean)).toEqual([true]);
      expect(pair[one].alerts('out')).toEqual(['close_notify']);
      expect(pair[one].of('failure')).toEqual([]);
    }
  });
  it.each(each)('%s: data behind the close_notify of the %s are ignored, and told once', async (version, by) => {
    const other = peer(by);
    const pair = await made(version, { [other]: { halfClose: true } });
    pair[by].engine.close();
    inject(pair, other, Buffer.concat([...pair[by].engine.take(), record(23, Buffer.alloc(40))]));
    inject(pair, other, record(23, Buffer.alloc(40)));
    expect(pair[other].of('remark').map(({ failure }) => failure.reason)).toEqual(['data_after_close']);
    expect(pair[other].data.length).toBe(0);
    expect(pair[other].of('failure')).toEqual([]);
  });
  it.each(each)('%s: data in later pieces, when the peer of the %s has answered', async (version, by) => {
    const other = peer(by);
    const pair = await made(version);
    pair[by].engine.close();
    await pair.flow();
    inject(pair, other, record(23, Buffer.alloc(40)));
    expect(pair[other].of('remark').map(({ failure }) => failure.reason)).toEqual(['data_after_close']);
  });
  it('TLS 1.3: one half goes on', async () => {
    const pair = await made('TLSv1.3', { server: { halfClose: true } });
    pair.client.engine.close();
    await pair.flow();
    expect(pair.server.of('end').length).toBe(1);
    pair.server.engine.send(Buffer.from('still'));
    pair.server.engine.close();
    await pair.flow();
    expect(pair.client.data.toString()).toBe('still');
    expect(pair.client.of('closed').map(({ clean }) => clean)).toEqual([true]);
  });
  it.each(each)(
    '%s: the end of the transport after our close_notify alone is no failure for the %s',
    async (version, by) => {
      const pair = await made(version);
      pair[by].engine.close();
      pair[by].engine.receiveEnd();
      expect(pair[by].of('failure')).toEqual([]);
      expect(pair[by].of('closed').map(({ clean }) => clean)).toEqual([false]);
    },
  );
});

describe('HelloRequest', () => {
  it('is ignored by a client inside of a handshake', async () => {
    const pair = await made('TLSv1.2', {
      toClient: flight(0, (all) => {
        const content = recordsOf(all)[0]!.subarray(5);
        const end = 4 + content.readUIntBE(1, 3);
        return Buffer.concat([
          record(22, message(0)),
          record(22, content.subarray(0, end)),
          record(22, Buffer.concat([message(0), content.subarray(end), message(0)])),
        ]);
      }),
    });
    await expectWell(pair);
  });
});

describe('fragments before TLS 1.3', () => {
  it.each(SIDES)('data and warnings between the fragments of a message of the %s', async (by) => {
    const pair = await made('TLSv1.2', { client: { renegotiation: 'freely' }, server: { renegotiation: 'freely' } });
    const { engine } = pair[by];
    // HelloRequest to a client, the header of a ClientHello to a server
    engine.sendRecord(22, hex(by === 'server' ? '00' : '01'));
    engine.send(Buffer.from('data'));
    engine.sendRecord(21, hex('0164'));
    engine.send(Buffer.from('more'));
    await pair.flow();
    expect(pair[peer(by)].data.toString()).toBe('datamore');
    expect(pair[peer(by)].reason).toBeUndefined();
    engine.close();
    await pair.flow();
    expect(pair[peer(by)].of('closed').map(({ clean }) => clean)).toEqual([true]);
  });
});

describe('Finished without change_cipher_spec before it', () => {
  const none = eachRecord((one) => (one[0] === 20 ? [] : one));
  it.each(['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-CHACHA20-POLY1305'])(
    '%s',
    async (suite) => {
      for (let i = 0; i < 20; i += 1) {
        for (const by of SIDES) {
          const plan = { client: { suites: [suite] }, server: { suites: [suite] } };
          const pair = await made('TLSv1.2', { ...plan, [by === 'client' ? 'toServer' : 'toClient']: none });
          // the first octets are zeros with GCM, which are two HelloRequests to a client
          if (by === 'client' || suite.endsWith('SHA'))
            expect(pair[peer(by)].alerts('out')).toEqual(['unexpected_message']);
          expect(pair[peer(by)].engine.secure).toBe(false);
        }
      }
    },
  );
});

describe('sessions that are not resumed', () => {
  it.each(BOTH)('%s: one without a certificate, where one is required now', async (version) => {
    const shared = tickets();
    const session = await sessionFor(version, {}, shared);
    const again = (more: object): Promise<Pair> =>
      made(version, {
        client: { credentials: [identity('p256').credential] },
        connection: { session },
        server: { ...shared, ...more },
      });
    expect((await again({})).server.engine.info.resumed).toBe(true);
    const pair = await again({ clientAuth: 'require' });
    expect(pair.server.engine.info.resumed).toBe(false);
    expect(pair.server.engine.info.peerChain.length).toBe(2);
    await expectWell(pair);
  });
  it.each(BOTH)('%s: one whose ticket leaves no room in a hello', async (version) => {
    const shared = tickets();
    const session = { ...(await sessionFor(version, {}, shared)), ticket: Buffer.alloc(65_500) };
    const pair = await made(version, { connection: { session }, server: shared });
    expect(pair.client.engine.info.resumed).toBe(false);
    await expectWell(pair);
  });
});

describe('a chain that makes the ticket too long', () => {
  it.each(BOTH)('%s: no ticket, and all is well', async (version) => {
    const { der, credential } = identity('rsa');
    const long = { ...credential, chain: [der, ...Array.from({ length: 95 }, () => der)] };
    const pair = await made(version, {
      client: { credentials: [long] },
      server: { ...tickets(), clientAuth: 'require' },
    });
    expect(pair.client.of('session').filter(({ session }) => session.ticket.length > 0)).toEqual([]);
    expect(pair.server.engine.info.peerChain.length).toBe(96);
    await expectWell(pair);
  });
});

describe('what looks odd and is right', () => {
  it.each(BOTH)('%s: GREASE everywhere, with a retry too', async (version) => {
    await expectWell(await made(version, { client: { grease: true } }));
    await expectWell(await made(version, { client: { grease: true, shares: [] } }));
    await expectWell(await made(version, merge({ client: { grease: true } }, { server: { groups: ['secp384r1'] } })));
  });
  it.each(BOTH)('%s: unknown extensions in ClientHello and NewSessionTicket', async (version) => {
    const pair = await made(version, {
      client: { tap: chList((list) => [{ type: 0xabcd, data: hex('01') }, ...list!]) },
      server: tickets(),
    });
    await expectWell(pair);
  });
  it('extensions of TLS 1.3 that do not decode are nothing to a server of TLS 1.2', async () => {
    const pair = await made('TLSv1.2', {
      client: {
        tap: chList((list) => [
          { type: 41, data: hex('ff') },
          { type: 51, data: hex('ff') },
          { type: 42, data: hex('ff') },
          ...list!,
        ]),
      },
    });
    await expectWell(pair);
  });
  it('and those of TLS 1.2 are nothing to TLS 1.3', async () => {
    const pair = await made('TLSv1.3', {
      client: {
        tap: chList((list) => [
          { type: 22, data: hex('ff') },
          { type: 23, data: hex('ff') },
          { type: 11, data: hex('01') },
          ...list!,
        ]),
      },
    });
    await expectWell(pair);
  });
  it('supported_groups in the ServerHello of TLS 1.2', async () => {
    await expectWell(await made('TLSv1.2', { server: { tap: adding(shList, 10, hex('0002001d')) } }));
  });
  it('a certificate status that was promised and does not come', async () => {
    const credentials = [{ ...identity('p256').credential, ocsp: hex('3003020100') }];
    const pair = await made('TLSv1.2', {
      client: { requestOcsp: true },
      server: { credentials, tap: tap('certificate_status', () => Buffer.alloc(0)) },
    });
    await expectWell(pair);
  });
  it('an empty ticket', async () => {
    const pair = await made('TLSv1.2', {
      server: { ...tickets(), ticketSealer: { seal: () => undefined, open: () => undefined } },
    });
    await expectWell(pair);
    expect(pair.client.of('session')).toEqual([]);
  });
});
