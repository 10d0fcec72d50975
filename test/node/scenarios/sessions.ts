/** Sessions, tickets and stores of sessions. */
import {
  VERSIONS,
  type ClientOptions,
  type Play,
  type ServerOptions,
  type Socket,
  type Version,
} from '../differential/play.ts';
import { scenario } from '../differential/scenario.ts';

const SSL_OP_NO_TICKET = 0x4000;

interface Visit {
  readonly session: Buffer | undefined;
  readonly client: Socket;
}

/** A connection up to its end: a word each way, so that tickets have come. */
async function visit(
  play: Play,
  place: Awaited<ReturnType<Play['server']>>,
  options: ClientOptions,
  lane: string,
): Promise<Visit> {
  const client = await play.client(place, options, {}, lane);
  play.forgetErrors();
  const sessions: Buffer[] = [];
  let session: Buffer | undefined;
  client.on('session', (session) => sessions.push(session));
  client.on('secureConnect', () => {
    play.note(lane, 'reused', client.isSessionReused(), client.authorized, client.authorizationError);
    session = client.getSession();
    play.note(lane, 'getSession', Buffer.isBuffer(session), client.getTLSTicket()?.constructor.name);
  });
  client.on('end', () => client.end()).resume();
  await play.closed(client);
  return { session: sessions.at(-1) ?? session, client };
}

const answer = (socket: Socket): void =>
  void socket
    .on('error', () => undefined)
    .resume()
    .end('bye');

interface Case {
  readonly server?: (play: Play) => ServerOptions;
  readonly second?: (play: Play) => ClientOptions;
  readonly first?: (play: Play) => ClientOptions;
  /** How the session gets to the second connection. */
  readonly change?: (session: Buffer | undefined) => unknown;
}

const CASES: Readonly<Record<string, Case>> = {
  resumed: {},
  'not given': { change: () => undefined },
  'as text': { change: (session) => session?.toString('latin1') },
  'a copy': { change: (session) => session && Buffer.from(session) },
  'a Uint8Array': { change: (session) => session && new Uint8Array(session) },
  rubbish: { change: () => Buffer.from('rubbish') },
  'cut off': { change: (session) => session?.subarray(0, 40) },
  empty: { change: () => Buffer.alloc(0) },
  'no tickets': { server: () => ({ secureOptions: SSL_OP_NO_TICKET }) },
  'no tickets at the client': {
    first: () => ({ secureOptions: SSL_OP_NO_TICKET }),
    second: () => ({ secureOptions: SSL_OP_NO_TICKET }),
  },
  'another name': { second: () => ({ servername: 'server.example' }) },
  'a wrong name': { second: () => ({ servername: 'other.example' }) },
  unauthorized: {
    first: (play) => ({ ca: play.pki.otherCa, rejectUnauthorized: false }),
    second: (play) => ({ ca: play.pki.otherCa, rejectUnauthorized: false }),
  },
  'unauthorized, then checked': { first: (play) => ({ ca: play.pki.otherCa, rejectUnauthorized: false }) },
  'other suites': { second: () => ({ ciphers: 'TLS_CHACHA20_POLY1305_SHA256:ECDHE-ECDSA-CHACHA20-POLY1305' }) },
  'with ALPN': {
    server: () => ({ ALPNProtocols: ['a'] }),
    first: () => ({ ALPNProtocols: ['a'] }),
    second: () => ({ ALPNProtocols: ['a'] }),
  },
  'with a client’s certificate': {
    server: (play) => ({ requestCert: true, ca: play.pki.ca }),
    first: (play) => play.pki.client,
    second: (play) => play.pki.client,
  },
  'session timeout': { server: () => ({ sessionTimeout: 7 }) },
  'a session id context': { server: () => ({ sessionIdContext: 'mine' }) },
  'ticket keys': { server: () => ({ ticketKeys: Buffer.alloc(48, 1) }) },
};

for (const version of VERSIONS) {
  const versions = { minVersion: version, maxVersion: version };
  for (const [name, { server, first, second, change }] of Object.entries(CASES)) {
    scenario(`sessions/${name}/${version}`, async (play) => {
      const place = await play.server({ ...versions, ...server?.(play) }, { transport: 'unix' });
      place.server.on('secureConnection', (socket) => {
        play.note('server', 'reused', socket.isSessionReused(), socket.authorized, socket.getPeerCertificate().subject);
        answer(socket);
      });
      const one = await visit(play, place, first?.(play) ?? {}, 'first');
      const session = (change ?? ((given) => given))(one.session) as Buffer | undefined;
      const given = session === undefined ? {} : { session };
      try {
        await visit(play, place, { ...second?.(play), ...given }, 'second');
      } catch (error) {
        play.note('second', 'throws', error);
      }
    });
  }

  for (const how of ['changed', 'kept'] as const) {
    scenario(`sessions/ticket keys ${how} between connections/${version}`, async (play) => {
      const place = await play.server(versions, { transport: 'unix' });
      place.server.on('secureConnection', answer);
      const one = await visit(play, place, {}, 'first');
      if (how === 'changed') place.server.setTicketKeys(Buffer.alloc(48, 9));
      else place.server.setTicketKeys(place.server.getTicketKeys());
      await visit(play, place, { session: one.session! }, 'second');
    });
  }

  scenario(`sessions/ticket keys shared by two servers/${version}`, async (play) => {
    const ticketKeys = Buffer.from('0123456789'.repeat(5).slice(0, 48));
    const one = await play.server({ ...versions, ticketKeys, sessionIdContext: 'x' }, { transport: 'unix' });
    const two = await play.server({ ...versions, ticketKeys, sessionIdContext: 'x' }, { transport: 'unix' });
    one.server.on('secureConnection', answer);
    two.server.on('secureConnection', answer);
    const { session } = await visit(play, one, {}, 'first');
    await visit(play, two, { session: session! }, 'second');
    play.note('server', 'keys', two.server.getTicketKeys().equals(ticketKeys));
  });

  scenario(`sessions/servers with keys of their own/${version}`, async (play) => {
    const one = await play.server(versions, { transport: 'unix' });
    const two = await play.server(versions, { transport: 'unix' });
    one.server.on('secureConnection', answer);
    two.server.on('secureConnection', answer);
    const { session } = await visit(play, one, {}, 'first');
    await visit(play, two, { session: session! }, 'second');
  });

  scenario(`sessions/setSession before the handshake/${version}`, async (play) => {
    const place = await play.server(versions, { transport: 'unix' });
    place.server.on('secureConnection', answer);
    const { session } = await visit(play, place, {}, 'first');
    const client = await play.client(place, {}, {}, 'second');
    (client as unknown as { setSession(session: Buffer): void }).setSession(session!);
    await play.until(client, 'secureConnect');
    play.note('second', 'reused', client.isSessionReused());
  });

  scenario(`sessions/once each for many/${version}`, async (play) => {
    const place = await play.server(versions, { transport: 'unix' });
    place.server.on('secureConnection', answer);
    let { session } = await visit(play, place, {}, 'visit 0');
    for (let count = 1; count <= 4; count++)
      ({ session } = await visit(play, place, { session: session! }, `visit ${count}`));
  });

  scenario(`sessions/the same one again/${version}`, async (play) => {
    const place = await play.server(versions, { transport: 'unix' });
    place.server.on('secureConnection', answer);
    const { session } = await visit(play, place, {}, 'first');
    await visit(play, place, { session: session! }, 'second');
    await visit(play, place, { session: session! }, 'third');
  });
}

type Store = (play: Play, server: Awaited<ReturnType<Play['server']>>['server']) => void;

/** Servers that keep sessions elsewhere. */
const STORES: Readonly<Record<string, Store>> = {
  'a store': (play, server) => {
    const kept = new Map<string, Buffer>();
    server.on('newSession', (id, data, done) => {
      kept.set(id.toString('hex'), data);
      done();
    });
    server.on('resumeSession', (id, done) => {
      play.note('store', 'asked', id.length, kept.has(id.toString('hex')));
      done(null, kept.get(id.toString('hex')) ?? null);
    });
  },
  'a slow store': (play, server) => {
    const kept = new Map<string, Buffer>();
    server.on('newSession', (id, data, done) => {
      kept.set(id.toString('hex'), data);
      setTimeout(done, 10);
    });
    server.on('resumeSession', (id, done) => {
      play.note('store', 'asked', id.length);
      setTimeout(done, 10, null, kept.get(id.toString('hex')) ?? null);
    });
  },
  'a store that forgets': (play, server) => {
    server.on('newSession', (_id, _data, done) => done());
    server.on('resumeSession', (_id, done) => {
      play.note('store', 'asked');
      done(null, null);
    });
  },
  'a store that fails': (_play, server) => {
    server.on('newSession', (_id, _data, done) => done());
    server.on('resumeSession', (_id, done) => done(new Error('store is down'), null));
  },
  'a store that fails later': (_play, server) => {
    server.on('newSession', (_id, _data, done) => done());
    server.on('resumeSession', (_id, done) => void setTimeout(done, 5, new Error('store is down'), null));
  },
  'a store with rubbish': (play, server) => {
    server.on('newSession', (_id, _data, done) => done());
    server.on('resumeSession', (_id, done) => {
      done(null, Buffer.from('rubbish'));
      play.forgetErrors();
    });
  },
  'a store that answers twice': (_play, server) => {
    server.on('newSession', (_id, _data, done) => done());
    server.on('resumeSession', (_id, done) => {
      done(null, null);
      done(null, null);
    });
  },
  'a store for new ones alone': (_play, server) => {
    server.on('newSession', (_id, _data, done) => done());
  },
  'a store for old ones alone': (_play, server) => {
    server.on('resumeSession', (_id, done) => done(null, null));
  },
  'a store called back twice': (_play, server) => {
    server.on('newSession', (_id, _data, done) => {
      done();
      done();
    });
  },
};

const TICKETS: Readonly<Record<string, ServerOptions>> = {
  tickets: {},
  'no tickets': { secureOptions: SSL_OP_NO_TICKET },
};

const stored = (name: string, store: Store, tickets: string, version: Version): void =>
  scenario(`sessions/${name}, ${tickets}/${version}`, async (play) => {
    const place = await play.server(
      { minVersion: version, maxVersion: version, ...TICKETS[tickets] },
      { transport: 'unix' },
    );
    store(play, place.server);
    place.server.on('secureConnection', (socket) => {
      play.note('server', 'reused', socket.isSessionReused());
      answer(socket);
    });
    const one = await visit(play, place, {}, 'first');
    await visit(play, place, one.session ? { session: one.session } : {}, 'second');
  });

for (const version of VERSIONS) {
  for (const tickets of Object.keys(TICKETS)) {
    for (const [name, store] of Object.entries(STORES)) stored(name, store, tickets, version);
  }
}

scenario('sessions/one version’s session in the other', async (play) => {
  const place = await play.server({}, { transport: 'unix' });
  place.server.on('secureConnection', answer);
  const { session } = await visit(play, place, { maxVersion: 'TLSv1.2' }, 'first');
  await visit(play, place, { session: session! }, 'second');
  const third = await visit(play, place, {}, 'third');
  await visit(play, place, { session: third.session!, maxVersion: 'TLSv1.2' }, 'fourth');
});
