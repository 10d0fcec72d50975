/** The protection of TLS 1.0 to 1.2 records (RFC 5246 section 6.2.3, RFC 5288, 6655, 7905, 7366). */
import type { BulkCipher } from '../../registry/tls-ciphers.ts';
import type { MacHash } from '../../registry/tls-suites.ts';
import { fail } from '../failure.ts';
import { lasting } from '../lasting.ts';
import type { DirectionKeys } from '../schedule/tls12.ts';
import { RECORD_HEADER_LENGTH } from '../wire/record.ts';
import { Aead } from './aead.ts';
import { cbcOpener, cbcSealer } from './cbc.ts';
import {
  NonceMaker,
  Sequence,
  checkContent,
  headerOf,
  joined,
  writeHeader,
  type RecordOpener,
  type RecordSealer,
} from './cipher.ts';
import { MAX_EXPANSION_12, MAX_PLAINTEXT } from './limits.ts';
import { Mac, SequencedData, sameOctets } from './mac.ts';

/** What a record protection before TLS 1.3 is made of. */
export interface Tls12Protection {
  readonly bulk: BulkCipher;
  /** Undefined for AEADs. */
  readonly mac: MacHash | undefined;
  readonly keys: DirectionKeys;
  /** The version that stands in headers and in what is authenticated. */
  readonly version: number;
  /** Whether encrypt_then_mac was negotiated; no matter for what is not CBC. */
  readonly encryptThenMac?: boolean;
  /** How CBC gets its IVs: one in each record, or the last block of the record before (TLS 1.0). */
  readonly ivMode?: 'explicit' | 'chained';
  /** Random octets, for explicit IVs. */
  readonly random: (length: number) => Uint8Array;
  /** The most octets of content that a record may have: 2^14, or less by negotiation. */
  readonly contentLimit?: number;
  /** The sequence number of the first record, for tests. */
  readonly sequence?: number;
}

/** Octets of each part of a direction's keys, for the key block. */
export function keyLengths(
  bulk: BulkCipher,
  mac: MacHash | undefined,
  ivMode: 'explicit' | 'chained' = 'explicit',
): {
  mac: number;
  key: number;
  iv: number;
} {
  // a CBC cipher with explicit IVs takes none from the key block (RFC 5246 section 6.3)
  const iv = bulk.kind === 'aead' || ivMode === 'chained' ? bulk.fixedIv : 0;
  return { mac: mac ? Mac.length(mac) : 0, key: bulk.key, iv };
}

/** Protects records. Throws RangeError for a cipher that node:crypto lacks. */
export function tls12Sealer(protection: Tls12Protection): RecordSealer {
  const { bulk } = protection;
  if (bulk.kind === 'aead') return aeadSealer(protection);
  if (bulk.kind === 'cbc') return cbcSealer(protection);
  if (bulk.kind === 'null') return nullSealer(protection);
  throw new RangeError(`${bulk.name} is not supported`);
}

/** Opens records. Throws RangeError for a cipher that node:crypto lacks. */
export function tls12Opener(protection: Tls12Protection): RecordOpener {
  const { bulk } = protection;
  if (bulk.kind === 'aead') return limited(aeadOpener(protection), protection);
  if (bulk.kind === 'cbc') return limited(cbcOpener(protection), protection);
  if (bulk.kind === 'null') return limited(nullOpener(protection), protection);
  throw new RangeError(`${bulk.name} is not supported`);
}

/** Content is measured after the protection is off. */
function limited(opener: RecordOpener, { contentLimit = MAX_PLAINTEXT }: Tls12Protection): RecordOpener {
  return {
    fragmentLimit: opener.fragmentLimit,
    detached: opener.detached ?? false,
    open(record) {
      const opened = opener.open(record);
      if (opened.content.length > contentLimit) {
        const reason = contentLimit === MAX_PLAINTEXT ? 'record_overflow_inner' : 'record_overflow_negotiated';
        fail(reason, `${opened.content.length} octets, at most ${contentLimit}`);
      }
      return opened;
    },
  };
}

/** The nonces of an AEAD, and what of each stands in the record. */
interface RecordNonces {
  readonly explicit: number;
  /** The nonce of the next record to send. */
  next(): Buffer;
  /** The nonce of a record that came. */
  of(fragment: Uint8Array): Buffer;
}

function noncesOf({ bulk, keys, sequence = 0 }: Tls12Protection): RecordNonces {
  if (bulk.explicitIv === 0) {
    // RFC 7905 section 2
    const maker = new NonceMaker(keys.iv, new Sequence(sequence));
    return { explicit: 0, next: () => maker.next(), of: () => maker.next() };
  }
  // RFC 5288 section 3: four octets of the key block, eight that the sender chooses; the sequence number never comes twice
  const nonce = lasting(new Uint8Array(bulk.fixedIv + bulk.explicitIv));
  nonce.set(keys.iv);
  const counter = new Sequence(sequence);
  return {
    explicit: bulk.explicitIv,
    next() {
      counter.write(nonce, bulk.fixedIv);
      return nonce;
    },
    of(fragment) {
      nonce.set(fragment.subarray(0, bulk.explicitIv), bulk.fixedIv);
      return nonce;
    },
  };
}

function aeadSealer(protection: Tls12Protection): RecordSealer {
  const { bulk, keys, version } = protection;
  const aead = new Aead(bulk, keys.key);
  const nonces = noncesOf(protection);
  const data = new SequencedData(version, protection.sequence);
  const pieces = (type: number, content: Uint8Array): Uint8Array[] => {
    checkContent(content);
    if (data.sequence.count >= bulk.records) fail('record_key_exhausted');
    const nonce = nonces.next();
    // with a copy of the explicit part: the nonce is overwritten by the next one
    const head = Buffer.allocUnsafe(RECORD_HEADER_LENGTH + nonces.explicit);
    writeHeader(head, type, version, nonces.explicit + content.length + aead.tag);
    nonce.copy(head, RECORD_HEADER_LENGTH, nonce.length - nonces.explicit);
    const [sealed, tag] = aead.seal(nonce, data.next(type, content.length), content);
    return [head, sealed, tag];
  };
  return {
    get left() {
      return bulk.records - data.sequence.count;
    },
    pieces,
    seal: (type, content) => joined(pieces(type, content)),
  };
}

function aeadOpener(protection: Tls12Protection): RecordOpener {
  const { bulk, keys, version } = protection;
  const aead = new Aead(bulk, keys.key);
  const nonces = noncesOf(protection);
  const data = new SequencedData(version, protection.sequence);
  return {
    fragmentLimit: MAX_PLAINTEXT + MAX_EXPANSION_12,
    detached: true,
    open({ type, fragment }) {
      const length = fragment.length - nonces.explicit - aead.tag;
      if (length < 0) fail('record_bad_mac');
      const content = aead.open(nonces.of(fragment), data.next(type, length), fragment.subarray(nonces.explicit));
      return { type, content: content ?? fail('record_bad_mac') };
    },
  };
}

function nullSealer({ mac, keys, version, sequence }: Tls12Protection): RecordSealer {
  const maker = new Mac(mac, keys.mac);
  const data = new SequencedData(version, sequence);
  return {
    left: Infinity,
    seal(type, content) {
      checkContent(content);
      const tag = maker.of(data.next(type, content.length), content);
      return Buffer.concat([headerOf(type, version, content.length + tag.length), content, tag]);
    },
  };
}

function nullOpener({ mac, keys, version, sequence }: Tls12Protection): RecordOpener {
  const maker = new Mac(mac, keys.mac);
  const data = new SequencedData(version, sequence);
  return {
    fragmentLimit: MAX_PLAINTEXT + MAX_EXPANSION_12,
    open({ type, fragment }) {
      const length = fragment.length - maker.size;
      if (length < 0) fail('record_bad_mac');
      const content = fragment.subarray(0, length);
      const tag = maker.of(data.next(type, length), content);
      if (!sameOctets(tag, fragment.subarray(length))) fail('record_bad_mac');
      return { type, content };
    },
  };
}
