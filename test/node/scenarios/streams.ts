/** TLSSocket as a stream: backpressure, encodings, corks, pipes, timeouts. */
import { Readable, Transform, finished, pipeline } from 'node:stream';
import { pipeline as pipelinePromise } from 'node:stream/promises';
import { VERSIONS, type ClientOptions, type Pair, type Play, type Version } from '../differential/play.ts';
import { scenario } from '../differential/scenario.ts';

const big = (size: number): Buffer => Buffer.alloc(size, 'tlskit ');

type Action = (play: Play, pair: Pair) => Promise<unknown> | void;

const LIFE = [
  'readable',
  'writable',
  'readableEnded',
  'writableEnded',
  'writableFinished',
  'destroyed',
  'closed',
  'readyState',
  'connecting',
  'pending',
  'readableFlowing',
  'readableAborted',
  'errored',
  'closed',
];

const ACTIONS: Readonly<Record<string, Action>> = {
  'pause and resume': async (play, { client, peer }) => {
    peer.write('one');
    await play.patience('data', (go) => client.once('data', go));
    client.pause();
    peer.write('two');
    await play.turns(10);
    play.note('client', 'paused', client.isPaused(), client.readableFlowing);
    client.resume();
    await play.patience('data', (go) => client.once('data', go));
  },
  'read by read()': async (play, { client, peer }) => {
    peer.write('hello');
    await play.patience('readable', (go) => client.once('readable', go));
    play.note(
      'client',
      'read',
      (client.read(2) as Buffer).toString(),
      String(client.read(9)),
      (client.read() as Buffer).toString(),
      client.read(),
    );
  },
  unshift: async (play, { client, peer }) => {
    peer.end('world');
    client.unshift(Buffer.from('hello '));
    client.resume();
    await play.until(client, 'end');
  },
  'a big write says wait': async (play, { client, peer, transport }) => {
    const much = big(transport === 'duplex' ? 200_000 : 3_000_000);
    play.note('client', 'write', client.write(much), client.writableNeedDrain, client.writableLength);
    peer.resume();
    await play.next(client, 'drain');
    play.note('client', 'drained', client.writableLength, client.writableNeedDrain, client.bytesWritten);
  },
  'a small write says go on': (play, { client }) => {
    play.note(
      'client',
      'write',
      client.write('x'),
      client.writableNeedDrain,
      client.writableLength,
      client.writableHighWaterMark,
      client.readableHighWaterMark,
    );
  },
  'cork and uncork': async (play, { client, peer }) => {
    peer.resume();
    client.cork();
    client.write('a', () => play.note('client', 'written a'));
    client.write('b', () => play.note('client', 'written b'));
    play.note('client', 'corked', client.writableCorked, client.writableLength, client.bytesWritten);
    client.uncork();
    await play.patience('data', (go) => peer.once('data', go));
    play.note('client', 'uncorked', client.writableCorked, client.writableLength, client.bytesWritten);
  },
  'cork and end': async (play, { client, peer }) => {
    peer.resume();
    client.cork();
    client.write('a');
    client.end('b');
    await play.until(peer, 'end');
  },
  setEncoding: async (play, { client, peer }) => {
    client.setEncoding('utf8');
    const euro = Buffer.from('10 €');
    peer.write(euro.subarray(0, 4));
    await play.turns(6);
    peer.end(euro.subarray(4));
    client.resume();
    await play.until(client, 'end');
    play.fields('client', client, ['readableEncoding']);
  },
  setDefaultEncoding: async (play, { client, peer }) => {
    client.setDefaultEncoding('hex');
    client.end('68656c6c6f');
    peer.resume();
    await play.until(peer, 'end');
  },
  'write after end': async (play, { client }) => {
    client.end('last');
    play.note(
      'client',
      'write',
      client.write('late', (error) => play.note('client', 'written', error)),
    );
    await play.until(client, 'error');
    await play.turns(5);
  },
  'write after destroy': async (play, { client }) => {
    client.destroy();
    play.note(
      'client',
      'write',
      client.write('late', (error) => play.note('client', 'written', error)),
    );
    await play.closed(client);
    await play.turns(3);
  },
  'end twice': async (play, { client, peer }) => {
    peer.resume();
    client.end('a', () => play.note('client', 'first end'));
    client.end(() => play.note('client', 'second end'));
    await play.until(peer, 'end');
    await play.turns(3);
  },
  'write after the other’s end': async (play, { client, peer }) => {
    client.resume();
    peer.end('bye');
    await play.until(client, 'end');
    play.note(
      'client',
      'write',
      client.write('still there?', (error) => play.note('client', 'written', error)),
    );
    await play.turns(5);
  },
  pipe: async (play, { client, peer }) => {
    const upper = new Transform({
      transform: (chunk: Buffer, _encoding, done) => done(null, chunk.toString().toUpperCase()),
    });
    peer.pipe(upper).pipe(peer);
    client.resume();
    client.end('shout');
    await play.until(client, 'end');
  },
  pipeline: async (play, { client, peer }) => {
    peer.resume();
    pipeline(Readable.from(['a', 'b', 'c']), client, (error) => play.note('client', 'pipeline', error));
    client.resume();
    await play.until(peer, 'end');
    peer.end();
    await play.closed(client);
  },
  'pipeline to a destroyed peer': async (play, { client, peer }) => {
    const sent = pipelinePromise(Readable.from([big(100_000)]), client);
    client.destroy();
    peer.resume();
    await sent.catch((error: unknown) => play.note('client', 'pipeline', error));
  },
  finished: async (play, { client, peer }) => {
    client.resume();
    peer.resume();
    const done = play.patience(
      'finished',
      (go) => void finished(client, (error) => (play.note('client', 'finished', error), go(undefined))),
    );
    client.end();
    peer.end();
    await done;
  },
  'finished of a destroyed one': async (play, { client }) => {
    const done = play.patience(
      'finished',
      (go) => void finished(client, (error) => (play.note('client', 'finished', error), go(undefined))),
    );
    client.destroy();
    await done;
  },
  'for await': async (play, { client, peer }) => {
    peer.write('one ');
    peer.end('two');
    let text = '';
    for await (const chunk of client) text += String(chunk);
    play.note('client', 'iterated', text);
  },
  'for await with a break': async (play, { client, peer }) => {
    peer.write('one');
    for await (const chunk of client) {
      play.note('client', 'iterated', String(chunk));
      break;
    }
    await play.closed(client);
  },
  'life of the fields': async (play, { client, peer }) => {
    play.fields('client', client, LIFE);
    peer.resume();
    client.end();
    play.fields('client', client, LIFE);
    await play.until(client, 'finish');
    play.fields('client', client, LIFE);
    client.resume();
    peer.end();
    await play.until(client, 'end');
    play.fields('client', client, LIFE);
    await play.closed(client);
    play.fields('client', client, LIFE);
  },
  'life of a destroyed one': async (play, { client }) => {
    client.destroy();
    play.fields('client', client, LIFE);
    await play.closed(client);
    play.fields('client', client, LIFE);
  },
  'a timeout': async (play, { client }) => {
    client.setTimeout(15, () => play.note('client', 'timed out'));
    play.fields('client', client, ['timeout']);
    await play.until(client, 'timeout');
    client.setTimeout(0);
    play.fields('client', client, ['timeout', 'destroyed']);
  },
  'a timeout that is taken back': async (play, { client }) => {
    client.setTimeout(10);
    client.setTimeout(0);
    await play.pause(30);
    play.fields('client', client, ['timeout']);
  },
  'ref and unref': (play, { client, peer }) => {
    play.note('client', 'same', client.unref() === client, client.ref() === client, peer.unref() === peer);
  },
  'setNoDelay and setKeepAlive': (play, { client }) => {
    play.note(
      'client',
      'same',
      client.setNoDelay(true) === client,
      client.setKeepAlive(true, 1000) === client,
      client.setTimeout(0) === client,
    );
  },
  'bytes counted': async (play, { client, peer }) => {
    client.write('héllo', 'utf8');
    client.write(Buffer.alloc(1000));
    await play.patience('data', (go) => peer.once('data', go).resume());
    play.note('client', 'written', client.bytesWritten);
    client.end('x');
    await play.until(peer, 'end');
    play.note('peer', 'read', peer.bytesRead);
  },
  setMaxSendFragment: async (play, { client, peer }) => {
    play.note('client', 'set', client.setMaxSendFragment(512));
    peer.resume();
    client.end(big(5000));
    await play.until(peer, 'end');
  },
  'many empty writes': async (play, { client, peer }) => {
    peer.resume();
    for (let count = 0; count < 3; count++) client.write('', () => play.note('client', 'written nothing'));
    client.write(Buffer.alloc(0), () => play.note('client', 'written an empty buffer'));
    client.end();
    await play.until(peer, 'end');
  },
  'destroyed while it reads': async (play, { client, peer }) => {
    peer.write(big(200_000));
    client.once('data', () => client.destroy());
    await play.closed(client);
    play.note('client', 'read', client.bytesRead > 0);
  },
  'an error thrown in a listener': async (play, { client, peer }) => {
    client.once('data', () => {
      throw new Error('in a listener');
    });
    peer.write('x');
    await play.until(client, 'data');
    await play.turns(3);
  },
  'destroy with Symbol.asyncDispose': async (play, { client }) => {
    const symbol = (Symbol as unknown as { asyncDispose?: symbol }).asyncDispose;
    if (!symbol) return;
    const dispose = (client as unknown as Record<symbol, undefined | (() => Promise<unknown>)>)[symbol];
    play.note('client', 'has', typeof dispose);
    if (dispose) await dispose.call(client).catch((error: unknown) => play.note('client', 'disposed', error));
    await play.closed(client);
  },
};

for (const version of VERSIONS) {
  for (const transport of ['unix', 'duplex'] as const) {
    for (const [name, action] of Object.entries(ACTIONS)) {
      // what streams of Node do by themselves needs no second version
      if (version === 'TLSv1.2' && transport === 'unix') continue;
      scenario(`streams/${name}/${version}/${transport}`, async (play) => {
        const pair = await play.pair({ transport, version, watch: { skip: ['drain'] } });
        await action(play, pair);
      });
    }
  }
}

/** A connection whose ends may be half open. */
function halfOpen(name: string, version: Version, client: boolean, server: boolean): void {
  scenario(`streams/half open: ${name}/${version}`, async (play) => {
    const pair = await play.pair({
      transport: 'unix',
      version,
      client: { allowHalfOpen: client } as ClientOptions,
      server: { allowHalfOpen: server },
    });
    play.fields('client', pair.client, ['allowHalfOpen']);
    play.fields('peer', pair.peer, ['allowHalfOpen']);
    pair.peer.resume();
    pair.client.resume().end('question');
    await play.until(pair.peer, 'end');
    await play.turns(5);
    play.note('peer', 'may write', pair.peer.writable, pair.peer.writableEnded);
    if (pair.peer.writable) pair.peer.end('answer');
    await play.until(pair.client, 'end');
    await play.closed(pair.client, pair.peer);
  });
}
for (const version of VERSIONS) {
  halfOpen('neither', version, false, false);
  halfOpen('the client', version, true, false);
  halfOpen('the server', version, false, true);
  halfOpen('both', version, true, true);
}

for (const size of [1, 16_384, 1_000_000]) {
  scenario(`streams/highWaterMark of ${size}`, async (play) => {
    const pair = await play.pair({
      transport: 'unix',
      client: { highWaterMark: size } as ClientOptions,
      watch: { skip: ['drain'] },
    });
    play.fields('client', pair.client, ['readableHighWaterMark', 'writableHighWaterMark']);
    play.note('client', 'write', pair.client.write('x'));
    pair.peer.end(big(200_000));
    pair.client.resume();
    await play.until(pair.client, 'end');
  });
}

for (const version of VERSIONS) {
  for (const transport of ['tcp', 'duplex'] as const) {
    scenario(`streams/a lot both ways/${version}/${transport}`, async (play) => {
      const { client, peer } = await play.pair({
        transport,
        version,
        watch: { skip: ['drain', 'pause', 'resume', 'unpipe', 'pipe', 'prefinish', 'finish'] },
      });
      peer.pipe(peer);
      client.resume();
      Readable.from(
        Array.from({ length: transport === 'tcp' ? 16 : 4 }, (_, index) => Buffer.alloc(65_536, index)),
      ).pipe(client);
      await play.until(client, 'end');
    });
  }
}

scenario('streams/onread', async (play) => {
  const place = await play.server();
  place.server.on('secureConnection', (socket) => socket.end('into a buffer'));
  let text = '';
  const client = await play.client(place, {
    onread: {
      buffer: Buffer.alloc(4),
      callback: (length: number, buffer: Buffer) => {
        text += buffer.subarray(0, length).toString();
        return true;
      },
    },
  } as never);
  client.resume();
  await play.closed(client);
  play.note('client', 'read', text);
});

scenario('streams/a signal', async (play) => {
  const place = await play.server({}, { transport: 'unix' });
  const control = new AbortController();
  const client = await play.client(place, { signal: control.signal } as never);
  await play.until(client, 'secureConnect');
  await play.turns();
  control.abort();
  await play.closed(client);
});

scenario('streams/a signal before it is secure', async (play) => {
  const place = await play.server({}, { transport: 'unix' });
  const control = new AbortController();
  const client = await play.client(place, { signal: control.signal } as never);
  control.abort(new Error('enough'));
  await play.closed(client);
});

// node:tls ends the process if the signal was given before the call

scenario('streams/a timeout of connect', async (play) => {
  const place = await play.server({}, { transport: 'unix' });
  const client = await play.client(place, { timeout: 15 }, { skip: ['timeout'] });
  play.fields('client', client, ['timeout']);
  await play.until(client, 'timeout');
  await play.until(place.server, 'secureConnection');
});

for (const version of VERSIONS) {
  for (const transport of ['tcp', 'socket'] as const) {
    scenario(`streams/resetAndDestroy/${version}/${transport}`, async (play) => {
      const { client } = await play.pair({ transport, version });
      play.attempt('client', 'resetAndDestroy', () => client.resetAndDestroy() === client);
      await play.turns(10);
      play.fields('client', client, ['destroyed', 'closed', 'errored']);
    });
  }
}
