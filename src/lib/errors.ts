/**
 * The one error type of the library: a stable `code` for programs, a one-line message for people.
 * A message names the file or place and the way out; it never holds a secret.
 */

/** Every code the library throws, by area. Codes are stable; texts are not. */
export type ErrorCode =
  | 'ERR_USAGE' // the call or the command line is wrong
  | 'ERR_UNSUPPORTED' // understood, and not something tlskit does
  | 'ERR_NOT_FOUND' // a file, a section or an object that should be there is not
  | 'ERR_IO' // reading or writing failed
  | 'ERR_FORMAT' // bytes or text that are not what they should be
  | 'ERR_DER' // an encoding error in DER or BER
  | 'ERR_PEM'
  | 'ERR_CONFIG' // an error in an openssl.cnf
  | 'ERR_NAME' // a distinguished name that cannot be built
  | 'ERR_EXTENSION' // a certificate extension that cannot be built
  | 'ERR_KEY' // a key that is not usable or not the right one
  | 'ERR_KEY_MISMATCH' // a key that does not belong to a certificate
  | 'ERR_PASSPHRASE' // wrong, missing or too short
  | 'ERR_SIGNATURE'
  | 'ERR_VERIFY'
  | 'ERR_CONNECT' // a connection could not be made
  | 'ERR_TLS' // a TLS connection failed
  | 'ERR_LIMIT'; // larger or deeper than we accept

/** Where in an input an error was found. */
export interface ErrorPlace {
  /** A file name or `standard input`. */
  readonly source?: string;
  /** A line number (from 1). */
  readonly line?: number;
  /** A byte offset (from 0). */
  readonly offset?: number;
}

/** An error that a user can act on. Anything else that is thrown is a defect of tlskit. */
export class TlskitError extends Error {
  override readonly name = 'TlskitError';
  readonly code: ErrorCode;
  readonly place: ErrorPlace;

  constructor(code: ErrorCode, message: string, options: { place?: ErrorPlace; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.place = options.place ?? {};
  }
}

/** Throws a `TlskitError`; usable as an expression. */
export function fail(code: ErrorCode, message: string, place?: ErrorPlace): never {
  throw new TlskitError(code, message, place ? { place } : {});
}

/** Runs `fn`; a `TlskitError` from it is rethrown with `source: ` in front, once. */
export function within<T>(source: string, fn: () => T): T {
  try {
    return fn();
  } catch (error) {
    throw named(source, error);
  }
}

/** The error with the name of its source in front; errors that already name one stay as they are. */
export function named(source: string, error: unknown): unknown {
  if (!(error instanceof TlskitError) || error.place.source !== undefined) return error;
  return new TlskitError(error.code, `${source}: ${error.message}`, {
    place: { ...error.place, source },
    cause: error,
  });
}
