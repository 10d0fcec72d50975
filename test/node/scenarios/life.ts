/** The events of both ends through the life of a connection, over every transport. */
import { TRANSPORTS, VERSIONS, type Pair, type Play } from '../differential/play.ts';
import { scenario } from '../differential/scenario.ts';

type Action = (play: Play, pair: Pair) => Promise<unknown> | void;

const big = (size: number): Buffer => Buffer.alloc(size, 'tlskit ');

/** What happens on a connection; both ends close in the end. */
const ACTIONS: Readonly<Record<string, Action>> = {
  'client ends': (_play, { client, peer }) => {
    peer.resume();
    client.resume().end();
  },
  'server ends': (_play, { client, peer }) => {
    client.resume();
    peer.resume().end();
  },
  'both end': (_play, { client, peer }) => {
    client.resume().end('from the client');
    peer.resume().end('from the server');
  },
  echo: (_play, { client, peer }) => {
    peer.pipe(peer);
    client.setEncoding('utf8');
    client.resume().end('hällo');
  },
  'end with data and a callback': (play, { client, peer }) => {
    peer.resume();
    client.resume().end('last', () => play.note('client', 'end called back'));
  },
  'writes with callbacks': (play, { client, peer }) => {
    peer.resume();
    client.resume();
    for (const text of ['a', 'bc', '', 'def']) client.write(text, (error) => play.note('client', 'wrote', text, error));
    client.end();
  },
  'client destroys': (_play, { client, peer }) => {
    peer.resume();
    client.destroy();
  },
  'server destroys': (_play, { client, peer }) => {
    client.resume();
    peer.destroy();
  },
  'client destroys with an error': (_play, { client, peer }) => {
    peer.resume();
    client.destroy(new Error('enough'));
  },
  'destroyed twice': (_play, { client, peer }) => {
    peer.resume();
    client.destroy(new Error('first')).destroy(new Error('second'));
  },
  destroySoon: (_play, { client, peer }) => {
    peer.resume();
    client.resume().write('before');
    client.destroySoon();
  },
  'half a megabyte each way': (_play, { client, peer }) => {
    peer.resume().end(big(500_000));
    client.resume().end(big(500_000));
  },
  'thousand small writes': (_play, { client, peer }) => {
    peer.resume();
    client.resume();
    for (let count = 0; count < 1000; count++) client.write(`${count},`);
    client.end();
    peer.end();
  },
  'writes in every encoding': (_play, { client, peer }) => {
    peer.resume().end();
    client.resume();
    client.write('hällo', 'utf8');
    client.write('hällo', 'latin1');
    client.write('h€', 'utf16le');
    client.write('68656c6c6f', 'hex');
    client.write('aGVsbG8=', 'base64');
    client.end(new Uint8Array([0x21, 0x22]));
  },
};

for (const version of VERSIONS) {
  for (const transport of TRANSPORTS) {
    for (const [name, action] of Object.entries(ACTIONS)) {
      // whether the other end's end comes before we are gone, is chance there
      if (name === 'destroySoon' && transport === 'duplex') continue;
      scenario(`life/${name}/${version}/${transport}`, async (play) => {
        const pair = await play.pair({ transport, version, watch: { skip: ['drain'] } });
        // a stream in memory may be half open, and so is the socket over it
        if (transport === 'duplex') for (const end of [pair.client, pair.peer]) end.once('end', () => end.end());
        await action(play, pair);
        await play.closed(pair.client, pair.peer);
        for (const end of ['client', 'peer'] as const) {
          play.fields(end, pair[end], [
            'bytesRead',
            'destroyed',
            'readyState',
            'readableEnded',
            'writableFinished',
            'errored',
          ]);
        }
        pair.server.close();
        await play.closed(pair.server);
      });
    }
  }
}
