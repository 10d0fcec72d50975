/** `createSecureContext`: options, checked in Node's order and with Node's words, as a context that serves any number of connections. */
import type { SecureContextOptions as NodeOptions } from 'node:tls';
import { defaults } from '../defaults.ts';
import { nodeError, validateInteger } from '../errors/node.ts';
import { configure } from './configure.ts';
import { OP } from './options.ts';
import { versionOf } from './protocols.ts';
import { ContextState } from './state.ts';

/** Options of a context: Node's, and those that only newer versions have. */
export interface SecureContextOptions extends NodeOptions {
  /** Whether certificates that are trusted may end a chain though somebody else signed them. */
  allowPartialTrustChain?: boolean | undefined;
  /** Names of algorithms, the best first (RFC 8879). */
  certificateCompression?: readonly ('zlib' | 'brotli' | 'zstd')[] | undefined;
  /** The context is for one connection. */
  singleUse?: boolean | undefined;
}

class Context {
  readonly context: ContextState;
  declare singleUse?: boolean;
  declare servername?: string;

  constructor(secureProtocol?: unknown, secureOptions?: unknown, minVersion?: unknown, maxVersion?: unknown) {
    if (secureProtocol) {
      for (const version of [minVersion, maxVersion]) {
        if (version !== undefined && version !== null) throw conflict(version, secureProtocol);
      }
    }
    const min = versionOf('minimum', minVersion, defaults.DEFAULT_MIN_VERSION);
    const max = versionOf('maximum', maxVersion, defaults.DEFAULT_MAX_VERSION);
    this.context = new ContextState();
    this.context.init(secureProtocol, min, max);
    if (secureOptions) {
      validateInteger(secureOptions, 'secureOptions');
      this.context.setOptions(secureOptions);
    }
  }
}

/** A context, as `node:tls` has them. */
export type SecureContext = Context;

/** Makes contexts, with `new` or without it. */
export interface SecureContextConstructor {
  new (secureProtocol?: unknown, secureOptions?: unknown, minVersion?: unknown, maxVersion?: unknown): SecureContext;
  (secureProtocol?: unknown, secureOptions?: unknown, minVersion?: unknown, maxVersion?: unknown): SecureContext;
  readonly prototype: SecureContext;
}

Object.defineProperty(Context, 'name', { value: 'SecureContext' });

export const SecureContext: SecureContextConstructor = new Proxy(Context, {
  apply: (Target, _this, [secureProtocol, secureOptions, min, max]: readonly unknown[]) =>
    new Target(secureProtocol, secureOptions, min, max),
}) as unknown as SecureContextConstructor;

Context.prototype.constructor = SecureContext;

function conflict(version: unknown, secureProtocol: unknown): Error {
  const message = `TLS protocol version ${JSON.stringify(version)} conflicts with secureProtocol ${JSON.stringify(secureProtocol)}`;
  return nodeError('ERR_TLS_PROTOCOL_VERSION_CONFLICT', message, TypeError);
}

/**
 * A context of options.
 *
 * @throws Node's errors for values of the wrong type, OpenSSL's for material that does not serve
 */
export function createSecureContext(options?: SecureContextOptions | null): SecureContext {
  const given = options || {};
  const { honorCipherOrder, secureProtocol, minVersion, maxVersion, singleUse } = given;
  let { secureOptions } = given;
  if (honorCipherOrder) secureOptions = (secureOptions as number) | OP.serverPreference;
  const made = new Context(secureProtocol, secureOptions, minVersion, maxVersion);
  configure(made.context, given);
  if (singleUse) made.singleUse = true;
  return made;
}
