/** The HTTP of an OCSP responder (RFC 6960 appendix A.1, RFC 5019 sections 5 and 6): POST and GET, many clients at once, and nobody may cost much. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TlskitError } from '../../lib/errors.ts';
import type { OcspAnswer, OcspResponse } from '../../lib/ocsp/index.ts';
import { networkReason } from '../tls/network.ts';

/** What a server needs. */
export interface OcspServerOptions {
  /** Answers the octets of a request; `ocspResponder` of the library makes such a function. */
  readonly respond: (request: Uint8Array, now: number) => Promise<OcspAnswer>;
  /** The port; 0 takes a free one. */
  readonly port: number;
  /** The address to listen on; absent: all of this machine. */
  readonly host?: string | undefined;
  /** Most octets of a request; default 64 KB. A request about 100 certificates has 7 KB. */
  readonly maxRequest?: number | undefined;
  /** Milliseconds in which a request has to be here, after which its connection is closed; default 30 000. */
  readonly timeout?: number | undefined;
  /** Hears of each request line. */
  readonly received?: ((line: string) => void) | undefined;
  /** Hears of each answer, before it is sent. */
  readonly answered?: ((answer: OcspAnswer) => void) | undefined;
  /** Hears of what is wrong with the server itself. */
  readonly failed?: ((error: unknown) => void) | undefined;
}

const REQUEST_TYPE = 'application/ocsp-request';
const RESPONSE_TYPE = 'application/ocsp-response';
const MAX_REQUEST = 64 * 1024;
const TIMEOUT = 30_000;
/** Connections at one time; more are refused. */
const MAX_CONNECTIONS = 1024;

/** A running responder. */
export class OcspServer {
  readonly #options: OcspServerOptions;
  readonly #server: Server;

  private constructor(options: OcspServerOptions) {
    this.#options = options;
    const timeout = options.timeout ?? TIMEOUT;
    this.#server = createServer(
      {
        maxHeaderSize: 16 * 1024,
        requestTimeout: timeout,
        headersTimeout: timeout,
        keepAliveTimeout: 5000,
        connectionsCheckingInterval: Math.min(1000, timeout),
      },
      (request, response) => void this.#serve(request, response),
    );
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /**
   * Starts to listen.
   *
   * @throws TlskitError ERR_CONNECT
   */
  static listen(options: OcspServerOptions): Promise<OcspServer> {
    const one = new OcspServer(options);
    const { host, port } = options;
    return new Promise((resolve, reject) => {
      one.#server.once('error', (error: NodeJS.ErrnoException) => {
        const where = `${host === undefined ? '' : `${host}:`}${port}`;
        reject(new TlskitError('ERR_CONNECT', `cannot listen on ${where}: ${networkReason(error)}`));
      });
      one.#server.listen({ port, backlog: 1024, ...(host === undefined ? {} : { host }) }, () => {
        one.#server.removeAllListeners('error');
        // running out of descriptors must not end the clients that are there
        one.#server.on('error', (error) => options.failed?.(error));
        resolve(one);
      });
    });
  }

  /** Where it listens: `[::]:8888`, `127.0.0.1:8888`. */
  get address(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Takes no more requests; answers under way are finished, at the longest for a second. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      const hurry = setTimeout(() => this.#server.closeAllConnections(), 1000);
      this.#server.close(() => {
        clearTimeout(hurry);
        resolve();
      });
      this.#server.closeIdleConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    try {
      this.#options.received?.(`${request.method} ${request.url} HTTP/${request.httpVersion}`);
      const octets = await this.#octetsOf(request);
      if (typeof octets === 'number') return refuse(response, octets);
      const now = Date.now();
      const answer = await this.#options.respond(octets, now);
      this.#options.answered?.(answer);
      const { der } = answer.response;
      const cached = request.method === 'GET' && !answer.request?.nonce ? cacheHeaders(answer.response, now) : {};
      response.writeHead(200, { 'Content-Type': RESPONSE_TYPE, 'Content-Length': der.length, ...cached });
      response.end(der);
    } catch (error) {
      this.#options.failed?.(error);
      if (!response.headersSent) refuse(response, 500);
      else response.destroy();
    }
  }

  /** The octets of a request, or the HTTP status that says why there are none. */
  #octetsOf(request: IncomingMessage): Promise<Buffer | number> | Buffer | number {
    const { maxRequest = MAX_REQUEST } = this.#options;
    if (request.method === 'GET' || request.method === 'HEAD') return octetsInPath(request.url ?? '/');
    if (request.method !== 'POST') return 405;
    const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
    // what OpenSSL's client sends, and what old clients leave out
    if (type !== undefined && type !== REQUEST_TYPE) return 415;
    return body(request, maxRequest);
  }
}

/** A request's body; 413 where it is longer than allowed. */
function body(request: IncomingMessage, limit: number): Promise<Buffer | number> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let size = 0;
    request.on('data', (piece: Buffer) => {
      size += piece.length;
      if (size > limit) {
        request.pause();
        resolve(413);
      } else pieces.push(piece);
    });
    request.on('end', () => resolve(Buffer.concat(pieces)));
    request.on('close', () =>
      reject(new TlskitError('ERR_CONNECT', 'the client went away in the middle of its request')),
    );
  });
}

/** Segments of a path that may stand before the request, such as `/ocsp/`. */
const MAX_PREFIX = 8;

/**
 * The request in a path: base64, with `%` before what a path cannot hold (RFC 6960 appendix A.1), behind whatever the responder's own path is. base64
 * has slashes, too, so that it is looked for from the left: a request begins with a SEQUENCE, `M` in base64.
 */
function octetsInPath(url: string): Buffer | number {
  const path = url.split(/[?#]/, 1)[0] as string;
  // asked by load balancers, to see whether anyone is here
  if (/^\/+$/.test(path)) return 200;
  let text: string;
  try {
    text = decodeURIComponent(path);
  } catch {
    return 400;
  }
  const segments = text.replace(/^\/+/, '').split('/');
  for (let at = 0; at < Math.min(segments.length, MAX_PREFIX); at += 1) {
    const rest = segments.slice(at).join('/');
    if (rest.startsWith('M') && /^[A-Za-z0-9+/]+={0,2}\/*$/.test(rest)) return Buffer.from(rest, 'base64');
  }
  return 400;
}

function refuse(response: ServerResponse, status: number): void {
  const closing = status === 413 || status >= 500;
  response.writeHead(status, {
    'Content-Length': 0,
    ...(status === 405 ? { Allow: 'GET, POST' } : {}),
    ...(closing ? { Connection: 'close' } : {}),
  });
  response.end();
}

/** What lets caches keep an answer until there is a newer one (RFC 5019 section 6.2). */
function cacheHeaders(response: OcspResponse, now: number): Record<string, string> {
  if (response.statusCode !== 0) return { 'Cache-Control': 'no-store' };
  const { responses, producedAt } = response.basic;
  const ends = responses.map(({ nextUpdate }) => nextUpdate?.ms);
  if (ends.length === 0 || ends.includes(undefined)) return { 'Cache-Control': 'no-store' };
  const end = Math.min(...(ends as number[]));
  const seconds = Math.max(0, Math.floor((end - now) / 1000));
  const etag = createHash('sha256').update(response.der).digest('hex').slice(0, 40);
  return {
    'Last-Modified': new Date(producedAt.ms ?? now).toUTCString(),
    Expires: new Date(end).toUTCString(),
    ETag: `"${etag}"`,
    'Cache-Control': `max-age=${seconds}, public, no-transform, must-revalidate`,
  };
}
