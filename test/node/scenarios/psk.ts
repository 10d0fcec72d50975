/** Pre-shared keys (RFC 4279, and RFC 8446 section 4.2.11 for external ones), and stapled OCSP responses (RFC 6066 section 8). */
import { VERSIONS, type ClientOptions, type Play, type ServerOptions, type Version } from '../differential/play.ts';
import { scenario } from '../differential/scenario.ts';

const KEY = Buffer.from('d731ef57be09e5204f0b205b60627028', 'hex');
const SUITES = 'PSK+HIGH:TLS_AES_128_GCM_SHA256';

interface Case {
  readonly server?: (play: Play) => ServerOptions;
  readonly client?: (play: Play) => ClientOptions;
}

const good = { psk: KEY, identity: 'someone' };

/** Options that know the key. */
const CASES: Readonly<Record<string, Case>> = {
  good: {},
  'with a hint': { server: () => ({ pskIdentityHint: 'a hint' }) },
  'an object at the server': { server: () => ({ pskCallback: () => ({ psk: KEY }) as never }) },
  'other types of octets': {
    server: () => ({ pskCallback: () => new DataView(KEY.buffer, KEY.byteOffset, KEY.length) }),
    client: () => ({ pskCallback: () => ({ psk: new Uint8Array(KEY), identity: 'x' }) }),
  },
  'another key': { client: () => ({ pskCallback: () => ({ psk: Buffer.alloc(16, 1), identity: 'someone' }) }) },
  'the server returns null': { server: () => ({ pskCallback: () => null }) },
  'the server returns undefined': { server: () => ({ pskCallback: () => undefined as never }) },
  'the client returns null': { client: () => ({ pskCallback: () => null }) },
  'the client returns text': { client: () => ({ pskCallback: () => 'x' as never }) },
  'the client has no identity': { client: () => ({ pskCallback: () => ({ psk: KEY }) as never }) },
  'the client has no key': { client: () => ({ pskCallback: () => ({ identity: 'x' }) as never }) },
  'the client’s key is text': { client: () => ({ pskCallback: () => ({ psk: 'x', identity: 'x' }) as never }) },
  'the client’s key is long': { client: () => ({ pskCallback: () => ({ psk: Buffer.alloc(600), identity: 'x' }) }) },
  'the client’s identity is long': { client: () => ({ pskCallback: () => ({ psk: KEY, identity: 'x'.repeat(300) }) }) },
  'an identity of two octets a letter': { client: () => ({ pskCallback: () => ({ psk: KEY, identity: 'jürgen' }) }) },
  'the server returns text': { server: () => ({ pskCallback: () => 'x' as never }) },
  'the server returns a number': { server: () => ({ pskCallback: () => 1 as never }) },
  'the server’s key is long': { server: () => ({ pskCallback: () => Buffer.alloc(600) }) },
  'the client throws': {
    client: () => ({
      pskCallback: () => {
        throw new Error('thrown');
      },
    }),
  },
  'the server throws': {
    server: () => ({
      pskCallback: () => {
        throw new Error('thrown');
      },
    }),
  },
  'the server has no callback': { server: () => ({ pskCallback: undefined }) },
  'the client has no callback': { client: () => ({ pskCallback: undefined }) },
};

for (const version of VERSIONS) {
  for (const [name, { server, client }] of Object.entries(CASES)) {
    scenario(`psk/${name}/${version}`, async (play) => {
      const result = await play.meet({
        version,
        server: {
          key: undefined,
          cert: undefined,
          ciphers: SUITES,
          pskCallback: (_socket, identity) => {
            play.note('psk', 'server asked', identity);
            return KEY;
          },
          ...server?.(play),
        },
        client: {
          ciphers: SUITES,
          checkServerIdentity: () => undefined,
          pskCallback: (hint: string | null) => {
            play.note('psk', 'client asked', hint);
            return good;
          },
          ...client?.(play),
        },
        setup: (tlsServer) =>
          tlsServer.on('secureConnection', (socket) => play.note('peer', 'cipher', socket.getCipher())),
        watch: { skip: ['prefinish', 'end', 'finish'] },
      });
      play.fields('client', result.client, ['authorized', 'authorizationError']);
    });
  }
  scenario(`psk/beside a certificate/${version}`, async (play) => {
    const place = await play.server(
      { minVersion: version, maxVersion: version, ciphers: `${SUITES}:HIGH`, pskCallback: () => KEY },
      { transport: 'duplex' },
    );
    const one = await play.join(
      place,
      { ciphers: SUITES, pskCallback: () => good, checkServerIdentity: () => undefined },
      {},
      'with',
    );
    play.note(
      'with',
      'sees',
      one.client.getPeerCertificate(),
      one.client.getCipher(),
      one.client.authorized,
      one.client.authorizationError,
    );
    const two = await play.join(place, {}, {}, 'without');
    play.note('without', 'sees', two.client.getPeerCertificate().subject, two.client.authorized);
  });
}

type Ocsp = (
  play: Play,
  certificate: Buffer,
  issuer: Buffer | null,
  done: (error: Error | null, response: Buffer | null) => void,
) => void;

const RESPONSES: Readonly<Record<string, Ocsp>> = {
  response: (_play, _certificate, _issuer, done) => done(null, Buffer.from('a response')),
  'response, later': (_play, _certificate, _issuer, done) => void setTimeout(done, 5, null, Buffer.from('a response')),
  null: (_play, _certificate, _issuer, done) => done(null, null),
  nothing: (_play, _certificate, _issuer, done) => (done as () => void)(),
  error: (_play, _certificate, _issuer, done) => done(new Error('no response'), null),
  'error, later': (_play, _certificate, _issuer, done) => void setTimeout(done, 5, new Error('no response'), null),
  twice: (_play, _certificate, _issuer, done) => {
    done(null, null);
    done(null, null);
  },
};

function stapled(name: string, respond: Ocsp | undefined, version: Version, requestOCSP: boolean, ca: boolean): void {
  scenario(`ocsp/${name}/${version}`, async (play) => {
    await play.meet({
      version,
      server: ca ? { ca: play.pki.ca } : {},
      client: { requestOCSP } as ClientOptions,
      setup: (server) => {
        if (!respond) return;
        server.on('OCSPRequest', (certificate, issuer, done) => {
          play.note(
            'server',
            'certificate',
            Buffer.from(certificate).toString('base64') === play.pki.server.cert.replace(/-----.*-----|\s/g, ''),
          );
          play.note('server', 'issuer', issuer?.length);
          respond(play, certificate, issuer, done);
        });
      },
    });
  });
}
for (const version of VERSIONS) {
  for (const [name, respond] of Object.entries(RESPONSES)) stapled(name, respond, version, true, true);
  stapled('not asked', RESPONSES['response'], version, false, true);
  stapled('no listener', undefined, version, true, true);
  stapled('issuer unknown', RESPONSES['response'], version, true, false);
  scenario(`ocsp/with a context of SNI/${version}`, async (play) => {
    await play.meet({
      version,
      client: { requestOCSP: true, servername: 'a.example' } as ClientOptions,
      setup: (server) => {
        server.addContext('a.example', { ...play.pki.a, ca: play.pki.ca });
        server.on('OCSPRequest', (certificate, issuer, done) => {
          play.note(
            'server',
            'certificate',
            certificate.length ===
              new Uint8Array(Buffer.from(play.pki.a.cert.replace(/-----.*-----|\s/g, ''), 'base64')).length,
            issuer?.length,
          );
          done(null, Buffer.from('for a'));
        });
      },
    });
  });
  scenario(`ocsp/destroyed when it comes/${version}`, async (play) => {
    const place = await play.server({ minVersion: version, maxVersion: version }, { transport: 'unix' });
    place.server.on('OCSPRequest', (_certificate, _issuer, done) => done(null, Buffer.from('a response')));
    const client = await play.client(place, { requestOCSP: true } as ClientOptions);
    client.on('OCSPResponse', () => client.destroy());
    await play.closed(client);
  });
}
