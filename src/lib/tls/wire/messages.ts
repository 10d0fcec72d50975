/** The small handshake messages, the frame of all of them, and the table that finds a message's schema. */
import {
  empty,
  fixed,
  opaque,
  refined,
  struct,
  u32,
  uint,
  type AnySchema,
  type Nothing,
  type Schema,
} from '../../codec/index.ts';
import { HANDSHAKE_TYPE, HANDSHAKE_TYPES, KEY_UPDATE_REQUESTS } from '../../registry/tls-codes.ts';
import type { DecodedName } from '../../registry/tls-reasons.ts';
import {
  certificate,
  certificate12,
  certificateRequest,
  certificateRequest10,
  certificateRequest12,
  certificateStatus,
  certificateVerify,
  certificateVerify10,
  compressedCertificate,
} from './certificate.ts';
import { clientHello } from './client-hello.ts';
import { extensionList, type Extension } from './extensions.ts';
import { helloRetryRequest, serverHello, serverHello12 } from './server-hello.ts';

/** Octets before the body of a handshake message: its type and its length. */
export const MESSAGE_HEADER_LENGTH = 4;

/** A handshake message (RFC 8446 section 4). */
export interface HandshakeMessage {
  readonly type: number;
  readonly body: Uint8Array;
}

export const handshakeMessage: Schema<HandshakeMessage> = struct({ type: uint(1, HANDSHAKE_TYPES), body: opaque(3) });

/** EncryptedExtensions (RFC 8446 section 4.3.1). */
export const encryptedExtensions: Schema<{ readonly extensions: readonly Extension[] }> = struct({
  extensions: extensionList('EE'),
});

/** Finished with verify_data of `length` octets: that of the hash in TLS 1.3, 12 in TLS 1.0 to 1.2, 36 in SSLv3. */
export function finished(length: number): Schema<Uint8Array> {
  return fixed(length);
}

/** NewSessionTicket of TLS 1.3. */
export interface NewSessionTicket {
  /** Seconds, at most 604800. */
  readonly lifetime: number;
  /** What a client adds to the age of the ticket, modulo 2^32. */
  readonly ageAdd: number;
  readonly nonce: Uint8Array;
  readonly ticket: Uint8Array;
  readonly extensions: readonly Extension[];
}

/** RFC 8446 section 4.6.1. */
export const newSessionTicket: Schema<NewSessionTicket> = struct({
  lifetime: u32,
  ageAdd: u32,
  nonce: opaque(1),
  ticket: opaque(2, 1),
  extensions: extensionList('NST', 0, 2 ** 16 - 2),
});

/** NewSessionTicket of TLS 1.2 (RFC 5077 section 3.3); the lifetime is a hint in seconds, 0 for none; an empty ticket is none. */
export const newSessionTicket12: Schema<{ readonly lifetime: number; readonly ticket: Uint8Array }> = struct({
  lifetime: u32,
  ticket: opaque(2),
});

/** KeyUpdate (RFC 8446 section 4.6.3): 1 asks for one in return. */
export const keyUpdate: Schema<number> = refined(uint(1, KEY_UPDATE_REQUESTS), (value) =>
  value > 1 ? `an unknown request ${value}` : undefined,
);

/** NextProtocol, whose padding fills it to a multiple of 32 octets. */
export const nextProtocol: Schema<{ readonly protocol: Uint8Array; readonly padding: Uint8Array }> = struct({
  protocol: opaque(1),
  padding: opaque(1),
});

/** Messages without a body. */
export const endOfEarlyData: Schema<Nothing> = empty;
export const serverHelloDone: Schema<Nothing> = empty;
export const helloRequest: Schema<Nothing> = empty;

/** Which versions have a message in a form. */
export type MessageFamily = 'all' | 'tls13' | 'tls12' | 'before12' | 'before13';

/** A form of a handshake message. */
export interface MessageKind {
  readonly name: DecodedName;
  readonly type: number;
  readonly family: MessageFamily;
  readonly schema: AnySchema;
}

/**
 * Every handshake message whose form does not depend on the cipher suite; those that do are in key-exchange.ts, and Finished above. For
 * TLS 1.3 and for others, of a type with several rows the one of the version counts.
 */
export const MESSAGES: readonly MessageKind[] = [
  { name: 'hello_request', type: HANDSHAKE_TYPE.helloRequest, family: 'before13', schema: helloRequest },
  { name: 'client_hello', type: HANDSHAKE_TYPE.clientHello, family: 'all', schema: clientHello },
  { name: 'server_hello', type: HANDSHAKE_TYPE.serverHello, family: 'tls13', schema: serverHello },
  { name: 'server_hello', type: HANDSHAKE_TYPE.serverHello, family: 'before13', schema: serverHello12 },
  { name: 'hello_retry_request', type: HANDSHAKE_TYPE.serverHello, family: 'tls13', schema: helloRetryRequest },
  { name: 'new_session_ticket', type: HANDSHAKE_TYPE.newSessionTicket, family: 'tls13', schema: newSessionTicket },
  { name: 'new_session_ticket', type: HANDSHAKE_TYPE.newSessionTicket, family: 'before13', schema: newSessionTicket12 },
  { name: 'end_of_early_data', type: HANDSHAKE_TYPE.endOfEarlyData, family: 'tls13', schema: endOfEarlyData },
  {
    name: 'encrypted_extensions',
    type: HANDSHAKE_TYPE.encryptedExtensions,
    family: 'tls13',
    schema: encryptedExtensions,
  },
  { name: 'certificate', type: HANDSHAKE_TYPE.certificate, family: 'tls13', schema: certificate },
  { name: 'certificate', type: HANDSHAKE_TYPE.certificate, family: 'before13', schema: certificate12 },
  { name: 'certificate_request', type: HANDSHAKE_TYPE.certificateRequest, family: 'tls13', schema: certificateRequest },
  {
    name: 'certificate_request',
    type: HANDSHAKE_TYPE.certificateRequest,
    family: 'tls12',
    schema: certificateRequest12,
  },
  {
    name: 'certificate_request',
    type: HANDSHAKE_TYPE.certificateRequest,
    family: 'before12',
    schema: certificateRequest10,
  },
  { name: 'server_hello_done', type: HANDSHAKE_TYPE.serverHelloDone, family: 'before13', schema: serverHelloDone },
  { name: 'certificate_verify', type: HANDSHAKE_TYPE.certificateVerify, family: 'tls13', schema: certificateVerify },
  { name: 'certificate_verify', type: HANDSHAKE_TYPE.certificateVerify, family: 'tls12', schema: certificateVerify },
  {
    name: 'certificate_verify',
    type: HANDSHAKE_TYPE.certificateVerify,
    family: 'before12',
    schema: certificateVerify10,
  },
  { name: 'certificate_status', type: HANDSHAKE_TYPE.certificateStatus, family: 'before13', schema: certificateStatus },
  { name: 'key_update', type: HANDSHAKE_TYPE.keyUpdate, family: 'tls13', schema: keyUpdate },
  {
    name: 'compressed_certificate',
    type: HANDSHAKE_TYPE.compressedCertificate,
    family: 'tls13',
    schema: compressedCertificate,
  },
  { name: 'next_protocol', type: HANDSHAKE_TYPE.nextProtocol, family: 'before13', schema: nextProtocol },
];
