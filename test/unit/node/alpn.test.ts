import tls from 'node:tls';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { convertALPNProtocols } from '../../../src/lib/node/peer/alpn.ts';

type Convert = (protocols: unknown, out: { ALPNProtocols?: Buffer }) => void;
const nodes = (tls as unknown as { convertALPNProtocols: Convert }).convertALPNProtocols;

function outcome(convert: Convert, protocols: unknown): unknown {
  const out: { ALPNProtocols?: Buffer } = {};
  try {
    return { returned: convert(protocols, out), out };
  } catch (error) {
    const { name, message, code } = error as NodeJS.ErrnoException;
    return { name, message, code, out };
  }
}

describe('convertALPNProtocols [A4]', () => {
  it('writes, refuses and passes over what node:tls does', () => {
    const wide = Uint16Array.from([0x0201, 0x6162, 0x0301]);
    const list = Buffer.from('\x02h2\x08http/1.1');
    for (const protocols of [
      [],
      ['h2'],
      ['h2', 'http/1.1'],
      ['é', '日本'],
      ['a'.repeat(255)],
      ['a'.repeat(256)],
      ['ok', 'é'.repeat(128)],
      [''],
      ['a', ''],
      list,
      new Uint8Array(list),
      new DataView(list.buffer, list.byteOffset, list.length),
      wide,
      new Float64Array(1),
      Buffer.alloc(0),
      Buffer.from('h2'),
      Buffer.from('\0'),
      Buffer.from('\x02h2\0'),
      Buffer.from('\x03h2'),
      'h2',
      undefined,
      null,
      5,
      {},
      list.buffer,
    ]) {
      const what = inspect(protocols);
      expect(outcome(convertALPNProtocols as Convert, protocols), what).toEqual(outcome(nodes, protocols));
    }
  });

  it('copies the octets', () => {
    const list = Buffer.from('\x02h2');
    const out: { ALPNProtocols?: Buffer } = {};
    convertALPNProtocols(list, out);
    list.fill(0);
    expect(out.ALPNProtocols).toEqual(Buffer.from('\x02h2'));
  });
});
