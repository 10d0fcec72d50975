/** The forms in which tls.connect and its kin are called, and what they refuse. */
import net from 'node:net';
import { duplexPair } from '../differential/wire.ts';
import type { ClientOptions, Place, Play, Socket } from '../differential/play.ts';
import { scenario } from '../differential/scenario.ts';

/** A function whose arguments nobody checks beforehand. */
type Loose = (...values: unknown[]) => unknown;

type Call = (play: Play, place: Place, trust: ClientOptions, called: () => void) => Socket;

const connect = (play: Play): ((...values: unknown[]) => Socket) => play.tls.connect as never;

/** Every form of a call that connects; `called` is its callback. */
const FORMS: Readonly<Record<string, Call>> = {
  'options, callback': (play, { to }, trust, called) => connect(play)({ ...to, ...trust }, called),
  'options only': (play, { to }, trust) => connect(play)({ ...to, ...trust }),
  'port, host, options, callback': (play, { to }, trust, called) => connect(play)(to.port, to.host, trust, called),
  'port, host, options': (play, { to }, trust) => connect(play)(to.port, to.host, trust),
  'port, options, callback': (play, { to }, trust, called) =>
    connect(play)(to.port, { host: '127.0.0.1', ...trust }, called),
  'port as text, options': (play, { to }, trust) => connect(play)(String(to.port), { host: '127.0.0.1', ...trust }),
  'port in options as text': (play, { to }, trust) =>
    connect(play)({ ...trust, host: '127.0.0.1', port: String(to.port) }),
  'host of options wins': (play, { to }, trust, called) =>
    connect(play)(to.port, '192.0.2.1', { ...trust, host: '127.0.0.1' }, called),
  'undefined host': (play, { to }, trust) => connect(play)(to.port, undefined, { ...trust, host: '127.0.0.1' }),
  'localhost by lookup': (play, { to }, trust) =>
    connect(play)({
      ...trust,
      port: to.port,
      host: 'tlskit.invalid',
      lookup: (_name: string, options: { all?: boolean }, done: Loose) =>
        options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4),
    }),
  localAddress: (play, { to }, trust) => connect(play)({ ...to, ...trust, localAddress: '127.0.0.1' }),
  'noDelay, keepAlive': (play, { to }, trust) =>
    connect(play)({ ...to, ...trust, noDelay: true, keepAlive: true, keepAliveInitialDelay: 1000 }),
  'no family selection': (play, { to }, trust) => connect(play)({ ...to, ...trust, autoSelectFamily: false }),
  family: (play, { to }, trust) => connect(play)({ ...to, ...trust, family: 4 }),
};

for (const [name, call] of Object.entries(FORMS)) {
  scenario(`forms/${name}`, async (play) => {
    const place = await play.server();
    place.server.on('secureConnection', (socket) => socket.end('hello'));
    const trust = { ca: play.pki.ca, servername: 'localhost' };
    const client = play.watch(
      'client',
      call(play, place, trust, () => play.note('client', 'called back')),
    );
    client.resume();
    await play.closed(client);
  });
}

scenario('forms/path, options, callback', async (play) => {
  const { server, to } = await play.server({}, { transport: 'unix' });
  server.on('secureConnection', (socket) => socket.end('hello'));
  const client = connect(play)(to.path, { ca: play.pki.ca }, () => play.note('client', 'called back'));
  play.watch('client', client).resume();
  await play.closed(client);
});

scenario('forms/a socket that is still connecting', async (play) => {
  const { server, to } = await play.server();
  server.on('secureConnection', (socket) => socket.end('hello'));
  const socket = net.connect(to as net.NetConnectOpts);
  const client = play.watch('client', play.tls.connect({ socket, ca: play.pki.ca, servername: 'localhost' }));
  play.fields('client', client, ['connecting', 'pending', 'readyState', 'secureConnecting']);
  client.resume();
  await play.closed(client);
});

scenario('forms/a socket that connects later', async (play) => {
  const { server, to } = await play.server();
  server.on('secureConnection', (socket) => socket.end('hello'));
  const socket = new net.Socket();
  // node:tls may write its goodbye to a socket that has ended by itself
  const client = play.tls.connect({ socket, ca: play.pki.ca, servername: 'localhost' });
  play.watch('client', client, { skip: ['error'] });
  play.fields('client', client, ['connecting', 'pending', 'readyState', 'secureConnecting']);
  client.resume();
  setImmediate(() => socket.connect(to as net.SocketConnectOpts));
  await play.closed(client);
});

/** What tls.connect says to values that it cannot take. */
const BAD_CONNECT: Readonly<Record<string, readonly unknown[]>> = {
  nothing: [],
  'a port out of range': [65536],
  'a negative port': [-1],
  'a port that is no number': [{ port: 'x', host: '127.0.0.1' }],
  'a checkServerIdentity that is no function': [{ port: 1, checkServerIdentity: 1 }],
  'a minDHSize of 0': [{ port: 1, minDHSize: 0 }],
  'a minDHSize of text': [{ port: 1, minDHSize: 'x' }],
  'a lookup of text': [{ port: 1, host: 'x', lookup: 'x' }],
  'an unknown minVersion': [{ port: 1, minVersion: 'TLSv9' }],
  'an unknown maxVersion': [{ port: 1, maxVersion: 'x' }],
  'a secureProtocol and minVersion': [{ port: 1, secureProtocol: 'TLSv1_2_method', minVersion: 'TLSv1.2' }],
  'an unknown secureProtocol': [{ port: 1, secureProtocol: 'blargh' }],
  'ciphers of number': [{ port: 1, ciphers: 1 }],
  'ciphers that are none': [{ port: 1, ciphers: 'no-such-cipher' }],
  'empty ciphers': [{ port: 1, ciphers: '' }],
  'sigalgs of number': [{ port: 1, sigalgs: 1 }],
  'empty sigalgs': [{ port: 1, sigalgs: '' }],
  'unknown sigalgs': [{ port: 1, sigalgs: 'x+y' }],
  'an ecdhCurve of number': [{ port: 1, ecdhCurve: 1 }],
  'an unknown ecdhCurve': [{ port: 1, ecdhCurve: 'x' }],
  'a ca of number': [{ port: 1, ca: 1 }],
  'a ca of rubbish': [{ port: 1, ca: 'x' }],
  'a cert of number': [{ port: 1, cert: 1 }],
  'a cert of rubbish': [{ port: 1, cert: 'rubbish' }],
  'a key of number': [{ port: 1, key: 1 }],
  'a key of rubbish': [{ port: 1, key: 'rubbish' }],
  'a pfx of rubbish': [{ port: 1, pfx: Buffer.from('rubbish') }],
  'a pfx of number': [{ port: 1, pfx: 1 }],
  'a crl of rubbish': [{ port: 1, crl: 'rubbish' }],
  'a dhparam of rubbish': [{ port: 1, dhparam: 'rubbish' }],
  'a socket that is none': [{ socket: 1 }],
  'a socket that is an object': [{ socket: {} }],
  'a secureContext that is none': [{ port: 1, secureContext: {} }],
  'an ALPN protocol that is too long': [{ port: 1, ALPNProtocols: ['x'.repeat(256)] }],
  'ALPN protocols of text': [{ port: 1, ALPNProtocols: 'h2' }],
  'ALPN protocols of numbers': [{ port: 1, ALPNProtocols: [1] }],
  'a pskCallback of text': [{ port: 1, pskCallback: 'x' }],
  'a servername of number': [{ port: 1, host: 'tlskit.invalid', lookup: () => undefined, servername: 1 }],
  'an enableTrace of text': [{ port: 1, enableTrace: 'x' }],
  'a signal that is none': [{ port: 1, signal: 1 }],
  'a session of number': [{ port: 1, session: 1 }],
  'a highWaterMark of text': [{ port: 1, highWaterMark: 'x' }],
  'a timeout of text': [{ port: 1, timeout: 'x' }],
  'a key and no cert': [{ port: 1, key: 'KEY' }],
  'a cert and no key': [{ port: 1, cert: 'CERT' }],
};

function fill(play: Play, value: unknown): unknown {
  if (value === 'KEY') return play.pki.server.key;
  if (value === 'CERT') return play.pki.server.cert;
  if (typeof value !== 'object' || value === null || Array.isArray(value) || Buffer.isBuffer(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, fill(play, field)]));
}

for (const [name, values] of Object.entries(BAD_CONNECT)) {
  scenario(`forms/connect with ${name}`, async (play) => {
    const given = values.map((value) => fill(play, value));
    try {
      const client = play.watch('client', connect(play)(...given));
      client.destroy();
      await play.closed(client);
    } catch (error) {
      play.note('client', 'throws', error);
    }
  });
}

const BAD_SERVER: Readonly<Record<string, readonly unknown[]>> = {
  nothing: [],
  'text for options': ['x'],
  'null for options': [null],
  'a number for options': [1],
  'a listener alone': [() => undefined],
  'handshakeTimeout of text': [{ handshakeTimeout: 'x' }],
  'SNICallback of number': [{ SNICallback: 1 }],
  'pskCallback of number': [{ pskCallback: 1 }],
  'pskIdentityHint of number': [{ pskIdentityHint: 1 }],
  'ALPNCallback and ALPNProtocols': [{ ALPNCallback: () => undefined, ALPNProtocols: ['x'] }],
  'ALPNCallback of number': [{ ALPNCallback: 1 }],
  'ticketKeys of text': [{ ticketKeys: 'x' }],
  'ticketKeys of 47 octets': [{ ticketKeys: Buffer.alloc(47) }],
  'sessionTimeout of text': [{ sessionTimeout: 'x' }],
  'sessionTimeout below 0': [{ sessionTimeout: -1 }],
  'sessionIdContext of number': [{ sessionIdContext: 1 }],
  'a long sessionIdContext': [{ sessionIdContext: 'x'.repeat(33) }],
  'clientCertEngine of number': [{ clientCertEngine: 1 }],
  'privateKeyIdentifier alone': [{ privateKeyIdentifier: 'x' }],
  'privateKeyIdentifier of number': [{ privateKeyIdentifier: 1, privateKeyEngine: 'x' }],
  'privateKeyEngine of number': [{ privateKeyIdentifier: 'x', privateKeyEngine: 1 }],
  'secureOptions of text': [{ secureOptions: 'x' }],
  'dhparam of number': [{ dhparam: 1 }],
  'crl of number': [{ crl: 1 }],
  'key of objects': [{ key: [{ pem: 1 }] }],
  'a passphrase of number': [{ key: 'KEY', passphrase: 1 }],
  'a key that is not the certificate’s': [{ key: 'KEY', cert: 'OTHER' }],
  'min above max': [{ minVersion: 'TLSv1.3', maxVersion: 'TLSv1.2' }],
  'a listener that is none': [{}, 1],
  'cert twice': [{ cert: ['CERT', 'CERT'] }],
};

for (const [name, values] of Object.entries(BAD_SERVER)) {
  scenario(`forms/server with ${name}`, (play) => {
    const given = values.map((value) => {
      const filled = fill(play, value) as Record<string, unknown> | null;
      if (typeof filled !== 'object' || filled === null) return filled;
      return filled['cert'] === 'OTHER' ? { ...filled, cert: play.pki.a.cert } : filled;
    });
    for (const form of ['createServer', 'Server'] as const) {
      try {
        const server = (play.tls[form] as Loose)(...given) as net.Server;
        play.note('server', form, server);
        play.fields('server', server, [
          'requestCert',
          'rejectUnauthorized',
          'sessionTimeout',
          'honorCipherOrder',
          'listening',
        ]);
        server.close();
      } catch (error) {
        play.note('server', `${form} throws`, error);
      }
    }
  });
}

scenario('forms/createSecureContext', (play) => {
  const make = play.tls.createSecureContext as Loose;
  const { server, encryptedKey, pfx, client, ca, rsa } = play.pki;
  const given: Readonly<Record<string, readonly unknown[]>> = {
    nothing: [],
    null: [null],
    text: ['x'],
    'a good identity': [server],
    arrays: [{ key: [server.key], cert: [server.cert], ca: [ca] }],
    buffers: [{ key: Buffer.from(server.key), cert: Buffer.from(server.cert), ca: Buffer.from(ca) }],
    'two identities': [{ key: [server.key, rsa.key], cert: [server.cert, rsa.cert] }],
    'an encrypted key': [{ key: encryptedKey, passphrase: 'sesame', cert: server.cert }],
    'an encrypted key in an object': [{ key: [{ pem: encryptedKey, passphrase: 'sesame' }], cert: server.cert }],
    'a wrong passphrase': [{ key: encryptedKey, passphrase: 'wrong', cert: server.cert }],
    'no passphrase': [{ key: encryptedKey, cert: server.cert }],
    'a pfx': [{ pfx, passphrase: 'sesame' }],
    'a pfx in an object': [{ pfx: [{ buf: pfx, passphrase: 'sesame' }] }],
    'a pfx and a wrong passphrase': [{ pfx, passphrase: 'wrong' }],
    'a pfx and no passphrase': [{ pfx }],
    'another’s key': [{ key: server.key, cert: client.cert }],
    'a crl': [{ crl: play.pki.crl, ca }],
    'dhparam auto': [{ dhparam: 'auto' }],
    'ciphers of 1.3': [{ ciphers: 'TLS_AES_128_GCM_SHA256' }],
    'a removed suite': [{ ciphers: 'TLS_AES_128_GCM_SHA256:!TLS_AES_256_GCM_SHA384' }],
    'an unknown suite of 1.3': [{ ciphers: 'TLS_NO_SUCH' }],
    'a security level': [{ ciphers: 'DEFAULT@SECLEVEL=1' }],
    'a list of curves': [{ ecdhCurve: 'P-256:P-384' }],
    'curve names of OpenSSL': [{ ecdhCurve: 'prime256v1' }],
    'an engine': [{ clientCertEngine: 'no-such-engine' }],
    'an engine for keys': [{ privateKeyIdentifier: 'x', privateKeyEngine: 'no-such-engine' }],
    'protocols by name': [{ secureProtocol: 'TLS_method' }],
    SSLv2: [{ secureProtocol: 'SSLv2_method' }],
    secureOptions: [{ secureOptions: 4 }],
    'a secureOptions of fraction': [{ secureOptions: 1.5 }],
    'a partial chain': [{ allowPartialTrustChain: true, ca }],
  };
  for (const [name, values] of Object.entries(given)) play.attempt(name, 'createSecureContext', () => make(...values));
  play.attempt('class', 'without new', () => (play.tls.SecureContext as unknown as Loose)());
  play.attempt('class', 'fields', () => Object.keys(make() as object));
});

scenario('forms/new TLSSocket', async (play) => {
  const TLSSocket = play.tls.TLSSocket as unknown as new (...values: unknown[]) => Socket;
  const given: Readonly<Record<string, readonly unknown[]>> = {
    nothing: [],
    null: [null],
    'a number': [1],
    text: ['x'],
    'an object': [{}],
    'a socket that is not connected': [new net.Socket()],
    'a stream': [duplexPair()[0]],
    'a server’s stream': [duplexPair()[0], { isServer: true }],
    'an enableTrace of text': [duplexPair()[0], { enableTrace: 'x' }],
    'a context that is none': [duplexPair()[0], { secureContext: {} }],
    'an ALPNCallback of number': [duplexPair()[0], { isServer: true, ALPNCallback: 1 }],
    'a SNICallback of number': [duplexPair()[0], { isServer: true, SNICallback: 1 }],
    'a pskCallback of number': [duplexPair()[0], { pskCallback: 1 }],
    'a pskIdentityHint of number': [duplexPair()[0], { isServer: true, pskCallback: () => null, pskIdentityHint: 1 }],
  };
  for (const [name, values] of Object.entries(given)) {
    let socket: Socket;
    try {
      socket = new TLSSocket(...values);
    } catch (error) {
      play.note(name, 'throws', error);
      continue;
    }
    play.watch(name, socket);
    play.fields(name, socket, [
      'connecting',
      'pending',
      'readyState',
      'encrypted',
      'authorized',
      'authorizationError',
      'alpnProtocol',
      'servername',
      'secureConnecting',
      'server',
      'allowHalfOpen',
      'destroyed',
    ]);
    socket.destroy();
    await play.closed(socket);
  }
  play.attempt('call', 'without new', () => (play.tls.TLSSocket as unknown as Loose)());
});

scenario('forms/is a', async (play) => {
  const { client, peer, server } = await play.pair();
  const { TLSSocket, Server } = play.tls;
  play.note(
    'client',
    'TLSSocket and net.Socket',
    client instanceof TLSSocket,
    client instanceof net.Socket,
    peer instanceof TLSSocket,
  );
  play.note('server', 'Server and net.Server', server instanceof Server, server instanceof net.Server);
  play.note(
    'server',
    'Server() and new Server()',
    (Server as unknown as Loose)() instanceof Server,
    new Server() instanceof net.Server,
  );
  play.note(
    'class',
    'names',
    TLSSocket.name,
    Server.name,
    play.tls.SecureContext.name,
    TLSSocket.length,
    Server.length,
  );
  play.note(
    'class',
    'parents',
    Object.getPrototypeOf(TLSSocket) === net.Socket,
    Object.getPrototypeOf(Server) === net.Server,
  );
  class Mine extends (Server as unknown as new (...values: unknown[]) => net.Server) {}
  play.note('class', 'subclass', new Mine({}) instanceof Server, Object.prototype.toString.call(client));
});

/** Methods of sockets that check what they get. */
const BAD_CALLS: Readonly<Record<string, (socket: Record<string, Loose>) => unknown>> = {
  'setServername of number': (socket) => socket['setServername']!(1),
  'setServername of nothing': (socket) => socket['setServername']!(),
  'setSession of number': (socket) => socket['setSession']!(1),
  'setSession of rubbish': (socket) => socket['setSession']!(Buffer.from('rubbish')),
  'setSession of text': (socket) => socket['setSession']!('rubbish'),
  'renegotiate of nothing': (socket) => socket['renegotiate']!(),
  'renegotiate of a callback alone': (socket) => socket['renegotiate']!(() => undefined),
  'renegotiate and no function': (socket) => socket['renegotiate']!({}, 1),
  'renegotiate of null': (socket) => socket['renegotiate']!(null),
  'setMaxSendFragment of text': (socket) => socket['setMaxSendFragment']!('x'),
  'setMaxSendFragment of nothing': (socket) => socket['setMaxSendFragment']!(),
  'setMaxSendFragment of a fraction': (socket) => socket['setMaxSendFragment']!(512.5),
  'setMaxSendFragment of 511': (socket) => socket['setMaxSendFragment']!(511),
  'setMaxSendFragment of 512': (socket) => socket['setMaxSendFragment']!(512),
  'setMaxSendFragment of 16384': (socket) => socket['setMaxSendFragment']!(16384),
  'setMaxSendFragment of 16385': (socket) => socket['setMaxSendFragment']!(16385),
  'exportKeyingMaterial of nothing': (socket) => socket['exportKeyingMaterial']!(),
  'exportKeyingMaterial of 0': (socket) => socket['exportKeyingMaterial']!(0, 'x'),
  'exportKeyingMaterial of text': (socket) => socket['exportKeyingMaterial']!('x', 'x'),
  'exportKeyingMaterial and no label': (socket) => socket['exportKeyingMaterial']!(8),
  'exportKeyingMaterial and a context of text': (socket) => socket['exportKeyingMaterial']!(8, 'x', 'x'),
  'exportKeyingMaterial of a negative length': (socket) => socket['exportKeyingMaterial']!(-1, 'x'),
  'exportKeyingMaterial of 2^32': (socket) => socket['exportKeyingMaterial']!(2 ** 32, 'x'),
  'setKeyCert of nothing': (socket) => socket['setKeyCert']!(),
  'setKeyCert of text': (socket) => socket['setKeyCert']!('x'),
  'setTimeout of text': (socket) => socket['setTimeout']!('x'),
  'setTimeout and no function': (socket) => socket['setTimeout']!(60_000, 'x'),
  'setNoDelay, setKeepAlive': (socket) => [socket['setNoDelay']!(), socket['setKeepAlive']!(true, 10)].length,
  'write of null': (socket) => socket['write']!(null),
  'write of an object': (socket) => socket['write']!({}),
  'write of number': (socket) => socket['write']!(1),
  'write in an unknown encoding': (socket) => socket['write']!('x', 'no-such'),
  'setEncoding of an unknown one': (socket) => socket['setEncoding']!('no-such'),
};

for (const [name, call] of Object.entries(BAD_CALLS)) {
  scenario(`forms/${name}`, async (play) => {
    const { client, peer } = await play.pair({ transport: 'duplex' });
    const what = (value: unknown): unknown => (value === client || value === peer ? 'this' : value);
    play.attempt('client', 'call', () => what(call(client as never)));
    play.attempt('peer', 'call', () => what(call(peer as never)));
    play.forgetErrors();
    await play.turns();
    client.destroy();
    peer.destroy();
    await play.closed(client, peer);
  });
}

scenario('forms/server methods', async (play) => {
  const { server } = await play.server();
  const loose = server as unknown as Record<string, Loose>;
  play.attempt('server', 'addContext()', () => loose['addContext']!());
  play.attempt('server', 'addContext name', () => loose['addContext']!('a.example'));
  play.attempt('server', 'addContext bad', () => loose['addContext']!('a.example', { cert: 'rubbish' }));
  play.attempt('server', 'addContext context', () =>
    loose['addContext']!('a.example', play.tls.createSecureContext(play.pki.a)),
  );
  play.attempt('server', 'setSecureContext()', () => loose['setSecureContext']!());
  play.attempt('server', 'setSecureContext null', () => loose['setSecureContext']!(null));
  play.attempt('server', 'setSecureContext bad', () => loose['setSecureContext']!({ key: 'rubbish' }));
  play.attempt('server', 'setTicketKeys()', () => loose['setTicketKeys']!());
  play.attempt('server', 'setTicketKeys text', () => loose['setTicketKeys']!('x'.repeat(48)));
  play.attempt('server', 'setTicketKeys short', () => loose['setTicketKeys']!(Buffer.alloc(47)));
  play.attempt('server', 'setTicketKeys', () => loose['setTicketKeys']!(Buffer.alloc(48, 7)));
  play.attempt('server', 'getTicketKeys', () => (loose['getTicketKeys']!() as Buffer).toString('hex'));
  play.attempt('server', '_getServerData', () => loose['_getServerData']!());
  play.attempt('server', '_setServerData', () => loose['_setServerData']!({ ticketKeys: '08'.repeat(48) }));
  play.attempt('server', 'getTicketKeys', () => (loose['getTicketKeys']!() as Buffer).toString('hex'));
});
