/** https.Server: our TLS server with what makes Node's http.Server, by Node's own functions. */
import http, { type RequestListener } from 'node:http';
import nodeHttps, { type ServerOptions } from 'node:https';
import type { TLSSocket } from 'node:tls';
import tls from '../index.ts';
import { adopt, methodsOf, ownListener } from './adopt.ts';

const { Server: HttpServer } = http;
const { Server: NodeServer } = nodeHttps;

function construct(
  this: unknown,
  options?: ServerOptions | RequestListener | null,
  listener?: RequestListener,
): unknown {
  if (!(this instanceof construct)) return new Server(options as ServerOptions, listener);
  const [given, onRequest] = typeof options === 'function' ? [{}, options] : [options ?? {}, listener];
  const server = this as unknown as nodeHttps.Server;
  // checks the options of HTTP, and keeps them; it never listens
  const web = new HttpServer(given);
  const chosen = given.ALPNProtocols ?? ('ALPNCallback' in given ? given.ALPNCallback : undefined);
  const alpn = chosen ? {} : { ALPNProtocols: ['http/1.1'] };
  (tls.Server as unknown as (this: unknown, ...args: unknown[]) => void).call(
    server,
    { noDelay: true, ...given, ...alpn },
    ownListener(web, 'connection'),
  );
  adopt(server, web);
  if (onRequest) server.on('request', onRequest);
  server.on('tlsClientError', (error: Error, socket: TLSSocket) => {
    if (!server.emit('clientError', error, socket)) socket.destroy(error);
  });
  server.on('listening', ownListener(web, 'listening'));
  return undefined;
}

Object.setPrototypeOf(construct, tls.Server);
Object.setPrototypeOf(construct.prototype, tls.Server.prototype);
Object.defineProperties(construct.prototype, methodsOf(NodeServer.prototype));
Object.defineProperty(construct, 'name', { value: 'Server' });

/** As Node's https.Server, also without `new` and for old ways to inherit. */
export const Server: typeof nodeHttps.Server = construct as never;
