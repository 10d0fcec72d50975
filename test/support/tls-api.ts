/** What the tests of the engine's options share. */
import { expect } from 'vitest';
import { decode } from '../../src/lib/codec/index.ts';
import { clientHello, type ClientHello, type Extension } from '../../src/lib/tls/wire/index.ts';
import type { Pair, Side } from './tls-pair.ts';

/** Reasons of both sides, the client's first; `undefined` for a side that did not fail. */
export const reasons = ({ client, server }: Pair): (string | undefined)[] => [client.reason, server.reason];

/** Data go both ways, and nobody has failed. */
export async function talk(pair: Pair): Promise<void> {
  expect(failures(pair)).toEqual([]);
  const before = [pair.client.data.length, pair.server.data.length];
  pair.client.engine.send(Buffer.from('ping'));
  pair.server.engine.send(Buffer.from('pong'));
  await pair.flow();
  expect(pair.client.data.subarray(before[0]).toString()).toBe('pong');
  expect(pair.server.data.subarray(before[1]).toString()).toBe('ping');
  expect(failures(pair)).toEqual([]);
}

/** Messages of the failures of both sides. */
export const failures = ({ client, server }: Pair): string[] =>
  [...client.of('failure'), ...server.of('failure')].map(({ failure }) => failure.message);

/** A message of a side by its name: header and body of the last one. */
export function messageOf(side: Side, name: string, direction: 'in' | 'out' = 'out'): Buffer {
  const found = side.of('message').findLast((one) => one.name === name && one.direction === direction);
  if (!found) throw new Error(`no ${name}`);
  return Buffer.from(found.raw);
}

/** The last ClientHello of a client. */
export const helloOf = ({ client }: Pair): ClientHello =>
  decode(clientHello, messageOf(client, 'client_hello').subarray(4));

/** An extension of a hello; undefined where it is not. */
export const extensionOf = ({ extensions }: ClientHello, type: number): Buffer | undefined => {
  const found: Extension | undefined = extensions?.find((one) => one.type === type);
  return found && Buffer.from(found.data);
};

/** Lengths and types of records, as they stand on the wire. */
export function recordsOf(octets: Buffer): { readonly type: number; readonly length: number }[] {
  const found = [];
  for (let at = 0; at < octets.length; at += 5 + octets.readUInt16BE(at + 3)) {
    found.push({ type: octets[at]!, length: octets.readUInt16BE(at + 3) });
  }
  return found;
}

/** A promise of a value, a moment later. */
export const later = <T>(value: T): Promise<T> => new Promise((resolve) => void setImmediate(resolve, value));

/** A promise that is rejected, a moment later. */
export const laterFails = (text: string): Promise<never> =>
  new Promise((_, reject) => void setImmediate(() => reject(new Error(text))));
