/** Digests and HMACs of data that arrive in chunks, and how OpenSSL's `dgst` words them. */
import { createHash, createHmac } from 'node:crypto';
import type { Digest } from '../crypto/digests.ts';
import { fail } from '../errors.ts';
import type { Secret } from '../secret.ts';

const SHAKES: readonly string[] = ['shake128', 'shake256'];

/** Whether the length of the digest can be chosen. */
export const isXof = (digest: Digest): boolean => SHAKES.includes(digest.name);

/**
 * The digest of some data.
 *
 * @param options.key makes it an HMAC (RFC 2104)
 * @param options.length octets of output, for the SHAKEs only
 * @throws TlskitError ERR_USAGE for a length that cannot be chosen, ERR_UNSUPPORTED for a digest that this Node lacks or that has no HMAC
 */
export function digestOf(
  digest: Digest,
  data: Iterable<Uint8Array>,
  options: { readonly key?: Secret | undefined; readonly length?: number | undefined } = {},
): Buffer {
  const { key, length } = options;
  if (length !== undefined && (!isXof(digest) || key)) {
    fail('ERR_USAGE', 'Length can only be specified for XOF: -shake128 and -shake256 without a key');
  }
  if (key && isXof(digest)) fail('ERR_UNSUPPORTED', `there is no HMAC with ${digest.label}`);
  const run = start(digest, key, length);
  for (const chunk of data) run.update(chunk);
  return run.digest();
}

function start(digest: Digest, key: Secret | undefined, length: number | undefined): Running {
  try {
    if (key) return createHmac(digest.node, key.reveal());
    return createHash(digest.node, { outputLength: length ?? digest.size });
  } catch {
    return fail('ERR_UNSUPPORTED', `this Node does not have the digest ${digest.label}`);
  }
}

interface Running {
  update(data: Uint8Array): unknown;
  digest(): Buffer;
}
