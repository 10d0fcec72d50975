/** docs/engine.md: its program runs, and its tables are those of the code. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TlsEngine, acceptAny, clientConfig } from '../../src/lib/tls/index.ts';
import { checkPage, runPage } from '../support/doc-program.ts';

const page = readFileSync('docs/engine.md', 'utf8');
const source = (name: string): string => readFileSync(`src/lib/tls/${name}.ts`, 'utf8');
const config = source('config');

/** Names of an interface's members. */
function membersOf(name: string): string[] {
  const [, body = ''] = new RegExp(`^export interface ${name} [^{]*\\{\n([^]*?)^\\}`, 'm').exec(config) ?? [];
  return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, member = '']) => member).sort();
}

const rows = [...page.matchAll(/^\| `(\w+)` +\| (\w+) +\| ([^|]+?) +\| /gm)].map(
  ([, name = '', side = '', value = '']) => ({ name, side, value }),
);
const named = (...sides: string[]): string[] =>
  rows.flatMap(({ name, side }) => (sides.includes(side) ? [name] : [])).sort();

describe('docs/engine.md', () => {
  it('S1 S3 its program runs', async () => {
    expect(await runPage('docs/engine.md')).toEqual([
      'TLSv1.3 x25519 a full handshake',
      'hello',
      'TLSv1.3 x25519 resumed',
      'hello',
      '',
    ]);
  });

  it('and has the right types', () => {
    expect(checkPage('docs/engine.md')).toBe('');
  });

  it.each([
    ['CommonOptions', 'both'],
    ['ClientOptions', 'client'],
    ['ServerOptions', 'server'],
    ['ConnectionOptions', 'connection'],
    ['HelloAnswer', 'answer'],
    ['Limits', 'limit'],
  ])('has every member of %s, once, and no other', (name, side) => {
    expect(named(side)).toEqual(membersOf(name));
  });

  it('has the limits as they are', () => {
    const { limits } = clientConfig({ verify: acceptAny });
    const told = rows.filter(({ side }) => side === 'limit').map(({ name, value }) => [name, Number(value)]);
    expect(Object.fromEntries(told)).toEqual(limits);
  });

  it('has every event', () => {
    const types = [...source('events').matchAll(/^ {2}readonly type: '(\w+)'/gm)].map(([, type = '']) => type);
    const [, section = ''] = /^## Events\n([^]*?)^## /m.exec(page) ?? [];
    expect([...section.matchAll(/^\| `(\w+)`/gm)].map(([, type = '']) => type).sort()).toEqual(types.sort());
  });

  it('has every public member of the engine', () => {
    const [, section = ''] = /^## What it has\n([^]*?)^## /m.exec(page) ?? [];
    const members = Object.getOwnPropertyNames(TlsEngine.prototype).filter((name) => name !== 'constructor');
    expect(members.filter((name) => !new RegExp(`\`(?:\\w+\\.)?${name}\\b`).test(section))).toEqual([]);
  });
});
