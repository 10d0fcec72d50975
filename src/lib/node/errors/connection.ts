/** Errors about a connection that are neither arguments' nor the peer's fault by TLS. */
import { constants } from 'node:os';

/** A connection that is gone. */
export function connectionReset(message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code: 'ECONNRESET' });
}

/** Why there is no renegotiation, in OpenSSL's words: TLS 1.3 has none. */
export function renegotiationRefused(cause: unknown): NodeJS.ErrnoException {
  return Object.assign(new Error('error:0A00010A:SSL routines::wrong ssl version', { cause }), {
    library: 'SSL routines',
    reason: 'wrong ssl version',
    code: 'ERR_SSL_WRONG_SSL_VERSION',
  });
}

/** What a write that never went out fails with. */
export function canceled(): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error('write ECANCELED');
  return Object.assign(error, { errno: -constants.errno.ECANCELED, code: 'ECANCELED', syscall: 'write' });
}

/** What is no failure to Node: octets that end, with or without the word for it. */
export const ENDS: ReadonlySet<string> = new Set([
  'closed_in_handshake',
  'closed_in_record',
  'closed_without_notify',
  'closed_notify_in_handshake',
]);
