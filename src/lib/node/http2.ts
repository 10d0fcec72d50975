/**
 * `tlskit/http2`: node:http2 over the sockets of `tlskit/tls`, for programs that take it in the place of Node's. What is HTTP/2 in it is Node's own.
 *
 * @example
 * import http2 from 'tlskit/http2';
 * const server = http2.createSecureServer({ key, cert, allowHTTP1: true }, (request, response) => response.end(request.httpVersion));
 */
import nodeHttp2, { type ClientHttp2Session, type SecureClientSessionOptions } from 'node:http2';
import { isIP } from 'node:net';
import { createSecureServer, protocolsOf } from './http2/server.ts';
import tls, { type TLSSocket } from './index.ts';

type OnConnect = (session: ClientHttp2Session, socket: unknown) => void;

const { connect: connectNodes } = nodeHttp2;

/** How a session of https: gets its socket where the program does not say. */
function createConnection(authority: URL, options: SecureClientSessionOptions): TLSSocket {
  const { hostname, host: given } = authority;
  const host = (hostname || given || 'localhost').replace(/^\[(.*)\]$/, '$1');
  const port = Number(authority.port || 443);
  const servername = options.servername || isIP(host) ? {} : { servername: host };
  return tls.connect(port, host, { ...options, ...protocolsOf(options), ...servername });
}

function connect(
  authority: string | URL,
  options?: SecureClientSessionOptions | OnConnect,
  listener?: OnConnect,
): ClientHttp2Session {
  if (typeof options === 'function') return connect(authority, undefined, options);
  const { protocol } = typeof authority === 'string' ? new URL(authority) : authority;
  const secure = (protocol || options?.protocol || 'https:') === 'https:';
  if (!secure || typeof options?.createConnection === 'function') return connectNodes(authority, options, listener);
  return connectNodes(authority, { ...options, createConnection }, listener);
}

const http2 = { ...nodeHttp2, connect, createSecureServer } as typeof nodeHttp2;

export * from 'node:http2';
export { connect, createSecureServer };
export default http2;
export { http2 as 'module.exports' };
