/**
 * The way through a proxy (RFC 9110 section 9.3.6) for agents that have one: the option `proxyEnv` of newer Nodes. Which proxy, and for which hosts,
 * is what Node's agent made of the option.
 */
import http from 'node:http';
import { isIPv6, type Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { nodeError } from '../errors/node.ts';
import tls from '../index.ts';

/** Node's own reading of the variables, under a symbol of the agent's. */
export interface Proxy {
  readonly href: string;
  readonly protocol: string;
  readonly auth?: string;
  readonly proxyConnectionOptions: { readonly host: string; readonly port: number };
  shouldUseProxy(host: string, port?: number): boolean;
}

/** The proxy that an agent is to use for a host. */
export function proxyFor(agent: object, { host, port }: ConnectionOptions): Proxy | undefined {
  const symbol = Object.getOwnPropertySymbols(agent).find(({ description }) => description === 'kProxyConfig');
  const proxy = symbol && ((agent as Record<symbol, unknown>)[symbol] as Proxy | null);
  return proxy?.shouldUseProxy(host ?? 'localhost', port) ? proxy : undefined;
}

const tunnelError = (message: string, more: object = {}): Error =>
  Object.assign(nodeError('ERR_PROXY_TUNNEL', message), more);

/** Has the proxy connect to the host; what `done` gets is the connection to it. */
export function tunnel(
  proxy: Proxy,
  options: ConnectionOptions,
  done: (error: Error | null, below?: Socket) => void,
): void {
  const { host = 'localhost', port = 443, timeout } = options;
  const target = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const { proxyConnectionOptions: place, auth } = proxy;
  const request = http.request({
    method: 'CONNECT',
    path: target,
    setHost: false,
    headers: { ...(auth && { 'proxy-authorization': auth }), 'proxy-connection': 'keep-alive', host: target },
    ...(proxy.protocol === 'https:'
      ? { createConnection: () => tls.connect({ ...place }) }
      : { ...place, agent: false }),
    ...(timeout && { timeout }),
  });
  request.on('connect', ({ statusCode, statusMessage, httpVersion }, below: Socket) => {
    request.setTimeout(0);
    if (statusCode === 200) {
      done(null, below);
      return;
    }
    below.destroy();
    const status = `HTTP/${httpVersion} ${statusCode} ${statusMessage}`;
    done(tunnelError(`Failed to establish tunnel to ${target} via ${proxy.href}: ${status}`, { statusCode }));
  });
  request.on('timeout', () => {
    const message = `Connection to establish proxy tunnel timed out after ${timeout}ms`;
    request.destroy(tunnelError(message, { proxyTunnelTimeout: timeout }));
  });
  request.on('error', (error: NodeJS.ErrnoException) => {
    const early = error.code === 'ECONNRESET' && request.socket && !request.socket.connecting;
    done(early ? tunnelError('Connection to establish proxy tunnel ended unexpectedly') : error);
  });
  request.end();
}
