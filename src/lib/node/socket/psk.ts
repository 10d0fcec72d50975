/** pskCallback: keys that both sides know from elsewhere (RFC 4279, RFC 8446 section 4.2.11). */
import { isArrayBufferView } from 'node:util/types';
import type { ExternalPsk } from '../../tls/index.ts';
import { invalidArgType, invalidArgValue, validateBuffer, validateObject, validateString } from '../errors/node.ts';
import type { Hooks } from './settings.ts';
import type { TLSSocket } from './tls-socket.ts';

/** Octets of a key and of an identity that OpenSSL takes. */
const MAX_KEY = 512;
const MAX_IDENTITY = 256;

type Callback = (...args: never[]) => unknown;

export function pskHooks(socket: TLSSocket, callback: Callback): Hooks {
  const ask = callback as (this: TLSSocket, ...args: unknown[]) => unknown;
  // an error of the callback ends the connection, with nothing said to the peer
  const guarded = (find: () => ExternalPsk | undefined): ExternalPsk | undefined => {
    try {
      return find();
    } catch (error) {
      socket.destroy(error as Error);
      return undefined;
    }
  };
  return {
    psk: (identity) => guarded(() => serverKey(ask.call(socket, socket, Buffer.from(identity).toString()), identity)),
    pskForHint: (hint) =>
      guarded(() =>
        clientKey(ask.call(socket, hint === undefined || hint.length === 0 ? null : Buffer.from(hint).toString())),
      ),
  };
}

const bytes = ({ buffer, byteOffset, byteLength }: NodeJS.ArrayBufferView): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

function checked(key: NodeJS.ArrayBufferView): Buffer {
  if (key.byteLength > MAX_KEY) throw invalidArgValue('psk', key, `Pre-shared key exceeds ${MAX_KEY} bytes`);
  return bytes(key);
}

function serverKey(answer: unknown, identity: Uint8Array): ExternalPsk | undefined {
  if (answer === undefined || answer === null) return undefined;
  if (isArrayBufferView(answer)) return { identity, key: checked(answer) };
  if (typeof answer !== 'object') throw invalidArgType('ret', ['Object', 'Buffer', 'TypedArray', 'DataView'], answer);
  const { psk } = answer as { psk?: unknown };
  validateBuffer(psk, 'psk');
  return { identity, key: checked(psk) };
}

function clientKey(answer: unknown): ExternalPsk | undefined {
  if (answer === undefined || answer === null) return undefined;
  validateObject(answer, 'ret');
  const { psk, identity } = answer as { psk?: unknown; identity?: unknown };
  validateBuffer(psk, 'psk');
  const key = checked(psk);
  validateString(identity, 'identity');
  if (Buffer.byteLength(identity) > MAX_IDENTITY) {
    throw invalidArgValue('identity', identity, `PSK identity exceeds ${MAX_IDENTITY} bytes`);
  }
  return { identity: Buffer.from(identity), key };
}
