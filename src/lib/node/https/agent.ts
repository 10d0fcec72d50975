/** https.Agent over our sockets: Node's own agent (its pool, its names, its cache of sessions) with another way to connect. */
import nodeHttps, { type AgentOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import tls, { type TLSSocket } from '../index.ts';
import { proxyFor, tunnel } from './proxy.ts';

const NodeAgent = nodeHttps.Agent;
const parent = NodeAgent.prototype as unknown as Inherited;

type Done = (error: Error | null, socket?: TLSSocket) => void;

/** What a pool keeps with the options of a request. */
export interface PooledOptions extends ConnectionOptions {
  readonly _agentKey?: string;
  readonly [OWN_IDENTITY]?: number;
}

/** Methods that Node's agents have and their types do not declare. */
interface Inherited {
  getName(options?: PooledOptions): string;
  keepSocketAlive(socket: Socket): boolean;
}

interface Sessions {
  _getSession(key: string): Buffer | undefined;
  _cacheSession(key: string, session: Buffer): void;
  _evictSession(key: string): void;
}

type AgentType = nodeHttps.Agent & Sessions;

/**
 * A request that judges its peer by a function of its own: neither its connection nor its session may serve another request, whose own function would
 * not be asked. Newer Nodes do the same.
 */
export const OWN_IDENTITY: unique symbol = Symbol('checkServerIdentity of one request');

interface Marked {
  [OWN_IDENTITY]?: boolean;
}

interface AgentConstructor {
  new (options?: AgentOptions): nodeHttps.Agent;
  (this: unknown, options?: AgentOptions): nodeHttps.Agent;
  prototype: nodeHttps.Agent;
}

function construct(this: unknown, options?: AgentOptions): unknown {
  if (!(this instanceof construct)) return new Agent(options);
  (NodeAgent as unknown as (this: unknown, options?: AgentOptions) => void).call(this, options);
  return undefined;
}

/** The forms in which `createConnection` takes its options: as the first argument, or behind a port and a host. */
function optionsOf(args: readonly unknown[]): PooledOptions {
  const found = args.slice(0, 3).find((one) => one !== null && typeof one === 'object');
  if (found === args[0] && found !== undefined) return found;
  const [port, host] = args;
  return {
    ...found,
    ...(typeof port === 'number' && { port }),
    ...(typeof host === 'string' && { host }),
  };
}

function connect(agent: Sessions, options: PooledOptions, secured?: () => void): TLSSocket {
  const { _agentKey: key } = options;
  const pooled = key !== undefined && options[OWN_IDENTITY] === undefined;
  const session = pooled ? agent._getSession(key) : undefined;
  const socket = tls.connect({ ...(session && { session }), ...options }, secured);
  if (options[OWN_IDENTITY] !== undefined) (socket as Marked)[OWN_IDENTITY] = true;
  if (pooled) {
    socket.on('session', (made: Buffer) => agent._cacheSession(key, made));
    socket.once('close', (failed: boolean) => {
      if (failed) agent._evictSession(key);
    });
  }
  return socket;
}

const methods = {
  createConnection(this: AgentType, ...args: unknown[]): TLSSocket | undefined {
    const options = optionsOf(args);
    const last = args.at(-1);
    const done = typeof last === 'function' ? (last as Done) : undefined;
    const proxy = proxyFor(this, options);
    if (!proxy || !done) return connect(this, options);
    tunnel(proxy, options, (error, below) => {
      if (error || !below) {
        done(error ?? null);
        return;
      }
      const fail = (why: Error): void => done(why);
      const servername = options.servername ?? options.host;
      const socket = connect(this, { ...options, ...(servername && { servername }), socket: below }, () => {
        socket.off('error', fail);
        done(null, socket);
      });
      socket.on('error', fail);
    });
    return undefined;
  },
  getName(this: AgentType, options?: PooledOptions): string {
    const own = options?.[OWN_IDENTITY];
    return parent.getName.call(this, options) + (own === undefined ? '' : `:${own}`);
  },
  keepSocketAlive(this: AgentType, socket: Socket): boolean {
    return (socket as Marked)[OWN_IDENTITY] !== true && parent.keepSocketAlive.call(this, socket);
  },
};

Object.setPrototypeOf(construct, NodeAgent);
Object.setPrototypeOf(construct.prototype, NodeAgent.prototype);
Object.assign(construct.prototype, methods);
Object.defineProperty(construct, 'name', { value: 'Agent' });

/** As Node's https.Agent, also without `new` and for old ways to inherit. */
export const Agent: typeof nodeHttps.Agent & AgentConstructor = construct as never;

/** Whether a request's agent has a function of its own by which all its peers are judged. */
export function agentJudges(agent: unknown): boolean {
  const { options } = agent as { options?: ConnectionOptions };
  return options?.checkServerIdentity !== undefined;
}
