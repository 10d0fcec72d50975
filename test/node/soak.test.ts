/** Many connections leave nothing behind: no memory, no listeners, no handle that would keep the process. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { faceModule, played, writePki } from '../support/face-program.ts';
import { Workshop } from '../support/processes.ts';

const workshop = new Workshop();
beforeAll(() => writePki(workshop));
afterAll(() => workshop.close());

interface Report {
  /** Octets of memory for each connection that came between two measurements. */
  readonly each: number;
  readonly connections: number;
  readonly listeners: number;
  readonly warnings: readonly string[];
}

/** In turn, and at once, in each half: TLSKIT_SOAK=2000,200 makes it a long one. */
const [turns = '80', crowd = '20'] = process.env['TLSKIT_SOAK']?.split(',') ?? [];

it('A6: connections leave nothing behind', async () => {
  const report = await played<Report>(workshop, 'soak', await faceModule(), {
    flags: ['--expose-gc'],
    args: [turns, crowd],
  });
  // a connection that stays takes more than 20,000; what the compiler keeps comes and goes
  expect(report.each).toBeLessThan(8000);
  expect(report).toMatchObject({ connections: 0, warnings: [] });
  // three TLS sockets over one connection
  expect(report.listeners).toBeLessThanOrEqual(12);
});
