/** The messages that scripts expect and send, with their schemas. */
import type { Schema, Value } from '../../codec/index.ts';
import { HANDSHAKE_TYPE } from '../../registry/tls-codes.ts';
import type { Connection, Kind } from '../connection.ts';
import { fail } from '../failure.ts';
import { lasting } from '../lasting.ts';
import { isIdleRequest } from '../misplaced.ts';
import type { RawMessage } from '../record/index.ts';
import {
  certificate,
  certificate12,
  certificateRequest,
  certificateRequest10,
  certificateRequest12,
  certificateStatus,
  certificateVerify,
  clientHello,
  encryptedExtensions,
  endOfEarlyData,
  finished,
  helloRequest,
  helloRetryRequest,
  keyUpdate,
  newSessionTicket,
  newSessionTicket12,
  serverHello,
  serverHello12,
  serverHelloDone,
} from '../wire/index.ts';
import { MESSAGE, type Script } from './script.ts';

const kind = <T>(name: Kind<T>['name'], type: number, schema: Schema<T>): Kind<T> => ({ name, type, schema });

const T = HANDSHAKE_TYPE;
export const HELLO_REQUEST: Kind<Value<typeof helloRequest>> = kind('hello_request', T.helloRequest, helloRequest);
export const CLIENT_HELLO: Kind<Value<typeof clientHello>> = kind('client_hello', T.clientHello, clientHello);
export const SERVER_HELLO: Kind<Value<typeof serverHello>> = kind('server_hello', T.serverHello, serverHello);
export const SERVER_HELLO_12: Kind<Value<typeof serverHello12>> = kind('server_hello', T.serverHello, serverHello12);
export const HELLO_RETRY_REQUEST: Kind<Value<typeof helloRetryRequest>> = kind(
  'hello_retry_request',
  T.serverHello,
  helloRetryRequest,
);
export const ENCRYPTED_EXTENSIONS: Kind<Value<typeof encryptedExtensions>> = kind(
  'encrypted_extensions',
  T.encryptedExtensions,
  encryptedExtensions,
);
export const CERTIFICATE: Kind<Value<typeof certificate>> = kind('certificate', T.certificate, certificate);
export const CERTIFICATE_12: Kind<Value<typeof certificate12>> = kind('certificate', T.certificate, certificate12);
export const CERTIFICATE_REQUEST: Kind<Value<typeof certificateRequest>> = kind(
  'certificate_request',
  T.certificateRequest,
  certificateRequest,
);
export const CERTIFICATE_REQUEST_12: Kind<Value<typeof certificateRequest12>> = kind(
  'certificate_request',
  T.certificateRequest,
  certificateRequest12,
);
export const CERTIFICATE_REQUEST_10: Kind<Value<typeof certificateRequest10>> = kind(
  'certificate_request',
  T.certificateRequest,
  certificateRequest10,
);
export const CERTIFICATE_VERIFY: Kind<Value<typeof certificateVerify>> = kind(
  'certificate_verify',
  T.certificateVerify,
  certificateVerify,
);
export const CERTIFICATE_STATUS: Kind<Value<typeof certificateStatus>> = kind(
  'certificate_status',
  T.certificateStatus,
  certificateStatus,
);
export const SERVER_HELLO_DONE: Kind<Value<typeof serverHelloDone>> = kind(
  'server_hello_done',
  T.serverHelloDone,
  serverHelloDone,
);
export const END_OF_EARLY_DATA: Kind<Value<typeof endOfEarlyData>> = kind(
  'end_of_early_data',
  T.endOfEarlyData,
  endOfEarlyData,
);
export const NEW_SESSION_TICKET: Kind<Value<typeof newSessionTicket>> = kind(
  'new_session_ticket',
  T.newSessionTicket,
  newSessionTicket,
);
export const NEW_SESSION_TICKET_12: Kind<Value<typeof newSessionTicket12>> = kind(
  'new_session_ticket',
  T.newSessionTicket,
  newSessionTicket12,
);
export const KEY_UPDATE: Kind<Value<typeof keyUpdate>> = kind('key_update', T.keyUpdate, keyUpdate);

/** Finished with verify_data of `length` octets. */
export const finishedKind = (length: number): Kind<Uint8Array> => {
  const known = finishedKinds.get(length) ?? kind('finished', T.finished, finished(length));
  finishedKinds.set(length, known);
  return known;
};
const finishedKinds = new Map<number, Kind<Uint8Array>>();
export const serverKeyExchangeKind = <V>(schema: Schema<V>): Kind<V> =>
  kind('server_key_exchange', T.serverKeyExchange, schema);
export const clientKeyExchangeKind = <V>(schema: Schema<V>): Kind<V> =>
  kind('client_key_exchange', T.clientKeyExchange, schema);
/** CertificateVerify in another form. */
export const certificateVerifyKind = <V>(schema: Schema<V>): Kind<V> =>
  kind('certificate_verify', T.certificateVerify, schema);

/** The next handshake message, whatever it is. */
export function* next(c: Connection): Script<RawMessage> {
  for (;;) {
    const raw = (yield MESSAGE) as RawMessage;
    if (!isIdleRequest(c.config.side, c.info, raw)) return raw;
  }
}

/** The next handshake message, which must be of this kind. */
export function* expect<V>(c: Connection, wanted: Kind<V>): Script<V> {
  const raw = yield* next(c);
  if (raw.type !== wanted.type) c.unexpected(raw, wanted.name);
  return c.read(wanted, raw);
}

/** Finished, whose verify_data must be `expected`; a length of its own has a reason of its own. */
export function* expectFinished(
  c: Connection,
  length: number,
  verifies: (data: Uint8Array) => boolean,
): Script<Uint8Array> {
  const raw = yield* next(c);
  const wanted = finishedKind(length);
  if (raw.type !== wanted.type) c.unexpected(raw, wanted.name);
  if (raw.body.length !== length) fail('finished_length', `${raw.body.length} octets, not ${length}`);
  const data = c.read(wanted, raw);
  if (!verifies(data)) fail('finished_wrong');
  return lasting(data);
}
