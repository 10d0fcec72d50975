/** Asking a responder over HTTP (RFC 6960 appendix A.1): straight, or through a proxy. */
import { request as httpRequest, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { Duplex } from 'node:stream';
import { fail, TlskitError } from '../../lib/errors.ts';
import { networkReason } from '../tls/network.ts';
import { splitHost, type Place } from './place.ts';

export interface Exchange {
  readonly place: Place;
  /** Further headers, by name. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Milliseconds in which everything has to be done. */
  readonly timeout: number;
  /** `host:port` of a proxy, with or without `http://`. */
  readonly proxy: string | undefined;
}

const TYPE = 'application/ocsp-response';

/** No real response comes near this. */
const MAX_RESPONSE = 1024 * 1024;

/**
 * Sends a request and gives the octets of the response. That of an https responder is not asked for its certificate, as in OpenSSL: a response
 * proves itself by its signature, whatever way it came.
 *
 * @throws TlskitError ERR_CONNECT, ERR_LIMIT
 */
export async function exchange(octets: Uint8Array, options: Exchange): Promise<Buffer> {
  const { place, timeout } = options;
  const where = `${place.tls ? 'https' : 'http'}://${hostHeader(place)}${place.path}`;
  const trouble = (what: string): TlskitError =>
    new TlskitError('ERR_CONNECT', `Error querying OCSP responder ${where}: ${what}`);
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeout);
  try {
    return await ask(octets, options, abort.signal);
  } catch (error) {
    if (abort.signal.aborted) throw trouble(`no answer in ${timeout / 1000} seconds`);
    if (error instanceof Unusable) throw trouble(error.message);
    if (error instanceof TlskitError) throw error;
    throw trouble(networkReason(error as NodeJS.ErrnoException));
  } finally {
    clearTimeout(timer);
    // whatever is still open would keep the program running
    abort.abort();
  }
}

class Unusable extends Error {}

async function ask(octets: Uint8Array, options: Exchange, signal: AbortSignal): Promise<Buffer> {
  const { place, headers } = options;
  const all: Record<string, string> = {
    Host: hostHeader(place),
    'Content-Type': 'application/ocsp-request',
    Accept: TYPE,
  };
  // a header that is given replaces ours, whatever its case
  for (const [name, value] of headers) {
    for (const own of Object.keys(all)) if (own.toLowerCase() === name.toLowerCase()) delete all[own];
    all[name] = value;
  }
  const base = { method: 'POST', headers: { ...all, 'Content-Length': octets.length }, signal };
  const request = await open(base, options);
  const response = await answerTo(request, octets);
  return take(response);
}

/** A request on its way: to the responder, or to the proxy. */
async function open(
  base: RequestOptions & { readonly signal: AbortSignal },
  { place, proxy }: Exchange,
): Promise<ClientRequest> {
  const { host, port, path, tls } = place;
  if (proxy === undefined) {
    const options = { ...base, host, port, path, agent: false };
    return tls ? httpsRequest({ ...options, rejectUnauthorized: false }) : httpRequest(options);
  }
  const { host: proxyHost, port: proxyPort = 80 } = splitHost(
    'proxy',
    proxy.replace(/^https?:\/\//, '').replace(/\/.*$/, ''),
  );
  const there = { host: proxyHost, port: proxyPort, signal: base.signal, agent: false };
  if (!tls) return httpRequest({ ...base, ...there, path: `http://${hostHeader(place)}${path}` });
  const socket = await tunnel(there, place);
  base.signal.addEventListener('abort', () => socket.destroy());
  // what goes wrong with it the connection inside tells
  socket.on('error', () => undefined);
  // an address is no server name (RFC 6066 section 3)
  const named = isIP(host) === 0 ? { servername: host } : {};
  // without an agent: one would not ask for this connection
  return httpRequest({
    ...base,
    path,
    createConnection: () => tlsConnect({ socket, ...named, rejectUnauthorized: false }),
  });
}

/** CONNECT (RFC 9110 section 9.3.6). */
function tunnel(proxy: RequestOptions, place: Place): Promise<Duplex> {
  const target = `${place.host.includes(':') ? `[${place.host}]` : place.host}:${place.port}`;
  return new Promise((resolve, reject) => {
    const request = httpRequest({ ...proxy, method: 'CONNECT', path: target, headers: { Host: target } });
    request.on('error', reject);
    request.on('connect', (response, socket) => {
      if (response.statusCode === 200) resolve(socket);
      else reject(new Unusable(`the proxy answers ${response.statusCode} ${response.statusMessage}`));
    });
    request.end();
  });
}

function answerTo(request: ClientRequest, octets: Uint8Array): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', resolve);
    request.end(octets);
  });
}

async function take(response: IncomingMessage): Promise<Buffer> {
  const { statusCode = 0, statusMessage = '', headers } = response;
  if (statusCode !== 200) {
    const to = headers.location === undefined ? '' : ` (go to ${headers.location})`;
    response.destroy();
    throw new Unusable(`it answers ${statusCode} ${statusMessage}${to}`);
  }
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== undefined && type !== TYPE) {
    response.destroy();
    throw new Unusable(`it answers with ${type} instead of ${TYPE}`);
  }
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > MAX_RESPONSE) fail('ERR_LIMIT', `the OCSP responder answers with more than ${MAX_RESPONSE} octets`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** The host as HTTP names it: without the scheme's own port. */
function hostHeader({ host, port, tls }: Place): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === (tls ? 443 : 80) ? name : `${name}:${port}`;
}
