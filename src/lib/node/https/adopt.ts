/** What Node's servers of HTTP are beside listening, for servers of TLS to take over: their options, their state and their listeners. */
import type { EventEmitter } from 'node:events';
import net from 'node:net';

const PLAIN: ReadonlySet<PropertyKey> = new Set(Reflect.ownKeys(new net.Server()));

/** Gives a server what another one, which never listens, has of its own beyond a net.Server. */
export function adopt(server: net.Server, from: net.Server): void {
  for (const key of Reflect.ownKeys(from)) {
    const property = Object.getOwnPropertyDescriptor(from, key);
    if (property && !PLAIN.has(key)) Object.defineProperty(server, key, property);
  }
}

/** What a server listens to itself with. */
export function ownListener(server: EventEmitter, event: string): (...args: unknown[]) => void {
  const [listener] = server.listeners(event);
  if (!listener) throw new TypeError(`this Node's server of HTTP has no listener of "${event}"`);
  return listener as (...args: unknown[]) => void;
}

/** Methods of a prototype, without its constructor. */
export function methodsOf(prototype: object): PropertyDescriptorMap {
  const { constructor: _, ...methods } = Object.getOwnPropertyDescriptors(prototype);
  return methods;
}
