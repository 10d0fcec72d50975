/** Handshakes that resume a session. */
import type { VersionName } from '../../../src/lib/registry/tls-versions.ts';
import { TicketKey } from '../../../src/lib/tickets/key.ts';
import {
  replayGuard,
  ticketSealer,
  type ClientOptions,
  type ServerOptions,
  type Session,
} from '../../../src/lib/tls/index.ts';
import { merge, pairOf, type Context, type Plan } from './harness.ts';

/** A server that gives tickets. */
export const tickets = (): ServerOptions => ({ ticketSealer: ticketSealer([TicketKey.generate()]) });

/** A server that gives tickets which allow early data. */
export const earlyTickets = (maxEarlyData = 1000): ServerOptions => ({
  ...tickets(),
  maxEarlyData,
  replayGuard: replayGuard(),
});

/** A session between a client and a server with these options. */
export async function sessionFor(
  version: VersionName,
  client: ClientOptions | undefined,
  server: ServerOptions,
): Promise<Session> {
  const pair = await pairOf(version, { ...(client ? { client } : {}), server }).handshake();
  const found = pair.client.of('session').at(-1);
  if (!found) throw new Error(`no session: ${pair.client.reason} ${pair.server.reason}`);
  return found.session;
}

/** A connection that offers the session of one before it; `common` are options of both sides in both. */
export async function resuming(
  t: Context,
  plan: Plan,
  common: object = {},
  more: ServerOptions = tickets(),
): Promise<Plan> {
  const server = { ...common, ...more };
  const session = await sessionFor(t.version, common, server);
  return merge({ client: common, server, connection: { session } }, plan);
}
