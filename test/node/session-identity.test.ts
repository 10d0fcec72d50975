/** Sessions and the servers that they were made with: ours beside node:tls, on this Node. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import node, { type ConnectionOptions, type Server } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import ours from '../../src/lib/node/index.ts';
import { caPem, pems } from '../support/identities.ts';

let ca: string;
let server: Server;
beforeAll(async () => {
  ca = await caPem();
  // one that resumes whatever the name is, as far as node:tls goes
  server = node.createServer({ ...(await pems()), maxVersion: 'TLSv1.2', sessionIdContext: 'one' }, (socket) => {
    socket.on('error', () => undefined).resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());

interface Visit {
  readonly ends: string;
  readonly session: Buffer | undefined;
}

async function visit(tls: typeof node, options: ConnectionOptions): Promise<Visit> {
  const { port } = server.address() as AddressInfo;
  const socket = tls.connect({ port, host: '127.0.0.1', ca, ...options });
  try {
    await once(socket, 'secureConnect');
    return { ends: socket.isSessionReused() ? 'resumed' : 'a full handshake', session: socket.getSession() };
  } catch (error) {
    return { ends: (error as NodeJS.ErrnoException).code ?? 'an error', session: undefined };
  } finally {
    socket.destroy();
  }
}

/** How visits with the session of a first one, to `localhost`, end. */
async function story(tls: typeof node): Promise<string[]> {
  const first = await visit(tls, { servername: 'localhost' });
  const again = async (options: ConnectionOptions): Promise<string> =>
    (await visit(tls, { servername: 'localhost', session: first.session, ...options })).ends;
  const raw = first.session?.subarray(first.session.indexOf(Buffer.from([0x30, 0x82])));
  return [
    first.ends,
    await again({}),
    await again({ servername: 'another.example' }),
    await again({ servername: 'another.example', rejectUnauthorized: false }),
    await again({ servername: '', host: '127.0.0.1' }),
    await again({ session: raw }),
    await again({ session: raw, rejectUnauthorized: false }),
    await again({ session: raw, servername: 'another.example' }),
  ];
}

it('[A2] [A7] a session is taken to those servers to which node:tls takes it', async () => {
  const theirs = await story(node);
  expect(theirs.slice(0, 2)).toEqual(['a full handshake', 'resumed']);
  expect(await story(ours)).toEqual(theirs);
  // where a session knows its server, another one is looked at again
  if (Number(process.versions.node.split('.')[0]) >= 22) expect(theirs[2]).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
});
