/** Plays a scenario and writes down what went over. */
import type { CommonOptions } from '../../../src/lib/tls/index.ts';
import { seeded } from '../../support/seeded.ts';
import { Pair, type Side } from '../../support/tls-pair.ts';
import type { Scenario } from './scenarios.ts';

/** 2026-01-01T00:00:00Z, and a second more with each connection. */
const START = Date.UTC(2026, 0, 1);

export interface Played {
  readonly text: string;
  readonly failures: readonly string[];
  /** Lines of both sides' key logs, sorted. */
  readonly keylogs: readonly [readonly string[], readonly string[]];
  /** Whether the data that were sent are those that came. */
  readonly same: boolean;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Octets in lines of 40, a record's header apart. */
function records(bytes: Buffer): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt16BE(at + 3);
    lines.push(hex(bytes.subarray(at, at + 5)));
    const fragment = bytes.subarray(at + 5, at + 5 + length);
    for (let i = 0; i < length; i += 40) lines.push(`  ${hex(fragment.subarray(i, i + 40))}`);
    at += 5 + length;
  }
  return lines.join('\n');
}

const messages = (side: Side): string => side.messages('out').join(', ');
const keylog = (side: Side): string[] =>
  side
    .of('keylog')
    .map(({ line }) => line)
    .sort();

/** Every connection of a scenario, in order: octets, messages, key log. */
export async function play(scenario: Scenario): Promise<Played> {
  const { client, server, steps } = scenario.make(seeded(`${scenario.name}, sealer`));
  const parts = [`${scenario.name}: ${scenario.about}\n`];
  const failures: string[] = [];
  const logs: [string[], string[]] = [[], []];
  let same = true;
  let session: Parameters<typeof steps>[0] | undefined;
  for (let count = 0; count < (scenario.connections ?? 1); count += 1) {
    const flows: string[] = [];
    const record = (sign: string) => (bytes: Buffer) => {
      flows.push(`${sign}\n${records(bytes)}`);
      return bytes;
    };
    const common = (side: string): CommonOptions => ({
      random: seeded(`${scenario.name}, ${count}, ${side}`),
      replay: true,
      keyLog: true,
      now: () => START + 1000 * count,
    });
    const pair: Pair = new Pair({
      client: { ...client, ...common('client') },
      server: { ...server, ...common('server') },
      connection: {
        serverName: 'server.example',
        session: session?.client.of('session').at(-1)?.session,
        earlyData: scenario.early === true && count > 0,
      },
      toServer: record('> client'),
      toClient: record('< server'),
    });
    session = pair;
    if (scenario.early === true && count > 0) pair.client.engine.sendEarly(Buffer.from('early'));
    await pair.handshake();
    await steps(pair);
    for (const [side, text] of [
      ['client', 'ping'],
      ['server', 'pong'],
    ] as const) {
      pair[side].engine.send(Buffer.from(text));
      await pair.flow();
    }
    pair.client.engine.close();
    await pair.flow();
    for (const side of [pair.client, pair.server]) {
      failures.push(...side.of('failure').map(({ failure }) => failure.message));
    }
    same &&= pair.server.data.toString().endsWith('ping') && pair.client.data.toString() === 'pong';
    const [ours, theirs] = [keylog(pair.client), keylog(pair.server)];
    logs[0].push(...ours);
    logs[1].push(...theirs);
    parts.push(
      `connection ${count + 1}\nclient: ${messages(pair.client)}\nserver: ${messages(pair.server)}\n${ours.join('\n')}`,
      ...flows,
      '',
    );
  }
  return { text: parts.join('\n'), failures, keylogs: logs, same };
}
