/** AsyncLocalStorage: every callback is called in the context in which node:tls calls it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { faceModule, played, writePki } from '../support/face-program.ts';
import { Workshop } from '../support/processes.ts';

/** Contexts by what was called, by the kind of connection. */
type Seen = Record<string, Record<string, readonly string[]>>;

const workshop = new Workshop();
beforeAll(() => writePki(workshop));
afterAll(() => workshop.close());

/** node:tls has the context of whoever writes when octets that the program has not read are found by that. */
const BY_CHANCE = new Set(['client session', 'peer end callback', 'end callback', 'peer finish']);

const stable = (seen: Seen): Seen =>
  Object.fromEntries(
    Object.entries(seen).map(([kind, calls]) => [
      kind,
      Object.fromEntries(Object.entries(calls).filter(([call]) => !BY_CHANCE.has(call))),
    ]),
  );

it('A6: callbacks are called in the context of whoever made the connection', async () => {
  const [theirs, ours] = await Promise.all([
    played<Seen>(workshop, 'context', 'node:tls'),
    faceModule().then((module) => played<Seen>(workshop, 'context', module)),
  ]);
  expect(Object.keys(ours)).toHaveLength(9);
  // TLS 1.3: node:tls asks for sessions by the random identifier of the compatibility mode
  for (const calls of [...Object.values(theirs), ...Object.values(ours)]) delete calls['resumeSession'];
  expect(stable(ours)).toEqual(stable(theirs));
});
