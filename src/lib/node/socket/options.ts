/** Options of a TLS socket as they stand after `new TLSSocket` has read them. */
import type { SecureContext } from '../context/secure-context.ts';
import type { OnRead } from './stream-side.ts';

export type SniDone = (error: Error | null, context?: unknown) => void;

export interface OwnOptions {
  isServer?: boolean;
  server?: unknown;
  secureContext?: SecureContext;
  credentials?: SecureContext;
  requestCert?: boolean;
  rejectUnauthorized?: boolean;
  session?: Uint8Array | string;
  ALPNProtocols?: readonly string[] | NodeJS.ArrayBufferView;
  NPNProtocols?: readonly string[] | NodeJS.ArrayBufferView;
  ALPNCallback?: (offer: { servername: string; protocols: string[] }) => string | undefined;
  SNICallback?: (servername: string, done: SniDone) => void;
  pskCallback?: (...args: never[]) => unknown;
  pskIdentityHint?: string;
  requestOCSP?: boolean;
  enableTrace?: boolean;
  handshakeTimeout?: number;
  allowHalfOpen?: boolean;
  pauseOnConnect?: boolean;
  highWaterMark?: number;
  onread?: OnRead;
  signal?: AbortSignal;
  pipe?: boolean;
  singleUse?: boolean;
}
