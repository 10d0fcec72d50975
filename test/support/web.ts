/** Small helps for tests that speak HTTP. */
import type { EventEmitter } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { AddressInfo, Server } from 'node:net';

/** One event's arguments; unlike `once` of node:events it does not mind errors. */
export const happens = <T extends unknown[]>(from: EventEmitter, name: string): Promise<T> =>
  new Promise((resolve) => void from.once(name, (...all: unknown[]) => resolve(all as T)));

/** Has a server listen on a free port of this machine. */
export function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

export interface Reply {
  readonly response: IncomingMessage;
  readonly body: Buffer;
}

/** The answer to a request, to its end. */
export function reply(request: ClientRequest, body?: string | Uint8Array): Promise<Reply> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response: IncomingMessage) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => resolve({ response, body: Buffer.concat(pieces) }));
      response.on('error', reject);
    });
    request.end(body);
  });
}

/** Who is client and who is server; with TLSKIT_TEST_FACE=node Node's own on both sides too, which shows that the tests are right. */
export function pairings<Ours, Theirs>(
  ours: Ours,
  theirs: Theirs,
): [client: string, server: string, Ours | Theirs, Ours | Theirs][] {
  return [
    ['ours', 'ours', ours, ours],
    ['ours', 'of Node', ours, theirs],
    ['of Node', 'ours', theirs, ours],
    ...(process.env['TLSKIT_TEST_FACE'] === 'node'
      ? ([['of Node', 'of Node', theirs, theirs]] satisfies [string, string, Theirs, Theirs][])
      : []),
  ];
}
