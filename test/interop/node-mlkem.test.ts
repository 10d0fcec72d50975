/** The hybrid groups with ML-KEM, against a Node that has them. */
import { join as path } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadMlKem, ticketSealer } from '../../src/lib/tls/index.ts';
import { TicketKey } from '../../src/lib/tickets/key.ts';
import { MLKEM_NODE, nodeBinary } from '../support/nodes.ts';
import { Workshop, pemOf, type Running } from '../support/processes.ts';
import { testIdentity } from '../support/tls-certificates.ts';
import { TlsListener, connectTo } from '../support/tls-socket.ts';

interface Facts {
  readonly port?: number;
  readonly answer?: string;
  readonly reused?: boolean;
  readonly exported?: string;
}

const HYBRIDS = ['X25519MLKEM768', 'SecP256r1MLKEM768', 'SecP384r1MLKEM1024'];
const node = nodeBinary(MLKEM_NODE);
if (!node && process.env['CI']) throw new Error(`the hybrid groups need Node ${MLKEM_NODE} from the npm package node`);

describe.skipIf(!node)(`A9: Node ${MLKEM_NODE}, hybrid groups`, () => {
  let workshop: Workshop;
  let pem: { cert: string; key: string };
  beforeAll(async () => {
    workshop = new Workshop();
    await loadMlKem();
    const { credential, keyObject } = await testIdentity('p256');
    const key = keyObject.export({ type: 'pkcs8', format: 'pem' }) as string;
    pem = { cert: credential.chain.map(pemOf).join(''), key };
  });
  afterAll(() => workshop.close());

  const start = (side: string, options: object): Running =>
    workshop.start(node!, [path(import.meta.dirname, 'node-peer.mjs'), side, JSON.stringify(options)]);

  const lines = async (process: Running, count: number): Promise<Facts[]> => {
    await process.until(`${count} lines`, () => process.stdout.split('\n').length > count);
    return process.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Facts);
  };

  it.each(HYBRIDS)('%s, its server, at once and after a retry, full and resumed', async (group) => {
    const server = start('server', { ...pem, ecdhCurve: group });
    const [{ port = 0 } = {}] = await lines(server, 1);
    let count = 1;
    for (const shares of [undefined, ['x25519'], []]) {
      const options = { groups: [group, 'x25519'], shares };
      const first = await (await connectTo(port, options)).secure();
      await first.send('echoed\n').receives('echoed\n');
      await first.until('a ticket', () => first.session !== undefined);
      expect([first.info.group?.name, first.info.retried]).toEqual([group, shares !== undefined]);
      const [facts] = (await lines(server, (count += 1))).slice(-1);
      expect(first.engine.exportKeyingMaterial(32, 'EXPORTER-tlskit', Buffer.from('context')).toString('hex')).toBe(
        facts!.exported,
      );
      await first.close().closed();
      const second = await (await connectTo(port, options, { session: first.session })).secure();
      await second.send('echoed\n').receives('echoed\n');
      expect([second.info.group?.name, second.info.resumed]).toEqual([group, true]);
      expect((await lines(server, (count += 1))).at(-1)!.reused).toBe(true);
      await second.close().closed();
    }
  });

  it.each(HYBRIDS)('%s, its client, at once and after a retry, full and resumed', async (group) => {
    const { credential } = await testIdentity('p256');
    const listener = await TlsListener.open({
      groups: [group],
      credentials: [credential],
      ticketSealer: ticketSealer([TicketKey.generate()]),
    });
    workshop.keep(listener);
    for (const retried of [false, true]) {
      // a client of OpenSSL sends a share of its first group
      const ecdhCurve = retried ? `P-521:${group}` : group;
      const client = start('client', { port: listener.port, rejectUnauthorized: false, ecdhCurve });
      for (const resumed of [false, true]) {
        const peer = await (await listener.next()).secure();
        expect(peer.info).toMatchObject({ retried, resumed, group: { name: group } });
        await peer.closed();
      }
      const facts = await lines(client, 4);
      expect(facts.map(({ answer }) => answer).filter(Boolean)).toEqual(['reward\n', 'reward\n']);
      expect(facts.map(({ reused }) => reused)).toEqual([false, undefined, true, undefined]);
    }
  });
});
