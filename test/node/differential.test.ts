import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeBinary } from '../support/nodes.ts';
import { judge } from './differential/compare.ts';
import { buildProgram, playOn } from './differential/program.ts';
import { KNOWN } from './known-differences.ts';

/** scripts/test-nodes.mjs runs this file on the oldest and the newest Node; the ones between are run from here. */
const BETWEEN = process.env['TLSKIT_TEST_NO_BUILD'] ? [] : ['22', '24'];

describe('[A1] [A2] [A3] [A5] [A6] [A7] node:tls and ours, played side by side', () => {
  let program = '';
  beforeAll(async () => {
    program = await buildProgram();
  });
  afterAll(() => rmSync(program, { force: true }));

  async function compare(node: string, major: number): Promise<void> {
    const outcomes = await playOn(node, program);
    expect(outcomes.length).toBeGreaterThan(300);
    expect(judge(outcomes, KNOWN, major)).toEqual({ unexplained: {}, stale: [], broken: [] });
  }

  it('do the same but for known differences', async () => {
    await compare(process.execPath, Number(process.versions.node.split('.')[0]));
  });

  for (const version of BETWEEN) {
    const node = nodeBinary(version);
    it.skipIf(!node)(`do the same on Node ${version}`, () => compare(node ?? '', Number(version)));
  }
});
