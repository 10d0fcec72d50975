/** What a TLS 1.3 server sends and takes after the handshake (RFC 8446 section 4.6). */
import { HANDSHAKE_TYPE } from '../../registry/tls-codes.ts';
import type { ServerConfig } from '../config.ts';
import type { Connection, PostHandler } from '../connection.ts';
import { fail } from '../failure.ts';
import { lasting } from '../lasting.ts';
import type { RawMessage } from '../record/index.ts';
import { hashLength, type Transcript } from '../schedule/index.ts';
import { encodeSession, type Session } from '../session/session.ts';
import { EARLY_DATA_TICKET, POST_HANDSHAKE_AUTH, PSK_KEY_EXCHANGE_MODES, extension } from '../wire/index.ts';
import { attempt } from './certificates.ts';
import type { Keys13 } from './keys13.ts';
import { MAX_TICKET } from './limits.ts';
import { CLIENT_HELLO, NEW_SESSION_TICKET, expectFinished } from './kinds.ts';
import { ticketSession } from './post13.ts';
import type { Script } from './script.ts';
import { clientCertificate, sendRequest } from './server-auth13.ts';

/** Sends tickets, where there is something that seals them and the client can use them (RFC 8446 section 4.6.1). */
export function* sendTickets(c: Connection, keys: Keys13, count: number): Script<void> {
  const config = c.config as ServerConfig;
  const { ticketSealer } = config;
  if (!ticketSealer || !config.tickets || !c.info.peerExtensions.includes(PSK_KEY_EXCHANGE_MODES.code)) return;
  for (let i = 0; i < count; i += 1) {
    const nonce = nonceOf(keys.tickets);
    keys.tickets += 1;
    const parts = {
      lifetime: Math.min(config.sessionLifetime, 604_800),
      ageAdd: Buffer.from(config.random(4)).readUInt32BE(),
      nonce,
      ticket: new Uint8Array(0),
      maxEarlyData: config.maxEarlyData,
    };
    const session = ticketSession(c, keys, parts);
    const ticket = yield* attempt(c, () => ticketSealer.seal(encodeSession(session)));
    if (!ticket || ticket.length === 0 || ticket.length > MAX_TICKET) return;
    sendTicket(c, { ...session, ticket: lasting(ticket) }, nonce);
  }
}

/** A nonce that no other ticket of the connection has (RFC 8446 section 4.6.1). */
function nonceOf(count: number): Buffer {
  if (count < 256) return Buffer.from([count]);
  const nonce = Buffer.alloc(4);
  nonce.writeUInt32BE(count);
  return nonce;
}

function sendTicket(c: Connection, session: Session, nonce: Uint8Array): void {
  const { lifetime, ageAdd, ticket, maxEarlyData } = session;
  const extensions = maxEarlyData > 0 ? [extension(EARLY_DATA_TICKET, maxEarlyData)] : [];
  c.sendValue(NEW_SESSION_TICKET, { lifetime, ageAdd, nonce, ticket, extensions });
  c.emit({ type: 'session', session });
}

/** What a server does with messages after the handshake. */
export function serverPost13(c: Connection, keys: Keys13): PostHandler {
  const requests = new Map<string, Transcript>();
  c.operations = {
    updateKeys: (request) => keys.update(request),
    requestCertificate: () => request(c, requests),
    newTickets: (count) => c.run(sendTickets(c, keys, count)),
  };
  return (raw) => {
    if (raw.type === HANDSHAKE_TYPE.keyUpdate) keys.updated(raw);
    else if (raw.type === HANDSHAKE_TYPE.certificate) return authenticated(c, keys, requests, raw);
    else if (raw.type === CLIENT_HELLO.type) fail('renegotiation_in_tls13');
    else c.unexpected(raw, 'key_update');
    return undefined;
  };
}

/** Asks for a certificate. Each request has a context and a transcript of its own. */
function request(c: Connection, requests: Map<string, Transcript>): void {
  if (!c.info.peerExtensions.includes(POST_HANDSHAKE_AUTH.code)) {
    throw new RangeError('the client did not offer post_handshake_auth');
  }
  const context = c.config.random(16);
  const main = c.transcript;
  c.transcript = main.copy();
  sendRequest(c, context);
  requests.set(Buffer.from(context).toString('latin1'), c.transcript);
  c.transcript = main;
}

/** Takes the answer to a request: Certificate, CertificateVerify, Finished. */
function* authenticated(c: Connection, keys: Keys13, requests: Map<string, Transcript>, raw: RawMessage): Script<void> {
  if (requests.size === 0) c.unexpected(raw, 'key_update');
  // certificate_request_context comes first in the message
  const context = raw.body.subarray(1, 1 + (raw.body[0] ?? 0));
  const id = Buffer.from(context).toString('latin1');
  const transcript = requests.get(id);
  if (!transcript) return fail('certificate_context_wrong');
  requests.delete(id);
  const main = c.transcript;
  c.transcript = transcript;
  try {
    const certificates = yield* clientCertificate(c, context, raw);
    const digest = c.transcript.digest();
    yield* expectFinished(c, hashLength(keys.suite.hash), (data) => keys.peer.verifies(digest, data));
    c.emit({ type: 'authentication', direction: 'in', certificates });
  } finally {
    c.transcript = main;
  }
}
