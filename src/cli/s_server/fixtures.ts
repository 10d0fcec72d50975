/** s_server -fixtures: a server for every case of a fixture file, on one port. */
import { TlskitError } from '../../lib/errors.ts';
import { shownIn, loadRecipe } from '../fixtures/load.ts';
import type { Servers, Visit } from '../fixtures/servers/index.ts';
import { openFixtures } from '../fixtures/servers/load.ts';
import { DEFAULT_PORT, familyOf, parseAddress, portOf } from '../tls/address.ts';
import { ANCHORS_FILE } from '../../lib/fixtures/index.ts';
import type { ServerContext } from './flags.ts';

/** Options that mean something here: certificates, versions and suites are those of the cases. */
const TAKEN: ReadonlySet<string> = new Set([
  'fixtures',
  'fixtures_domain',
  'accept',
  'port',
  '4',
  '6',
  'naccept',
  'quiet',
  'www',
]);

/** Runs until it is ended, or -naccept connections are over. */
export async function runFixtures(context: ServerContext): Promise<number> {
  const { flags } = context;
  const other = context.order.find((name) => !TAKEN.has(name));
  if (other !== undefined)
    throw new TlskitError(
      'ERR_USAGE',
      `-${other.replace(/^@/, '')} and -fixtures do not go together: each case has its own`,
    );
  const address = addressOf(flags);
  let left = flags.naccept ?? Infinity;
  let ended: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const print = (text: string): void => {
    if (!flags.quiet) process.stdout.write(text);
  };
  const fixtures = await openFixtures(flags.fixtures);
  const servers = await fixtures.start({
    ...address,
    domain: flags.fixtures_domain,
    onVisit: (visit) => {
      print(visitLine(visit));
      left -= 1;
      if (left <= 0) ended();
    },
  });
  print(await greeting(servers, flags.fixtures));
  context.flushNotes();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, ended);
  await over;
  await servers.close();
  return 0;
}

function addressOf(flags: ServerContext['flags']): { host: string | null; port: number; ipv6Only: boolean } {
  const { accept, port } = flags;
  const named = accept === undefined ? { host: undefined, port: DEFAULT_PORT } : parseAddress('accept', accept, 'port');
  const family = familyOf(flags, named);
  return {
    host: named.host ?? (family === 4 ? '0.0.0.0' : family === 6 ? '::' : null),
    port: port === undefined ? named.port : portOf('port', port),
    ipv6Only: family === 6,
  };
}

/** Where the servers are, and what to trust. The first line is the one that s_server says of a port that it found itself. */
async function greeting(servers: Servers, file: string | undefined): Promise<string> {
  const { address, port, cases, left } = servers;
  const [good] = cases;
  const { out } = await loadRecipe(file);
  const apart = cases.filter((one) => one.port !== port);
  return [
    `ACCEPT ${address.includes(':') ? `[${address}]` : address}:${port}`,
    `Index of ${cases.length} servers: ${good ? servers.url(good.case.name) : ''}`,
    `Trust anchors: ${shownIn(out, ANCHORS_FILE)}`,
    ...apart.map((one) => `On a port of its own: ${servers.url(one.case.name)} (${one.case.name})`),
    ...left.map(({ name, reason }) => `not served: ${name}: ${reason}`),
    '',
  ].join('\n');
}

/** A connection in a line. */
function visitLine({ name, serverName, version, suite, alert, failure }: Visit): string {
  const asked = serverName === undefined ? ' (no name asked for)' : '';
  const how =
    version === undefined
      ? `refused by the client${alert === undefined ? '' : `, alert ${alert}`}`
      : `handshake done, ${version} ${suite ?? ''}${alert === undefined ? '' : `, then alert ${alert}`}`;
  const why = version === undefined && alert === undefined && failure !== undefined ? ` (${failure})` : '';
  return `${name}${asked}: ${how}${why}\n`;
}
