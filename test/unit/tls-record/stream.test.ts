import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Deframer,
  MAX_HELLO,
  MessageReader,
  fragments,
  plainOpener,
  plainSealer,
  splitFragments,
} from '../../../src/lib/tls/record/index.ts';
import { cpuSeconds } from '../../support/cpu.ts';
import { ByteQueue } from '../../../src/lib/tls/record/queue.ts';
import { reasonOf } from '../../support/tls-failure.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

function drain(deframer: Deframer): { type: number; fragment: Uint8Array }[] {
  const records = [];
  for (let one = deframer.next(); one; one = deframer.next()) records.push({ type: one.type, fragment: one.fragment });
  return records;
}

/** The reason for which the first octets of a stream are refused. */
const refusal = (octets: Uint8Array, before: Uint8Array = new Uint8Array(0)): string | undefined =>
  reasonOf(() => {
    const deframer = new Deframer();
    deframer.push(before);
    drain(deframer);
    deframer.push(octets);
    drain(deframer);
  });

describe('the queue', () => {
  it('gives the same octets however they came', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 6 })), fc.array(fc.nat(9)), fc.nat(9), (chunks, takes, room) => {
        const scratch = Buffer.alloc(room);
        const queue = new ByteQueue();
        for (const chunk of chunks) queue.push(chunk);
        let rest = Buffer.concat(chunks);
        for (const count of takes) {
          expect(queue.length).toBe(rest.length);
          const enough = count <= rest.length;
          const begins = queue.peek(count)?.subarray(0, count);
          expect(begins && Buffer.from(begins)).toEqual(enough ? rest.subarray(0, count) : undefined);
          const taken = room === 0 ? queue.take(count) : queue.take(count, scratch);
          if (enough) expect(Buffer.from(taken!)).toEqual(rest.subarray(0, count));
          else expect(taken).toBeUndefined();
          if (enough) rest = rest.subarray(count);
        }
      }),
    );
  });

  it('takes a record that comes octet by octet in a time that grows with its length', async () => {
    const time = (length: number): Promise<number> => {
      const deframer = new Deframer();
      const record = plainSealer(0x0303).seal(22, Buffer.alloc(length));
      return cpuSeconds(() => {
        for (let round = 0; round < 8; round += 1) {
          for (const octet of record) {
            deframer.push(Uint8Array.of(octet));
            deframer.next();
          }
        }
      });
    };
    await time(1000);
    // 16 times the length; a quadratic queue would take 256 times as long
    expect(await time(16_000)).toBeLessThan(100 * Math.max(await time(1000), 0.001));
  });
});

describe('deframing', () => {
  it('gives the records of a stream, whatever its pieces', () => {
    const sealer = plainSealer(0x0301);
    const stream = Buffer.concat([
      sealer.seal(22, hex('0102')),
      sealer.seal(23, hex('')),
      sealer.seal(21, hex('0228')),
    ]);
    for (const size of [1, 2, 3, 7, 100]) {
      const deframer = new Deframer();
      const records = [];
      for (let at = 0; at < stream.length; at += size) {
        deframer.push(stream.subarray(at, at + size));
        records.push(...drain(deframer));
      }
      expect(records.map((one) => [one.type, Buffer.from(one.fragment).toString('hex')])).toEqual([
        [22, '0102'],
        [23, ''],
        [21, '0228'],
      ]);
      expect(deframer.waiting).toBe(0);
    }
  });

  it('keeps header and version', () => {
    const deframer = new Deframer();
    deframer.push(hex('16 0301 0001 aa 16'));
    const record = deframer.next()!;
    expect(record.version).toBe(0x0301);
    expect(Buffer.from(record.header)).toEqual(hex('16 0301 0001'));
    expect(plainOpener.open(record).content).toEqual(record.fragment);
    expect(deframer.waiting).toBe(1);
  });

  it('fails with the header, before the fragment', () => {
    expect(refusal(hex('16 0301 4000'))).toBeUndefined();
    expect(refusal(hex('16 0301 4001'))).toBe('record_overflow_plaintext');
    expect(refusal(hex('63 0301 0001'), hex('16 0303 0000'))).toBe('record_type_unknown');
    expect(refusal(hex('16 0201 0001'))).toBe('record_not_tls');
    expect(refusal(hex('16 0201 0001'), hex('16 0303 0000'))).toBe('record_version_wrong');
    const deframer = new Deframer();
    deframer.limit = 2 ** 14 + 256;
    deframer.push(hex('17 0303 4101'));
    expect(reasonOf(() => deframer.next())).toBe('record_overflow_ciphertext');
  });

  it('takes any version in TLS 1.3', () => {
    const deframer = new Deframer();
    deframer.anyVersion = true;
    deframer.push(hex('17 9903 0001 aa'));
    expect(deframer.next()?.version).toBe(0x9903);
  });

  it('knows what is no TLS', () => {
    expect(refusal(Buffer.from('GET / HTTP/1.1\r\n'))).toBe('record_http');
    expect(refusal(Buffer.from('POST /'))).toBe('record_http');
    expect(refusal(hex('802e 01 0301'))).toBe('record_sslv2');
    expect(refusal(hex('00'))).toBe('record_not_tls');
    expect(refusal(Buffer.from('SSH-2.0-'))).not.toBeUndefined();
    expect(refusal(Buffer.from('\r\n\r\n\r\n'))).toBe('record_not_tls');
  });

  it('random octets fail with a reason and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (octets) => void refusal(Buffer.from(octets))),
      { numRuns: 500 },
    );
  });
});

describe('handshake messages', () => {
  const reader = (): MessageReader => new MessageReader((type) => (type === 1 ? MAX_HELLO : 10));

  it('takes a long message that comes octet by octet in linear time', async () => {
    const message = Buffer.alloc(4 + 130_000);
    message.writeUInt32BE(0x01000000 + 130_000);
    const joined = reader();
    const taken = await cpuSeconds(() => {
      for (let i = 0; i < message.length; i += 1) {
        expect(joined.next()).toBeUndefined();
        joined.push(message.subarray(i, i + 1));
      }
      expect(Buffer.from(joined.next()?.raw ?? []).equals(message)).toBe(true);
    });
    // moving every piece for each one before it took 2.5 s for half of this length
    expect(taken).toBeLessThan(5);
  });

  it('come out of fragments of any size', () => {
    const stream = hex('01 000003 010203 14 000000 0e 000001 ff');
    for (const size of [1, 2, 5, 100]) {
      const messages = reader();
      const found = [];
      for (const piece of fragments(stream, size)) {
        messages.push(piece);
        for (let one = messages.next(); one; one = messages.next())
          found.push([one.type, Buffer.from(one.body).toString('hex'), one.raw.length]);
      }
      expect(found).toEqual([
        [1, '010203', 7],
        [20, '', 4],
        [14, 'ff', 5],
      ]);
      expect(messages.pending).toBe(false);
    }
  });

  it('fail with their header', () => {
    const refused = (octets: string): string | undefined =>
      reasonOf(() => {
        const messages = reader();
        messages.push(hex(octets));
        messages.next();
      });
    expect(refused('02 00000a')).toBeUndefined();
    expect(refused('02 00000b')).toBe('message_too_long');
    expect(refused('01 020145')).toBe('message_too_long');
    expect(refused('63 000000')).toBe('message_type_unknown');
    expect(refused('')).toBe('record_empty_handshake');
  });

  it('neither other records nor a change of keys may come inside', () => {
    const messages = reader();
    messages.refuseInterleaved();
    messages.refuseAcrossKeys();
    messages.push(hex('02 000001'));
    expect(reasonOf(() => messages.refuseInterleaved())).toBe('message_interleaved');
    expect(reasonOf(() => messages.refuseAcrossKeys())).toBe('message_across_keys');
    messages.push(hex('00'));
    expect(messages.next()?.type).toBe(2);
    messages.refuseInterleaved();
  });
});

describe('fragments', () => {
  const sizes = (pieces: Iterable<Uint8Array>): number[] => [...pieces].map((one) => one.length);

  it('cut content to the limit', () => {
    expect(sizes(fragments(Buffer.alloc(0)))).toEqual([0]);
    expect(sizes(fragments(Buffer.alloc(16384)))).toEqual([16384]);
    expect(sizes(fragments(Buffer.alloc(16385)))).toEqual([16384, 1]);
    expect(sizes(fragments(Buffer.alloc(10), 4))).toEqual([4, 4, 2]);
    expect(() => [...fragments(Buffer.alloc(1), 16385)]).toThrow(RangeError);
    expect(() => [...fragments(Buffer.alloc(1), 0)]).toThrow(RangeError);
  });

  it('split off the first octet for chained IVs', () => {
    expect(sizes(splitFragments(Buffer.alloc(10), 4))).toEqual([1, 4, 4, 1]);
    expect(sizes(splitFragments(Buffer.alloc(1)))).toEqual([1]);
    expect(sizes(splitFragments(Buffer.alloc(0)))).toEqual([0]);
  });
});
