/** Contents cut into records. */
import { MAX_PLAINTEXT } from './limits.ts';

/** The pieces of `content`, at most `limit` octets each, as views; an empty content is one empty piece. */
export function* fragments(content: Uint8Array, limit: number = MAX_PLAINTEXT): Generator<Uint8Array, void, undefined> {
  if (limit < 1 || limit > MAX_PLAINTEXT) throw new RangeError(`a record of ${limit} octets`);
  let at = 0;
  do {
    yield content.subarray(at, at + limit);
    at += limit;
  } while (at < content.length);
}

/**
 * The pieces of application data in a CBC record of TLS 1.0 or SSLv3: the first octet by itself, so that the IV of the second record is
 * nothing that an attacker could know when choosing its text (the 1/n-1 split against BEAST).
 */
export function* splitFragments(
  content: Uint8Array,
  limit: number = MAX_PLAINTEXT,
): Generator<Uint8Array, void, undefined> {
  yield content.subarray(0, 1);
  if (content.length > 1) yield* fragments(content.subarray(1), limit);
}
