/** Errors of OpenSSL's libraries, as Node shows those of one call: `error:0A0000B9:SSL routines::no cipher match`. */

/** An error of OpenSSL's, as Node makes one of it. */
export interface OpenSslError extends Error {
  /** `ERR_SSL_…` of the SSL library, `ERR_OSSL_…` of the others. */
  code?: string;
  library?: string;
  reason?: string;
  /** What else went wrong before, the latest first. */
  opensslErrorStack?: string[];
}

/** The libraries of OpenSSL 3 that have errors here: their numbers and names, and what their codes begin with. */
const LIBRARIES = {
  pem: { number: 9, name: 'PEM routines', prefix: 'ERR_OSSL_PEM_' },
  x509: { number: 11, name: 'x509 certificate routines', prefix: 'ERR_OSSL_X509_' },
  ssl: { number: 20, name: 'SSL routines', prefix: 'ERR_SSL_' },
} as const;

/** A library of OpenSSL. */
export type Library = keyof typeof LIBRARIES;

/** `0A0000B9`: library and reason in one number, in hexadecimal. */
export function packed(library: Library, reason: number): string {
  return (LIBRARIES[library].number * 2 ** 23 + reason).toString(16).toUpperCase().padStart(8, '0');
}

/** The code that Node gives a reason: `ERR_SSL_NO_CIPHER_MATCH`. */
export function codeOf(library: Library, reason: string): string {
  return LIBRARIES[library].prefix + reason.replaceAll(' ', '_').toUpperCase();
}

/** The error of a call. */
export function opensslError(library: Library, number: number, reason: string): OpenSslError {
  const { name } = LIBRARIES[library];
  const error = new Error(`error:${packed(library, number)}:${name}::${reason}`);
  return Object.assign(error, { library: name, reason, code: codeOf(library, reason) });
}

/** The name of a library as errors have it. */
export const libraryName = (library: Library): string => LIBRARIES[library].name;
