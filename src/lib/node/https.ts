/**
 * `tlskit/https`: node:https over the sockets of `tlskit/tls`, for programs that take it in the place of Node's. What is HTTP in it is Node's own.
 *
 * @example
 * import https from 'tlskit/https';
 * https.get('https://legacy.example/', { minVersion: 'TLSv1' }, (response) => response.pipe(process.stdout));
 */
import http, { type ClientRequest, type IncomingMessage, type RequestListener } from 'node:http';
import nodeHttps, { type RequestOptions, type ServerOptions } from 'node:https';
import { urlToHttpOptions } from 'node:url';
import { Agent, OWN_IDENTITY, agentJudges } from './https/agent.ts';
import { Server } from './https/server.ts';
import tls from './index.ts';

type Answer = (response: IncomingMessage) => void;
type Given = RequestOptions & { _defaultAgent?: unknown; [OWN_IDENTITY]?: number };
type RequestArguments = [string | URL | RequestOptions, (RequestOptions | Answer)?, Answer?];

let judged = 0;

/** Whether something is a URL, this Node's or another's. */
function isUrl(value: unknown): value is URL {
  const { href, protocol, auth, path } = value as { href?: string; protocol?: string; auth?: unknown; path?: unknown };
  return Boolean(href && protocol && auth === undefined && path === undefined);
}

function judgesItself({ agent, createConnection, checkServerIdentity: judge }: Given): boolean {
  if (judge === undefined || judge === tls.checkServerIdentity) return false;
  if (agent === false) return true;
  const used = agent ?? (createConnection ? undefined : https.globalAgent);
  return !used || !agentJudges(used);
}

function request(...args: RequestArguments): ClientRequest {
  const rest: unknown[] = args;
  const options: Given = {};
  if (typeof args[0] === 'string') Object.assign(options, urlToHttpOptions(new URL(rest.shift() as string)));
  else if (isUrl(args[0])) Object.assign(options, urlToHttpOptions(rest.shift() as URL));
  if (rest[0] && typeof rest[0] !== 'function') Object.assign(options, rest.shift());
  if (judgesItself(options)) options[OWN_IDENTITY] = ++judged;
  options._defaultAgent = https.globalAgent;
  const Request = http.ClientRequest as unknown as new (...all: unknown[]) => ClientRequest;
  return new Request(options, ...rest);
}

function get(...args: RequestArguments): ClientRequest {
  const made = request(...args);
  made.end();
  return made;
}

const createServer = (options?: ServerOptions | RequestListener, listener?: RequestListener): nodeHttps.Server =>
  new Server(options as ServerOptions, listener);

// a pool with the settings of Node's own
const globalAgent: nodeHttps.Agent = new Agent({ ...nodeHttps.globalAgent.options });

const https = { Agent, globalAgent, Server, createServer, get, request } as unknown as typeof nodeHttps;

export { Agent, Server, createServer, get, globalAgent, request };
export default https;
export { https as 'module.exports' };
