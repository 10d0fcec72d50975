/** What servers of every version answer to a client. */
import type { Connection } from '../connection.ts';
import { fail } from '../failure.ts';
import { ALPN, MAX_FRAGMENT_LENGTH, RECORD_SIZE_LIMIT, type Extension } from '../wire/index.ts';
import { bodyOf } from './extensions.ts';
import { applyFragmentLength, applySizeLimit } from './limits.ts';

/** The protocol that the server chose: one, and one of ours (RFC 7301 section 3.1). */
export function takeAlpn(c: Connection, extensions: readonly Extension[]): void {
  const list = bodyOf(extensions, ALPN);
  if (!list) return;
  const [protocol, ...others] = list;
  if (!protocol || others.length > 0) return fail('alpn_not_one', `${list.length}`);
  if (!c.config.alpn.some((one) => Buffer.compare(one, protocol) === 0)) {
    fail('alpn_not_offered', Buffer.from(protocol).toString('latin1'));
  }
  c.info.alpn = protocol;
}

/** record_size_limit and max_fragment_length of the server's answer. */
export function takeLimits(c: Connection, extensions: readonly Extension[]): void {
  const size = bodyOf(extensions, RECORD_SIZE_LIMIT);
  const code = bodyOf(extensions, MAX_FRAGMENT_LENGTH);
  if (size !== undefined && code !== undefined) fail('record_size_limit_with_max_fragment');
  if (size !== undefined) applySizeLimit(c, size);
  if (code !== undefined) applyFragmentLength(c, code);
}
