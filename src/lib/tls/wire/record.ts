/** Records and what is no handshake message in them (RFC 8446 sections 5 and 6; heartbeat: RFC 6520). */
import { fixed, opaque, refined, rest, struct, u16, u8, uint, type Schema } from '../../codec/index.ts';
import { ALERTS } from '../../registry/tls-alerts.ts';
import { CONTENT_TYPES } from '../../registry/tls-codes.ts';
import { VERSIONS } from '../../registry/tls-versions.ts';

/** Octets of a record's header. */
export const RECORD_HEADER_LENGTH = 5;

/** The header of a record. */
export interface RecordHeader {
  readonly type: number;
  readonly version: number;
  /** Octets of the fragment that follows. */
  readonly length: number;
}

export const recordHeader: Schema<RecordHeader> = struct({
  type: uint(1, CONTENT_TYPES),
  version: uint(2, VERSIONS),
  length: u16,
});

/** An alert. */
export interface AlertMessage {
  readonly level: number;
  readonly description: number;
}

export const alertMessage: Schema<AlertMessage> = struct({ level: u8, description: uint(1, ALERTS) });

/** change_cipher_spec: the octet 1. */
export const changeCipherSpec: Schema<number> = refined(u8, (value) => (value === 1 ? undefined : `${value} is not 1`));

/** A heartbeat; its padding is random and at least 16 octets. */
export interface HeartbeatMessage {
  readonly type: number;
  readonly payload: Uint8Array;
  readonly padding: Uint8Array;
}

export const heartbeatMessage: Schema<HeartbeatMessage> = struct({ type: u8, payload: opaque(2), padding: rest(16) });

/** The random of a hello. */
export const random: Schema<Uint8Array> = fixed(32);
