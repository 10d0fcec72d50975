/**
 * Golden handshakes of our own: both engines with seeded randoms, a fixed clock and signatures without randomness, every octet recorded.
 * UPDATE_GOLDEN=1 records them anew: read the difference before it is committed.
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { nobleMlKem, useMlKem } from '../../../src/lib/tls/kex/index.ts';
import { SCENARIOS } from './scenarios.ts';
import { play } from './play.ts';

const here = new URL('./', import.meta.url);
const update = process.env['UPDATE_GOLDEN'] !== undefined;

beforeAll(async () => {
  // node:crypto's ML-KEM draws its own randoms
  useMlKem(nobleMlKem(await import('@noble/post-quantum/ml-kem.js')));
});

describe('S4: golden handshakes', () => {
  it.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))('%s', async (name, scenario) => {
    const file = new URL(`${name}.txt`, here);
    const { text, failures, keylogs, same } = await play(scenario);
    expect(failures).toEqual([]);
    // a server that rejects early data never comes to their keys
    const [client, server] = keylogs;
    const rejected = name === 'tls13-early-data-rejected';
    expect(rejected ? client.filter((line) => !/EARLY/.test(line)) : client).toEqual(server);
    expect(same).toBe(true);
    if (update) writeFileSync(file, text);
    expect(existsSync(file)).toBe(true);
    expect(text).toBe(readFileSync(file, 'utf8'));
  });
  it('no recording is left without its scenario', () => {
    const files = readdirSync(here).filter((name) => name.endsWith('.txt'));
    expect(files.sort()).toEqual(SCENARIOS.map(({ name }) => `${name}.txt`).sort());
  });
});
