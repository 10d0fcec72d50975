/** diagnostics_channel: whoever traces a program hears of our sockets what node:tls tells of its own. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { faceModule, played, writePki } from '../support/face-program.ts';
import { MLKEM_NODE, nodeBinary } from '../support/nodes.ts';
import { Workshop } from '../support/processes.ts';

const workshop = new Workshop();
beforeAll(() => writePki(workshop));
afterAll(() => workshop.close());

// from Node 22 on the socket of a client is told by its own method
const newer = nodeBinary(MLKEM_NODE);
if (!newer && process.env['CI']) throw new Error(`channels need Node ${MLKEM_NODE} from the npm package node`);

it.skipIf(!newer).each([process.execPath, newer ?? ''])('A6: diagnostics channels of %s', async (node) => {
  const [theirs, ours] = await Promise.all([
    played<string[]>(workshop, 'channels', 'node:tls', { node }),
    faceModule().then((module) => played<string[]>(workshop, 'channels', module, { node })),
  ]);
  expect(ours).toEqual(theirs);
  expect(ours.filter((line) => line.startsWith('net.server.socket'))).toHaveLength(4);
});
