/** Contract row A10: what the compiler must accept of a program that has our module in the place of node:tls. */
import type * as node from 'node:tls';
import * as ours from 'tlskit/tls';
import tls from 'tlskit/tls';

// the namespace, and the object that programs get by default or by require()
export const namespace: typeof node = ours;
export const object: typeof node = tls;
// what it does with sockets and servers that it was given
export const socket: node.TLSSocket = new tls.TLSSocket();
export const client: node.TLSSocket = tls.connect({ port: 443 });
export const server: node.Server = tls.createServer();
