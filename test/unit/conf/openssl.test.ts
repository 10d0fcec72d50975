import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseConfig, type Config } from '../../../src/lib/conf/index.ts';
import { readDer } from '../../../src/lib/der/index.ts';
import { bytesOf } from '../../../src/lib/der/text.ts';
import { TlskitError } from '../../../src/lib/errors.ts';
import { describeWith, openssl } from '../../support/peers.ts';

const ENV = { FOO: 'env foo', BAR: '', HOME: '/', PATH: process.env['PATH'] ?? '' };
const SECTIONS = ['a', 'b', 'sec', 'default', 'dirsec', 'ENV'];

const word = fc.constantFrom(
  'a',
  'b',
  'k',
  'x',
  'foo',
  'sec',
  'a.b',
  'k-1',
  'é',
  '0',
  '_',
  'A,B',
  'x y',
  '.',
  '/',
  '@',
  '*',
);
const odd = fc.constantFrom(
  '[',
  ']',
  '(',
  '$',
  'a$b',
  '"',
  "'",
  '\\',
  '${',
  '$(',
  '${a',
  '$ENV::NOPE',
  '$(b)x',
  '$k.b',
  '"unclosed',
);
const space = fc.constantFrom('', ' ', '  ', '\t', ' \t ');
const piece = fc.oneof(
  { weight: 6, arbitrary: word },
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      '"q u"',
      "'s#q'",
      '`b`',
      '"a\\"b"',
      '\\n',
      '\\t',
      '\\r',
      '\\b',
      '\\\\',
      '\\#',
      '\\$',
      '\\ ',
      '#c',
      ';',
      '=',
      '::',
      ',',
      'ü',
      '日',
      '%',
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom('$a', '${a}', '$(b)', '$a::k', '${a::k}', '$ENV::FOO', '${ENV::BAR}', '$default::k'),
  },
  { weight: 1, arbitrary: odd },
);
const value = fc.array(piece, { maxLength: 4 }).map((parts) => parts.join(''));
const name = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom('a', 'b', 'k', 'x', 'foo', 'a::k', 'sec::x', 'default::k') },
  { weight: 1, arbitrary: fc.constantFrom('b :: x', 'a\\ b', '"k"', 'a::', '::x', 'é', 'x y', 'a$b') },
);
const definition = fc
  .tuple(space, name, space, space, value, fc.constantFrom('', '', '', '\\\n', '\\\r\n', '\\\\\n'), space)
  .map(([s, n, t, u, v, joint, w]) => `${s}${n}${t}=${u}${v}${joint}${w}`);
const heading = fc
  .tuple(
    space,
    space,
    fc.constantFrom('a', 'b', 'sec', 'a b', 'default', 'a.b', '"a"', 'a\\]b', '', 'ENV', '$k'),
    space,
    fc.constantFrom(']', ']', ']', ']x', '] # c'),
  )
  .map(([s, t, n, u, end]) => `${s}[${t}${n}${u}${end}`);
const special = fc.constantFrom(
  '# comment',
  '',
  '   ',
  '.include inc.cnf',
  '.include = inc.cnf',
  '.include dir',
  '.include nope',
  '.include inc.cnf # c',
  '.include "inc.cnf"',
  '[ a ] k = v',
  '#\\',
  '.pragma dollarid:on',
  '.pragma = dollarid : off',
  '.pragma foo:bar',
  '.pragma includedir:dir',
  '.pragma x',
  '.pragma dollarid:maybe',
  'x',
  '; x',
  '.includeinc.cnf a',
);
const line = fc.oneof(
  { weight: 9, arbitrary: definition },
  { weight: 3, arbitrary: heading },
  { weight: 1, arbitrary: special },
);
const text = fc
  .tuple(
    fc.constantFrom('', '', '\ufeff'),
    fc.array(fc.tuple(line, fc.constantFrom('\n', '\n', '\r\n')), { maxLength: 8 }),
  )
  .map(([mark, lines]) => `a=0\nb=1\nk=2\n[a]\nk=3\n`.replace(/^/, mark) + lines.flat().join(''));

describeWith(['openssl'], 'configurations against openssl', () => {
  let folder = '';
  const home = process.cwd();
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tlskit-conf-'));
    mkdirSync(join(folder, 'dir'));
    writeFileSync(join(folder, 'inc.cnf'), '[a]\nk=included\nfoo=bar\n');
    writeFileSync(join(folder, 'dir', 'b.cnf'), 'x=fromdir\n');
    writeFileSync(join(folder, 'dir', 'd.txt'), '[broken\n');
    // .include is relative to where the program runs
    process.chdir(folder);
  });
  afterAll(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true, force: true });
  });

  /** Every value that we see, as openssl sees it, or undefined when it refuses the text. */
  function seenByOpenssl(source: string, probes: readonly (readonly [string, string])[]): Buffer[] | undefined {
    const lines = probes.map(([section, key], i) => `p${i} = OCT:\${${section}::${key}}\n`);
    // an open continuation would swallow the first line of ours
    const tail = `\n\n.pragma dollarid:off\n[probes]\n${lines.join('')}[default]\nasn1 = SEQUENCE:probes\n`;
    writeFileSync('c.cnf', source + tail);
    rmSync('out.der', { force: true });
    const { status } = openssl(['asn1parse', '-genconf', 'c.cnf', '-noout', '-out', 'out.der'], { env: ENV });
    return status === 0 ? readDer(readFileSync('out.der')).children.map((node) => node.content) : undefined;
  }

  it('agree on random texts: the same values, or both refuse', () => {
    let values = 0;
    fc.assert(
      fc.property(text, (source) => {
        let config: Config | undefined;
        try {
          config = parseConfig(Buffer.from(source), { env: ENV });
        } catch (error) {
          expect(error).toBeInstanceOf(TlskitError);
          expect((error as TlskitError).message).not.toContain('\n');
        }
        const known = SECTIONS.flatMap((section) =>
          (config?.section(section) ?? []).map(([key, text]) => ({ section, key, text })),
        );
        const probes = known.filter(({ key }) => /^\w+$/.test(key));
        const seen = seenByOpenssl(
          source,
          probes.map(({ section, key }) => [section, key] as const),
        );
        expect(seen).toEqual(config && probes.map(({ text }) => bytesOf(text)));
        values += probes.length;
      }),
      { numRuns: 400 },
    );
    expect(values).toBeGreaterThan(500);
  });
});
