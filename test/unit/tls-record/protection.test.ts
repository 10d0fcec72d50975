import { createCipheriv, createDecipheriv, createHmac, type CipherGCMTypes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BULK_CIPHERS, type BulkCipher } from '../../../src/lib/registry/tls-ciphers.ts';
import { SUITES, type MacHash } from '../../../src/lib/registry/tls-suites.ts';
import {
  Deframer,
  keyLengths,
  tls12Opener,
  tls12Sealer,
  tls13Opener,
  tls13Sealer,
  type Record,
  type RecordOpener,
  type RecordSealer,
  type Tls12Protection,
} from '../../../src/lib/tls/record/index.ts';
import { reasonOf } from '../../support/tls-failure.ts';

const octets = (length: number, first = 1): Buffer =>
  Buffer.from(Array.from({ length }, (_, i) => (first + i * 5) & 0xff));
const bulk = (name: string): BulkCipher => BULK_CIPHERS.get(name)!;

function recordOf(bytes: Buffer): Record {
  const deframer = new Deframer();
  deframer.limit = 65535;
  deframer.push(bytes);
  return deframer.next()!;
}

const changed = (bytes: Buffer, at: number, by = 1): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at]! ^= by;
  return copy;
};

/** A record with another fragment: the length in its header follows. */
const withFragment = (bytes: Buffer, fragment: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, 3), Buffer.from([fragment.length >>> 8, fragment.length & 0xff]), fragment]);

interface Pair {
  readonly seal: (sequence?: number) => RecordSealer;
  readonly open: (sequence?: number) => RecordOpener;
}

function pair13(name: string): Pair {
  const keys = { key: octets(bulk(name).key), iv: octets(12, 99) };
  return {
    seal: (sequence = 0) => tls13Sealer(bulk(name), keys, sequence),
    open: (sequence = 0) => tls13Opener(bulk(name), keys, undefined, sequence),
  };
}

function protection12(name: string, mac: MacHash | undefined, more: Partial<Tls12Protection> = {}): Tls12Protection {
  const lengths = keyLengths(bulk(name), mac, more.ivMode);
  const keys = { mac: octets(lengths.mac, 7), key: octets(lengths.key), iv: octets(lengths.iv, 99) };
  let count = 0;
  return { bulk: bulk(name), mac, keys, version: 0x0303, random: (length) => octets(length, (count += 1)), ...more };
}

const pair12 = (name: string, mac?: MacHash, more: Partial<Tls12Protection> = {}): Pair => ({
  seal: (sequence = 0) => tls12Sealer(protection12(name, mac, { ...more, sequence })),
  open: (sequence = 0) => tls12Opener(protection12(name, mac, { ...more, sequence })),
});

const CBC = [...BULK_CIPHERS.values()]
  .filter((one) => one.kind === 'cbc' && one.node !== undefined)
  .map((one) => one.name);
const AEADS = [...BULK_CIPHERS.values()].filter((one) => one.kind === 'aead').map((one) => one.name);
const AEADS_13 = SUITES.rows.filter((row) => row.last === 0x0304).map((row) => row.bulk.name);

const PAIRS: readonly (readonly [string, Pair])[] = [
  ...AEADS_13.map((name) => [`TLS 1.3 ${name}`, pair13(name)] as const),
  ...AEADS.map((name) => [`TLS 1.2 ${name}`, pair12(name)] as const),
  ...CBC.map((name) => [`TLS 1.2 ${name} SHA-1`, pair12(name, 'sha1')] as const),
  ['TLS 1.2 AES_128_CBC SHA-256', pair12('AES_128_CBC', 'sha256')],
  ['TLS 1.2 AES_256_CBC SHA-384', pair12('AES_256_CBC', 'sha384')],
  ['TLS 1.2 AES_256_CBC SHA-384, encrypt-then-MAC', pair12('AES_256_CBC', 'sha384', { encryptThenMac: true })],
  ['TLS 1.2 3DES_EDE_CBC SHA-1, encrypt-then-MAC', pair12('3DES_EDE_CBC', 'sha1', { encryptThenMac: true })],
  ['TLS 1.0 AES_128_CBC SHA-1', pair12('AES_128_CBC', 'sha1', { version: 0x0301, ivMode: 'chained' })],
  [
    'TLS 1.0 AES_128_CBC SHA-1, encrypt-then-MAC',
    pair12('AES_128_CBC', 'sha1', { version: 0x0301, ivMode: 'chained', encryptThenMac: true }),
  ],
  ['TLS 1.2 NULL SHA-256', pair12('NULL', 'sha256')],
  ['TLS 1.0 NULL MD5', pair12('NULL', 'md5', { version: 0x0301 })],
];

describe.each(PAIRS)('%s', (_, pair) => {
  it('opens what it seals, record after record', () => {
    const [seal, open] = [pair.seal(), pair.open()];
    for (const length of [0, 1, 15, 16, 17, 255, 256, 1000, 16384]) {
      const content = octets(length);
      const record = recordOf(seal.seal(23, content));
      expect(record.fragment.length).toBeLessThanOrEqual(open.fragmentLimit);
      const opened = open.open(record);
      expect(opened.type).toBe(23);
      expect(content.equals(opened.content)).toBe(true);
    }
    expect(() => seal.seal(23, Buffer.alloc(16385))).toThrow(RangeError);
  });

  it('refuses every change with one and the same reason', () => {
    const bytes = pair.seal().seal(22, octets(33));
    for (let at = 5; at < bytes.length; at += 1) {
      expect([at, reasonOf(() => pair.open().open(recordOf(changed(bytes, at))))]).toEqual([at, 'record_bad_mac']);
    }
    const fragment = bytes.subarray(5);
    for (let length = 0; length < fragment.length; length += 1) {
      const shorter = withFragment(bytes, fragment.subarray(0, length));
      expect([length, reasonOf(() => pair.open().open(recordOf(shorter)))]).toEqual([length, 'record_bad_mac']);
    }
    const longer = withFragment(bytes, Buffer.concat([fragment, Buffer.alloc(16)]));
    expect(reasonOf(() => pair.open().open(recordOf(longer)))).toBe('record_bad_mac');
  });

  it('refuses records out of order', () => {
    const seal = pair.seal();
    const [first, second] = [seal.seal(23, octets(5)), seal.seal(23, octets(5))];
    expect(reasonOf(() => pair.open().open(recordOf(second)))).toBe('record_bad_mac');
    const open = pair.open();
    open.open(recordOf(first));
    expect(reasonOf(() => open.open(recordOf(first)))).toBe('record_bad_mac');
  });

  it('random fragments are refused, and nothing else happens', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (fragment) => {
        const record = withFragment(Buffer.from('1703030000', 'hex'), Buffer.from(fragment));
        expect(reasonOf(() => pair.open().open(recordOf(record)))).toBe('record_bad_mac');
      }),
      { numRuns: 30 },
    );
  });

  it('never uses a sequence number twice', () => {
    const last = Number.MAX_SAFE_INTEGER - 1;
    const reasons = ['record_key_exhausted', 'record_sequence_exhausted'];
    const [seal, open] = [pair.seal(last), pair.open(last)];
    if (seal.left > 0) {
      const bytes = seal.seal(23, octets(3));
      expect(Buffer.from(open.open(recordOf(bytes)).content)).toEqual(octets(3));
      expect(reasons).toContain(reasonOf(() => open.open(recordOf(bytes))));
    }
    expect(reasons).toContain(reasonOf(() => seal.seal(23, octets(3))));
  });
});

describe('every suite that node:crypto can do', () => {
  const suites = SUITES.rows.filter((row) => row.bulk.kind === 'null' || row.bulk.node !== undefined);

  it.each(suites.map((row) => [row.name, row] as const))('%s', (_, row) => {
    const pair = row.first === 0x0304 ? pair13(row.bulk.name) : pair12(row.bulk.name, row.mac, { version: row.last });
    const opened = pair.open().open(recordOf(pair.seal().seal(22, octets(40))));
    expect([opened.type, Buffer.from(opened.content)]).toEqual([22, octets(40)]);
  });

  it('are nearly all of the table', () => {
    const others = SUITES.rows.filter((row) => !suites.includes(row)).map((row) => row.bulk.name);
    expect(new Set(others)).toEqual(new Set(['RC4_128', 'SEED_CBC', 'IDEA_CBC', 'DES_CBC']));
  });
});

describe('TLS 1.3', () => {
  const keys = { key: octets(16), iv: octets(12, 99) };
  const gcm = bulk('AES_128_GCM');

  /** A record with any inner plaintext, by node:crypto. */
  function sealed(inner: Buffer): Record {
    const header = Buffer.from([23, 3, 3, (inner.length + 16) >>> 8, (inner.length + 16) & 0xff]);
    const cipher = createCipheriv('aes-128-gcm', keys.key, keys.iv).setAAD(header);
    return recordOf(Buffer.concat([header, cipher.update(inner), cipher.final(), cipher.getAuthTag()]));
  }

  it('padding goes in and comes off', () => {
    const bytes = tls13Sealer(gcm, keys).seal(22, octets(10), 100);
    expect(bytes.length).toBe(5 + 10 + 1 + 100 + 16);
    expect(tls13Opener(gcm, keys).open(recordOf(bytes))).toEqual({ type: 22, content: octets(10) });
    expect(() => tls13Sealer(gcm, keys).seal(22, octets(10), 16384)).toThrow(RangeError);
    expect(tls13Sealer(gcm, keys).seal(22, octets(10), 16374).length).toBe(5 + 16385 + 16);
  });

  it('content of zeros keeps its zeros', () => {
    expect(tls13Opener(gcm, keys).open(sealed(Buffer.from('000000170000', 'hex')))).toEqual({
      type: 23,
      content: Buffer.alloc(3),
    });
  });

  it('limits hold for content, type and padding together', () => {
    const open = (inner: Buffer, limit?: number): string | undefined =>
      reasonOf(() => tls13Opener(gcm, keys, limit).open(sealed(inner)));
    expect(open(Buffer.alloc(16385, 23))).toBeUndefined();
    expect(open(Buffer.alloc(16386, 23))).toBe('record_overflow_inner');
    expect(open(Buffer.concat([Buffer.from([1, 23]), Buffer.alloc(16384)]))).toBe('record_overflow_inner');
    expect(open(Buffer.alloc(64, 23), 64)).toBeUndefined();
    expect(open(Buffer.alloc(65, 23), 64)).toBe('record_overflow_negotiated');
    expect(open(Buffer.alloc(40))).toBe('record_no_content_type');
    expect(open(Buffer.alloc(0))).toBe('record_no_content_type');
  });

  it('a record that fails does not count: rejected early data is skipped so', () => {
    const open = tls13Opener(gcm, keys);
    const early = tls13Sealer(gcm, { key: octets(16, 50), iv: octets(12) });
    const seal = tls13Sealer(gcm, keys);
    for (let i = 0; i < 3; i += 1)
      expect(reasonOf(() => open.open(recordOf(early.seal(23, octets(9)))))).toBe('record_bad_mac');
    for (const length of [1, 2]) expect(open.open(recordOf(seal.seal(22, octets(length)))).content.length).toBe(length);
  });

  it('a record without protection is told apart', () => {
    expect(reasonOf(() => tls13Opener(gcm, keys).open(recordOf(Buffer.from('16030300010a', 'hex'))))).toBe(
      'record_unprotected',
    );
  });

  it('a key that has protected its share of records stops', () => {
    const seal = tls13Sealer(gcm, keys, gcm.records - 1);
    expect(seal.left).toBe(1);
    seal.seal(23, octets(1));
    expect(seal.left).toBe(0);
    expect(reasonOf(() => seal.seal(23, octets(1)))).toBe('record_key_exhausted');
    expect(tls13Sealer(bulk('CHACHA20_POLY1305'), { key: octets(32), iv: octets(12) }).left).toBe(Infinity);
  });

  it('the nonce has all eight octets of the sequence number', () => {
    const sequence = 2 ** 40 + 5;
    const bytes = tls13Sealer(bulk('CHACHA20_POLY1305'), { key: octets(32), iv: Buffer.alloc(12) }, sequence).seal(
      23,
      octets(4),
    );
    const nonce = Buffer.from('000000000000010000000005', 'hex');
    const decipher = createDecipheriv('chacha20-poly1305', octets(32), nonce, { authTagLength: 16 });
    decipher.setAAD(bytes.subarray(0, 5), { plaintextLength: 5 }).setAuthTag(bytes.subarray(-16));
    expect(Buffer.concat([decipher.update(bytes.subarray(5, -16)), decipher.final()])).toEqual(
      Buffer.concat([octets(4), Buffer.from([23])]),
    );
  });
});

describe('TLS 1.2 as node:crypto computes it', () => {
  const data = Buffer.from('0000000000000003170303000a', 'hex');

  it.each(['AES_128_GCM', 'AES_256_CCM', 'AES_128_CCM_8', 'ARIA_256_GCM'])('%s: explicit nonce and AAD', (name) => {
    const bytes = pair12(name).seal(3).seal(23, octets(10));
    const row = bulk(name);
    const nonce = Buffer.concat([octets(4, 99), data.subarray(0, 8)]);
    const cipher = createCipheriv(row.node as CipherGCMTypes, octets(row.key), nonce, { authTagLength: row.tag });
    cipher.setAAD(data, { plaintextLength: 10 });
    const expected = Buffer.concat([cipher.update(octets(10)), cipher.final(), cipher.getAuthTag()]);
    expect(bytes.subarray(5)).toEqual(Buffer.concat([data.subarray(0, 8), expected]));
  });

  it('CHACHA20_POLY1305: the nonce of RFC 7905, none in the record', () => {
    const bytes = pair12('CHACHA20_POLY1305').seal(3).seal(23, octets(10));
    const nonce = octets(12, 99);
    nonce[11]! ^= 3;
    const cipher = createCipheriv('chacha20-poly1305', octets(32), nonce, { authTagLength: 16 }).setAAD(data, {
      plaintextLength: 10,
    });
    expect(bytes.subarray(5)).toEqual(Buffer.concat([cipher.update(octets(10)), cipher.final(), cipher.getAuthTag()]));
  });

  const hmac = (...parts: Buffer[]): Buffer => createHmac('sha1', octets(20, 7)).update(Buffer.concat(parts)).digest();
  const aes = (iv: Buffer, text: Buffer): Buffer =>
    createCipheriv('aes-128-cbc', octets(16), iv).setAutoPadding(false).update(text);

  it('AES_128_CBC: MAC, padding, explicit IV', () => {
    const bytes = pair12('AES_128_CBC', 'sha1').seal(3).seal(23, octets(10));
    const text = Buffer.concat([octets(10), hmac(data, octets(10)), Buffer.alloc(2, 1)]);
    expect(bytes.subarray(5)).toEqual(Buffer.concat([octets(16, 1), aes(octets(16, 1), text)]));
  });

  it('AES_128_CBC with encrypt-then-MAC: the MAC covers IV and ciphertext', () => {
    const bytes = pair12('AES_128_CBC', 'sha1', { encryptThenMac: true }).seal(3).seal(23, octets(10));
    const sealed = Buffer.concat([octets(16, 1), aes(octets(16, 1), Buffer.concat([octets(10), Buffer.alloc(6, 5)]))]);
    const covered = Buffer.concat([data.subarray(0, 11), Buffer.from([0, 32])]);
    expect(bytes.subarray(5)).toEqual(Buffer.concat([sealed, hmac(covered, sealed)]));
  });

  it('TLS 1.0 chains its IVs', () => {
    const seal = pair12('AES_128_CBC', 'sha1', { version: 0x0301, ivMode: 'chained' }).seal();
    const [first, second] = [seal.seal(23, octets(10)).subarray(5), seal.seal(23, octets(10)).subarray(5)];
    const text = (sequence: number): Buffer =>
      Buffer.concat([
        octets(10),
        hmac(Buffer.from(`000000000000000${sequence}170301000a`, 'hex'), octets(10)),
        Buffer.alloc(2, 1),
      ]);
    expect(first).toEqual(aes(octets(16, 99), text(0)));
    expect(second).toEqual(aes(first.subarray(-16), text(1)));
  });

  it('any good padding is taken, any bad one is a bad MAC', () => {
    const open = (content: Buffer, padding: Buffer): string | undefined =>
      reasonOf(() => {
        const head = Buffer.from(`000000000000000017030300${content.length.toString(16).padStart(2, '0')}`, 'hex');
        const sealed = aes(octets(16), Buffer.concat([content, hmac(head, content), padding]));
        const length = sealed.length + 16;
        const opened = pair12('AES_128_CBC', 'sha1')
          .open()
          .open(recordOf(Buffer.concat([Buffer.from([23, 3, 3, length >>> 8, length & 0xff]), octets(16), sealed])));
        expect(Buffer.from(opened.content)).toEqual(content);
      });
    for (const padding of [12, 28, 252])
      expect(open(Buffer.alloc(0), Buffer.alloc(padding, padding - 1))).toBeUndefined();
    expect(open(octets(12), Buffer.alloc(256, 255))).toBeUndefined();
    for (const at of [0, 100, 254]) {
      expect(open(octets(12), changed(Buffer.alloc(256, 255), at))).toBe('record_bad_mac');
    }
    expect(open(octets(11), Buffer.from([77]))).toBe('record_bad_mac');
    expect(open(octets(11), Buffer.from([0]))).toBeUndefined();
    // padding that would reach into the MAC, and before the record
    expect(open(Buffer.alloc(0), Buffer.alloc(12, 20))).toBe('record_bad_mac');
    expect(open(Buffer.alloc(0), Buffer.alloc(12, 255))).toBe('record_bad_mac');
  });

  it('content above its limit', () => {
    const limited = tls12Opener(protection12('AES_128_GCM', undefined, { contentLimit: 512 }));
    const seal = pair12('AES_128_GCM').seal();
    limited.open(recordOf(seal.seal(23, octets(512))));
    expect(reasonOf(() => limited.open(recordOf(seal.seal(23, octets(513)))))).toBe('record_overflow_negotiated');
    const [key, iv] = [octets(16), Buffer.concat([octets(4, 99), Buffer.alloc(8)])];
    const cipher = createCipheriv('aes-128-gcm', key, iv).setAAD(Buffer.from('00000000000000001703034001', 'hex'));
    const body = Buffer.concat([
      Buffer.alloc(8),
      cipher.update(Buffer.alloc(16385)),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    const record = withFragment(Buffer.from('1703030000', 'hex'), body);
    expect(reasonOf(() => pair12('AES_128_GCM').open().open(recordOf(record)))).toBe('record_overflow_inner');
  });

  it('ciphers that node:crypto lacks are not made', () => {
    for (const name of ['RC4_128', 'SEED_CBC']) {
      expect(() => pair12(name, 'sha1').seal()).toThrow(RangeError);
      expect(() => pair12(name, 'sha1').open()).toThrow(RangeError);
    }
    expect(() => pair12('NULL').seal()).toThrow(RangeError);
    expect(() => tls13Sealer(bulk('AES_128_CBC'), { key: octets(16), iv: octets(12) })).toThrow(RangeError);
  });
});
