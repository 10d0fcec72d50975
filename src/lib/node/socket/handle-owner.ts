/** What a handle tells. */
import type { Session } from '../../tls/index.ts';

/** The socket above, as far as its handle knows it. */
export interface HandleOwner {
  /** Whether HTTP/1 reads from the socket. */
  readonly parsed: boolean;
  /** Application data; false when no more are wanted for now. */
  received(bytes: Uint8Array): boolean;
  /** No more application data will come. */
  ended(): void;
  /** The peer begins another handshake. */
  handshakeStarted(): void;
  handshakeDone(): void;
  sessionMade(session: Session): void;
  keyLogged(line: string): void;
  failed(error: Error): void;
}
