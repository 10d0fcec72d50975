/** Servers: listening, closing, limits, and what they are given. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { once, type EventEmitter } from 'node:events';
import net from 'node:net';
import { VERSIONS, type Play, type Socket } from '../differential/play.ts';
import { duplexPair } from '../differential/wire.ts';
import { scenario } from '../differential/scenario.ts';

scenario('servers/listen and close', async (play) => {
  const server = play.watch('server', play.tls.createServer(play.pki.server));
  play.fields('server', server, ['listening', 'maxConnections', 'requestCert', 'rejectUnauthorized']);
  play.note('server', 'address', server.address());
  await play.listen(server);
  play.note('server', 'address', server.address(), server.listening);
  play.note('server', 'close', server.close((error) => play.note('server', 'closed', error)) === server);
  await play.closed(server);
  server.close((error) => play.note('server', 'closed again', error));
  await play.turns();
});

scenario('servers/a path', async (play) => {
  const server = play.watch('server', play.tls.createServer(play.pki.server));
  await play.listen(server, 'unix');
  play.note('server', 'address', server.address());
});

scenario('servers/listen twice', async (play) => {
  const { server } = await play.server();
  play.attempt('server', 'listen', () => server.listen(0));
});

scenario('servers/a port that is taken', async (play) => {
  const { to } = await play.server();
  const second = play.watch('second', play.tls.createServer(play.pki.server));
  second.on('error', () => undefined);
  second.listen(to.port, to.host);
  await play.until(second, 'error');
});

scenario('servers/a listener of createServer', async (play) => {
  const server = play.watch(
    'server',
    play.tls.createServer(play.pki.server, function (this: unknown, socket) {
      play.note('server', 'listener', this === server, socket instanceof play.tls.TLSSocket);
      socket.end('hello');
    }),
  );
  const to = await play.listen(server, 'unix');
  const client = await play.client({ server, to, transport: 'unix' });
  client.resume();
  await play.closed(client);
});

scenario('servers/a listener alone', async (play) => {
  const server = play.watch(
    'server',
    play.tls.createServer((socket) => socket.end('never')),
  );
  const to = await play.listen(server, 'unix');
  const client = await play.client({ server, to, transport: 'unix' });
  await play.closed(client);
});

for (const version of VERSIONS) {
  scenario(`servers/close waits for connections/${version}`, async (play) => {
    const { client, peer, server } = await play.pair({ transport: 'unix', version });
    peer.resume();
    client.resume();
    server.close((error) => play.note('server', 'closed', error));
    await play.turns(5);
    play.note('server', 'open', server.listening);
    client.end('last words');
    await play.closed(client, peer, server);
  });
  scenario(`servers/getConnections/${version}`, async (play) => {
    const { client, peer, server } = await play.pair({ transport: 'unix', version });
    const count = (): Promise<void> =>
      play.patience('the count', (go) =>
        server.getConnections((error, connections) => {
          play.note('server', 'connections', error, connections);
          go();
        }),
      );
    await count();
    client.destroy();
    peer.resume();
    await play.closed(client, peer);
    await count();
  });
  scenario(`servers/maxConnections/${version}`, async (play) => {
    const place = await play.server({ minVersion: version, maxVersion: version }, { transport: 'unix' });
    place.server.maxConnections = 1;
    await play.join(place);
    const second = await play.client(place, {}, { skip: ['error', 'secure', 'connect', 'ready'] }, 'second');
    await play.closed(second);
    play.fields('second', second, ['authorized', 'destroyed']);
  });
  scenario(`servers/pauseOnConnect/${version}`, async (play) => {
    const { client, peer } = await play.pair({ transport: 'unix', version, server: { pauseOnConnect: true } });
    client.write('waiting');
    await play.turns(10);
    play.fields('peer', peer, ['readableFlowing', 'bytesRead']);
    play.note('peer', 'paused', peer.isPaused());
    peer.resume();
    await play.until(peer, 'data');
    client.destroy();
    await play.closed(client, peer);
  });
  scenario(`servers/addresses/${version}`, async (play) => {
    const { client, peer, server } = await play.pair({ transport: 'tcp', version });
    for (const [lane, socket] of [
      ['client', client],
      ['peer', peer],
    ] as const) {
      play.fields(lane, socket, ['remoteAddress', 'remoteFamily', 'localAddress', 'localFamily']);
      const { address, family } = socket.address() as net.AddressInfo;
      play.note(lane, 'address', address, family);
    }
    const port = (server.address() as net.AddressInfo).port;
    play.note(
      'client',
      'ports',
      client.remotePort === port,
      client.localPort === peer.remotePort,
      peer.localPort === port,
    );
    client.destroy();
    await play.closed(client);
    play.fields('client', client, ['remoteAddress', 'remoteFamily', 'localAddress', 'localPort', 'localFamily']);
    play.note('client', 'address', client.address());
  });
  scenario(`servers/addresses without/${version}`, async (play) => {
    const { client } = await play.pair({ transport: 'duplex', version });
    play.fields('client', client, [
      'remoteAddress',
      'remotePort',
      'remoteFamily',
      'localAddress',
      'localPort',
      'localFamily',
    ]);
    play.note('client', 'address', client.address());
  });
  scenario(`servers/keylog/${version}`, async (play) => {
    const { client, peer } = await play.pair({
      transport: 'unix',
      version,
      setup: (server) =>
        void server.on('keylog', (line, socket) =>
          play.note('keys', 'line', line.length > 100, socket instanceof play.tls.TLSSocket),
        ),
    });
    peer.destroy();
    client.destroy();
  });
  scenario(`servers/keylog of a client/${version}`, async (play) => {
    const place = await play.server({ minVersion: version, maxVersion: version }, { transport: 'unix' });
    const client = await play.client(place);
    client.on('keylog', () => undefined);
    await play.until(client, 'secureConnect');
  });
  scenario(`servers/the context of who called/${version}`, async (play) => {
    const store = new AsyncLocalStorage<string>();
    const place = await store.run('server', () =>
      play.server({ minVersion: version, maxVersion: version }, { transport: 'unix' }),
    );
    place.server.on('secureConnection', (socket: Socket) => {
      socket.write('x');
      socket.on('data', () => undefined).on('end', () => socket.end());
    });
    const client = await store.run('client', () => play.client(place));
    for (const event of ['connect', 'secureConnect', 'data', 'end', 'close']) {
      client.on(event, () => play.note('client', 'context', event, store.getStore()));
    }
    await play.until(client, 'data');
    store.run('writer', () => client.end('y', () => play.note('client', 'context of a callback', store.getStore())));
    await play.closed(client);
  });
}

scenario('servers/the event drop', async (play) => {
  const place = await play.server({}, { transport: 'tcp' });
  place.server.maxConnections = 1;
  place.server.on('drop', (data) => play.note('server', 'dropped', Object.keys(data ?? {})));
  await play.join(place);
  const second = await play.client(place, {}, { skip: ['error', 'close', 'secure', 'connect', 'ready'] }, 'second');
  await play.until(place.server, 'drop');
  second.destroy();
});

scenario('servers/ref and unref', async (play) => {
  const { server } = await play.server();
  play.note('server', 'same', server.ref() === server, server.unref() === server);
});

scenario('servers/captureRejections', async (play) => {
  const server = play.watch('server', play.tls.createServer({ ...play.pki.server, captureRejections: true } as never));
  const reject: unknown = () => Promise.reject(new Error('rejected'));
  server.on('secureConnection', reject as () => void);
  const to = await play.listen(server, 'unix');
  const client = await play.client({ server, to, transport: 'unix' }, {}, { skip: ['error', 'close'] });
  await play.until(client, 'secureConnect');
  const peer = await play
    .patience<Socket>('the peer', (go) => server.once('secureConnection', go))
    .catch(() => undefined);
  void peer;
});

scenario('servers/an error thrown in secureConnection', async (play) => {
  const place = await play.server({}, { transport: 'unix' });
  place.server.on('secureConnection', () => {
    throw new Error('in the listener');
  });
  const client = await play.client(place);
  await play.until(client, 'secureConnect');
  await play.until(place.server, 'secureConnection');
  await play.turns(5);
});

scenario('servers/on a net.Server', async (play) => {
  const plain = net.createServer((socket) => {
    const peer = play.watch('peer', new play.tls.TLSSocket(socket, { isServer: true, ...play.pki.server }));
    peer.on('secure', () => {
      play.fields('peer', peer, [
        'authorized',
        'alpnProtocol',
        'servername',
        'server',
        'secureConnecting',
        'encrypted',
      ]);
      peer.end('hello');
    });
    peer.resume();
  });
  const to = await play.listen(plain, 'unix');
  const client = play.watch('client', play.tls.connect({ ...to, ca: play.pki.ca, servername: 'localhost' }));
  client.resume();
  await play.closed(client);
});

/** Sockets that a program makes of both ends of a stream. */
const SIDES: Readonly<Record<string, (play: Play) => { client?: object; server?: object }>> = {
  plain: () => ({}),
  'asked for a certificate': (play) => ({
    server: { requestCert: true, ca: play.pki.ca },
    client: { ...play.pki.client },
  }),
  'asked, and has none': (play) => ({ server: { requestCert: true, rejectUnauthorized: true, ca: play.pki.ca } }),
  'with ALPN': () => ({ server: { ALPNProtocols: ['a', 'b'] }, client: { ALPNProtocols: ['b'] } }),
  'with a SNICallback': (play) => ({
    server: {
      SNICallback: (_name: string, done: (error: null, context: unknown) => void) =>
        done(null, play.tls.createSecureContext(play.pki.a)),
    },
  }),
  'with a secureContext': (play) => ({
    server: { secureContext: play.tls.createSecureContext(play.pki.b), key: undefined, cert: undefined },
  }),
  'with enableTrace false': () => ({ server: { enableTrace: false }, client: { enableTrace: false } }),
  'with requestOCSP': () => ({ client: { requestOCSP: true } }),
};
for (const version of VERSIONS) {
  for (const [name, make] of Object.entries(SIDES)) {
    scenario(`servers/two TLSSockets: ${name}/${version}`, async (play) => {
      const [mine, its] = duplexPair();
      const { client: more = {}, server = {} } = make(play);
      const versions = { minVersion: version, maxVersion: version };
      const peer = play.watch(
        'peer',
        new play.tls.TLSSocket(its, { isServer: true, ...play.pki.server, ...versions, ...server }),
      );
      const client = play.watch(
        'client',
        new play.tls.TLSSocket(mine, { isServer: false, ca: play.pki.ca, ...versions, ...more }),
      );
      const loose = client as unknown as Record<'setServername' | '_start', (name?: string) => void>;
      loose.setServername('a.example');
      play.attempt('peer', 'setServername', () => (peer as unknown as typeof loose).setServername('x'));
      loose['_start']();
      client.write('hello');
      client.on('error', () => client.destroy());
      peer.on('error', () => peer.destroy());
      peer.resume();
      client.resume();
      await play.turns(30);
      for (const [lane, socket] of [
        ['client', client],
        ['peer', peer],
      ] as const) {
        play.fields(lane, socket, [
          'authorized',
          'authorizationError',
          'alpnProtocol',
          'servername',
          'secureConnecting',
          'server',
          'destroyed',
          'bytesRead',
        ]);
        play.note(lane, 'sees', socket.getPeerCertificate()?.subject, socket.getProtocol());
      }
    });
  }
}

for (const version of VERSIONS) {
  scenario(`servers/createSecurePair/${version}`, async (play) => {
    const create = (
      play.tls as unknown as {
        createSecurePair?: (
          ...values: unknown[]
        ) => EventEmitter & { encrypted: NodeJS.ReadWriteStream; cleartext: NodeJS.ReadWriteStream };
      }
    ).createSecurePair;
    play.note('module', 'is', typeof create);
    if (!create) return;
    const context = play.tls.createSecureContext({ ...play.pki.server, minVersion: version, maxVersion: version });
    const warn = process.emitWarning;
    const pair = create(context, true, false, false);
    process.emitWarning = warn;
    play.watch('pair', pair);
    const [mine, its] = duplexPair();
    its.pipe(pair.encrypted).pipe(its);
    pair.cleartext.on('data', (data: Buffer) => {
      play.note('clear', 'data', data.toString());
      pair.cleartext.write('answer');
    });
    const client = play.watch('client', play.tls.connect({ socket: mine, ca: play.pki.ca, servername: 'localhost' }));
    client.write('question');
    await play.patience('an answer', (go) => client.once('data', go));
    play.note(
      'pair',
      'keys',
      Object.keys(pair)
        .filter((key) => !key.startsWith('_'))
        .sort(),
    );
    client.destroy();
  });
}

scenario('servers/once', async (play) => {
  const place = await play.server({}, { transport: 'unix' });
  const client = play.tls.connect({ ...place.to, ca: play.pki.otherCa });
  play.watch('client', client);
  await once(client, 'secureConnect').catch((error: unknown) => play.note('client', 'rejects', error));
});

scenario('servers/many at once', async (play) => {
  const place = await play.server({}, { transport: 'unix' });
  place.server.on('secureConnection', (socket) => socket.pipe(socket));
  const clients = await Promise.all(
    Array.from({ length: 20 }, (_, index) => play.client(place, {}, {}, `client${index}`)),
  );
  for (const [index, client] of clients.entries()) client.resume().end(`hello ${index}`);
  await play.closed(...clients);
});
