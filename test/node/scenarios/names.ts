/** Server names and application protocols. */
import { VERSIONS, type ClientOptions, type Play, type ServerOptions } from '../differential/play.ts';
import { scenario } from '../differential/scenario.ts';

type Make<T> = (play: Play) => T;

interface Case {
  readonly server?: Make<ServerOptions>;
  readonly client?: Make<ClientOptions>;
  /** Names that the server has contexts for, in the order in which they are added. */
  readonly contexts?: readonly string[];
}

type Done = (error: Error | null, context?: unknown) => void;

/** A SNICallback, which is noted. */
const sni =
  (play: Play, answer: (name: string, done: Done) => void) =>
  (name: string, done: Done): void => {
    play.note('sni', 'asked', name);
    answer(name, done);
  };

const CASES: Readonly<Record<string, Case>> = {
  'context: exact': { client: () => ({ servername: 'a.example' }), contexts: ['a.example'] },
  'context: none fits': { client: () => ({ servername: 'localhost' }), contexts: ['a.example'] },
  'context: wildcard': { client: () => ({ servername: 'b.example' }), contexts: ['*.example'] },
  'context: the last wins': { client: () => ({ servername: 'a.example' }), contexts: ['a.example', '*.example', '*'] },
  'context: a star is one label': { client: () => ({ servername: 'x.wild.example' }), contexts: ['*.example'] },
  'context: a dot is a dot': {
    client: () => ({ servername: 'server.example' }),
    contexts: ['server?example', 'serverxexample'],
  },
  'context: a hyphen': { client: () => ({ servername: 'x-y.example' }), contexts: ['x-y.example', 'x.y.example'] },
  'context: case counts': { client: () => ({ servername: 'A.EXAMPLE' }), contexts: ['a.example'] },
  'context: no name': { client: () => ({ servername: undefined }), contexts: ['*'] },
  'an empty name': { client: () => ({ servername: '' }), contexts: ['*'] },
  'an address': { client: () => ({ servername: '127.0.0.1' }) },
  'a name of an address to a callback': {
    client: () => ({ servername: '127.0.0.1' }),
    server: (play) => ({ SNICallback: sni(play, (_name, done) => done(null)) as never }),
  },
  'callback: a context': {
    client: () => ({ servername: 'a.example' }),
    server: (play) => ({
      SNICallback: sni(play, (_name, done) => done(null, play.tls.createSecureContext(play.pki.a))) as never,
    }),
  },
  'callback: a context, later': {
    client: () => ({ servername: 'a.example' }),
    server: (play) => ({
      SNICallback: sni(play, (_name, done) =>
        setTimeout(done, 5, null, play.tls.createSecureContext(play.pki.a)),
      ) as never,
    }),
  },
  'callback: a raw context': {
    client: () => ({ servername: 'a.example' }),
    server: (play) => ({
      SNICallback: sni(play, (_name, done) => done(null, play.tls.createSecureContext(play.pki.a).context)) as never,
    }),
  },
  'callback: null': { server: (play) => ({ SNICallback: sni(play, (_name, done) => done(null, null)) as never }) },
  'callback: nothing': { server: (play) => ({ SNICallback: sni(play, (_name, done) => done(null)) as never }) },
  'callback: an error': {
    server: (play) => ({ SNICallback: sni(play, (_name, done) => done(new Error('no name'))) as never }),
  },
  'callback: an error, later': {
    server: (play) => ({ SNICallback: sni(play, (_name, done) => setTimeout(done, 5, new Error('no name'))) as never }),
  },
  'callback: throws': {
    server: (play) => ({
      SNICallback: sni(play, () => {
        throw new Error('thrown');
      }) as never,
    }),
  },
  'callback: an object': { server: (play) => ({ SNICallback: sni(play, (_name, done) => done(null, {})) as never }) },
  'callback: text': { server: (play) => ({ SNICallback: sni(play, (_name, done) => done(null, 'x')) as never }) },
  'callback: twice': {
    server: (play) => ({
      SNICallback: sni(play, (_name, done) => {
        done(null);
        done(null);
      }) as never,
    }),
  },
  'callback: no name': {
    client: () => ({ servername: undefined }),
    server: (play) => ({ SNICallback: sni(play, (_name, done) => done(null)) as never }),
  },
  'callback and contexts': {
    client: () => ({ servername: 'a.example' }),
    contexts: ['a.example'],
    server: (play) => ({ SNICallback: sni(play, (_name, done) => done(null)) as never }),
  },
  'callback: other versions': {
    server: (play) => ({
      SNICallback: sni(play, (_name, done) =>
        done(null, play.tls.createSecureContext({ ...play.pki.server, ca: play.pki.ca, maxVersion: 'TLSv1.2' })),
      ) as never,
    }),
  },
  'alpn: first of the server’s': {
    server: () => ({ ALPNProtocols: ['b', 'a'] }),
    client: () => ({ ALPNProtocols: ['a', 'b'] }),
  },
  'alpn: one in common': {
    server: () => ({ ALPNProtocols: ['x', 'a'] }),
    client: () => ({ ALPNProtocols: ['a', 'b'] }),
  },
  'alpn: none in common': { server: () => ({ ALPNProtocols: ['x'] }), client: () => ({ ALPNProtocols: ['a', 'b'] }) },
  'alpn: client alone': { client: () => ({ ALPNProtocols: ['a'] }) },
  'alpn: server alone': { server: () => ({ ALPNProtocols: ['a'] }) },
  'alpn: octets': {
    server: () => ({ ALPNProtocols: Buffer.from('\x02h2') }),
    client: () => ({ ALPNProtocols: new Uint8Array([2, 104, 50]) }),
  },
  'alpn: empty arrays': { server: () => ({ ALPNProtocols: [] }), client: () => ({ ALPNProtocols: [] }) },
  'alpn: http/1.1': {
    server: () => ({ ALPNProtocols: ['h2', 'http/1.1'] }),
    client: () => ({ ALPNProtocols: ['http/1.1'] }),
  },
  'alpn callback: chooses': {
    client: () => ({ ALPNProtocols: ['a', 'b'] }),
    server: (play) => ({
      ALPNCallback: (asked: { servername: string; protocols: string[] }) => {
        play.note('alpn', 'asked', asked);
        return asked.protocols[1];
      },
    }),
  },
  'alpn callback: nothing': {
    client: () => ({ ALPNProtocols: ['a', 'b'] }),
    server: () => ({ ALPNCallback: () => undefined }),
  },
  'alpn callback: another': {
    client: () => ({ ALPNProtocols: ['a', 'b'] }),
    server: () => ({ ALPNCallback: () => 'c' }),
  },
  'alpn callback: null': {
    client: () => ({ ALPNProtocols: ['a'] }),
    server: () => ({ ALPNCallback: (() => null) as never }),
  },
  'alpn callback: throws': {
    client: () => ({ ALPNProtocols: ['a'] }),
    server: () => ({
      ALPNCallback: () => {
        throw new Error('thrown');
      },
    }),
  },
  'alpn callback: not asked': {
    server: (play) => ({ ALPNCallback: ((asked: unknown) => play.note('alpn', 'asked', asked)) as never }),
  },
  'alpn callback: no name': {
    client: () => ({ ALPNProtocols: ['a'], servername: undefined }),
    server: (play) => ({
      ALPNCallback: (asked: { protocols: string[] }) => {
        play.note('alpn', 'asked', asked);
        return asked.protocols[0];
      },
    }),
  },
};

for (const version of VERSIONS) {
  for (const [name, { server, client, contexts }] of Object.entries(CASES)) {
    // the socket is destroyed in the middle of its flight: how much goes out is chance
    if (name === 'callback: twice' && version === 'TLSv1.3') continue;
    scenario(`names/${name}/${version}`, async (play) => {
      const names: Record<string, unknown> = { 'a.example': play.pki.a, 'b.example': play.pki.b };
      const result = await play
        .meet({
          version,
          server: server?.(play) ?? {},
          client: { rejectUnauthorized: false, ...client?.(play) },
          setup: (tlsServer) => {
            for (const context of contexts ?? []) tlsServer.addContext(context, names[context] ?? play.pki.b);
            tlsServer.on('secureConnection', (socket) => {
              play.fields('peer', socket, ['servername', 'alpnProtocol', 'authorized']);
              play.note(
                'peer',
                'certificate',
                (socket.getCertificate() as unknown as { subject?: unknown } | undefined)?.subject,
              );
            });
          },
          watch: { skip: ['prefinish'] },
        })
        .catch((error: unknown) => play.note('call', 'throws', error));
      if (result)
        play.fields('client', result.client, ['servername', 'alpnProtocol', 'authorized', 'authorizationError']);
    });
  }
  scenario(`names/certificate seen/${version}`, async (play) => {
    const place = await play.server({ minVersion: version, maxVersion: version }, { transport: 'duplex' });
    place.server.addContext('a.example', play.pki.a);
    place.server.addContext('*.example', play.pki.b);
    for (const [index, name] of ['a.example', 'b.example', 'localhost', 'x.y.example'].entries()) {
      const lane = `client${index}`;
      const { client } = await play.join(place, { servername: name, rejectUnauthorized: false }, {}, lane);
      play.note(lane, 'sees', client.getPeerCertificate().subject, client.authorizationError);
    }
  });
  scenario(`names/setSecureContext/${version}`, async (play) => {
    const place = await play.server({ minVersion: version, maxVersion: version }, { transport: 'duplex' });
    const first = await play.join(place, {}, {}, 'first');
    place.server.setSecureContext({ ...play.pki.rsa, minVersion: version, maxVersion: version });
    const second = await play.join(place, {}, {}, 'second');
    play.note('first', 'sees', first.client.getPeerCertificate().subject);
    play.note('second', 'sees', second.client.getPeerCertificate().subject);
  });
}

scenario('names/setKeyCert', async (play) => {
  const place = await play.server(
    {
      ALPNCallback: () => undefined,
      SNICallback: ((_name: string, done: Done) => done(null)) as never,
    },
    { transport: 'duplex' },
  );
  play.note(
    'server',
    'methods',
    typeof (play.tls.TLSSocket.prototype as unknown as Record<string, unknown>)['setKeyCert'],
  );
  const { client, peer } = await play.join(place, {});
  play.attempt('peer', 'setKeyCert', () =>
    (peer as unknown as { setKeyCert(context: unknown): void }).setKeyCert(play.pki.a),
  );
  play.note('peer', 'certificate', (peer.getCertificate() as { subject?: unknown }).subject);
  play.note('client', 'sees', client.getPeerCertificate().subject);
});
