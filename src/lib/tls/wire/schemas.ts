/** Every schema of the wire, by name: what tests and fuzzers run over. */
import type { AnySchema } from '../../codec/index.ts';
import { rawKeyCertificate12 } from './certificate.ts';
import { EXTENSION_BODIES } from './extension-bodies.ts';
import {
  CLIENT_EXCHANGES,
  SERVER_PARAMETERS,
  rsaExchangeSsl3,
  signedParameters,
  signedParameters10,
} from './key-exchange.ts';
import { MESSAGES, finished, handshakeMessage } from './messages.ts';
import { alertMessage, changeCipherSpec, heartbeatMessage, recordHeader } from './record.ts';

/** Pairs of a unique name and a schema. */
export function allSchemas(): readonly (readonly [string, AnySchema])[] {
  return [
    ['record header', recordHeader],
    ['alert', alertMessage],
    ['change_cipher_spec', changeCipherSpec],
    ['heartbeat message', heartbeatMessage],
    ['handshake message', handshakeMessage],
    ['finished of 12', finished(12)],
    ['finished of 36', finished(36)],
    ['certificate of a raw key', rawKeyCertificate12],
    ...MESSAGES.map(({ name, family, schema }) => [`${name} (${family})`, schema] as const),
    ...Object.entries(SERVER_PARAMETERS).flatMap(([name, schema]) => [
      [`server_key_exchange ${name}`, schema] as const,
      [`server_key_exchange ${name}, signed`, signedParameters(schema)] as const,
      [`server_key_exchange ${name}, signed before TLS 1.2`, signedParameters10(schema)] as const,
    ]),
    ...Object.entries(CLIENT_EXCHANGES).map(([name, schema]) => [`client_key_exchange ${name}`, schema] as const),
    ['client_key_exchange rsa of SSLv3', rsaExchangeSsl3],
    ...EXTENSION_BODIES.map(
      ({ name, places, schema }) => [`extension ${name} in ${places.join(', ')}`, schema] as const,
    ),
  ];
}
