/** How messages and records are made wrong. */
import { decode, encode, type Schema } from '../../../src/lib/codec/index.ts';
import type { OutgoingMessage } from '../../../src/lib/tls/config.ts';
import type { Extension } from '../../../src/lib/tls/wire/index.ts';
import type { Pair } from '../tls-pair.ts';
import type { SideName } from './harness.ts';

export type Tap = (message: OutgoingMessage) => Uint8Array | readonly Uint8Array[];

export const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** A handshake message. */
export const message = (type: number, body: Uint8Array = Buffer.alloc(0)): Buffer =>
  Buffer.concat([Buffer.from([type, body.length >>> 16, (body.length >>> 8) & 0xff, body.length & 0xff]), body]);

/** A record without protection. */
export const record = (type: number, content: Uint8Array, version = 0x0303): Buffer =>
  Buffer.concat([
    Buffer.from([type, version >>> 8, version & 0xff, content.length >>> 8, content.length & 0xff]),
    content,
  ]);

/** The records in octets. */
export function recordsOf(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 5 + bytes.readUInt16BE(at + 3);
    found.push(bytes.subarray(at, end));
    at = end;
  }
  return found;
}

/** Changes the records of what goes over; `change` is told which one it is, counted over the whole connection. */
export function eachRecord(
  change: (one: Buffer, index: number) => Buffer | readonly Buffer[],
): (bytes: Buffer) => Buffer {
  let index = 0;
  return (bytes) => Buffer.concat(recordsOf(bytes).flatMap((one) => change(one, index++)));
}

/** Changes the `nth` piece that goes over, counted from 0: a flight. */
export function flight(nth: number, change: (bytes: Buffer) => Buffer): (bytes: Buffer) => Buffer {
  let index = -1;
  return (bytes) => ((index += 1) === nth ? change(bytes) : bytes);
}

/** A tap that changes messages of a name; `nth` of them when given, counted from 0. */
export function tap(name: string, change: (raw: Buffer) => Uint8Array | readonly Uint8Array[], nth?: number): Tap {
  let index = -1;
  return (one) => {
    if (one.name !== name) return one.raw;
    index += 1;
    if (nth !== undefined && nth !== index) return one.raw;
    const changed = change(Buffer.from(one.raw));
    // in one record: the engine gives pieces of a list records of their own
    return changed instanceof Uint8Array ? changed : Buffer.concat(changed);
  };
}

/** Several taps, one after the other. */
export const taps =
  (...all: readonly Tap[]): Tap =>
  (one) =>
    all.reduce<Uint8Array>((raw, next) => {
      const changed = next({ ...one, raw });
      return changed instanceof Uint8Array ? changed : Buffer.concat(changed);
    }, one.raw);

/** A tap that changes the body of messages of a name. */
export const bodyTap = (name: string, change: (body: Buffer) => Uint8Array, nth?: number): Tap =>
  tap(name, (raw) => message(raw[0] as number, change(raw.subarray(4))), nth);

/** A tap that changes the value of messages of a name. */
export const valueTap = <T>(name: string, schema: Schema<T>, change: (value: T) => T, nth?: number): Tap =>
  bodyTap(name, (body) => encode(schema, change(decode(schema, body))), nth);

/** A tap that sends something behind messages of a name. */
export const behind = (name: string, extra: Uint8Array, nth?: number): Tap => tap(name, (raw) => [raw, extra], nth);

/** A tap that drops messages of a name. */
export const drop = (name: string, nth?: number): Tap => tap(name, () => Buffer.alloc(0), nth);

export type Extensions = readonly Extension[] | undefined;

/** The list with an extension set, in its place where it stands, else at the end. */
export function withExtension(list: Extensions, type: number, data: Uint8Array): Extension[] {
  const before = list ?? [];
  const at = before.findIndex((one) => one.type === type);
  return at < 0 ? [...before, { type, data }] : before.map((one, i) => (i === at ? { type, data } : one));
}

export const withoutExtension = (list: Extensions, type: number): Extension[] =>
  (list ?? []).filter((one) => one.type !== type);

/** Lets octets reach a side as if its peer had sent them. */
export const inject = (pair: Pair, to: SideName, bytes: Uint8Array): void => pair[to].engine.receive(bytes);

/** The octet at `at`, from the end when negative, changed. */
export function flip(bytes: Uint8Array, at: number, by = 1): Buffer {
  const changed = Buffer.from(bytes);
  const index = at < 0 ? bytes.length + at : at;
  changed[index] = (changed[index] as number) ^ by;
  return changed;
}

/** The octets with one of them set. */
export function set(bytes: Uint8Array, at: number, ...values: readonly number[]): Buffer {
  const changed = Buffer.from(bytes);
  changed.set(values, at < 0 ? bytes.length + at : at);
  return changed;
}
