/**
 * Plays all scenarios on the Node that runs this, with node:tls and with ours, and prints the outcomes in JSON.
 *   node main.mjs [--only=<text in the name>] [--at-once=<n>] [--limit=<ms>]
 */
import theirs from 'node:tls';
import { parseArgs } from 'node:util';
import '../scenarios/index.ts';
import { ours } from './ours.ts';
import type { Tls } from './play.ts';
import { makePki } from './pki.ts';
import { run } from './run.ts';
import { allScenarios } from './scenario.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    'at-once': { type: 'string', default: '8' },
    limit: { type: 'string', default: '20000' },
  },
});
const scenarios = allScenarios().filter(({ name }) => name.includes(values.only));
const outcomes = await run(scenarios, {
  theirs: theirs as Tls,
  ours,
  pki: await makePki(),
  atOnce: Number(values['at-once']),
  limit: Number(values.limit),
});
process.stdout.write(JSON.stringify(outcomes), () => process.exit(0));
