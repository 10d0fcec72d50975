import { describe, expect, it } from 'vitest';
import { withLiveLine } from '../../../src/cli/progress.ts';

/** A terminal that keeps what it is told. */
function terminal() {
  const written: string[] = [];
  return { written, isTTY: true, columns: 80, write: (text: string) => written.push(text) };
}

const busy = (ms: number): void => {
  for (const end = Date.now() + ms; Date.now() < end;);
};

describe('the live line', () => {
  it('goes on while the work leaves no time for anything else', async () => {
    const stream = terminal();
    await withLiveLine(
      'Working',
      async (line) => {
        for (const i of [1, 2, 3]) {
          busy(120);
          line.show(() => `step ${i}`);
        }
      },
      { stream },
    );
    const steps = stream.written.flatMap((text) => /step \d/.exec(text)?.[0] ?? []);
    expect(steps).toEqual(['step 1', 'step 2', 'step 3']);
    expect(stream.written.at(-1)).toBe('\r\u001B[K');
  });

  it('lets others have their turn when the work breathes', async () => {
    let turns = 0;
    await withLiveLine(
      'Working',
      async (line) => {
        setImmediate(() => (turns += 1));
        await line.breathe();
        expect(turns).toBe(0);
        busy(120);
        await line.breathe();
        expect(turns).toBe(1);
      },
      { stream: terminal() },
    );
  });
});
