/** Who trusts whom: certificates of servers and of clients, good and bad. */
import { VERSIONS, type ClientOptions, type Play, type ServerOptions, type Version } from '../differential/play.ts';
import { scenario, scenarioAlone } from '../differential/scenario.ts';

type Make<T> = (pki: Play['pki'], play: Play) => T;

interface Case {
  readonly server?: Make<ServerOptions>;
  readonly client?: Make<ClientOptions>;
}

const JUDGED = ['authorized', 'authorizationError', 'secureConnecting', 'servername', 'destroyed', 'errored'];

/** Plays the case, and notes what each end thinks of the other. */
function judged(name: string, { server, client }: Case, version: Version, alone = false): void {
  (alone ? scenarioAlone : scenario)(`trust/${name}/${version}`, async (play) => {
    const options = { server: server?.(play.pki, play) ?? {}, client: client?.(play.pki, play) ?? {} };
    const result = await play.meet({
      version,
      ...options,
      setup: (tlsServer) =>
        tlsServer.on('secureConnection', (socket) => {
          play.fields('peer', socket, JUDGED);
          const { subject } = socket.getPeerCertificate();
          play.note('peer', 'subject', subject);
        }),
    });
    play.fields('client', result.client, JUDGED);
  });
}

/** What a client thinks of a server. */
const SERVERS: Readonly<Record<string, Case>> = {
  good: {},
  'another CA': { client: (pki) => ({ ca: pki.otherCa }) },
  'no CA': { client: () => ({ ca: undefined }) },
  'both CAs': { client: (pki) => ({ ca: [pki.otherCa, pki.ca] }) },
  expired: { server: (pki) => pki.expired },
  'not yet valid': { server: (pki) => pki.early },
  'self-signed': { server: (pki) => pki.selfSigned },
  'self-signed and trusted': { server: (pki) => pki.selfSigned, client: (pki) => ({ ca: pki.selfSigned.cert }) },
  'wrong name': { client: () => ({ servername: 'other.example' }) },
  wildcard: { client: () => ({ servername: 'x.wild.example' }) },
  'wildcard two deep': { client: () => ({ servername: 'x.y.wild.example' }) },
  'no servername': { client: () => ({ servername: undefined }) },
  'an empty servername and a host': { client: () => ({ servername: '', host: 'server.example' }) },
  'a host': { client: () => ({ servername: undefined, host: 'other.example' }) },
  'common name alone': { server: (pki) => pki.plainName },
  'good for clients alone': { server: (pki) => pki.clientOnly },
  'intermediate missing': { server: (pki) => pki.leaf },
  'intermediate sent': { server: (pki) => ({ ...pki.leaf, cert: pki.leaf.cert + pki.intermediate }) },
  'intermediate known': { server: (pki) => pki.leaf, client: (pki) => ({ ca: [pki.ca, pki.intermediate] }) },
  'intermediate trusted alone': { server: (pki) => pki.leaf, client: (pki) => ({ ca: pki.intermediate }) },
  'intermediate trusted, partial chains': {
    server: (pki) => pki.leaf,
    client: (pki) => ({ ca: pki.intermediate, allowPartialTrustChain: true }),
  },
  'root in the chain': { server: (pki) => ({ ...pki.server, cert: pki.server.cert + pki.ca }) },
  'an unknown root in the chain': {
    server: (pki) => ({ ...pki.server, cert: pki.server.cert + pki.ca }),
    client: (pki) => ({ ca: pki.otherCa }),
  },
  'a CRL': { client: (pki) => ({ crl: pki.emptyCrl }) },
  revoked: { client: (pki) => ({ crl: pki.crl }) },
  'a CRL in an array': { client: (pki) => ({ crl: [pki.crl] }) },
  'an RSA key': { server: (pki) => pki.rsa },
  'the leaf trusted': { client: (pki) => ({ ca: pki.server.cert }) },
  'a pfx': { server: (pki) => ({ key: undefined, cert: undefined, pfx: pki.pfx, passphrase: 'sesame' }) },
  'no certificate': { server: () => ({ key: undefined, cert: undefined }) },
};

for (const version of VERSIONS) {
  for (const [name, one] of Object.entries(SERVERS)) {
    judged(`server: ${name}`, one, version);
    judged(
      `server, unchecked: ${name}`,
      { ...one, client: (pki, play) => ({ ...one.client?.(pki, play), rejectUnauthorized: false }) },
      version,
    );
  }
}

/** What checkServerIdentity is asked, and what follows from its answers. */
const IDENTITY: Readonly<Record<string, Make<ClientOptions>>> = {
  'says fine to a wrong name': (_pki, play) => ({
    servername: 'other.example',
    checkServerIdentity: (host, { subject }) => play.note('client', 'asked', host, subject) as undefined,
  }),
  'returns an error': () => ({ checkServerIdentity: () => new Error('not mine') }),
  'returns an error with a code': () => ({
    checkServerIdentity: () => Object.assign(new Error('x'), { code: 'MINE' }),
  }),
  'returns an error, unchecked': () => ({
    rejectUnauthorized: false,
    checkServerIdentity: () => new Error('not mine'),
  }),
  'returns text': () => ({ checkServerIdentity: () => 'text' as never }),
  'is not asked about an unknown CA': (pki, play) => ({
    ca: pki.otherCa,
    checkServerIdentity: (host) => play.note('client', 'asked', host) as undefined,
  }),
  'is asked if unchecked': (pki, play) => ({
    ca: pki.otherCa,
    rejectUnauthorized: false,
    checkServerIdentity: (host) => play.note('client', 'asked', host) as undefined,
  }),
  'rejectUnauthorized undefined': (pki) => ({ ca: pki.otherCa, rejectUnauthorized: undefined }),
  'rejectUnauthorized 0': (pki) => ({ ca: pki.otherCa, rejectUnauthorized: 0 as never }),
};
for (const version of VERSIONS) {
  for (const [name, client] of Object.entries(IDENTITY)) judged(`checkServerIdentity ${name}`, { client }, version);
}

scenario('trust/checkServerIdentity throws', async (play) => {
  const place = await play.server({}, { transport: 'duplex' });
  const client = await play.client(place, {
    checkServerIdentity: () => {
      throw new Error('thrown');
    },
  });
  await play.until(client, 'secure');
  await play.turns(10);
  play.fields('client', client, ['destroyed', 'authorized', 'secureConnecting']);
});

/** Servers that ask for a certificate. */
const CLIENTS: Readonly<Record<string, Case>> = {
  'not asked': { client: (pki) => pki.client },
  'asked, has one': { server: (pki) => ({ requestCert: true, ca: pki.ca }), client: (pki) => pki.client },
  'asked, has none': { server: (pki) => ({ requestCert: true, ca: pki.ca }) },
  'asked, has none, unchecked': { server: (pki) => ({ requestCert: true, rejectUnauthorized: false, ca: pki.ca }) },
  'asked, a stranger': { server: (pki) => ({ requestCert: true, ca: pki.ca }), client: (pki) => pki.stranger },
  'asked, a stranger, unchecked': {
    server: (pki) => ({ requestCert: true, rejectUnauthorized: false, ca: pki.ca }),
    client: (pki) => pki.stranger,
  },
  'asked, expired': { server: (pki) => ({ requestCert: true, ca: pki.ca }), client: (pki) => pki.expired },
  'asked, expired, unchecked': {
    server: (pki) => ({ requestCert: true, rejectUnauthorized: false, ca: pki.ca }),
    client: (pki) => pki.expired,
  },
  'asked, self-signed': { server: (pki) => ({ requestCert: true, ca: pki.ca }), client: (pki) => pki.selfSigned },
  'asked, revoked': { server: (pki) => ({ requestCert: true, ca: pki.ca, crl: pki.crl }), client: (pki) => pki.client },
  'asked, revoked, unchecked': {
    server: (pki) => ({ requestCert: true, rejectUnauthorized: false, ca: pki.ca, crl: pki.crl }),
    client: (pki) => pki.client,
  },
  'asked, a server’s certificate': {
    server: (pki) => ({ requestCert: true, ca: pki.ca }),
    client: (pki) => pki.server,
  },
  'asked, with a pfx': {
    server: (pki) => ({ requestCert: true, ca: pki.ca }),
    client: (pki) => ({ pfx: pki.pfx, passphrase: 'sesame' }),
  },
  'asked, no CA at the server': { server: () => ({ requestCert: true }), client: (pki) => pki.client },
  'asked, no CA at the server, unchecked': {
    server: () => ({ requestCert: true, rejectUnauthorized: false }),
    client: (pki) => pki.client,
  },
  'asked, an RSA key': { server: (pki) => ({ requestCert: true, ca: pki.ca }), client: (pki) => pki.rsa },
};
for (const version of VERSIONS) {
  for (const [name, one] of Object.entries(CLIENTS)) judged(`client: ${name}`, one, version);
}

for (const transport of ['tcp', 'unix', 'socket'] as const) {
  for (const version of VERSIONS) {
    scenario(`trust/client: refused/${version}/${transport}`, async (play) => {
      await play.meet({
        transport,
        version,
        server: { requestCert: true, ca: play.pki.ca },
        watch: { skip: ['error', 'close', 'prefinish', 'finish', 'end'] },
      });
    });
    scenario(`trust/server: refused/${version}/${transport}`, async (play) => {
      const place = await play.server({ minVersion: version, maxVersion: version }, { transport });
      const client = await play.client(place, { ca: play.pki.otherCa });
      await play.closed(client);
    });
  }
}

scenarioAlone('trust/NODE_TLS_REJECT_UNAUTHORIZED', async (play) => {
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  try {
    const result = await play.meet({ client: { ca: play.pki.otherCa } });
    play.fields('client', result.client, JUDGED);
  } finally {
    delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  }
});
