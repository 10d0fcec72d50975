/** What comes after the handshake of TLS 1.3: tickets, KeyUpdates, authentication (RFC 8446 section 4.6). */
import { HANDSHAKE_TYPE } from '../../registry/tls-codes.ts';
import { TLS13 } from '../../registry/tls-versions.ts';
import type { ClientConfig } from '../config.ts';
import type { Connection, PostHandler } from '../connection.ts';
import { fail } from '../failure.ts';
import type { RawMessage } from '../record/index.ts';
import { hashLength, type ResumptionSecret } from '../schedule/index.ts';
import type { Session } from '../session/session.ts';
import { EARLY_DATA_TICKET } from '../wire/index.ts';
import { clientCertificate, takeRequest } from './client-auth13.ts';
import { bodyOf, checkDoubles, checkPlaces } from './extensions.ts';
import type { Keys13 } from './keys13.ts';
import { NEW_SESSION_TICKET, finishedKind } from './kinds.ts';
import type { Script } from './script.ts';

/** The longest life of a ticket in seconds (RFC 8446 section 4.6.1). */
const WEEK = 604_800;

/** What a client does with messages after the handshake. */
export function clientPost13(c: Connection, keys: Keys13): PostHandler {
  c.operations = { updateKeys: (request) => keys.update(request) };
  return (raw) => {
    if (raw.type === HANDSHAKE_TYPE.newSessionTicket) takeTicket(c, keys, raw);
    else if (raw.type === HANDSHAKE_TYPE.keyUpdate) keys.updated(raw);
    else if (raw.type === HANDSHAKE_TYPE.certificateRequest) return authenticate(c, keys, raw);
    else c.unexpected(raw, 'new_session_ticket or key_update');
    return undefined;
  };
}

function takeTicket(c: Connection, keys: Keys13, raw: RawMessage): void {
  const message = c.read(NEW_SESSION_TICKET, raw, false);
  checkDoubles(message.extensions);
  checkPlaces(message.extensions, 'NST');
  if (message.lifetime > WEEK) fail('ticket_lifetime', `${message.lifetime} s`);
  keys.tickets += 1;
  if (keys.tickets > c.config.limits.tickets) fail('tickets_too_many', `more than ${c.config.limits.tickets}`);
  const maxEarlyData = bodyOf(message.extensions, EARLY_DATA_TICKET) ?? 0;
  // a lifetime of 0 says that the ticket is to be thrown away at once
  if (message.lifetime === 0 || !keys.resumption) return;
  c.info.ticketLifetime = message.lifetime;
  c.info.ticket = message.ticket;
  c.emit({ type: 'session', session: ticketSession(c, keys, { ...message, maxEarlyData }) });
}

interface TicketParts {
  readonly lifetime: number;
  readonly ageAdd: number;
  readonly nonce: Uint8Array;
  readonly ticket: Uint8Array;
  readonly maxEarlyData: number;
}

/** The session of a TLS 1.3 ticket. */
export function ticketSession(c: Connection, keys: Keys13, ticket: TicketParts): Session {
  const { info, config } = c;
  return {
    version: TLS13,
    suite: keys.suite.code,
    secret: (keys.resumption as ResumptionSecret).psk(ticket.nonce),
    created: config.now(),
    lifetime: ticket.lifetime,
    ticket: new Uint8Array(ticket.ticket),
    id: new Uint8Array(0),
    ageAdd: ticket.ageAdd,
    maxEarlyData: ticket.maxEarlyData,
    serverName: (config.side === 'client' ? c.options.serverName : info.serverName) ?? '',
    alpn: info.alpn ?? new Uint8Array(0),
    extendedMasterSecret: true,
    encryptThenMac: false,
    maxFragmentLength: 0,
    peerChain: info.peerChain,
    context: config.side === 'server' ? config.sessionContext : new Uint8Array(0),
  };
}

/** Answers a CertificateRequest after the handshake (RFC 8446 section 4.6.2). */
function* authenticate(c: Connection, keys: Keys13, raw: RawMessage): Script<void> {
  if (!(c.config as ClientConfig).postHandshakeAuth) fail('certificate_request_unasked');
  // the transcript of each exchange is that of the handshake, and this exchange alone
  const main = c.transcript;
  c.transcript = main.copy();
  try {
    const request = takeRequest(c, raw);
    const id = Buffer.from(request.context).toString('latin1');
    if (keys.contexts.has(id)) fail('certificate_context_reused');
    keys.contexts.add(id);
    yield* clientCertificate(c, request);
    const verify = keys.own.finished(c.transcript.digest());
    c.send(finishedKind(hashLength(keys.suite.hash)), verify);
    const certificates = c.info.credential?.chain.length ?? 0;
    c.emit({ type: 'authentication', direction: 'out', certificates });
  } finally {
    c.transcript = main;
  }
}
