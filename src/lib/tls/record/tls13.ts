/** The protection of TLS 1.3 records (RFC 8446 sections 5.2 to 5.5). */
import { CONTENT_TYPE } from '../../registry/tls-codes.ts';
import type { BulkCipher } from '../../registry/tls-ciphers.ts';
import { TLS12 } from '../../registry/tls-versions.ts';
import { fail } from '../failure.ts';
import type { TrafficKeys } from '../schedule/tls13.ts';
import { Aead } from './aead.ts';
import {
  NonceMaker,
  Sequence,
  checkContent,
  headerOf,
  joined,
  type RecordOpener,
  type RecordSealer,
} from './cipher.ts';
import { MAX_EXPANSION_13, MAX_PLAINTEXT } from './limits.ts';

// one memory for the text of all records: a text in one piece costs a copy, in two another call of the cipher and a buffer
const text = Buffer.alloc(MAX_PLAINTEXT + 1);

/** TLSInnerPlaintext (RFC 8446 section 5.2). It is overwritten by the next one. */
function innerText(type: number, content: Uint8Array, padding: number): Buffer {
  const { length } = content;
  text.set(content);
  text[length] = type;
  if (padding > 0) text.fill(0, length + 1, length + 1 + padding);
  return text.subarray(0, length + 1 + padding);
}

/** Protects records; `sequence` is that of the first one, for tests. */
export function tls13Sealer(bulk: BulkCipher, keys: TrafficKeys, sequence = 0): RecordSealer {
  const aead = new Aead(bulk, keys.key);
  const nonces = new NonceMaker(keys.iv, new Sequence(sequence));
  const pieces = (type: number, content: Uint8Array, padding = 0): Uint8Array[] => {
    checkContent(content);
    const inner = content.length + 1 + padding;
    if (inner > MAX_PLAINTEXT + 1) throw new RangeError(`${padding} octets of padding are too many`);
    if (nonces.sequence.count >= bulk.records) fail('record_key_exhausted');
    const header = headerOf(CONTENT_TYPE.applicationData, TLS12, inner + aead.tag);
    const [sealed, tag] = aead.seal(nonces.next(), header, innerText(type, content, padding));
    return [header, sealed, tag];
  };
  return {
    get left() {
      return bulk.records - nonces.sequence.count;
    },
    pieces,
    seal: (type, content, padding) => joined(pieces(type, content, padding)),
  };
}

/**
 * Opens records. `innerLimit` is the most octets of content, type and padding: 2^14 + 1, or less by record_size_limit (RFC 8449 section 4),
 * which counts the same. `sequence` is that of the first record, for tests.
 */
export function tls13Opener(
  bulk: BulkCipher,
  keys: TrafficKeys,
  innerLimit: number = MAX_PLAINTEXT + 1,
  sequence = 0,
): RecordOpener {
  const aead = new Aead(bulk, keys.key);
  const nonces = new NonceMaker(keys.iv, new Sequence(sequence));
  return {
    fragmentLimit: MAX_PLAINTEXT + MAX_EXPANSION_13,
    detached: true,
    open(record) {
      if (record.type !== CONTENT_TYPE.applicationData) fail('record_unprotected', `a record of type ${record.type}`);
      const inner = aead.open(nonces.next(), record.header, record.fragment);
      if (!inner) {
        // a server that skips early data tries its handshake key on each record (RFC 8446 section 4.2.10): what fails must not count
        nonces.sequence.back();
        fail('record_bad_mac');
      }
      if (inner.length > innerLimit) {
        const reason = innerLimit === MAX_PLAINTEXT + 1 ? 'record_overflow_inner' : 'record_overflow_negotiated';
        fail(reason, `${inner.length} octets, at most ${innerLimit}`);
      }
      let end = inner.length - 1;
      while (end >= 0 && inner[end] === 0) end -= 1;
      if (end < 0) fail('record_no_content_type');
      return { type: inner[end] as number, content: inner.subarray(0, end) };
    },
  };
}
