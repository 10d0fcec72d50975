/** The handshakes of RFC 8448, read from test/data/rfc8448/traces.txt. */
import { readFileSync } from 'node:fs';

const TRACES = new URL('../data/rfc8448/traces.txt', import.meta.url);

/** One handshake: its values by name, without the `<` and `>` of records. */
export type Rfc8448Trace = ReadonlyMap<string, Buffer>;

/** The handshakes by name: simple, resumed, retry, client-authentication, compatibility. */
export function rfc8448(): ReadonlyMap<string, Rfc8448Trace> {
  const traces = new Map<string, Map<string, Buffer>>();
  let current = new Map<string, Buffer>();
  for (const line of readFileSync(TRACES, 'utf8').split('\n')) {
    const section = /^\[(.+)\]$/.exec(line)?.[1];
    if (section !== undefined) traces.set(section, (current = new Map()));
    else if (line !== '') {
      const [name = '', ...parts] = line.replace(/^[<>]/, '').split(' ');
      current.set(name, Buffer.concat(parts.map(octets)));
    }
  }
  return traces;
}

/** Records of a trace in their order. */
export interface Rfc8448Record {
  readonly by: 'client' | 'server';
  readonly name: string;
  readonly octets: Buffer;
}

/** The records of a handshake, as they go over the wire. */
export function rfc8448Records(trace: string): readonly Rfc8448Record[] {
  const text = readFileSync(TRACES, 'utf8');
  const [, section = ''] = text.split(`[${trace}]\n`);
  return [...section.split('\n[', 1)[0]!.matchAll(/^([<>])(\S+) (.+)$/gm)].map(([, sign, name = '', parts = '']) => ({
    by: sign === '>' ? 'client' : 'server',
    name,
    octets: Buffer.concat(parts.split(' ').map(octets)),
  }));
}

function octets(part: string): Buffer {
  const [, zeros] = /^00\*(\d+)$/.exec(part) ?? [];
  return zeros === undefined ? Buffer.from(part, 'hex') : Buffer.alloc(Number(zeros));
}

/** A value that must be there. */
export function valueOf(trace: Rfc8448Trace | undefined, name: string): Buffer {
  const value = trace?.get(name);
  if (!value) throw new Error(`no ${name} in this trace`);
  return value;
}
