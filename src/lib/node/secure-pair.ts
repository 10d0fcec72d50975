/** createSecurePair: a TLS connection between two streams of its own. Node removed it in version 24; programs of before still find it here. */
import { EventEmitter } from 'node:events';
import { Duplex } from 'node:stream';
import type { TLSSocketOptions } from 'node:tls';
import { deprecate } from 'node:util';
import type { SecureContext } from './context/secure-context.ts';
import { tls } from './module.ts';
import { TLSSocket } from './socket/tls-socket.ts';

/** One end of two streams: what is written to one is read from the other. */
class PairSide extends Duplex {
  other: PairSide | undefined;
  #goOn: (() => void) | undefined;

  override _read(): void {
    const goOn = this.#goOn;
    this.#goOn = undefined;
    goOn?.();
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: () => void): void {
    const { other } = this;
    if (!other) return;
    if (chunk.length === 0) process.nextTick(done);
    else {
      other.push(chunk);
      other.#goOn = done;
    }
  }

  override _final(done: () => void): void {
    this.other?.on('end', done);
    this.other?.push(null);
  }
}

/** Both ends of a pair: `encrypted` belongs to the network, `cleartext` to the program. Emits `secure`. */
export class SecurePair extends EventEmitter {
  readonly server: unknown;
  readonly credentials: SecureContext;
  /** A Duplex; Node's types call it so. */
  readonly encrypted: TLSSocket;
  readonly cleartext: TLSSocket;

  constructor(
    context?: SecureContext,
    isServer?: boolean,
    requestCert?: boolean,
    rejectUnauthorized?: boolean,
    options: TLSSocketOptions = {},
  ) {
    super();
    const secureContext = context ?? tls.createSecureContext();
    const one = new PairSide();
    const two = new PairSide();
    one.other = two;
    two.other = one;
    this.server = (options as { server?: unknown }).server;
    this.credentials = secureContext;
    this.encrypted = one as Duplex as TLSSocket;
    this.cleartext = new TLSSocket(two, {
      secureContext,
      isServer: isServer === true,
      requestCert: requestCert === true,
      rejectUnauthorized: rejectUnauthorized === true,
      ...options,
    });
    this.cleartext.once('secure', () => this.emit('secure'));
  }

  destroy(): void {
    this.cleartext.destroy();
    this.encrypted.destroy();
  }
}

/** @deprecated use TLSSocket (DEP0064) */
export const createSecurePair: (
  context?: SecureContext,
  isServer?: boolean,
  requestCert?: boolean,
  rejectUnauthorized?: boolean,
  options?: TLSSocketOptions,
) => SecurePair = deprecate(
  (...args: ConstructorParameters<typeof SecurePair>) => new SecurePair(...args),
  'tls.createSecurePair() is deprecated. Please use tls.TLSSocket instead.',
  'DEP0064',
);
