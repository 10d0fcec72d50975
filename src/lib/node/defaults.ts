/** What programs may set on the module: defaults that are read whenever they are needed. They begin as this Node's, so that its flags count. */
import tls, { type SecureVersion } from 'node:tls';

/** The mutable part of the module. */
export interface Defaults {
  DEFAULT_CIPHERS: string;
  DEFAULT_ECDH_CURVE: string;
  DEFAULT_MIN_VERSION: SecureVersion;
  DEFAULT_MAX_VERSION: SecureVersion;
  CLIENT_RENEG_LIMIT: number;
  CLIENT_RENEG_WINDOW: number;
}

/** Their values now. */
export const defaults: Defaults = {
  DEFAULT_CIPHERS: tls.DEFAULT_CIPHERS,
  DEFAULT_ECDH_CURVE: tls.DEFAULT_ECDH_CURVE,
  DEFAULT_MIN_VERSION: tls.DEFAULT_MIN_VERSION,
  DEFAULT_MAX_VERSION: tls.DEFAULT_MAX_VERSION,
  CLIENT_RENEG_LIMIT: tls.CLIENT_RENEG_LIMIT,
  CLIENT_RENEG_WINDOW: tls.CLIENT_RENEG_WINDOW,
};
