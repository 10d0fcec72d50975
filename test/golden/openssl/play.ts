/** Talks to OpenSSL and records it, or plays a recording. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { TlsEngine, acceptAny, clientConfig, serverConfig, type CommonOptions } from '../../../src/lib/tls/index.ts';
import { seeded } from '../../support/seeded.ts';
import { Side } from '../../support/tls-pair.ts';
import type { Conversation } from './scenarios.ts';

/** Octets in the order in which they came and went. */
export interface Chunk {
  readonly by: 'us' | 'openssl';
  readonly octets: Buffer;
}

/** Our side: it says `ping` as a client and answers `pong` as a server, then closes. */
class Ours {
  readonly side: Side;
  readonly #client: boolean;
  #spoke = false;
  #closed = false;

  constructor({ name, side, options }: Conversation) {
    const common: CommonOptions = {
      replay: true,
      random: seeded(name),
      now: () => Date.UTC(2026, 0, 1),
      verify: acceptAny,
    };
    this.#client = side === 'client';
    this.side = new Side(
      this.#client
        ? TlsEngine.client(clientConfig({ ...options, ...common }), { serverName: 'server.example' })
        : TlsEngine.server(serverConfig({ ...options, ...common })),
    );
    this.side.engine.start();
  }

  receive(octets: Buffer): void {
    this.side.engine.receive(octets);
    const { engine } = this.side;
    if (engine.secure && this.#client && !this.#spoke) {
      this.#spoke = true;
      engine.send(Buffer.from('ping\n'));
    }
    if (this.side.data.length === 0 || this.#closed) return;
    this.#closed = true;
    if (!this.#client) engine.send(Buffer.from('pong\n'));
    engine.close();
  }

  take(): Buffer {
    return Buffer.concat(this.side.engine.take());
  }

  get failures(): string[] {
    return this.side.of('failure').map(({ failure }) => failure.message);
  }
}

/** What our engine makes of OpenSSL's octets, in the order of the recording. */
export function play(
  conversation: Conversation,
  chunks: readonly Chunk[],
): { readonly made: Chunk[]; readonly ours: Ours } {
  const ours = new Ours(conversation);
  const made = chunks.map((chunk): Chunk => {
    if (chunk.by === 'us') return { by: 'us', octets: ours.take() };
    ours.receive(chunk.octets);
    return chunk;
  });
  return { made, ours };
}

const here = new URL('../handshakes/', import.meta.url);

function openssl(args: readonly string[], input: string): ChildProcess {
  const child = spawn('openssl', args, { cwd: here, stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin?.write(input);
  return child;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function connected(port: number): Promise<Socket> {
  for (let tries = 0; ; tries += 1) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return socket;
    } catch (error) {
      if (tries > 100) throw error;
      await new Promise((resolve) => void setTimeout(resolve, 50));
    }
  }
}

/** Carries octets between our engine and a socket until both are done. */
async function converse(conversation: Conversation, socket: Socket): Promise<Chunk[]> {
  const ours = new Ours(conversation);
  const chunks: Chunk[] = [];
  const flush = (): void => {
    const octets = ours.take();
    if (octets.length === 0) return;
    chunks.push({ by: 'us', octets });
    socket.write(octets);
  };
  flush();
  socket.on('data', (octets: Buffer) => {
    chunks.push({ by: 'openssl', octets });
    ours.receive(octets);
    flush();
    if (ours.side.engine.closed) socket.end();
  });
  const timer = setTimeout(() => void socket.destroy(), 10_000);
  await once(socket, 'close');
  clearTimeout(timer);
  return chunks;
}

/** A conversation with the OpenSSL of this machine. */
export async function record(conversation: Conversation): Promise<Chunk[]> {
  const { side, args } = conversation;
  if (side === 'client') {
    const port = await freePort();
    const child = openssl(['s_server', '-accept', `127.0.0.1:${port}`, '-naccept', '1', '-rev', ...args], '');
    const chunks = await converse(conversation, await connected(port));
    child.kill();
    return chunks;
  }
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const child = openssl(
    ['s_client', '-connect', `127.0.0.1:${port}`, '-servername', 'server.example', ...args],
    'ping\n',
  );
  const [socket] = (await once(listener, 'connection')) as [Socket];
  const chunks = await converse(conversation, socket);
  child.kill();
  listener.close();
  return chunks;
}

const SIGN = { us: '>', openssl: '<' } as const;

/** A recording as text: who, then lines of 40 octets. */
export const textOf = ({ name, side, args }: Conversation, version: string, chunks: readonly Chunk[]): string =>
  [
    `${name}: ${version}, openssl ${side === 'client' ? 's_server' : 's_client'} ${args.join(' ')}`,
    ...chunks.flatMap(({ by, octets }) => [
      `${SIGN[by]} ${by}`,
      ...Array.from(
        { length: Math.ceil(octets.length / 40) },
        (_, i) => `  ${octets.subarray(40 * i, 40 * i + 40).toString('hex')}`,
      ),
    ]),
    '',
  ].join('\n');

/** The chunks of such a text. */
export function chunksOf(text: string): Chunk[] {
  return text
    .split(/^[<>] /m)
    .slice(1)
    .map((part) => {
      const [by = '', ...lines] = part.split('\n');
      return { by: by === 'us' ? 'us' : 'openssl', octets: Buffer.from(lines.join('').replaceAll(' ', ''), 'hex') };
    });
}
