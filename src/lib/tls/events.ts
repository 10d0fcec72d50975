/** What a connection tells: one ordered list, in which everything that happened stands where it happened. */
import type { Span } from '../codec/index.ts';
import type { TlsFailure } from './failure.ts';
import type { Session } from './session/session.ts';

export type Direction = 'in' | 'out';

/** A handshake message, change_cipher_spec included. */
export interface MessageEvent {
  readonly type: 'message';
  readonly direction: Direction;
  /** As in RFC 8446: `client_hello`. */
  readonly name: string;
  /** Its number; undefined for change_cipher_spec, which is no handshake message. */
  readonly code: number | undefined;
  /** The version in use, 0 while none is. */
  readonly version: number;
  /** Header and body. */
  readonly raw: Uint8Array;
  /** Which octets are what. Made when it is asked for. */
  annotate(): Span;
}

/** A record, where `traceRecords` asks for them: with its protection on. */
export interface RecordEvent {
  readonly type: 'record';
  readonly direction: Direction;
  /** The five octets of the header. */
  readonly header: Uint8Array;
  readonly contentType: number;
  /** Octets of the content without protection. */
  readonly length: number;
}

/** An alert. */
export interface AlertEvent {
  readonly type: 'alert';
  readonly direction: Direction;
  readonly level: number;
  readonly description: number;
  /** Its name; `unknown` for a number that nobody registered. */
  readonly name: string;
}

/** A line of an NSS key log, without its line end. */
export interface KeyLogEvent {
  readonly type: 'keylog';
  readonly line: string;
}

/** A HelloRetryRequest, sent or received. */
export interface RetryEvent {
  readonly type: 'retry';
  /** The group that it asks for; undefined when it asks for a cookie alone. */
  readonly group: string | undefined;
}

/** The handshake is done: `Connection.info` is complete, data may flow. */
export interface SecureEvent {
  readonly type: 'secure';
  /** 0 for the first handshake, then the number of the renegotiation. */
  readonly renegotiations: number;
}

/** Application data that came in. */
export interface DataEvent {
  readonly type: 'data';
  readonly bytes: Uint8Array;
  /** Whether it is early data, which an attacker may have sent before (RFC 8446 section 8). */
  readonly early: boolean;
}

/** What became of early data. */
export interface EarlyDataEvent {
  readonly type: 'early_data';
  readonly accepted: boolean;
  /** Why not, in a few words. */
  readonly why: string | undefined;
}

/** A session that can be resumed: on a client one to keep, on a server one that was given out. */
export interface SessionEvent {
  readonly type: 'session';
  readonly session: Session;
}

/** Keys changed by a KeyUpdate. */
export interface KeyUpdateEvent {
  readonly type: 'key_update';
  readonly direction: Direction;
  /** Whether it asks the other side to do the same. */
  readonly requested: boolean;
}

/** A renegotiation begins, or was refused. */
export interface RenegotiationEvent {
  readonly type: 'renegotiation';
  readonly by: 'peer' | 'us';
  readonly refused: boolean;
  /** The peer wants one, and the policy is `explicit`: it waits for `renegotiate()`, or for the alert no_renegotiation. */
  readonly pending: boolean;
}

/** Authentication after the handshake is done: `Connection.info.peerChain` is new. */
export interface AuthenticationEvent {
  readonly type: 'authentication';
  readonly direction: Direction;
  /** Certificates in the answer. */
  readonly certificates: number;
}

/** Something against the rules that does not end the connection. */
export interface RemarkEvent {
  readonly type: 'remark';
  readonly failure: TlsFailure;
}

/** The connection failed; nothing follows but `closed`. */
export interface FailureEvent {
  readonly type: 'failure';
  readonly failure: TlsFailure;
}

/** The peer will send no more. */
export interface EndEvent {
  readonly type: 'end';
}

/** Both directions are closed, or one failed: the transport can go. */
export interface ClosedEvent {
  readonly type: 'closed';
  /** Whether both sides said close_notify. */
  readonly clean: boolean;
}

export type TlsEvent =
  | MessageEvent
  | RecordEvent
  | AlertEvent
  | KeyLogEvent
  | RetryEvent
  | SecureEvent
  | DataEvent
  | EarlyDataEvent
  | SessionEvent
  | KeyUpdateEvent
  | RenegotiationEvent
  | AuthenticationEvent
  | RemarkEvent
  | FailureEvent
  | EndEvent
  | ClosedEvent;
