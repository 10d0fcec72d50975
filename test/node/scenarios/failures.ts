/** Connections that fail: peers that speak something else, go away, or take too long. */
import { ALERT } from '../../../src/lib/registry/tls-alerts.ts';
import net from 'node:net';
import { VERSIONS, type ClientOptions, type Play, type Socket, type Version } from '../differential/play.ts';
import { duplexPair, type End } from '../differential/wire.ts';
import { scenario } from '../differential/scenario.ts';

/** A plain server, and a client of TLS that meets it. */
async function against(play: Play, serve: (socket: net.Socket) => void, options: ClientOptions = {}): Promise<Socket> {
  const plain = net.createServer((socket) => {
    play.cleanup(() => socket.destroy());
    socket.on('error', () => undefined);
    serve(socket);
  });
  const to = await play.listen(plain, 'unix');
  return play.watch('client', play.tls.connect({ ca: play.pki.ca, servername: 'localhost', ...to, ...options }));
}

const AFTER = [
  'destroyed',
  'authorized',
  'authorizationError',
  'secureConnecting',
  'connecting',
  'readyState',
  'errored',
  'alpnProtocol',
  'servername',
];

const alert = (level: number, code: number): Buffer => Buffer.from([21, 3, 3, 0, 2, level, code]);

/** What a server says that speaks no TLS, or not well. */
const ANSWERS: Readonly<Record<string, Buffer | string>> = {
  'plain text': 'HTTP/1.1 400 Bad Request\r\n\r\n',
  SMTP: '220 mail.example ESMTP\r\n',
  zeros: Buffer.alloc(32),
  'one octet': 'x',
  'a record of another version': Buffer.from([22, 9, 9, 0, 2, 1, 1]),
  'a record too long': Buffer.from([22, 3, 3, 0xff, 0xff, 0, 0, 0]),
  'an empty handshake record': Buffer.from([22, 3, 3, 0, 0]),
  'application data': Buffer.from([23, 3, 3, 0, 5, 1, 2, 3, 4, 5]),
  'an unknown content type': Buffer.from([99, 3, 3, 0, 1, 1]),
  'a change of cipher': Buffer.from([20, 3, 3, 0, 1, 1]),
  'a heartbeat': Buffer.from([24, 3, 3, 0, 3, 1, 0, 0]),
  'a client hello': Buffer.from([22, 3, 3, 0, 4, 1, 0, 0, 0]),
  'a server hello that is cut': Buffer.from([22, 3, 3, 0, 6, 2, 0, 0, 2, 3, 3]),
  'an alert too short': Buffer.from([21, 3, 3, 0, 1, 2]),
};
for (const [name, answer] of Object.entries(ANSWERS)) {
  scenario(`failures/a server answers: ${name}`, async (play) => {
    const client = await against(play, (socket) => socket.once('data', () => socket.end(answer)));
    await play.closed(client);
    play.fields('client', client, AFTER);
  });
}

// node:tls waits for ever after ech_required (RFC 9849), which it does not know
const { ech_required: _waits, ...KNOWN_ALERTS } = ALERT;
const ALERTS: Readonly<Record<string, number>> = { ...KNOWN_ALERTS, unknown: 200 };
for (const [name, code] of Object.entries(ALERTS)) {
  for (const level of [1, 2]) {
    scenario(`failures/a server’s ${level === 1 ? 'warning' : 'alert'}: ${name}`, async (play) => {
      const client = await against(play, (socket) => socket.once('data', () => socket.end(alert(level, code))));
      await play.closed(client);
    });
  }
}

/** What a client says that speaks no TLS, or not well. */
const QUESTIONS: Readonly<Record<string, Buffer | string>> = {
  HTTP: 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'HTTP POST': 'POST / HTTP/1.1\r\n\r\n',
  'a proxy’s CONNECT': 'CONNECT localhost:443 HTTP/1.1\r\n\r\n',
  text: 'hello, is there anybody?\r\n',
  zeros: Buffer.alloc(32),
  'an alert': alert(2, 40),
  'a warning': alert(1, 0),
  'application data': Buffer.from([23, 3, 3, 0, 5, 1, 2, 3, 4, 5]),
  'a client hello that is cut': Buffer.from([22, 3, 1, 0, 6, 1, 0, 0, 2, 3, 3]),
  'an empty client hello': Buffer.from([22, 3, 1, 0, 4, 1, 0, 0, 0]),
  'a server hello': Buffer.from([22, 3, 3, 0, 4, 2, 0, 0, 0]),
  'a record too long': Buffer.from([22, 3, 1, 0xff, 0xff, 0, 0, 0]),
  'an SSLv2 hello': Buffer.from(
    '802e0100020015000000100100800200800600400700c00300800400800500800601010101010101010101010101010101',
    'hex',
  ),
  nothing: '',
  'half a header': Buffer.from([22, 3]),
};
for (const [name, question] of Object.entries(QUESTIONS)) {
  scenario(`failures/a client says: ${name}`, async (play) => {
    const { server, to } = await play.server({}, { transport: 'unix' });
    const gone = play.gone(server);
    const socket = net.connect(to as net.NetConnectOpts);
    play.cleanup(() => socket.destroy());
    const answer: Buffer[] = [];
    socket
      .on('error', () => undefined)
      .on('data', (piece) => answer.push(piece))
      .end(question);
    await gone;
    if (!socket.closed) await play.patience('the plain client’s close', (go) => socket.once('close', go));
    play.note('plain', 'got', Buffer.concat(answer).toString('hex'));
  });
}

/** Peers that go away before the connection is secure. */
const LEAVERS: Readonly<Record<string, (socket: net.Socket) => void>> = {
  'at once': (socket) => socket.destroy(),
  'by an end at once': (socket) => void socket.end(),
  'after the hello': (socket) => void socket.once('data', () => socket.destroy()),
  'by an end after the hello': (socket) => void socket.once('data', () => socket.end()),
};
for (const [name, serve] of Object.entries(LEAVERS)) {
  scenario(`failures/the server leaves ${name}`, async (play) => {
    const client = await against(play, serve);
    // a unix socket that is closed with octets unread says so, or not, as the moment wants it
    await play.closed(client);
    play.fields('client', client, ['destroyed', 'authorized', 'secureConnecting']);
  });
}

for (const [name, options] of Object.entries<ClientOptions>({
  'nobody listens': { port: 1, host: '127.0.0.1' },
  'no such path': { path: '/nonexistent/tlskit-diff-path' },
  'a lookup fails': {
    port: 1,
    host: 'tlskit.invalid',
    lookup: (_name: string, _options: unknown, done: (error: Error) => void) =>
      done(Object.assign(new Error('no such host'), { code: 'ENOTFOUND' })),
  } as never,
})) {
  scenario(`failures/${name}`, async (play) => {
    const client = play.watch(
      'client',
      play.tls.connect(options, () => play.note('client', 'called back')),
    );
    client.write('never', (error) => play.note('client', 'written', error));
    await play.closed(client);
    play.fields('client', client, AFTER);
  });
}

for (const version of VERSIONS) {
  for (const transport of ['unix', 'duplex', 'socket'] as const) {
    scenario(`failures/the client is destroyed before it is secure/${version}/${transport}`, async (play) => {
      const place = await play.server({ minVersion: version }, { transport });
      const client = await play.client(place);
      client.destroy();
      await play.closed(client);
      play.fields('client', client, AFTER);
    });
    scenario(
      `failures/the client is destroyed with an error before it is secure/${version}/${transport}`,
      async (play) => {
        const place = await play.server({ minVersion: version }, { transport });
        const client = await play.client(place);
        client.destroy(new Error('mine'));
        await play.closed(client);
        play.fields('client', client, AFTER);
      },
    );
    scenario(`failures/the client ends before it is secure/${version}/${transport}`, async (play) => {
      const place = await play.server({ minVersion: version, maxVersion: version }, { transport });
      place.server.on('secureConnection', (socket) => socket.resume().on('end', () => socket.end()));
      const client = await play.client(place);
      client.resume().end('early', () => play.note('client', 'ended'));
      client.on('end', () => client.end());
      await play.closed(client);
      play.fields('client', client, AFTER);
    });
    scenario(`failures/writes before it is secure/${version}/${transport}`, async (play) => {
      const place = await play.server({ minVersion: version, maxVersion: version }, { transport });
      place.server.on('secureConnection', (socket) => socket.pipe(socket));
      const client = await play.client(place);
      play.note(
        'client',
        'write',
        client.write('one ', (error) => play.note('client', 'written one', error)),
      );
      client.write('two ', () => play.note('client', 'written two'));
      play.fields('client', client, ['writableLength', 'bytesWritten', 'bytesRead']);
      client.on('secureConnect', () => client.end('three'));
      client.resume().on('end', () => client.end());
      await play.closed(client);
      play.fields('client', client, ['writableLength', 'bytesWritten', 'bytesRead']);
    });
    scenario(`failures/destroyed in secureConnect/${version}/${transport}`, async (play) => {
      const place = await play.server({ minVersion: version, maxVersion: version }, { transport });
      const client = await play.client(place);
      client.on('secureConnect', () => client.destroy());
      await play.closed(client);
    });
    scenario(`failures/destroyed in secureConnection/${version}/${transport}`, async (play) => {
      const place = await play.server({ minVersion: version, maxVersion: version }, { transport });
      place.server.on('secureConnection', (socket) => socket.destroy());
      const client = await play.client(place, {}, { skip: ['error', 'close', 'prefinish', 'finish'] });
      client.resume().on('end', () => client.end());
      await play.closed(client);
      await play.until(place.server, 'secureConnection');
    });
  }
}

const HANDSHAKE_TIMEOUT = 20;

scenario('failures/a handshake that takes too long', async (play) => {
  const { server, to } = await play.server({ handshakeTimeout: HANDSHAKE_TIMEOUT }, { transport: 'unix' });
  server.on('tlsClientError', (_error, socket) =>
    play.fields('peer', socket, ['destroyed', 'authorized', 'secureConnecting']),
  );
  const gone = play.gone(server);
  const socket = net.connect(to as net.NetConnectOpts);
  play.cleanup(() => socket.destroy());
  server.on('tlsClientError', (_error, peer) => peer.destroy());
  await gone;
});

scenario('failures/a handshake that takes too long, and nobody destroys it', async (play) => {
  const { server, to } = await play.server({ handshakeTimeout: HANDSHAKE_TIMEOUT }, { transport: 'unix' });
  const socket = net.connect(to as net.NetConnectOpts);
  play.cleanup(() => socket.destroy());
  await play.until(server, 'tlsClientError');
  await play.turns(5);
});

scenario('failures/a handshake in time', async (play) => {
  const pair = await play.pair({ transport: 'duplex', server: { handshakeTimeout: 60_000 } });
  play.fields('peer', pair.peer, ['timeout']);
});

for (const version of VERSIONS) {
  scenario(`failures/a handshakeTimeout that passes in SNICallback/${version}`, async (play) => {
    const place = await play.server(
      { handshakeTimeout: HANDSHAKE_TIMEOUT, SNICallback: () => undefined, minVersion: version, maxVersion: version },
      { transport: 'duplex' },
    );
    place.server.on('tlsClientError', (_error, peer) => peer.destroy());
    const gone = play.gone(place.server);
    await play.client(place);
    await gone;
  });
}

type Harm = (
  play: Play,
  streams: {
    mine: End;
    its: End;
    client: Socket;
    peer: Socket;
  },
) => void;

/** What may happen to the stream below. */
const BELOW: Readonly<Record<string, Harm>> = {
  'is destroyed': (_play, { mine }) => mine.destroy(),
  'is destroyed with an error': (_play, { mine }) => mine.destroy(new Error('below')),
  'emits an error': (_play, { mine }) => mine.emit('error', new Error('below')),
  ends: (_play, { mine }) => mine.finish(),
  'brings rubbish': (_play, { its }) => its.push(Buffer.from('rubbish that is no record')),
  'brings rubbish in a record': (_play, { its }) =>
    its.push(Buffer.concat([Buffer.from([23, 3, 3, 0, 40]), Buffer.alloc(40, 7)])),
};
async function below(play: Play, version: Version, harm: Harm): Promise<void> {
  const [mine, its] = duplexPair();
  const versions = { minVersion: version, maxVersion: version };
  const peer = play.watch('peer', new play.tls.TLSSocket(its, { isServer: true, ...play.pki.server, ...versions }));
  const client = play.watch(
    'client',
    play.tls.connect({ socket: mine, ca: play.pki.ca, servername: 'localhost', ...versions }),
  );
  await play.until(client, 'secureConnect');
  await play.until(peer, 'secure');
  // tickets of TLS 1.3 have come
  peer.write('x');
  await play.patience('x', (go) => client.once('data', go));
  client.resume().on('end', () => client.end());
  peer.resume().on('end', () => peer.end());
  harm(play, { mine, its, client, peer });
  await play.turns(20);
  play.fields('client', client, ['destroyed', 'readableEnded', 'errored']);
  play.fields('peer', peer, ['destroyed', 'readableEnded', 'errored']);
}
for (const version of VERSIONS) {
  for (const [name, harm] of Object.entries(BELOW)) {
    scenario(`failures/the stream below ${name}/${version}`, (play) => below(play, version, harm));
  }
}

scenario('failures/a stream below that fails while it writes', async (play) => {
  const [mine] = duplexPair();
  Object.assign(mine, {
    _write: (_chunk: Buffer, _encoding: string, done: (error: Error) => void) =>
      setImmediate(done, new Error('cannot write')),
  });
  const client = play.watch('client', play.tls.connect({ socket: mine, ca: play.pki.ca }));
  await play.closed(client);
});
