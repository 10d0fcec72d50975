import { createHash, createHmac, hkdfSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  TrafficSecret,
  Transcript,
  Exporter,
  earlySecret,
  expandLabel,
  hashLength,
  hkdfExtract,
} from '../../../src/lib/tls/schedule/index.ts';

const sha = (...parts: Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const [a, b, c] = [Buffer.from('first'), Buffer.from('second'), Buffer.from('third')];

describe('the transcript', () => {
  it('hashes what came before the hash was chosen', () => {
    const transcript = new Transcript();
    transcript.add(a);
    expect(() => transcript.digest()).toThrow(RangeError);
    transcript.start('sha256');
    transcript.add(b);
    expect(transcript.digest()).toEqual(sha(a, b));
    expect(transcript.digest(c)).toEqual(sha(a, b, c));
    expect(transcript.digest()).toEqual(sha(a, b));
    transcript.start('sha256');
    expect(() => transcript.start('sha384')).toThrow(RangeError);
  });

  it('replaces the first hello by its message_hash', () => {
    const transcript = new Transcript();
    transcript.add(a);
    transcript.start('sha256');
    transcript.retry();
    transcript.add(b);
    expect(transcript.digest()).toEqual(sha(Buffer.from([254, 0, 0, 32]), sha(a), b));
  });

  it('keeps messages as long as it is asked to', () => {
    const transcript = new Transcript();
    transcript.add(a);
    transcript.start('md5-sha1', true);
    transcript.add(b);
    expect(transcript.messages()).toEqual(Buffer.concat([a, b]));
    expect(transcript.digest().length).toBe(36);
    transcript.forget();
    expect(() => transcript.messages()).toThrow(RangeError);
    expect(() => new Transcript().forget()).toThrow(RangeError);
  });

  it('copies go their own way', () => {
    const transcript = new Transcript();
    transcript.add(a);
    const early = transcript.copy();
    transcript.start('sha256');
    const copy = transcript.copy();
    copy.add(b);
    early.start('sha384');
    expect(transcript.digest()).toEqual(sha(a));
    expect(copy.digest()).toEqual(sha(a, b));
    expect(early.digest().length).toBe(48);
  });
});

describe('the key schedule of TLS 1.3', () => {
  it.each(['sha256', 'sha384'] as const)('HKDF with %s is that of node:crypto', (hash) => {
    const [salt, input, context] = [Buffer.alloc(10, 1), Buffer.alloc(32, 2), Buffer.alloc(hashLength(hash), 3)];
    const secret = hkdfExtract(hash, salt, input);
    expect(secret).toEqual(createHmac(hash, salt).update(input).digest());
    for (const length of [0, 1, 12, hashLength(hash), hashLength(hash) + 1, 500]) {
      const label = Buffer.from('tls13 some label');
      const info = Buffer.concat([
        Buffer.from([length >>> 8, length & 0xff, label.length]),
        label,
        Buffer.from([context.length]),
        context,
      ]);
      expect(expandLabel(hash, secret, 'some label', context, length)).toEqual(
        length === 0 ? Buffer.alloc(0) : Buffer.from(hkdfSync(hash, input, salt, info, length)),
      );
    }
    expect(() => expandLabel(hash, secret, 'x', context, 255 * hashLength(hash) + 1)).toThrow(RangeError);
  });

  it('a PSK, no PSK, a share, no share make different secrets', () => {
    const digest = Buffer.alloc(32);
    const psk = Buffer.alloc(32, 7);
    const made = [earlySecret('sha256'), earlySecret('sha256', psk)].flatMap((early) =>
      [undefined, Buffer.alloc(32, 8)].map((share) =>
        early.handshake(share).master().exporter(digest).reveal().toString('hex'),
      ),
    );
    expect(new Set(made).size).toBe(4);
    // zeros are what stands for a PSK that is missing (RFC 8446 section 7.1)
    expect(earlySecret('sha256', Buffer.alloc(32)).clientTraffic(digest).reveal()).toEqual(
      earlySecret('sha256').clientTraffic(digest).reveal(),
    );
  });

  it('KeyUpdate goes on, and Finished verifies by its octets alone', () => {
    const secret = new TrafficSecret('sha384', Buffer.alloc(48, 1));
    const next = secret.next();
    expect(next.reveal()).toEqual(expandLabel('sha384', secret.reveal(), 'traffic upd', Buffer.alloc(0), 48));
    expect(next.next().reveal()).not.toEqual(next.reveal());
    const digest = Buffer.alloc(48, 2);
    expect(secret.verifies(digest, secret.finished(digest))).toBe(true);
    expect(secret.verifies(digest, next.finished(digest))).toBe(false);
    expect(secret.verifies(digest, secret.finished(digest).subarray(1))).toBe(false);
  });

  it('exporters: no context is the empty one, labels and lengths count', () => {
    const exporter = new Exporter('sha256', Buffer.alloc(32, 5));
    expect(exporter.export('x', undefined, 16)).toEqual(exporter.export('x', Buffer.alloc(0), 16));
    expect(exporter.export('x', a, 16)).not.toEqual(exporter.export('x', b, 16));
    expect(exporter.export('x', a, 16)).not.toEqual(exporter.export('y', a, 16));
    expect(exporter.export('x', a, 100).length).toBe(100);
  });

  it('secrets do not show when they are printed', () => {
    const secret = new TrafficSecret('sha256', Buffer.alloc(32, 0xab));
    expect(JSON.stringify(secret)).toBe('{"hash":"sha256"}');
  });
});
