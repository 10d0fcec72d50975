/** ServerHello and HelloRetryRequest, which have one structure (RFC 8446 sections 4.1.3 and 4.1.4, RFC 5246 section 7.4.1.3). */
import { opaque, optional, struct, uint, type Schema } from '../../codec/index.ts';
import { COMPRESSION_METHODS } from '../../registry/tls-codes.ts';
import { EXTENSION, type ExtensionPlace } from '../../registry/tls-extensions.ts';
import { SUITES } from '../../registry/tls-suites.ts';
import { VERSIONS } from '../../registry/tls-versions.ts';
import { extensionList, find, type Extension } from './extensions.ts';
import { random } from './record.ts';

/** A ServerHello or a HelloRetryRequest. */
export interface ServerHello {
  readonly version: number;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly suite: number;
  readonly compression: number;
  readonly extensions: readonly Extension[] | undefined;
}

function helloAs(place: ExtensionPlace): Schema<ServerHello> {
  return struct({
    version: uint(2, VERSIONS),
    random,
    sessionId: opaque(1, 0, 32),
    suite: uint(2, SUITES),
    compression: uint(1, COMPRESSION_METHODS),
    extensions: optional(extensionList(place)),
  });
}

/** The three read and write alike; a trace shows the bodies of extensions as each has them. */
export const serverHello: Schema<ServerHello> = helloAs('SH');
export const helloRetryRequest: Schema<ServerHello> = helloAs('HRR');
export const serverHello12: Schema<ServerHello> = helloAs('SH12');

/** The random that makes a ServerHello a HelloRetryRequest: SHA-256 of `HelloRetryRequest` (RFC 8446 section 4.1.3). */
export const RETRY_RANDOM: Uint8Array = Buffer.from(
  'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c',
  'hex',
);

/** Which of the three a hello is. */
export function serverHelloPlace(hello: ServerHello): 'SH' | 'HRR' | 'SH12' {
  if (Buffer.compare(hello.random, RETRY_RANDOM) === 0) return 'HRR';
  return find(hello.extensions, EXTENSION.supportedVersions) ? 'SH' : 'SH12';
}
