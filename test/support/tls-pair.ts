/** Two engines that talk to each other in memory. */
import {
  TlsEngine,
  acceptAny,
  clientConfig,
  serverConfig,
  type ClientOptions,
  type ConnectionOptions,
  type ServerOptions,
  type TlsEvent,
} from '../../src/lib/tls/index.ts';

export interface PairOptions {
  readonly client?: ClientOptions;
  readonly server?: ServerOptions;
  readonly connection?: ConnectionOptions;
  /** Octets of each piece that goes over; all at once when nothing is said. */
  readonly piece?: number;
  /** Changes what goes over. */
  readonly toServer?: (bytes: Buffer) => Buffer;
  readonly toClient?: (bytes: Buffer) => Buffer;
}

/** One side with all that it told. */
export class Side {
  readonly engine: TlsEngine;
  readonly events: TlsEvent[] = [];
  readonly sent: Buffer[] = [];

  constructor(engine: TlsEngine) {
    this.engine = engine;
  }

  collect(): void {
    this.events.push(...this.engine.events());
  }

  /** Events of a type. */
  of<T extends TlsEvent['type']>(type: T): Extract<TlsEvent, { type: T }>[] {
    this.collect();
    return this.events.filter((event): event is Extract<TlsEvent, { type: T }> => event.type === type);
  }

  /** The reason for which it gave up. */
  get reason(): string | undefined {
    return this.of('failure')[0]?.failure.reason;
  }

  /** Application data that came. */
  get data(): Buffer {
    return Buffer.concat(this.of('data').map(({ bytes }) => bytes));
  }

  /** Names of messages in a direction, in order. */
  messages(direction: 'in' | 'out'): string[] {
    return this.of('message').flatMap((event) => (event.direction === direction ? [event.name] : []));
  }

  /** Alerts that came or went, as `name`. */
  alerts(direction: 'in' | 'out'): string[] {
    return this.of('alert').flatMap((event) => (event.direction === direction ? [event.name] : []));
  }
}

export class Pair {
  readonly client: Side;
  readonly server: Side;
  readonly #options: PairOptions;

  constructor(options: PairOptions) {
    this.#options = options;
    this.client = new Side(
      TlsEngine.client(clientConfig({ verify: acceptAny, ...options.client }), {
        serverName: 'localhost',
        ...options.connection,
      }),
    );
    this.server = new Side(TlsEngine.server(serverConfig({ verify: acceptAny, ...options.server })));
  }

  /** Carries octets over until neither side has any. */
  async flow(): Promise<this> {
    for (let idle = 0; idle < 3;) {
      const moved = this.#carry(this.client, this.server, this.#options.toServer);
      const back = this.#carry(this.server, this.client, this.#options.toClient);
      if (moved || back) idle = 0;
      else {
        idle += 1;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    this.client.collect();
    this.server.collect();
    return this;
  }

  #carry(from: Side, to: Side, change?: (bytes: Buffer) => Buffer): boolean {
    let bytes: Buffer = Buffer.concat(from.engine.take());
    if (bytes.length === 0) return false;
    from.sent.push(bytes);
    if (change) bytes = change(bytes);
    const piece = this.#options.piece ?? bytes.length;
    for (let at = 0; at < bytes.length; at += piece) to.engine.receive(Buffer.from(bytes.subarray(at, at + piece)));
    return true;
  }

  /** The whole handshake. */
  async handshake(): Promise<this> {
    this.client.engine.start();
    return this.flow();
  }
}

/** A pair after its handshake. */
export async function handshake(options: PairOptions = {}): Promise<Pair> {
  return new Pair(options).handshake();
}
