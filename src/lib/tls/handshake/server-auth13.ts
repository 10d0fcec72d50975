/** A server that asks for certificates in TLS 1.3, inside of the handshake and after it (RFC 8446 sections 4.3.2 and 4.6.2). */
import type { ServerConfig } from '../config.ts';
import type { Connection } from '../connection.ts';
import { fail } from '../failure.ts';
import type { RawMessage } from '../record/index.ts';
import {
  CERTIFICATE_AUTHORITIES,
  SIGNATURE_ALGORITHMS,
  SIGNATURE_ALGORITHMS_CERT,
  extension,
  type Extension,
} from '../wire/index.ts';
import { certificateVerify, checkSigned, judge, leafKey, signedContent, takeEntries } from './certificates.ts';
import { CERTIFICATE, CERTIFICATE_REQUEST, next } from './kinds.ts';
import type { Script } from './script.ts';

/** CertificateRequest; `context` is empty inside of the handshake. */
export function sendRequest(c: Connection, context: Uint8Array): void {
  const config = c.config as ServerConfig;
  const extensions: Extension[] = [extension(SIGNATURE_ALGORITHMS, [...config.verifySchemes.keys()])];
  if (config.certificateSchemes) extensions.push(extension(SIGNATURE_ALGORITHMS_CERT, config.certificateSchemes));
  if (config.authorities.length > 0) extensions.push(extension(CERTIFICATE_AUTHORITIES, config.authorities));
  c.send(CERTIFICATE_REQUEST, { context, extensions });
}

/** The client's Certificate and CertificateVerify. Returns how many certificates there were. */
export function* clientCertificate(
  c: Connection,
  context: Uint8Array = new Uint8Array(0),
  first?: RawMessage,
): Script<number> {
  const raw = first ?? (yield* next(c));
  if (raw.type !== CERTIFICATE.type) c.unexpected(raw, 'certificate');
  const message = c.read(CERTIFICATE, raw);
  if (Buffer.compare(message.context, context) !== 0) {
    fail(context.length === 0 ? 'certificate_context_not_empty' : 'certificate_context_wrong');
  }
  if (message.entries.length === 0) {
    if ((c.config as ServerConfig).clientAuth === 'require') fail('certificate_required');
    return 0;
  }
  takeEntries(c, message, new Set());
  const key = leafKey(c, c.info.peerChain);
  const digest = c.transcript.digest();
  checkSigned(c, yield* certificateVerify(c), key, signedContent('client', digest), 'signature_wrong');
  yield* judge(c);
  return message.entries.length;
}
