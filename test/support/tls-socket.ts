/** An engine on a TCP socket, for tests against other programs: as little as can be between the two. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import {
  TlsEngine,
  acceptAny,
  clientConfig,
  serverConfig,
  type ClientOptions,
  type ConnectionInfo,
  type ConnectionOptions,
  type ServerOptions,
  type Session,
  type TlsEvent,
} from '../../src/lib/tls/index.ts';

/** Milliseconds that anything here may take. */
const PATIENCE = 60_000;

type EventOf<T extends TlsEvent['type']> = Extract<TlsEvent, { type: T }>;

/** One side of a connection with all that it told. */
export class TlsPeer {
  readonly engine: TlsEngine;
  readonly events: TlsEvent[] = [];
  readonly #socket: Socket;
  readonly #waiting = new Set<() => void>();
  /** Called after everything that happens. */
  onActivity: (peer: TlsPeer) => void = () => undefined;

  constructor(socket: Socket, make: (wake: () => void) => TlsEngine) {
    this.#socket = socket;
    this.engine = make(() => this.pump());
    socket.on('data', (bytes) => {
      this.engine.receive(bytes);
      this.pump();
    });
    socket.on('end', () => {
      this.engine.receiveEnd();
      this.pump();
    });
    // a peer may reset what it no longer reads
    socket.on('error', () => this.pump());
    socket.on('close', () => this.pump());
  }

  /** Carries over what the engine has, and looks whether what is waited for has come. */
  pump(): void {
    this.#carry();
    this.onActivity(this);
    this.#carry();
    for (const look of this.#waiting) look();
  }

  #carry(): void {
    const bytes = this.engine.take();
    if (bytes.length > 0 && this.#socket.writable) this.#socket.write(Buffer.concat(bytes));
    const fresh = this.engine.events();
    this.events.push(...fresh);
    if (fresh.some(({ type }) => type === 'closed') && this.#socket.writable) this.#socket.end();
  }

  of<T extends TlsEvent['type']>(type: T): EventOf<T>[] {
    return this.events.filter((event): event is EventOf<T> => event.type === type);
  }

  get info(): Readonly<ConnectionInfo> {
    return this.engine.info;
  }

  get failure(): string | undefined {
    const [event] = this.of('failure');
    return event && `${event.failure.reason}: ${event.failure.message}`;
  }

  /** Application data that came, as text. */
  get text(): string {
    return Buffer.concat(this.of('data').map(({ bytes }) => bytes)).toString('latin1');
  }

  /** The last session that can be resumed. */
  get session(): Session | undefined {
    return this.of('session').at(-1)?.session;
  }

  /** Waits until something holds. A failure of the connection, its end and a lack of patience are errors that say what was waited for. */
  until(what: string, holds: () => boolean): Promise<this> {
    return new Promise((resolve, reject) => {
      const done = (error?: Error): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        if (error) reject(error);
        else resolve(this);
      };
      const timer = setTimeout(() => done(new Error(`waited in vain for ${what}; there was ${this.story}`)), PATIENCE);
      const look = (): void => {
        if (holds()) done();
        else if (this.failure !== undefined) done(new Error(`no ${what}: ${this.failure} after ${this.story}`));
        else if (this.#socket.closed) done(new Error(`the transport ended before ${what}, after ${this.story}`));
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Names of what happened, for messages of errors. */
  get story(): string {
    const name = (event: TlsEvent): string =>
      'name' in event ? `${'direction' in event ? event.direction : ''} ${event.name}` : event.type;
    return this.events.map(name).join(', ') || 'nothing';
  }

  secure(): Promise<this> {
    return this.until('the handshake', () => this.engine.secure);
  }

  receives(text: string): Promise<this> {
    return this.until(`the data ${JSON.stringify(text.slice(0, 40))}`, () => this.text.includes(text));
  }

  closed(): Promise<this> {
    return this.until('the end', () => this.#socket.closed);
  }

  send(data: string | Uint8Array): this {
    this.engine.send(Buffer.from(data as string));
    this.pump();
    return this;
  }

  close(): this {
    this.engine.close();
    this.pump();
    return this;
  }

  /** Ends the connection without further ado. */
  destroy(): void {
    this.#socket.destroy();
  }
}

/** A client that connects to a port on this machine. */
export async function connectTo(
  port: number,
  options: ClientOptions = {},
  connection: ConnectionOptions & { readonly early?: string } = {},
): Promise<TlsPeer> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.setNoDelay(true);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  const config = clientConfig({ verify: acceptAny, ...options });
  const peer = new TlsPeer(socket, (wake) =>
    TlsEngine.client(config, { serverName: 'localhost', ...connection, wake }),
  );
  if (connection.early !== undefined) peer.engine.sendEarly(Buffer.from(connection.early));
  peer.engine.start();
  peer.pump();
  return peer;
}

/** A server on a port of its own, with the connections that it had. */
export class TlsListener {
  readonly #server: Server;
  readonly #peers: TlsPeer[] = [];
  readonly #waiting: (() => void)[] = [];

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(options: ServerOptions, onActivity: (peer: TlsPeer) => void = reverse): Promise<TlsListener> {
    const config = serverConfig({ verify: acceptAny, ...options });
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    const listener = new TlsListener(server);
    server.on('connection', (socket) => {
      const peer = new TlsPeer(socket, (wake) => TlsEngine.server(config, { wake }));
      peer.onActivity = onActivity;
      listener.#peers.push(peer);
      listener.#waiting.splice(0).forEach((go) => go());
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    return listener;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The next connection that nobody has asked for yet. */
  async next(): Promise<TlsPeer> {
    while (this.#peers.length === 0) {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('waited in vain for a connection')), PATIENCE);
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    return this.#peers.shift() as TlsPeer;
  }

  /** Connections that nobody has asked for. */
  get unasked(): readonly TlsPeer[] {
    return this.#peers;
  }

  /** Stops listening and ends the connections that were not asked for. */
  close(): void {
    for (const peer of this.#peers) peer.destroy();
    this.#server.close();
  }
}

const answered = new WeakMap<TlsPeer, number>();

/** What a server does when nothing is said, as `s_server -rev` does: each line goes back with its characters in reverse. */
export function reverse(peer: TlsPeer): void {
  const lines = peer.text.split('\n').slice(0, -1);
  const from = answered.get(peer) ?? 0;
  if (lines.length <= from || !peer.engine.writable) return;
  answered.set(peer, lines.length);
  const back = lines.slice(from).map((line) => `${Array.from(line).reverse().join('')}\n`);
  peer.engine.send(Buffer.from(back.join('')));
}

/** A server that answers every HTTP request with its connection's parameters, and closes. */
export function respond(peer: TlsPeer): void {
  if (answered.has(peer) || !peer.text.includes('\r\n\r\n') || !peer.engine.writable) return;
  answered.set(peer, 1);
  const { version, suite, group, resumed, peerChain } = peer.info;
  const body = JSON.stringify({
    version: version?.name,
    suite: suite?.name,
    group: group?.name,
    resumed,
    certificates: peerChain.length,
    early: peer.info.earlyData,
  });
  const head = `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
  peer.engine.send(Buffer.from(head + body));
  peer.engine.close();
}
