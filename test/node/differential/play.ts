/** One scenario, played with one implementation: what it may use, and the log that it writes. */
import { X509Certificate, createHash } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type tls from 'node:tls';
import type { Pki } from './pki.ts';
import { describe, type Octets } from './text.ts';
import { duplexPair } from './wire.ts';

/** A module with the shape of node:tls. */
export type Tls = typeof tls & { readonly SecureContext: new (...values: unknown[]) => tls.SecureContext };
export type Socket = tls.TLSSocket;
export type ClientOptions = tls.ConnectionOptions;
export type ServerOptions = tls.TlsOptions;

/** What carries the octets: a connection that tls.connect makes, a unix socket's path, a net.Socket, a stream in memory. */
export type Transport = 'tcp' | 'unix' | 'socket' | 'duplex';
export const TRANSPORTS: readonly Transport[] = ['tcp', 'unix', 'socket', 'duplex'];

export type Version = 'TLSv1.2' | 'TLSv1.3';
export const VERSIONS: readonly Version[] = ['TLSv1.2', 'TLSv1.3'];

/** The lines of each object, in its own order: between two objects there is none that one could rely on. */
export type Log = Record<string, string[]>;

export interface WatchOptions {
  /** Events that are left out, besides those that nobody may rely on. */
  readonly skip?: readonly string[];
  /** How octets among an event's values are shown. */
  readonly octets?: Octets;
}

export interface Place {
  readonly server: tls.Server;
  /** How a client gets there. */
  readonly to: ClientOptions;
  readonly transport: Transport;
}

export interface PairOptions {
  readonly transport?: Transport;
  readonly version?: Version;
  readonly client?: ClientOptions;
  readonly server?: ServerOptions;
  /** Called with the server before it listens. */
  readonly setup?: (server: tls.Server) => void;
  readonly watch?: WatchOptions;
}

export interface Pair extends Place {
  readonly client: Socket;
  readonly peer: Socket;
}

/** Said by the streams or by Node for itself, at moments that depend on how octets are cut into pieces. */
const SKIPPED = new Set(['newListener', 'removeListener', 'readable', '_tlsError']);

/** Events of the two directions of a stream, which have lines of their own: which one is quicker, is chance. */
const READING = new Set(['data', 'end']);
const WRITING = new Set(['prefinish', 'finish', 'drain', 'pipe', 'unpipe']);

/** Events whose octets are random, or of a form that is the implementation's own business. */
const OPAQUE = new Set(['session', 'newSession']);

interface Watched {
  readonly lane: string;
  readonly seen: Set<string>;
  readonly waits: { readonly event: string; readonly go: () => void }[];
}

export class Play {
  readonly tls: Tls;
  readonly pki: Pki;
  readonly #log: Log = {};
  readonly #octets = new Map<string, { bytes: number; hash: ReturnType<typeof createHash>; text: Buffer }>();
  readonly #watched = new Map<object, Watched>();
  readonly #cleanups: (() => void)[] = [];
  readonly #pending = new Set<string>();
  #sealed = false;

  constructor(tls: Tls, pki: Pki) {
    this.tls = tls;
    this.pki = pki;
  }

  // --- the log

  #line(lane: string, text: string): void {
    if (this.#sealed) return;
    this.#flush(lane);
    (this.#log[lane] ??= []).push(text);
  }

  #flush(lane: string): void {
    const octets = this.#octets.get(lane);
    if (!octets) return;
    this.#octets.delete(lane);
    const shown =
      octets.bytes <= 64 ? JSON.stringify(octets.text.toString('latin1')) : octets.hash.digest('hex').slice(0, 16);
    (this.#log[lane] ??= []).push(`data ${octets.bytes}: ${shown}`);
  }

  #data(lane: string, chunk: unknown): void {
    if (this.#sealed) return;
    if (!(chunk instanceof Uint8Array)) return this.#line(lane, `data ${describe(chunk)}`);
    const octets = this.#octets.get(lane) ?? { bytes: 0, hash: createHash('sha256'), text: Buffer.alloc(0) };
    octets.bytes += chunk.length;
    octets.hash.update(chunk);
    if (octets.bytes <= 64) octets.text = Buffer.concat([octets.text, chunk]);
    this.#octets.set(lane, octets);
  }

  /** Writes a line: what was done or seen, and values. */
  note(lane: string, text: string, ...values: unknown[]): void {
    this.#line(lane, [text, ...values.map((value) => describe(value))].join(' '));
  }

  /** Calls, and writes what came back or was thrown. */
  attempt<T>(lane: string, text: string, call: () => T): T | undefined {
    try {
      const value = call();
      this.note(lane, `${text}:`, value);
      return value;
    } catch (error) {
      this.note(lane, `${text} throws`, error);
      return undefined;
    }
  }

  /** Writes fields of an object, each in its turn: those that throw say so. */
  fields(lane: string, of: object, names: readonly string[]): void {
    const value = (name: string): string => {
      try {
        return describe((of as Record<string, unknown>)[name]);
      } catch (error) {
        return describe(error);
      }
    };
    this.#line(lane, names.map((name) => `${name}=${value(name)}`).join(' '));
  }

  // --- events

  /** Writes every event of an object as a line. It has a listener for "error" from now on. */
  watch<T extends EventEmitter>(lane: string, emitter: T, { skip = [], octets = 'length' }: WatchOptions = {}): T {
    if (this.#watched.has(emitter)) return emitter;
    const watched: Watched = { lane, seen: new Set(), waits: [] };
    this.#watched.set(emitter, watched);
    const emit = emitter.emit;
    emitter.emit = (event: string | symbol, ...values: unknown[]): boolean => {
      const name = String(event);
      const way = READING.has(name) ? 'reads' : WRITING.has(name) ? 'writes' : undefined;
      if (event === 'data') this.#data(`${lane} reads`, values[0]);
      else if (way) {
        if (!skip.includes(name)) this.#line(`${lane} ${way}`, name);
      } else if (!SKIPPED.has(name) && !skip.includes(name)) this.#line(lane, this.#event(name, values, octets));
      if (name === 'close') for (const way of ['reads', 'writes']) this.#line(`${lane} ${way}`, 'close');
      this.#adopt(name, values, { skip, octets });
      try {
        return emit.call(emitter, event, ...values);
      } finally {
        watched.seen.add(name);
        for (const wait of watched.waits.filter((wait) => wait.event === name)) wait.go();
      }
    };
    if (!(emitter instanceof net.Server)) emitter.on('error', () => undefined);
    if ('destroy' in emitter) this.cleanup(() => (emitter as unknown as Socket).destroy());
    return emitter;
  }

  /** A server's sockets are watched from the moment on at which a program first sees them. */
  #adopt(event: string, values: readonly unknown[], options: WatchOptions): void {
    const socket = event === 'secureConnection' ? values[0] : event === 'tlsClientError' ? values[1] : undefined;
    if (!socket || this.#watched.has(socket)) return;
    const count = [...this.#watched.values()].filter(({ lane }) => lane.startsWith('peer')).length;
    this.watch(count === 0 ? 'peer' : `peer${count + 1}`, socket as Socket, options);
  }

  #event(event: string, values: readonly unknown[], octets: Octets): string {
    if (event === 'keylog') {
      const form = String(values[0])
        .replace(/ [0-9a-f]{64} /, ' RANDOM ')
        .replace(/[0-9a-f]{64,}/, 'SECRET');
      return [`keylog ${JSON.stringify(form)}`, ...values.slice(1).map((value) => describe(value))].join(' ');
    }
    if (event.startsWith('connectionAttempt')) return event;
    const how = OPAQUE.has(event) ? 'nothing' : octets;
    return [event, ...values.map((value) => describe(value, how))].join(' ');
  }

  /** When a watched object has emitted the event, or its `count`th one; at once if it has before. */
  until(emitter: EventEmitter, event: string): Promise<void> {
    const watched = this.#watched.get(emitter);
    if (!watched) throw new Error(`nobody watches for ${event}`);
    if (watched.seen.has(event)) return Promise.resolve();
    return this.patience(`${watched.lane}'s ${event}`, (go) => void watched.waits.push({ event, go }));
  }

  /** When a watched object emits the event the next time. */
  next(emitter: EventEmitter, event: string): Promise<void> {
    const watched = this.#watched.get(emitter);
    if (!watched) throw new Error(`nobody watches for ${event}`);
    return this.patience(`${watched.lane}'s next ${event}`, (go) => void watched.waits.push({ event, go }));
  }

  closed(...emitters: EventEmitter[]): Promise<unknown> {
    return Promise.all(emitters.map((emitter) => this.until(emitter, 'close')));
  }

  /** A promise with a name, for the report of a scenario that waits for ever. */
  patience<T = void>(what: string, start: (go: (value: T) => void) => void): Promise<T> {
    return new Promise<T>((done) => {
      this.#pending.add(what);
      start((value) => {
        this.#pending.delete(what);
        done(value);
      });
    });
  }

  /** A few turns of the event loop. */
  async turns(count = 3): Promise<void> {
    for (let turn = 0; turn < count; turn++) await new Promise<void>((done) => setImmediate(done));
  }

  pause(milliseconds: number): Promise<void> {
    return new Promise((done) => setTimeout(done, milliseconds));
  }

  /**
   * Takes away what OpenSSL noted of a session that it could not read: node:tls leaves it in a queue that all connections share, and whichever
   * is the next to look there fails.
   */
  forgetErrors(): void {
    void new X509Certificate(this.pki.ca);
  }

  // --- peers

  cleanup(undo: () => void): void {
    this.#cleanups.push(undo);
  }

  /** Sets a default of the module, up to the end of the scenario. */
  set(name: string, value: unknown): void {
    const module = this.tls as unknown as Record<string, unknown>;
    const before = module[name];
    this.cleanup(() => (module[name] = before));
    module[name] = value;
  }

  path(): string {
    if (process.platform === 'win32') return `\\\\.\\pipe\\tlskit-diff-${process.pid}-${Math.random()}`;
    const folder = mkdtempSync(join(tmpdir(), 'tlskit-diff-'));
    this.cleanup(() => rmSync(folder, { recursive: true, force: true }));
    return join(folder, 's');
  }

  /** Starts to listen and gives the options by which a client gets there. */
  async listen(server: net.Server, transport: Transport = 'tcp'): Promise<ClientOptions> {
    this.cleanup(() => server.close());
    if (transport === 'duplex') return {};
    const path = transport === 'unix' ? this.path() : undefined;
    await this.patience('listening', (go) => {
      if (path) server.listen(path, go);
      else server.listen(0, '127.0.0.1', go);
    });
    if (path) return { path };
    return { host: '127.0.0.1', port: (server.address() as net.AddressInfo).port };
  }

  /** A server with the certificate for localhost. */
  async server(
    options: ServerOptions = {},
    { transport = 'tcp', setup, watch }: Pick<PairOptions, 'transport' | 'setup' | 'watch'> = {},
  ): Promise<Place> {
    const server = this.watch('server', this.tls.createServer({ ...this.pki.server, ...options }), watch);
    setup?.(server);
    return { server, to: await this.listen(server, transport), transport };
  }

  /** What a client connects over, where it does not make its own connection. */
  async carrier({ server, to, transport }: Place): Promise<Duplex | undefined> {
    if (transport === 'duplex') {
      const [mine, its] = duplexPair();
      server.emit('connection', its);
      return mine;
    }
    if (transport !== 'socket') return undefined;
    const socket = net.connect(to as net.NetConnectOpts);
    socket.on('error', () => undefined);
    this.cleanup(() => socket.destroy());
    await this.patience('a connection', (go) => socket.once('connect', go));
    return socket;
  }

  /** A client that trusts the CA and calls the server "localhost". */
  async client(place: Place, options: ClientOptions = {}, watch?: WatchOptions, lane = 'client'): Promise<Socket> {
    const socket = await this.carrier(place);
    const all = { ca: this.pki.ca, servername: 'localhost', ...place.to, ...(socket && { socket }), ...options };
    return this.watch(lane, this.tls.connect(all), watch);
  }

  /** Both ends of a connection that is there. */
  async pair({ transport, version, client = {}, server = {}, setup, watch }: PairOptions = {}): Promise<Pair> {
    const versions = version && { minVersion: version, maxVersion: version };
    const place = await this.server(
      { ...versions, ...server },
      { ...(transport && { transport }), ...(setup && { setup }), ...(watch && { watch }) },
    );
    const { peer, client: socket } = await this.join(place, client, watch);
    return { ...place, client: socket, peer };
  }

  /** Another client of a server; both sockets once they are secure. */
  async join(
    place: Place,
    options: ClientOptions = {},
    watch?: WatchOptions,
    lane = 'client',
  ): Promise<{ client: Socket; peer: Socket }> {
    const accepted = this.accepted(place.server);
    const client = await this.client(place, options, watch, lane);
    await this.until(client, 'secureConnect');
    return { client, peer: await accepted };
  }

  /** When the server is done with its only client, which may not have become secure. */
  async gone(server: tls.Server): Promise<void> {
    const peer = await this.patience<Socket>('the first peer', (go) => {
      server.once('secureConnection', go).once('tlsClientError', (_error, socket) => go(socket));
    });
    // an error may come while the socket tells that it is closed
    if (!peer.closed) await this.until(peer, 'close');
  }

  /** A client and a server that may not come together: waits until both have closed. */
  async meet({ transport = 'unix', version, client = {}, server = {}, setup, watch }: PairOptions = {}): Promise<
    Place & { client: Socket }
  > {
    const versions = version && { minVersion: version, maxVersion: version };
    const place = await this.server(
      { ...versions, ...server },
      { transport, ...(setup && { setup }), ...(watch && { watch }) },
    );
    const gone = this.gone(place.server);
    // whoever gets through says goodbye
    place.server.on('secureConnection', (socket) => socket.resume().end());
    const socket = await this.client(place, client, watch);
    socket.resume().on('end', () => socket.end());
    await this.closed(socket);
    await gone;
    return { ...place, client: socket };
  }

  accepted(server: tls.Server): Promise<Socket> {
    return this.patience('secureConnection', (go) => server.once('secureConnection', go));
  }

  // --- the end

  /** Gives up, with the names of what is waited for. */
  expire(): Error {
    return new Error(`timed out waiting for ${[...this.#pending].sort().join(', ') || 'nothing known'}`);
  }

  /** Closes the log and everything that was opened. */
  finish(): Log {
    for (const lane of this.#octets.keys()) this.#flush(lane);
    this.#sealed = true;
    for (const undo of this.#cleanups.reverse()) {
      try {
        undo();
      } catch {
        // what cannot be undone any more was undone by the scenario
      }
    }
    return this.#log;
  }
}
