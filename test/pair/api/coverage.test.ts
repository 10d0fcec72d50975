/** No option without a test that sets it. */
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const config = readFileSync(new URL('../../../src/lib/tls/config.ts', import.meta.url), 'utf8');
const here = new URL('./', import.meta.url);
const tests = readdirSync(here)
  .filter((name) => name !== 'coverage.test.ts')
  .map((name) => readFileSync(new URL(name, here), 'utf8'))
  .join('\n');

/** Names of an interface's options. */
function optionsOf(name: string): string[] {
  const [, body = ''] = new RegExp(`^export interface ${name} [^{]*\\{\n([\\s\\S]*?)^\\}`, 'm').exec(config) ?? [];
  return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, option = '']) => option);
}

describe('the options of the engine', () => {
  it.each(['CommonOptions', 'ClientOptions', 'ServerOptions', 'ConnectionOptions', 'Limits', 'HelloAnswer'])(
    'every one of %s is set by a test',
    (name) => {
      const options = optionsOf(name);
      expect(options.length).toBeGreaterThan(2);
      expect(options.filter((option) => !new RegExp(`\\b${option}\\b(:|,| }|\\()`).test(tests))).toEqual([]);
    },
  );
});
