// One side of a benchmark, in a process of its own: a client or a server, of node:tls (`node`), of our engine on a socket (`ours`) or of our
// drop-in for node:tls (`face`), with which the same program runs as with `node`. Told what to do by the parent, it answers with the CPU time
// that it took.
import net from 'node:net';
import nodeTls from 'node:tls';
import { readFileSync } from 'node:fs';
import { X509Certificate, createPrivateKey } from 'node:crypto';

const [side, kind, enginePath, folder, version] = process.argv.slice(2);
const key = readFileSync(`${folder}/key.pem`);
const cert = readFileSync(`${folder}/cert.pem`);
const CHUNK = Buffer.alloc(64 * 1024, 'x');

const tls = kind === 'face' ? (await import(enginePath)).default : nodeTls;
const engine = kind === 'ours' ? await import(enginePath) : undefined;
const credential = engine?.credential({ chain: [new X509Certificate(cert).raw], key: createPrivateKey(key) });
const sealer = engine && ticketSealer();

function ticketSealer() {
  // what node:tls does by itself, tickets of TLS 1.3 included
  const keys = new Map();
  let next = 0;
  return {
    seal: (state) => {
      const id = Buffer.from(`ticket ${(next += 1)}`);
      keys.clear();
      keys.set(`${id}`, state);
      return id;
    },
    open: (ticket) => keys.has(`${Buffer.from(ticket)}`) && { state: keys.get(`${Buffer.from(ticket)}`), renew: false },
  };
}

/** Joins an engine with a socket, as a program would. */
function join(socket, one, onEvent) {
  socket.setNoDelay(true);
  const flush = () => {
    const bytes = one.take();
    if (bytes.length === 1) socket.write(bytes[0]);
    else if (bytes.some(({ length }) => length > 4096)) {
      socket.cork();
      for (const piece of bytes) socket.write(piece);
      socket.uncork();
    } else if (bytes.length > 0) socket.write(Buffer.concat(bytes));
    for (const event of one.events()) onEvent(event);
  };
  socket.on('data', (bytes) => {
    one.receive(bytes);
    flush();
  });
  socket.on('error', () => undefined);
  return flush;
}

function ourServer(handle) {
  const config = engine.serverConfig({ credentials: [credential], versions: [version], ticketSealer: sealer });
  return net.createServer({ noDelay: true }, (socket) => {
    const one = engine.TlsEngine.server(config);
    const flush = join(socket, one, (event) => {
      if (event.type === 'secure') handle.secure?.(socket, one, flush);
      if (event.type === 'data') handle.data?.(event.bytes, socket, one, flush);
      if (event.type === 'closed') socket.end();
    });
    one.start();
  });
}

function nodeServer(handle) {
  return tls.createServer({ key, cert, minVersion: version, maxVersion: version, noDelay: true }, (socket) => {
    handle.secure?.(socket);
    socket.on('data', (bytes) => handle.data?.(bytes, socket));
    socket.on('error', () => undefined);
  });
}

function ourClient(port, events) {
  const config = (ourClient.config ??= engine.clientConfig({
    versions: [version],
    groups: ['x25519', 'secp256r1'],
    verify: engine.acceptAny,
  }));
  const one = engine.TlsEngine.client(config, { serverName: 'localhost' });
  // one buffer for all that is read, as the drop-in for node:tls has it
  const onread = {
    buffer: (ourClient.buffer ??= Buffer.allocUnsafeSlow(64 * 1024)),
    callback: (length, buffer) => {
      one.receive(buffer.subarray(0, length), true);
      flush();
      return true;
    },
  };
  const socket = net.connect({ port, host: '127.0.0.1', onread });
  const flush = join(socket, one, (event) => {
    if (event.type === 'secure') events.secure?.();
    if (event.type === 'data') events.data?.(event.bytes);
    if (event.type === 'failure') throw event.failure;
    if (event.type === 'closed') socket.end();
  });
  socket.on('connect', () => {
    one.start();
    flush();
  });
  socket.on('close', () => events.close?.());
  return {
    send: (bytes) => {
      one.send(bytes);
      flush();
      return !socket.writableNeedDrain;
    },
    drain: (again) => socket.once('drain', again),
    end: () => {
      one.close();
      flush();
    },
  };
}

function nodeClient(port, events, session) {
  const socket = tls.connect(
    {
      port,
      host: '127.0.0.1',
      servername: 'localhost',
      minVersion: version,
      maxVersion: version,
      ecdhCurve: 'X25519:P-256',
      ca: cert,
      session,
    },
    () => {
      if (session && !socket.isSessionReused()) throw new Error('the session was not resumed');
      events.secure?.();
    },
  );
  socket.setNoDelay(true);
  socket.on('data', (bytes) => events.data?.(bytes));
  socket.on('close', () => events.close?.());
  if (events.session) socket.on('session', events.session);
  return {
    send: (bytes) => socket.write(bytes),
    drain: (again) => socket.once('drain', again),
    end: () => socket.end(),
  };
}

const connect = kind === 'ours' ? ourClient : nodeClient;

/** Handshakes that are under way at a time: a loaded server, and a client that loads it. */
const AT_ONCE = 16;

/** `count` handshakes, each closed in order: full ones, or resumptions of a session. */
async function handshakes(port, count, session) {
  let left = count;
  const one = async () => {
    while (left > 0) {
      left -= 1;
      await new Promise((resolve) => {
        const client = connect(port, { secure: () => client.end(), close: resolve }, session);
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

/** The same, all of one session. */
async function resumptions(port, count) {
  const session = await new Promise((resolve) => {
    let found;
    const client = connect(port, {
      session: (made) => {
        found = made;
        client.end();
      },
      close: () => resolve(found),
    });
  });
  await handshakes(port, count, session);
}

const held = [];

/** Opens `count` connections, which stay, with nothing said on them. */
async function hold(port, count) {
  let left = count;
  const one = async () => {
    while (left > 0) {
      left -= 1;
      await new Promise((resolve) => held.push(connect(port, { secure: resolve })));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

/** Octets after a collection, when what was under way has come to rest. */
async function memory() {
  for (let i = 0; i < 5; i += 1) {
    await new Promise((resolve) => void setTimeout(resolve, 100));
    globalThis.gc();
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { resident: rss, heap: heapUsed + external };
}

/** Receives `bytes` octets. */
function bulkDown(port, bytes) {
  return new Promise((resolve) => {
    let got = 0;
    const client = connect(port, {
      secure: () => client.send(Buffer.from('go')),
      data: (piece) => {
        got += piece.length;
        if (got >= bytes) client.end();
      },
      close: resolve,
    });
  });
}

/** Sends `bytes` octets and waits for the server's word that they are there. */
function bulkUp(port, bytes) {
  return new Promise((resolve) => {
    let left = bytes;
    const client = connect(port, { secure: pump, data: () => client.end(), close: resolve });
    function pump() {
      while (left > 0) {
        left -= CHUNK.length;
        if (!client.send(CHUNK) && left > 0) {
          client.drain(pump);
          return;
        }
      }
    }
  });
}

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

let expected = Infinity;
let down = false;

/** Sends all of `expected`, as fast as the socket takes it. */
function pour(socket, send) {
  let left = expected;
  const pump = () => {
    while (left > 0) {
      left -= CHUNK.length;
      if (!send(CHUNK) && left > 0) {
        socket.once('drain', pump);
        return;
      }
    }
  };
  pump();
}

function startServer() {
  const seen = new WeakMap();
  const handle = {
    data: (bytes, socket, one, flush) => {
      const send = (chunk) => {
        if (!one) return socket.write(chunk);
        one.send(chunk);
        flush();
        return !socket.writableNeedDrain;
      };
      if (down) {
        pour(socket, send);
        return;
      }
      const total = (seen.get(socket) ?? 0) + bytes.length;
      seen.set(socket, total);
      if (total >= expected) send(Buffer.from('ok'));
    },
  };
  const server = (kind === 'ours' ? ourServer : nodeServer)(handle);
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
}

let before = 0;
const jobs = { handshakes, resumptions, hold, up: bulkUp, down: bulkDown };

async function work({ do: what, port, count }) {
  if (what === 'mark') {
    expected = count ?? Infinity;
    before = cpu();
    return { marked: true };
  }
  if (what === 'direction') {
    down = count === 'down';
    return { marked: true };
  }
  if (what === 'read') return { cpu: cpu() - before };
  if (what === 'memory') return memory();
  const start = cpu();
  await jobs[what](port, count);
  return { cpu: cpu() - start };
}

process.on('message', (message) => void work(message).then((answer) => process.send(answer)));
if (side === 'server') startServer();
else process.send({ ready: true });
