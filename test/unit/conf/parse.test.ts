import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultConfig, loadConfig, objectsOf, parseConfig } from '../../../src/lib/conf/index.ts';
import { bytesOf, textOf } from '../../../src/lib/der/text.ts';
import { listPrompts } from '../../../src/lib/x509/name-build.ts';
import { cpuSeconds } from '../../support/cpu.ts';
import { scratch } from '../../support/tlskit.ts';

const parse = (text: string | Uint8Array, env: Record<string, string> = {}): ReturnType<typeof parseConfig> =>
  parseConfig(text, { source: 'a.cnf', env });
const one = (line: string, env?: Record<string, string>): string | undefined => parse(line, env).get(undefined, 'x');

describe('configuration files', () => {
  it('drops carriage returns at the end of a line only, and takes many in a line without a delay', async () => {
    expect(parse('x = a\r\r\n\r\ny = b\rc\r').get(undefined, 'y')).toBe('b\rc');
    const many = `${'\r'.repeat(200_000)}x`;
    expect(await cpuSeconds(() => expect(() => parse(many)).toThrow(/a\.cnf:1/))).toBeLessThan(1);
  });

  it('has sections, a default section and values that fall back to it', () => {
    const config = parse('a = 1\n[ my section ] # comment\nb = 2\n[other]\nc = 3\n[ my section ]\nd = 4\n');
    expect(config.section('my section')).toEqual([
      ['b', '2'],
      ['d', '4'],
    ]);
    expect(config.get('other', 'a')).toBe('1');
    expect(config.get('other', 'b')).toBeUndefined();
    expect(config.section('none')).toBeUndefined();
    expect(config.sectionNames).toEqual(['default', 'my section', 'other']);
  });

  it('puts a repeated name at its later place', () => {
    expect(parse('[s]\na=1\nb=2\na=3\n').section('s')).toEqual([
      ['b', '2'],
      ['a', '3'],
    ]);
  });

  it.each([
    ['x = a b  # c', 'a b'],
    ['x = "a # b" c', 'a # b c'],
    ["x = 'a\\'b'", "a'b"],
    ['x = `a"b`', 'a"b'],
    ['x = a\\nb\\tc\\rd\\be\\\\f\\#g\\qh', 'a\nb\tc\rd\be\\f#gqh'],
    ['x = "a\\nb"', 'anb'],
    ['x = a\\\n  b\\\n c', 'a  b c'],
    ['x = a\\\\\ny=b', 'a\\'],
    ['x =', ''],
    ['x = "unclosed', 'unclosed'],
    ['\ufeffx = bom', 'bom'],
    ['x = crlf\r\ny = 1\r\n', 'crlf'],
    ['y = 1\nx = $y${y}$(y)-', '111-'],
    ["y = 1\nx = '$y' \\$y", '$y $y'],
    ['[s]\ny = 1\n[default]\nx = $s::y${s::y}', '11'],
    ['s::y = 1\nx = ${s::y}', '1'],
    ['.pragma dollarid:on\nx = a$b$c', 'a$b$c'],
    ['y = 1\nx = $y\ny = 2', '1'],
  ])('reads %j', (text, value) => {
    expect(one(text)).toBe(value);
  });

  it('takes variables from the environment', () => {
    expect(one('x = ${ENV::SAN}!', { SAN: 'DNS:a' })).toBe('DNS:a!');
    expect(one('SAN = fallback\nx = ${ENV::SAN}')).toBe('fallback');
    // a property of every object is no variable
    expect(() => one('x = ${ENV::constructor}')).toThrow('a.cnf:1: the environment variable constructor is not set');
  });

  it.each([
    ['a = 1\nnonsense\n', 'a.cnf:2: there should be "=" before ""; lines read "name = value" or "[section]"'],
    ['\n\n[a', 'a.cnf:3: the section\'s name has no closing "]" in "[a"'],
    ['x = $y', 'a.cnf:1: the variable $y has no value so far in the default section'],
    ['[s]\nx = ${y}', 'a.cnf:2: the variable $y has no value so far in [s] or the default section'],
    ['x = ${y', 'a.cnf:1: "${y" has no closing "}" after the variable\'s name'],
    ['x = 5 $', 'a.cnf:1: a "$" without the name of a variable; write "\\$" for the character itself'],
    ['x = \\\n \\\n $y', 'a.cnf:3: the variable $y has no value so far in the default section'],
    ['.pragma dollarid:perhaps', 'a.cnf:1: .pragma dollarid: "perhaps" should be on, true, off or false'],
    ['a=\0', 'a.cnf:1: a NUL byte; this is not a text file'],
  ])('refuses %j', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it('keeps bytes that are no UTF-8', () => {
    const bytes = Buffer.from([0x78, 0x3d, 0xe9, 0xc3, 0xa9, 0xff, 0x20, 0xf0, 0x9f, 0x98, 0x80]);
    const value = parse(bytes).get(undefined, 'x');
    expect(bytesOf(value!)).toEqual(bytes.subarray(2));
    expect(textOf(Buffer.from('é\ufffd😀'))).toBe('é\ufffd😀');
  });

  it('stays within bounds', async () => {
    const doubling = `a0=${'x'.repeat(100)}\n${Array.from({ length: 40 }, (_, i) => `a${i + 1}=$a${i}$a${i}`).join('\n')}`;
    expect(() => parse(doubling)).toThrow('a.cnf:11: the value grows beyond 65536 bytes by its variables');
    const many = `a=${'x'.repeat(60_000)}\n${Array.from({ length: 2000 }, (_, i) => `b${i}=$a`).join('\n')}`;
    expect(() => parse(many)).toThrow('too large');
    const long = [`x = ${'a\\\n'.repeat(300_000)}`, `[${' a'.repeat(300_000)}]`, `x = ${'"\\"'.repeat(300_000)}`];
    expect(await cpuSeconds(() => long.forEach((text) => parse(text)))).toBeLessThan(4);
    expect(() => parse(Buffer.alloc(100_000_000))).toThrow(/NUL byte|too large/);
  });
});

describe('.include', () => {
  it('reads files and folders, and keeps the section they end in', () => {
    const folder = scratch();
    mkdirSync(join(folder, 'd'));
    writeFileSync(join(folder, 'd', 'b.cnf'), '[two]\nb=2\n');
    writeFileSync(join(folder, 'd', 'a.CONF'), 'a=1\n');
    writeFileSync(join(folder, 'd', 'c.txt'), '[broken');
    writeFileSync(join(folder, 'main.cnf'), `[one]\n.include = ${folder}/d\nc=3\n.include ${folder}/none\n`);
    const config = loadConfig(join(folder, 'main.cnf'), { env: {} });
    expect(config.section('one')).toEqual([['a', '1']]);
    expect(config.section('two')).toEqual([
      ['b', '2'],
      ['c', '3'],
    ]);
  });

  it('looks below OPENSSL_CONF_INCLUDE, or includedir', () => {
    const folder = scratch();
    writeFileSync(join(folder, 'i.cnf'), 'x=1\n');
    expect(one('.include i.cnf', { OPENSSL_CONF_INCLUDE: folder })).toBe('1');
    expect(one(`.pragma includedir:${folder}\n.include i.cnf`)).toBe('1');
    expect(() => one('.pragma abspath:true\n.include i.cnf')).toThrow(
      'the path must be absolute under ".pragma abspath:true"',
    );
  });

  it('names the included file in errors and stops at a loop', () => {
    const folder = scratch();
    writeFileSync(join(folder, 'bad.cnf'), '\nx\n');
    expect(() => one(`.include ${folder}/bad.cnf`)).toThrow(`${folder}/bad.cnf:2: there should be "="`);
    writeFileSync(join(folder, 'loop.cnf'), `.include ${folder}/loop.cnf\n`);
    expect(() => one(`.include ${folder}/loop.cnf`)).toThrow('files include each other more than 32 deep');
  });

  it('says what is missing', () => {
    expect(() => loadConfig('/nonexistent/x.cnf', { env: {} })).toThrow('/nonexistent/x.cnf: cannot be read (ENOENT)');
    expect(() => parse('').requireSection('dn', 'distinguished_name')).toThrow(
      'a.cnf has no section [dn], which distinguished_name asks for',
    );
  });
});

describe('what commands ask of a configuration', () => {
  it('has the prompts of openssl.cnf by default', () => {
    const prompts = listPrompts(defaultConfig(), 'req_distinguished_name');
    expect(prompts.map(({ object, text, default: value, min, max }) => [object.sn, text, value, min, max])).toEqual([
      ['C', 'Country Name (2 letter code)', 'AU', 2, 2],
      ['ST', 'State or Province Name (full name)', 'Some-State', undefined, undefined],
      ['L', 'Locality Name (eg, city)', '', undefined, undefined],
      ['O', 'Organization Name (eg, company)', 'Internet Widgits Pty Ltd', undefined, undefined],
      ['OU', 'Organizational Unit Name (eg, section)', '', undefined, undefined],
      ['CN', 'Common Name (e.g. server FQDN or YOUR name)', '', undefined, 64],
      ['emailAddress', 'Email Address', '', undefined, 64],
    ]);
    const attributes = listPrompts(defaultConfig(), 'req_attributes', undefined, 'attributes');
    expect(attributes.map(({ object, min, max }) => [object.sn, min, max])).toEqual([
      ['challengePassword', 4, 20],
      ['unstructuredName', undefined, undefined],
    ]);
  });

  it('finds objects of an oid_section', () => {
    const find = objectsOf(parse('oid_section = o\n[o]\nmine = 1.2.3.4\nother = A long name, 1.2.3.5\n'));
    expect(find('mine')?.oid).toBe('1.2.3.4');
    expect(find('A long name')?.sn).toBe('other');
    expect(find('1.2.3.5')?.sn).toBe('other');
    expect(find('CN')?.oid).toBe('2.5.4.3');
    expect(() => objectsOf(parse('oid_section = o\n[o]\nmine = x\n'))).toThrow(
      'a.cnf:3: [o] mine = "x" should be "1.2.3.4" or "long name, 1.2.3.4"',
    );
  });
});
