/** Negotiated sizes of records. */
import { MAX_FRAGMENT_LENGTHS } from '../../registry/tls-codes.ts';
import { TLS13 } from '../../registry/tls-versions.ts';
import type { Connection } from '../connection.ts';
import { fail } from '../failure.ts';
import { MAX_PLAINTEXT } from '../record/index.ts';

/** Octets of a ticket that leave room for the other extensions of a ClientHello: their list has 65,535 at most. */
export const MAX_TICKET = 57_344;

/** The peer takes records of `limit` octets at most: content, and in TLS 1.3 the type with it (RFC 8449 section 4). */
export function applySizeLimit(c: Connection, limit: number): void {
  const tls13 = c.info.version?.code === TLS13;
  if (limit < 64) fail('record_size_limit_too_small', `${limit}`);
  // a server may say more than we can send, and a client may announce what versions to come allow; what a version allows is the limit
  const most = tls13 ? MAX_PLAINTEXT + 1 : MAX_PLAINTEXT;
  if (limit > most && c.config.side === 'client') fail('record_size_limit_too_large', `${limit}`);
  const content = Math.min(limit, most) - (tls13 ? 1 : 0);
  c.info.sendLimit = content;
  c.info.receiveLimit = ownLimit(c);
  c.out.limit = Math.min(c.out.limit, content);
}

/** The most octets of content that we take once record_size_limit is negotiated. */
function ownLimit(c: Connection): number | undefined {
  const { recordSizeLimit } = c.config;
  if (recordSizeLimit === undefined) return undefined;
  return Math.min(recordSizeLimit - (c.info.version?.code === TLS13 ? 1 : 0), MAX_PLAINTEXT);
}

/** Refuses sizes that a client may not offer, before anything is answered. */
export function checkOfferedSizes(c: Connection, size: number | undefined, code: number | undefined): void {
  if (size !== undefined && c.config.recordSizeLimit !== undefined) {
    if (size < 64) fail('record_size_limit_too_small', `${size}`);
  } else if (code !== undefined && !MAX_FRAGMENT_LENGTHS.has(code)) fail('max_fragment_length_unknown', `${code}`);
}

/** Both sides send and take records of this length at most (RFC 6066 section 4). */
export function applyFragmentLength(c: Connection, code: number): void {
  const length = MAX_FRAGMENT_LENGTHS.get(code);
  if (length === undefined) return fail('max_fragment_length_unknown', `${code}`);
  if (c.config.side === 'client' && c.config.maxFragmentLength !== length) {
    fail('max_fragment_length_mismatch', `${length} octets`);
  }
  c.info.maxFragmentLength = code;
  c.info.sendLimit = length;
  c.info.receiveLimit = length;
  c.out.limit = Math.min(c.out.limit, length);
}

/** The most octets inside of a protected TLS 1.3 record that we take: content, type and padding. */
export function innerLimit(c: Connection): number {
  const { receiveLimit } = c.info;
  return receiveLimit === undefined ? MAX_PLAINTEXT + 1 : receiveLimit + 1;
}
