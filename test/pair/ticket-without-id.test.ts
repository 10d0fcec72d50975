/** Tickets of clients that send no session id beside them. */
import { expect, it } from 'vitest';
import { ticketSealer, type ServerOptions } from '../../src/lib/tls/index.ts';
import { TicketKey } from '../../src/lib/tickets/key.ts';
import { testIdentity } from '../support/tls-certificates.ts';
import { handshake } from '../support/tls-pair.ts';

it('S5: a ticket resumes without a session id, and the answer has none either (RFC 5077 section 3.4)', async () => {
  const { credential } = await testIdentity('p256');
  const sealer = ticketSealer([TicketKey.generate()]);
  const server: ServerOptions = { versions: ['TLSv1.2'], credentials: [credential], ticketSealer: sealer };
  const client = { versions: ['TLSv1.2'] as const };
  const first = await handshake({ client, server });
  const session = first.client.of('session').at(-1)?.session;
  const second = await handshake({
    client: { ...client, shapeHello: (hello) => ({ ...hello, sessionId: new Uint8Array(0) }) },
    server,
    connection: { session },
  });
  expect(second.server.engine.info.resumed).toBe(true);
  expect(second.server.messages('out')).toEqual(['server_hello', 'change_cipher_spec', 'finished']);
  expect(second.server.engine.info.sessionId.length).toBe(0);
});
