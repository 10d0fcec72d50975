/** Renegotiation: TLS 1.2's, its limit, and what TLS 1.3 says to it. */
import type { Pair, Play } from '../differential/play.ts';
import { scenario, scenarioAlone } from '../differential/scenario.ts';

const SSL_OP_NO_RENEGOTIATION = 0x40000000;

const twelve = (play: Play, more: Parameters<Play['pair']>[0] = {}): Promise<Pair> =>
  play.pair({ transport: 'duplex', version: 'TLSv1.2', ...more });

function renegotiated(play: Play, { client }: Pick<Pair, 'client'>, options = {}): Promise<Error | null> {
  return play.patience('renegotiate’s callback', (go) => {
    play.note(
      'client',
      'renegotiate',
      client.renegotiate(options, (error) => {
        play.note('client', 'called back', error);
        go(error);
      }),
    );
  });
}

scenario('renegotiation/once', async (play) => {
  const pair = await twelve(play);
  pair.peer.resume();
  pair.client.resume();
  const before = pair.client.getFinished();
  await renegotiated(play, pair);
  play.note('client', 'finished differs', before?.equals(pair.client.getFinished()!), pair.client.isSessionReused());
  pair.client.end('after');
  pair.peer.end();
  await play.closed(pair.client, pair.peer);
});

scenario('renegotiation/with data under way', async (play) => {
  const pair = await twelve(play);
  pair.peer.pipe(pair.peer);
  pair.client.resume().write('before ');
  const done = renegotiated(play, pair);
  pair.client.write('meanwhile ');
  await done;
  pair.client.end('after');
  await play.closed(pair.client, pair.peer);
});

scenario('renegotiation/without a callback', async (play) => {
  const { client, peer } = await twelve(play);
  peer.resume();
  client.resume();
  play.note('client', 'renegotiate', client.renegotiate({}, undefined as never));
  await play.next(client, 'secure');
  client.destroy();
  await play.closed(client);
});

scenario('renegotiation/by the server', async (play) => {
  const { client, peer } = await twelve(play);
  client.resume();
  peer.resume();
  await play.patience('callback', (go) => {
    play.note(
      'peer',
      'renegotiate',
      peer.renegotiate({}, (error) => {
        play.note('peer', 'called back', error);
        go(undefined);
      }),
    );
  });
  client.end();
  peer.end();
  await play.closed(client, peer);
});

scenario('renegotiation/the server asks for a certificate', async (play) => {
  const { client, peer } = await twelve(play, { client: play.pki.client, server: { ca: play.pki.ca } });
  client.resume();
  peer.resume();
  play.note('peer', 'before', peer.getPeerCertificate().subject);
  await play.patience('callback', (go) => {
    peer.renegotiate({ requestCert: true, rejectUnauthorized: false }, (error) => {
      play.note('peer', 'called back', error, peer.getPeerCertificate().subject, peer.authorized);
      go(undefined);
    });
  });
  client.end();
  peer.end();
  await play.closed(client, peer);
});

scenario('renegotiation/the server demands a certificate that there is none of', async (play) => {
  const { client, peer } = await twelve(play, { server: { ca: play.pki.ca } });
  client.resume();
  peer.resume();
  peer.renegotiate({ requestCert: true, rejectUnauthorized: true }, (error) => play.note('peer', 'called back', error));
  client.once('end', () => client.end());
  await play.closed(client, peer);
});

scenario('renegotiation/destroyed', async (play) => {
  const { client, peer } = await twelve(play);
  client.destroy();
  play.attempt('client', 'renegotiate', () => client.renegotiate({}, () => play.note('client', 'called back')));
  peer.destroy();
  await play.closed(client, peer);
});

for (const who of ['client', 'peer'] as const) {
  scenario(`renegotiation/TLS 1.3: ${who}`, async (play) => {
    const pair = await play.pair({ transport: 'duplex', version: 'TLSv1.3' });
    pair.client.resume();
    pair.peer.resume();
    play.note(
      who,
      'renegotiate',
      pair[who].renegotiate({}, (error) => play.note(who, 'called back', error)),
    );
    await play.turns(5);
    pair.client.end();
    pair.peer.end();
    await play.closed(pair.client, pair.peer);
  });
}

scenario('renegotiation/disabled at the server', async (play) => {
  const { client, peer } = await twelve(play);
  client.resume();
  peer.resume();
  peer.disableRenegotiation();
  peer.on('error', () => peer.destroy());
  client.renegotiate({}, (error) => play.note('client', 'called back', error));
  client.once('end', () => client.end());
  await play.closed(client, peer);
});

scenario('renegotiation/disabled at the client', async (play) => {
  const pair = await twelve(play);
  pair.client.resume();
  pair.peer.resume();
  pair.client.disableRenegotiation();
  await renegotiated(play, pair);
});

scenario('renegotiation/refused by an option', async (play) => {
  const { client, peer } = await twelve(play, { server: { secureOptions: SSL_OP_NO_RENEGOTIATION } });
  client.resume();
  peer.resume();
  client.renegotiate({}, (error) => play.note('client', 'called back', error));
  await play.until(client, 'error');
  client.destroy();
  peer.destroy();
  await play.closed(client, peer);
});

for (const limit of [0, 1, 3]) {
  scenarioAlone(`renegotiation/a limit of ${limit}`, async (play) => {
    play.set('CLIENT_RENEG_LIMIT', limit);
    const { client, peer } = await twelve(play);
    client.resume();
    peer.resume();
    peer.on('error', () => peer.destroy());
    client.once('end', () => client.end());
    let count = 0;
    const again = (): void => {
      if (client.destroyed) return;
      client.renegotiate({}, (error) => {
        play.note('client', 'called back', error, ++count);
        setImmediate(again);
      });
    };
    again();
    await play.closed(client, peer);
  });
}

scenarioAlone('renegotiation/a limit whose window has passed', async (play) => {
  play.set('CLIENT_RENEG_LIMIT', 1);
  play.set('CLIENT_RENEG_WINDOW', 0);
  const pair = await twelve(play);
  pair.client.resume();
  pair.peer.resume();
  for (let count = 0; count < 4; count++) await renegotiated(play, pair);
});
