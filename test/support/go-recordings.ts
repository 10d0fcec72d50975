/** Handshakes that Go's crypto/tls has recorded, as they stand in its testdata: flows, records, messages. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode, type Value } from '../../src/lib/codec/index.ts';
import { SUITES, type CipherSuite } from '../../src/lib/registry/tls-suites.ts';
import { isSupported } from '../../src/lib/tls/index.ts';
import { clientHello, serverHello12 } from '../../src/lib/tls/wire/index.ts';

export const CCS = 20;
export const HANDSHAKE = 22;

export interface Flow {
  readonly by: 'client' | 'server';
  readonly octets: Buffer;
}

function flowsOf(text: string): Flow[] {
  return text
    .split(/^>>> Flow \d+ \(/m)
    .slice(1)
    .map((part) => ({
      by: part.startsWith('client') ? 'client' : 'server',
      octets: Buffer.from(
        [...part.matchAll(/^[0-9a-f]{8} {2}((?:[0-9a-f]{2} {1,2})+)/gm)]
          .map(([, hex = '']) => hex)
          .join('')
          .replaceAll(' ', ''),
        'hex',
      ),
    }));
}

/** Records up to change_cipher_spec as runs of one type, since Go gives each message a record of its own; then as they are. */
export function units(flow: Buffer, protectedAlready: boolean): string[] {
  const found: string[] = [];
  let [sealed, before] = [protectedAlready, -1];
  for (let at = 0; at < flow.length;) {
    const length = 5 + flow.readUInt16BE(at + 3);
    const type = flow[at]!;
    const hex = flow.subarray(sealed ? at : at + 5, at + length).toString('hex');
    if (!sealed && type === before) found[found.length - 1] += hex;
    else found.push(sealed ? hex : `${type} ${hex}`);
    sealed ||= type === CCS;
    before = type;
    at += length;
  }
  return found;
}

export interface Message {
  readonly type: number;
  readonly raw: Buffer;
}

/** The handshake messages of one side before its change_cipher_spec. */
export function messagesOf(flows: readonly Flow[], by: Flow['by']): Message[] {
  const all = flows.filter((flow) => flow.by === by).flatMap(({ octets }) => units(octets, false));
  const end = all.findIndex((unit) => unit.startsWith(`${CCS} `));
  const octets = Buffer.concat(
    all
      .slice(0, end < 0 ? all.length : end)
      .flatMap((unit) => (unit.startsWith(`${HANDSHAKE} `) ? [Buffer.from(unit.slice(3), 'hex')] : [])),
  );
  const found: Message[] = [];
  for (let at = 0; at < octets.length;) {
    const length = 4 + octets.readUIntBE(at + 1, 3);
    found.push({ type: octets[at]!, raw: octets.subarray(at, at + length) });
    at += length;
  }
  return found;
}

export interface Recording {
  readonly name: string;
  readonly side: Flow['by'];
  readonly flows: readonly Flow[];
  readonly own: readonly Message[];
  readonly hello: Value<typeof clientHello>;
  readonly answer: Value<typeof serverHello12>;
  readonly suite: CipherSuite;
}

/** The recording of a full handshake; an empty list for what is none, or has a suite that we do not have. */
export function readGo(folder: string, name: string): Recording[] {
  if (!/^(Client|Server)-TLSv1/.test(name)) return [];
  const flows = flowsOf(readFileSync(join(folder, name), 'utf8'));
  const side = name.startsWith('Client') ? 'client' : 'server';
  const said = messagesOf(flows, 'client').find(({ type }) => type === 1);
  const answered = messagesOf(flows, 'server').find(({ type }) => type === 2);
  if (!said || !answered || flows.length < 3) return [];
  const answer = decode(serverHello12, answered.raw.subarray(4));
  const suite = SUITES.row(answer.suite);
  if (!suite || !isSupported(suite)) return [];
  return [
    {
      name,
      side,
      flows,
      own: messagesOf(flows, side),
      hello: decode(clientHello, said.raw.subarray(4)),
      answer,
      suite,
    },
  ];
}

/** Where Go keeps its recordings. */
export function goTestdata(): string {
  const { stdout } = spawnSync('go', ['env', 'GOROOT'], { encoding: 'utf8' });
  return join(stdout.trim(), 'src/crypto/tls/testdata');
}

/** The X25519 share of a private key of zeros: Go's, whose random source gives nothing else. */
export const ZERO_SHARE: Buffer = Buffer.from(
  '2fe57da347cd62431528daac5fbb290730fff684afc4cfc2ed90995f58cb3b74',
  'hex',
);
