/**
 * Go's recordings of TLS 1.3 in which its side shows a certificate: all that it has as a server, and as a client that is asked for one. What Go
 * is free to choose stands inside of the protection here: it is opened with the keys that our own engine came to.
 */
import { createPublicKey, X509Certificate } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { decode } from '../../../src/lib/codec/index.ts';
import { SIGNATURE_SCHEMES } from '../../../src/lib/registry/tls-signatures.ts';
import {
  TlsEngine,
  acceptAny,
  clientConfig,
  credential,
  serverConfig,
  type CommonOptions,
  type Credential,
  type OutgoingMessage,
} from '../../../src/lib/tls/index.ts';
import { Deframer, MessageReader, tls13Opener } from '../../../src/lib/tls/record/index.ts';
import { TrafficSecret } from '../../../src/lib/tls/schedule/index.ts';
import { verifiesWith } from '../../../src/lib/tls/signatures.ts';
import {
  KEY_SHARE,
  SUPPORTED_GROUPS,
  body,
  certificate,
  certificateVerify,
  find,
  serverHello,
} from '../../../src/lib/tls/wire/index.ts';
import { RSA } from '../../golden/handshakes/scenarios.ts';
import { ZERO_SHARE, goTestdata, readGo, units, type Recording } from '../../support/go-recordings.ts';
import { describeWith } from '../../support/peers.ts';
import { Side } from '../../support/tls-pair.ts';

/** Other messages than a full handshake has, a second hello, a failure. */
const OTHER = /Resume|HelloRetryRequest|NoMatch|TooSmall|PreDisable|KeyUpdate/;
const MINE = /^Server-TLSv13|^Client-TLSv13-ClientCert/;
/** RSA-PSS, ECDSA, EdDSA, and RSA's PKCS #1 for certificates: whatever both sides signed by. */
const SCHEMES = [0x0804, 0x0403, 0x0807, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0503, 0x0603, 0x0201, 0x0203];

/** The messages of Go's side under the keys of the last secret with this label, in order. */
function messages({ suite, flows, side }: Recording, ours: Side, label: string): Map<number, Buffer> {
  const secret =
    ours
      .of('keylog')
      .findLast(({ line }) => line.startsWith(`${label} `))
      ?.line.split(' ')[2] ?? '';
  const keys = new TrafficSecret(suite.hash, Buffer.from(secret, 'hex')).keys(suite.bulk.key);
  const sealed = flows
    .filter(({ by }) => by === side)
    .flatMap(({ octets }) => units(octets, true))
    .filter((record) => record.startsWith('17'));
  const found = new Map<number, Buffer>();
  const deframer = new Deframer();
  deframer.limit = 2 ** 14 + 256;
  const reader = new MessageReader(() => 65_536);
  let opener = tls13Opener(suite.bulk, keys);
  for (const record of sealed) {
    deframer.push(Buffer.from(record, 'hex'));
    try {
      const { type, content } = opener.open(deframer.next()!);
      if (type === 22) reader.push(content);
    } catch {
      // a record of other keys: those of this secret begin behind it, or have ended before
      opener = tls13Opener(suite.bulk, keys);
    }
    for (let one = reader.next(); one; one = reader.next())
      if (!found.has(one.type)) found.set(one.type, Buffer.from(one.raw));
  }
  return found;
}

/** Zeros; a key on a curve is what Go makes of zeros. */
function goRandom({ side, own }: Recording): (length: number) => Buffer {
  const x25519 = own.some(({ raw }) => raw.includes(ZERO_SHARE));
  let count = 0;
  return (length) => {
    count += 1;
    const made = Buffer.alloc(length);
    if (!x25519 && (side === 'server' ? count === 1 : count > 2)) made[1] = 0x42;
    return made;
  };
}

/** Go's certificate, which signs by Go's signature once it is asked for one over the same. */
function goCredential(found: ReadonlyMap<number, Buffer>): Credential[] {
  const shown = found.get(11);
  const signed = found.get(15);
  if (!shown || !signed) return [];
  const chain = decode(certificate, shown.subarray(4)).entries.map(({ data }) => data);
  const key = createPublicKey(new X509Certificate(chain[0]!).publicKey.export({ type: 'spki', format: 'pem' }));
  const { scheme, signature } = decode(certificateVerify, signed.subarray(4));
  return [
    credential({
      chain,
      key: {
        sign(asked, data) {
          expect(asked.code).toBe(scheme);
          expect(verifiesWith(SIGNATURE_SCHEMES.row(scheme)!, key, data, signature)).toBe(true);
          return signature;
        },
      },
    }),
  ];
}

function schemeOf(found: ReadonlyMap<number, Buffer>): number[] | undefined {
  const signed = found.get(15);
  return signed && [signed.readUInt16BE(4)];
}

/** Our engine in Go's place. `known` are Go's messages under the keys of the handshake, which a first run has come to. */
function sideOf(recording: Recording, known: ReadonlyMap<number, Buffer>): Side {
  const { hello, answer, suite, own, side } = recording;
  const label = side === 'server' ? 'SERVER' : 'CLIENT';
  const later = (): Map<number, Buffer> => messages(recording, ours, `${label}_TRAFFIC_SECRET_0`);
  const theirs = ({ name, type, raw }: OutgoingMessage): Uint8Array => {
    if (name === 'server_hello') return own.find((one) => one.type === 2)!.raw;
    if (type === 8 || type === 13) return known.get(type) ?? raw;
    return type === 4 ? later().get(4)! : raw;
  };
  const share = side === 'server' ? decode(serverHello, own[0]!.raw.subarray(4)).extensions : undefined;
  const common: CommonOptions = {
    versions: ['TLSv1.3'],
    suites: [suite.code],
    groups: share
      ? [find(share, 51)!.slice(0, 2)].map(([a = 0, b = 0]) => a * 256 + b)
      : (body(hello.extensions, SUPPORTED_GROUPS) ?? []).filter((code) => code < 31),
    verifySchemes: SCHEMES,
    signSchemes: schemeOf(known),
    // in the first run the server needs one, whichever
    credentials: known.size > 0 ? goCredential(known) : side === 'server' ? [RSA] : [],
    random: goRandom(recording),
    replay: true,
    keyLog: true,
    verify: acceptAny,
    // Go gives each message a record of its own
    tap: (message) => [theirs(message)],
  };
  const ours: Side = new Side(
    side === 'client'
      ? TlsEngine.client(
          clientConfig({
            ...common,
            shares: body(hello.extensions, KEY_SHARE)!.map(({ group }) => group),
            shapeHello: () => hello,
          }),
        )
      : TlsEngine.server(
          serverConfig({
            ...common,
            clientAuth: known.has(13) ? 'request' : 'none',
            ticketCount: 1,
            ticketSealer: { seal: () => later().get(4), open: () => undefined },
          }),
        ),
  );
  expect(answer.suite).toBe(suite.code);
  return ours;
}

/** Plays the whole and returns the records of both, one after the other: Go sends its ticket before the client has proved anything, ours later. */
function play(recording: Recording, ours: Side): { readonly made: string[]; readonly wanted: string[] } {
  const [made, wanted]: [Buffer[], Buffer[]] = [[], []];
  let done = false;
  ours.engine.start();
  for (const { by, octets } of recording.flows) {
    if (by !== recording.side) {
      ours.engine.receive(octets);
      continue;
    }
    if (ours.engine.secure && !done) {
      done = true;
      ours.engine.send(Buffer.from(by === 'server' ? 'hello, world\n' : 'hello\n'));
      ours.engine.close();
    }
    made.push(...ours.engine.take());
    wanted.push(octets);
  }
  return { made: units(Buffer.concat(made), false), wanted: units(Buffer.concat(wanted), false) };
}

describeWith(['go'], 'S4: TLS 1.3 recorded by Go', () => {
  const folder = goTestdata();
  const names = readdirSync(folder).filter((name) => MINE.test(name) && !OTHER.test(name));
  const recordings = names.flatMap((name) => readGo(folder, name));
  it.each(recordings.map((one) => [one.name, one.suite.name, one] as const))('%s, %s', (_, __, recording) => {
    const first = sideOf(recording, new Map());
    play(recording, first);
    const label = recording.side === 'server' ? 'SERVER' : 'CLIENT';
    const known = messages(recording, first, `${label}_HANDSHAKE_TRAFFIC_SECRET`);
    expect(known.has(20)).toBe(true);
    const ours = sideOf(recording, known);
    const { made, wanted } = play(recording, ours);
    expect(ours.of('failure').map(({ failure }) => failure.message)).toEqual([]);
    expect(made).toEqual(wanted);
  });
  it('there are enough of them', () => {
    expect(recordings.length).toBeGreaterThan(15);
  });
});
