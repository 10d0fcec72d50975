/** ClientHello (RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2). */
import { opaque, optional, struct, uint, vector, type Schema } from '../../codec/index.ts';
import { COMPRESSION_METHODS } from '../../registry/tls-codes.ts';
import { EXTENSION } from '../../registry/tls-extensions.ts';
import { SUITES } from '../../registry/tls-suites.ts';
import { VERSIONS } from '../../registry/tls-versions.ts';
import { PRE_SHARED_KEY, type OfferedPsks } from './extension-bodies.ts';
import { body, extensionList, type Extension } from './extensions.ts';
import { random } from './record.ts';

/** A ClientHello. */
export interface ClientHello {
  readonly version: number;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly suites: readonly number[];
  readonly compressions: readonly number[];
  /** Missing altogether in old hellos, which is not the same as an empty list. */
  readonly extensions: readonly Extension[] | undefined;
}

export const clientHello: Schema<ClientHello> = struct({
  version: uint(2, VERSIONS),
  random,
  sessionId: opaque(1, 0, 32),
  suites: vector(2, uint(2, SUITES), 2, 2 ** 16 - 2),
  compressions: vector(1, uint(1, COMPRESSION_METHODS), 1),
  extensions: optional(extensionList('CH')),
});

/** Octets of the binders at the end of a ClientHello, with the length before them. */
export function bindersLength(psks: OfferedPsks): number {
  return psks.binders.reduce((sum, binder) => sum + 1 + binder.length, 2);
}

/**
 * The octets of a ClientHello, message or body, up to its binders: what the binders are computed over (RFC 8446 section 4.2.11.2).
 * Undefined when pre_shared_key is missing or is not the last extension. Throws `CodecError` when pre_shared_key does not decode.
 */
export function withoutBinders(bytes: Uint8Array, hello: ClientHello): Uint8Array | undefined {
  if (hello.extensions?.at(-1)?.type !== EXTENSION.preSharedKey) return undefined;
  const psks = body(hello.extensions.slice(-1), PRE_SHARED_KEY);
  return psks && bytes.subarray(0, bytes.length - bindersLength(psks));
}
