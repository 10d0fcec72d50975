import { describe, expect, it } from 'vitest';
import { parse } from '../../../src/cli/parse.ts';
import { bool, defineCommand, ignored, int, list, missing, text } from '../../../src/cli/spec.ts';

const spec = defineCommand({
  summary: 's',
  description: 'd',
  examples: [],
  algorithms: ['digest', 'cipher'],
  flags: {
    in: text('file', 'input'),
    out: text('file', 'output'),
    nodes: bool('no encryption', { aliases: ['noenc'] }),
    days: int('n', 'days'),
    addext: list('ext', 'extension'),
    inform: text('form', 'form', { values: ['PEM', 'DER'] }),
    engine: ignored('id'),
    batchy: ignored(),
    gendelta: missing('file'),
  },
  args: [{ name: 'numbits', description: 'bits' }],
  run: () => undefined,
});

const lookup = (kind: string, name: string): string | undefined =>
  (({ 'digest:sha256': 'sha256', 'cipher:aes256': 'aes-256-cbc' }) as Record<string, string>)[`${kind}:${name}`];
const p = (...argv: string[]): ReturnType<typeof parse<typeof spec.flags>> => parse(spec, argv, lookup);

describe('command-line spelling', () => {
  it.each([
    ["OpenSSL's", ['-in', 'a', '-out', 'b', '-nodes', '2048']],
    ["GNU's", ['--in=a', '--out=b', '--nodes', '2048']],
    ['GNU with spaces', ['--in', 'a', '--out', 'b', '--noenc', '2048']],
    ['OpenSSL with equals signs', ['-in=a', '-out=b', '-noenc', '2048']],
    ['positional first', ['2048', '-in', 'a', '-out', 'b', '-nodes']],
  ])('%s', (_, argv) => {
    const { flags, args } = p(...argv);
    expect(flags).toMatchObject({ in: 'a', out: 'b', nodes: true });
    expect(args).toEqual(['2048']);
  });

  it('takes the next word as the value, whatever it looks like', () => {
    expect(p('-in', '-out', '-days', '-5').flags).toMatchObject({ in: '-out', days: -5 });
    expect(p('-in', '--', '-out', '').flags).toMatchObject({ in: '--', out: '' });
    expect(p('-in', '-').flags.in).toBe('-');
  });

  it('the last one wins, lists keep all, order is kept', () => {
    const { flags, order } = p('-in', 'a', '-addext', 'x=1', '-in', 'b', '-addext', 'y=2=3');
    expect(flags.in).toBe('b');
    expect(flags.addext).toEqual(['x=1', 'y=2=3']);
    expect(order).toEqual(['in', 'addext', 'in', 'addext']);
  });

  it('takes digests and ciphers as flags', () => {
    expect(p('-sha256', '--aes256')).toMatchObject({ digest: 'sha256', cipher: 'aes-256-cbc' });
  });

  it('keeps the place of a digest or cipher in the order', () => {
    expect(p('-nodes', '-aes256', '-in', 'a', '-sha256').order).toEqual(['nodes', '@cipher', 'in', '@digest']);
    expect(() => p('-@cipher')).toThrow(/unknown option/);
  });

  it('reads decimal and hexadecimal numbers', () => {
    expect(p('-days', '0x10').flags.days).toBe(16);
    expect(p('-days', '-0x10').flags.days).toBe(-16);
  });

  it('warns of options without effect, once each', () => {
    expect(p('-engine', 'x', '-engine', 'y', '-batchy').warnings).toEqual([
      'option -engine has no effect here',
      'option -batchy has no effect here',
    ]);
  });

  it.each([
    [['-inn', 'a'], /unknown option -inn \(and no digest or cipher name\); did you mean -in\?/],
    [['-zzzzzzzz'], /unknown option -zzzzzzzz \(and no digest or cipher name\); see -help/],
    [['-in'], /option -in needs a value: -in file/],
    [['-days', 'ten'], /option -days needs a whole number, not "ten"/],
    [['-days', '1e3'], /whole number/],
    [['-inform', 'XML'], /option -inform takes one of PEM, DER, not "XML"/],
    [['-nodes=1'], /option -nodes takes no value/],
    [['-gendelta', 'x'], /option -gendelta is not supported yet/],
    [['2048', '4096'], /"4096" is one argument too many/],
  ])('refuses %j', (argv, message) => {
    expect(() => p(...argv)).toThrow(message);
  });
});

describe('-help', () => {
  it.each([[['-help']], [['--help']], [['-h']], [['-in', 'a', '--help', '-nonsense']]])('is seen in %j', (argv) => {
    expect(p(...argv).help).toBe(true);
  });
  it('is a value where a value is due', () =>
    expect(p('-in', '-help')).toMatchObject({ help: false, flags: { in: '-help' } }));
});
