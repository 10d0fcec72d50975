/** Sessions (contract row A7) that outlive the process that made them: kept as octets, resumed by ours, node:tls and openssl. */
import { constants } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import tls from '../../src/lib/node/index.ts';
import { faceModule, played, startProgram, writePki } from '../support/face-program.ts';
import { caPem } from '../support/identities.ts';
import { hasPeer, openssl } from '../support/peers.ts';
import { Workshop, type Running } from '../support/processes.ts';
import { happens } from '../support/web.ts';

const workshop = new Workshop();
const modules = { ours: '', 'node:tls': 'node:tls' };
type Which = keyof typeof modules;
let ca: string;
beforeAll(async () => {
  ca = await caPem();
  await writePki(workshop);
  modules.ours = await faceModule();
});
afterAll(() => workshop.close());

/** Servers share their sessions by this. */
const sessionIdContext = 'shared';

async function serve(which: Which, options: object): Promise<{ port: number; process: Running }> {
  const args = ['server', JSON.stringify({ sessionIdContext, ...options })];
  const process = await startProgram(workshop, 'peer', modules[which], { args }).prints(/"port":\d+}/);
  return { port: Number(/"port":(\d+)/.exec(process.stdout)?.[1]), process };
}

/** A client of a Node in a process of its own: whether it resumed. */
async function nodeVisits(port: number, files: { session?: string; save?: string }): Promise<boolean> {
  const args = ['client', JSON.stringify({ port, ...files })];
  return (await played<{ reused: boolean }>(workshop, 'peer', 'node:tls', { args })).reused;
}

/** A client of ours, here. */
async function weVisit(port: number, session?: Buffer): Promise<{ reused: boolean; session: Buffer }> {
  const socket: TLSSocket = tls.connect({
    port,
    host: '127.0.0.1',
    servername: 'localhost',
    ca,
    ...(session && { session }),
  });
  const made = happens<[Buffer]>(socket, 'session');
  await happens(socket, 'secureConnect');
  socket.write('hello');
  const reused = socket.isSessionReused();
  // one that is resumed by its identifier has no successor
  const newest = reused && session ? session : (await made)[0];
  socket.destroy();
  return { reused, session: newest };
}

describe('A7: sessions of another process', () => {
  it.each([
    ['TLSv1.2', 'ours'],
    ['TLSv1.2', 'node:tls'],
    ['TLSv1.3', 'ours'],
    ['TLSv1.3', 'node:tls'],
  ] as const)('%s, a server of %s', async (version, which) => {
    const { port, process } = await serve(which, { maxVersion: version });
    expect(await nodeVisits(port, { save: 'theirs' })).toBe(false);
    expect((await weVisit(port, readFileSync(workshop.path('theirs')))).reused).toBe(true);
    const { session } = await weVisit(port);
    workshop.file('saved', session);
    expect(await nodeVisits(port, { session: 'saved' })).toBe(true);
    if (hasPeer('openssl')) {
      const pem = workshop.path('session.pem');
      // newer Nodes put the server's name in front, and so do we there
      workshop.file('saved.der', session.subarray(session.indexOf(Buffer.from([0x30, 0x82]))));
      expect(openssl(['sess_id', '-inform', 'DER', '-in', workshop.path('saved.der'), '-out', pem]).status).toBe(0);
      const args = ['-connect', `127.0.0.1:${port}`, '-servername', 'localhost', '-CAfile', workshop.path('ca.pem')];
      expect(openssl(['s_client', ...args, '-sess_in', pem]).stdout).toContain(`Reused, ${version}`);
    }
    await process.stop();
  });

  it('from a store of files that several servers ask, asynchronously', async () => {
    const options = { maxVersion: 'TLSv1.2', secureOptions: constants.SSL_OP_NO_TICKET, store: 'store' };
    const servers = [await serve('ours', options), await serve('ours', options)];
    const [one = 0, two = 0] = servers.map(({ port }) => port);
    expect(await nodeVisits(one, { save: 'kept' })).toBe(false);
    const kept = readFileSync(workshop.path('kept'));
    expect((await weVisit(two, kept)).reused).toBe(true);
    expect(await nodeVisits(two, { session: 'kept' })).toBe(true);
    await Promise.all(servers.map(({ process }) => process.stop()));
  });
});
