/** What a connection tells of itself and of its peer, in every state. */
import { VERSIONS, type Play, type Socket } from '../differential/play.ts';
import { describe as shown } from '../differential/text.ts';
import { scenario } from '../differential/scenario.ts';

const asks: readonly [name: string, ask: (socket: Socket) => unknown][] = [
  ['getCipher', (socket) => socket.getCipher()],
  ['getProtocol', (socket) => socket.getProtocol()],
  ['getEphemeralKeyInfo', (socket) => socket.getEphemeralKeyInfo()],
  ['getFinished', (socket) => socket.getFinished()],
  ['getPeerFinished', (socket) => socket.getPeerFinished()],
  ['getSharedSigalgs', (socket) => socket.getSharedSigalgs()],
  ['isSessionReused', (socket) => socket.isSessionReused()],
  ['getTLSTicket', (socket) => socket.getTLSTicket()?.constructor.name],
  ['getSession', (socket) => socket.getSession()?.constructor.name],
  ['getPeerCertificate', (socket) => socket.getPeerCertificate()],
  ['getPeerCertificate detailed', (socket) => socket.getPeerCertificate(true)],
  ['getCertificate', (socket) => socket.getCertificate()],
  ['getPeerX509Certificate', (socket) => socket.getPeerX509Certificate()?.subject],
  ['getX509Certificate', (socket) => socket.getX509Certificate()?.subject],
  ['exportKeyingMaterial', (socket) => socket.exportKeyingMaterial(16, 'EXPERIMENTAL test', undefined as never)],
  ['setMaxSendFragment', (socket) => socket.setMaxSendFragment(1024)],
  ['disableRenegotiation', (socket) => socket.disableRenegotiation()],
  ['address', (socket) => socket.address()],
];

/** @param except what node:tls 24 and 26 end the process for */
const asked = (play: Play, lane: string, socket: Socket, except?: string): void => {
  for (const [name, ask] of asks) {
    if (name === except) continue;
    // what a certificate says is the same octets for both
    const exact = name.includes('ertificate');
    play.attempt(lane, name, () => (exact ? new Shown(shown(ask(socket), 'hex')) : ask(socket)));
  }
};

/** A text that is not shortened nor quoted. */
class Shown extends Error {
  override readonly name = 'Shown';
}

for (const version of VERSIONS) {
  const both = (play: Play) => ({
    transport: 'duplex' as const,
    version,
    server: { ...play.pki.full, requestCert: true, ca: play.pki.ca },
    client: play.pki.client,
  });
  scenario(`facts/secure/${version}`, async (play) => {
    const { client, peer } = await play.pair(both(play));
    asked(play, 'client', client);
    asked(play, 'peer', peer);
    play.note(
      'both',
      'finished',
      client.getFinished()?.equals(peer.getPeerFinished()!),
      peer.getFinished()?.equals(client.getPeerFinished()!),
    );
    for (const context of [undefined, Buffer.alloc(0), Buffer.from('context')]) {
      const [mine, its] = [client, peer].map((socket) => socket.exportKeyingMaterial(48, 'label', context as never));
      play.note('both', 'exported', mine!.equals(its!), mine!.length);
    }
    play.note(
      'both',
      'the same',
      client.getPeerCertificate().fingerprint256 ===
        (peer.getCertificate() as { fingerprint256: string }).fingerprint256,
    );
    const detailed = client.getPeerCertificate(true);
    play.note('client', 'circle', detailed.issuerCertificate?.issuerCertificate === detailed.issuerCertificate);
    play.note(
      'client',
      'x509',
      client.getPeerX509Certificate()?.issuerCertificate?.subject,
      client.getPeerX509Certificate()?.checkHost('localhost'),
    );
  });
  scenario(`facts/before it is secure/${version}`, async (play) => {
    const place = await play.server({ minVersion: version, maxVersion: version }, { transport: 'unix' });
    const client = await play.client(place);
    asked(play, 'client', client, 'getEphemeralKeyInfo');
    client.destroy();
    await play.closed(client);
  });
  scenario(`facts/destroyed/${version}`, async (play) => {
    const { client, peer } = await play.pair(both(play));
    client.destroy();
    asked(play, 'client', client);
    await play.closed(client);
    peer.destroy();
    await play.closed(peer);
    await play.turns();
    asked(play, 'client', client);
    asked(play, 'peer', peer);
  });
  scenario(`facts/ended/${version}`, async (play) => {
    const { client, peer } = await play.pair({ ...both(play), transport: 'unix' });
    client.resume().end();
    peer.resume();
    await play.closed(client, peer);
    asked(play, 'client', client);
    asked(play, 'peer', peer);
  });
  for (const name of ['server', 'rsa', 'leaf', 'selfSigned', 'plainName', 'full'] as const) {
    scenario(`facts/the certificate "${name}"/${version}`, async (play) => {
      const { client } = await play.pair({
        transport: 'duplex',
        version,
        server: {
          ...play.pki[name],
          cert: name === 'leaf' ? play.pki.leaf.cert + play.pki.intermediate : play.pki[name].cert,
        },
        client: { rejectUnauthorized: false },
      });
      for (const detailed of [false, true]) {
        play.attempt(
          'client',
          `detailed ${detailed}`,
          () => new Shown(shown(client.getPeerCertificate(detailed), 'hex')),
        );
      }
      const certificate = client.getPeerCertificate();
      play.note(
        'client',
        'prototypes',
        Object.getPrototypeOf(certificate) === null,
        Object.getPrototypeOf(certificate.subject) === null,
      );
      play.note(
        'client',
        'types',
        Object.entries(certificate).map(([key, value]) => `${key}: ${typeof value}`),
      );
    });
  }
  scenario(`facts/no client certificate/${version}`, async (play) => {
    const { peer } = await play.pair({
      transport: 'duplex',
      version,
      server: { requestCert: true, rejectUnauthorized: false, ca: play.pki.ca },
    });
    for (const detailed of [false, true]) play.note('peer', 'certificate', peer.getPeerCertificate(detailed));
    play.note('peer', 'x509', peer.getPeerX509Certificate(), peer.authorized, peer.authorizationError);
  });
}

/** Node's own keys of objects, which programs enumerate. */
const OWN = (value: object): string[] =>
  Object.keys(value)
    .filter((key) => !key.startsWith('_'))
    .sort();

scenario('facts/own keys', async (play) => {
  const { client, peer, server } = await play.pair();
  play.note('client', 'keys', OWN(client));
  play.note('peer', 'keys', OWN(peer));
  play.note('server', 'keys', OWN(server));
  play.note('context', 'keys', Object.keys(play.tls.createSecureContext({})));
});

const members = (of: object): string[] =>
  Object.entries(Object.getOwnPropertyDescriptors(of))
    .map(
      ([name, { value, get, set }]) =>
        `${name}: ${get ? 'get' : ''}${set ? 'set' : ''}${get || set ? '' : typeof value}`,
    )
    .sort();

scenario('facts/names', (play) => {
  const { tls } = play;
  for (const [lane, of] of Object.entries({
    module: tls,
    TLSSocket: tls.TLSSocket,
    'TLSSocket.prototype': tls.TLSSocket.prototype,
    Server: tls.Server,
    'Server.prototype': tls.Server.prototype,
    SecureContext: tls.SecureContext,
  })) {
    for (const member of members(of)) play.note(lane, member);
  }
  for (const name of Object.keys(tls)) play.note('module in order', name);
});
