import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePem, encodePem, pemBlocks, pemDamage } from '../../../src/lib/der/index.ts';
import { TlskitError } from '../../../src/lib/errors.ts';

describe('PEM (RFC 7468, RFC 1421)', () => {
  it('reads what it writes, whatever stands around it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom('\n', '\r\n'), (bytes, eol) => {
        const text = `Bag Attributes: x\n${encodePem('THING', bytes)}\ntrailer`.replaceAll('\n', eol);
        const [block] = decodePem(text);
        expect(block?.label).toBe('THING');
        expect(block?.der.equals(bytes)).toBe(true);
        expect(block?.line).toBe(2);
      }),
    );
  });

  it('breaks lines at 64 characters and ends the last one', () => {
    expect(encodePem('A', Buffer.alloc(48))).toBe(`-----BEGIN A-----\n${'A'.repeat(64)}\n-----END A-----\n`);
    expect(encodePem('A', Buffer.alloc(49)).split('\n')[2]).toBe('AA==');
  });

  it('reads headers', () => {
    const text = encodePem('RSA PRIVATE KEY', Buffer.from('x'), [
      ['Proc-Type', '4,ENCRYPTED'],
      ['DEK-Info', 'AES-256-CBC,00'],
    ]);
    expect([...(decodePem(text)[0]?.headers ?? [])]).toEqual([
      ['Proc-Type', '4,ENCRYPTED'],
      ['DEK-Info', 'AES-256-CBC,00'],
    ]);
  });

  it.each([
    ['no END', '-----BEGIN A-----\nAAAA\n', /has no END line/],
    ['another END', '-----BEGIN A-----\nAAAA\n-----END B-----\n', /line 3 should be "-----END A-----"/],
    ['what is not base64', '-----BEGIN A-----\nAA*A\n-----END A-----\n', /not base64/],
    ['a length that is not base64', '-----BEGIN A-----\nAAA\n-----END A-----\n', /not base64/],
  ])('refuses %s', (_, text, message) => {
    expect(() => decodePem(text)).toThrow(message);
    expect(() => decodePem(text)).toThrow(TlskitError);
  });

  it('finds the blocks behind one that has no END line', () => {
    const begin = '-----BEGIN A-----\nAAAA\n';
    const [b, c] = [encodePem('B', Buffer.from('b')), encodePem('C', Buffer.from('c'))];
    const labels = (text: string): string[] =>
      pemBlocks(text).map((decode) => {
        try {
          return decode().label;
        } catch (error) {
          return (error as Error).message;
        }
      });
    expect(labels(begin + b + c)).toEqual(['line 3 should be "-----END A-----"', 'B', 'C']);
    expect(labels(`${begin}-----END B-----\n${c}`)).toEqual(['line 3 should be "-----END A-----"', 'C']);
    expect(labels(b + begin)).toEqual(['B', 'the "BEGIN A" of line 4 has no END line']);
  });

  it('ends data at a line of dashes, where the END line behind it has the right label', () => {
    const text = `-----BEGIN A-----\nAAAA\n-----BEGIN A-----\nBBBB\n-----END A-----\n${encodePem('A', Buffer.from('c'))}`;
    expect(decodePem(text).map(({ der }) => der.toString('hex'))).toEqual(['000000', '63']);
  });

  it('takes a text of BEGIN lines in linear time', () => {
    const before = process.cpuUsage();
    const begin = '-----BEGIN A-----\nAAAA\n';
    expect(pemBlocks(begin.repeat(1000) + 'AAAA\n'.repeat(2_000_000))).toHaveLength(1000);
    expect(() => pemBlocks(begin.repeat(300_000))).toThrow('more than 1000 PEM blocks have no END line of theirs');
    expect(process.cpuUsage(before).user).toBeLessThan(5_000_000);
  });

  it('skips blocks that are not asked for, and finds none in other text', () => {
    const text = encodePem('A', Buffer.from('a')) + encodePem('B', Buffer.from('b'));
    expect(decodePem(text, (label) => label === 'B').map((block) => block.label)).toEqual(['B']);
    expect(decodePem('nothing here')).toEqual([]);
  });
});

describe('PEM that was damaged on its way', () => {
  const pem = encodePem('CERTIFICATE', Buffer.from(`3082${'00'.repeat(100)}`, 'hex'));
  it.each([
    ['with its lines joined', pem.replaceAll('\n', ' '), 'its line breaks are missing'],
    ['with \\n as two characters', pem.replaceAll('\n', '\\n'), 'its line breaks are missing'],
    ['indented', pem.replace(/^/gm, '    '), 'its lines are indented; they must begin at the left'],
    ['in UTF-16', Buffer.from(`\ufeff${pem}`, 'utf16le'), 'it is UTF-16; save it as UTF-8 or ASCII'],
    ['without BEGIN and END', pem.replace(/-----.*-----\n/g, ''), 'it is base64 without its BEGIN and END lines'],
    ['that is none', 'hello\n', undefined],
    ['that is whole', pem, undefined],
  ])('%s', (_, bytes, words) => {
    expect(pemDamage(Buffer.from(bytes as string))).toBe(words);
  });
});
