/**
 * The TLS engine, `tlskit/engine`: TLS 1.0 to 1.3 without I/O, both sides. docs/engine.md has a program, every event and every option.
 */
export type { Span } from '../codec/index.ts';
export { selectCiphers, type CipherSelection } from '../registry/cipher-string.ts';
export type { AlertName } from '../registry/tls-alerts.ts';
export type { Group } from '../registry/tls-groups.ts';
export type { Reason, TlsErrorCode } from '../registry/tls-reasons.ts';
export type { SignatureScheme } from '../registry/tls-signatures.ts';
export type { CipherSuite } from '../registry/tls-suites.ts';
export type { Version, VersionName } from '../registry/tls-versions.ts';
export * from './config.ts';
export { credential, type Credential, type CredentialOptions, type Signer } from './credential.ts';
export { TlsEngine } from './engine.ts';
export type * from './events.ts';
export { TlsFailure } from './failure.ts';
export type { ConnectionInfo } from './info.ts';
export { loadMlKem, type DhDomain } from './kex/index.ts';
export { isSupported } from './supported.ts';
export { decodeSession, encodeSession, type Session } from './session/session.ts';
export { readSslSession, sslSessionId, writeSslSession, type SslSession } from './session/openssl.ts';
export { memoryStore, replayGuard, type ReplayGuard, type SessionStore } from './session/store.ts';
export { ticketSealer, type OpenedTicket, type TicketSealer } from './session/tickets.ts';
export type { SigningScheme } from './signatures.ts';
export { Ladder } from './trace/ladder.ts';
export type { ClientHello } from './wire/index.ts';
