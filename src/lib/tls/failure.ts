/** How the engine gives a connection up: by a reason of the reason table, and in no other way. */
import { CodecError } from '../codec/index.ts';
import type { AlertName } from '../registry/tls-alerts.ts';
import { decodeReason, reasonRow, type DecodedName, type Reason, type TlsErrorCode } from '../registry/tls-reasons.ts';

/** The end of a connection, with its reason. The message is one line and holds no secret. */
export class TlsFailure extends Error {
  override readonly name = 'TlsFailure';
  /** The cause, stable: one for each. */
  readonly reason: Reason;
  /** The kind of cause, stable. */
  readonly code: TlsErrorCode;
  /** The alert that the peer gets; undefined for none. */
  readonly alert: AlertName | undefined;
  /** The rule that was broken: document and section. */
  readonly section: string;
  /** What was seen, as the message has it: of `peer_alert` the alert's name, of `peer_alert_unknown` its number. */
  readonly detail: string | undefined;

  /** `alert` replaces that of the reason's row: what a hook of the application wants the peer to hear. */
  constructor(reason: Reason, detail?: string, cause?: unknown, alert?: AlertName) {
    const row = reasonRow(reason);
    const text = detail === undefined ? row.text : `${row.text}: ${detail}`;
    super(`${text} (${reason}, ${row.section})`, cause === undefined ? {} : { cause });
    this.reason = reason;
    this.code = row.code;
    this.alert = alert ?? row.alert;
    this.section = row.section;
    this.detail = detail;
  }
}

/** Gives the connection up. `detail` says what was seen: public values of the peer, never a secret. */
export function fail(reason: Reason, detail?: string): never {
  throw new TlsFailure(reason, detail);
}

/** Runs a decoding; a `CodecError` becomes the reason that belongs to `name`. */
export function decoding<T>(name: DecodedName, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw new TlsFailure(decodeReason(name, error.fault), error.message, error);
  }
}

/** What a hook threw, as a failure. */
export function hookFailure(error: unknown): TlsFailure {
  if (error instanceof TlsFailure) return error;
  return new TlsFailure('hook_failed', error instanceof Error ? error.message : undefined, error);
}
