/** The TLS engine. */
export * from './config.ts';
export { credential, type Credential, type CredentialOptions, type Signer } from './credential.ts';
export { TlsEngine } from './engine.ts';
export type * from './events.ts';
export { TlsFailure } from './failure.ts';
export type { ConnectionInfo } from './info.ts';
export { loadMlKem } from './kex/index.ts';
export { isSupported } from './resolve.ts';
export { decodeSession, encodeSession, type Session } from './session/session.ts';
export { readSslSession, sslSessionId, writeSslSession, type SslSession } from './session/openssl.ts';
export { memoryStore, replayGuard, type ReplayGuard, type SessionStore } from './session/store.ts';
export { ticketSealer, type OpenedTicket, type TicketSealer } from './session/tickets.ts';
export type { SigningScheme } from './signatures.ts';
export { Ladder } from './trace/ladder.ts';
