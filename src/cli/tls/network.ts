import { reasonOf } from '../source.ts';

/** A failed system call about the network, in words. */
export function networkReason(error: NodeJS.ErrnoException): string {
  const words: Record<string, string> = {
    ECONNREFUSED: 'connection refused',
    ECONNRESET: 'the peer reset the connection',
    EPIPE: 'the peer has closed the connection',
    ETIMEDOUT: 'no answer in time',
    EHOSTUNREACH: 'no way to the host',
    ENETUNREACH: 'no way to the network',
    ENOTFOUND: 'there is no such host',
    EAI_AGAIN: 'the name server does not answer',
    EADDRINUSE: 'the address is in use',
    EADDRNOTAVAIL: 'the address is not one of this machine',
  };
  return words[error.code ?? ''] ?? reasonOf(error);
}
