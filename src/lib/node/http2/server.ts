/** http2's secure server: our TLS server with what makes Node's server of HTTP/2, by Node's own functions. */
import http from 'node:http';
import nodeHttp2, { type Http2SecureServer, type SecureServerOptions } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { adopt, methodsOf, ownListener } from '../https/adopt.ts';
import tls from '../index.ts';

const { Server: HttpServer } = http;
const { createServer: createPlain, createSecureServer: createNodes } = nodeHttp2;

type OnRequest = Parameters<typeof nodeHttp2.createSecureServer>[1];

/** What TLS is to offer for HTTP. */
export function protocolsOf(options: { readonly allowHTTP1?: boolean | undefined; readonly ALPNCallback?: unknown }): {
  ALPNProtocols?: string[];
} {
  if (options.ALPNCallback) return {};
  return { ALPNProtocols: options.allowHTTP1 === true ? ['h2', 'http/1.1'] : ['h2'] };
}

class SecureServer extends tls.Server {
  constructor(options: SecureServerOptions = {}, onRequest?: OnRequest) {
    // checks the options of HTTP/2, and keeps them; it never listens
    const plain = createPlain(options);
    super({ ...options, ...protocolsOf(options) }, ownListener(plain, 'connection'));
    adopt(this, plain);
    this.on('newListener', ownListener(plain, 'newListener'));
    if (options.allowHTTP1 === true) this.#takeHttp1(options);
    if (onRequest) this.on('request', onRequest as () => void);
    this.on('tlsClientError', (error: Error, socket: TLSSocket) => {
      if (!this.emit('clientError', error, socket)) socket.destroy(error);
    });
  }

  #takeHttp1(options: SecureServerOptions): void {
    const { http1Options } = options as { http1Options?: http.ServerOptions };
    const web = new HttpServer({ ...(options as http.ServerOptions), ...http1Options });
    adopt(this, web);
    this.on('listening', ownListener(web, 'listening'));
  }
}

// of the class, which Node does not export; without authorities, as reading those takes time
Object.defineProperties(SecureServer.prototype, methodsOf(Object.getPrototypeOf(createNodes({ ca: [] })) as object));
Object.defineProperty(SecureServer, 'name', { value: 'Http2SecureServer' });

export const createSecureServer: typeof nodeHttp2.createSecureServer = ((
  options?: SecureServerOptions,
  onRequest?: OnRequest,
): Http2SecureServer =>
  new SecureServer(options, onRequest) as unknown as Http2SecureServer) as typeof nodeHttp2.createSecureServer;
