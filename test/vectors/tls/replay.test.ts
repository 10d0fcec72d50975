/**
 * RFC 8448's handshakes, made again by the engine. As the client it gets the server's octets and must send the client's, as the server the
 * other way round. What a peer is free to choose comes from the trace: randoms and keys, the order of extensions, signatures with random
 * salts, the ticket. All else must come out of the engine by itself.
 */
import { createPublicKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decode, encode, type Schema, type Value } from '../../../src/lib/codec/index.ts';
import { HANDSHAKE_TYPE } from '../../../src/lib/registry/tls-codes.ts';
import { SIGNATURE_SCHEMES } from '../../../src/lib/registry/tls-signatures.ts';
import { SUITES } from '../../../src/lib/registry/tls-suites.ts';
import {
  TlsEngine,
  acceptAny,
  clientConfig,
  credential,
  encodeSession,
  serverConfig,
  type ClientOptions,
  type CommonOptions,
  type Credential,
  type OutgoingMessage,
  type ServerOptions,
  type Session,
} from '../../../src/lib/tls/index.ts';
import { Deframer, MessageReader, tls13Opener, type RawMessage } from '../../../src/lib/tls/record/index.ts';
import { TrafficSecret } from '../../../src/lib/tls/schedule/index.ts';
import { verifiesWith } from '../../../src/lib/tls/signatures.ts';
import {
  COOKIE,
  PRE_SHARED_KEY,
  SIGNATURE_ALGORITHMS,
  SUPPORTED_GROUPS,
  body,
  certificate,
  certificateVerify,
  clientHello,
  encryptedExtensions,
  helloRetryRequest,
  newSessionTicket,
  serverHello,
  type ClientHello,
  type Extension,
} from '../../../src/lib/tls/wire/index.ts';
import { Side } from '../../support/tls-pair.ts';
import { rfc8448, rfc8448Records, valueOf, type Rfc8448Trace } from '../../support/rfc8448.ts';

const traces = rfc8448();
const AES = SUITES.row(0x1301)!.bulk;
const DATA = Buffer.from(Array.from({ length: 50 }, (_, i) => i));
const EARLY = Buffer.from('ABCDEF');

/** The values that are drawn, in their order; every draw must have the length of its value, and none may be left over. */
class Draws {
  readonly #values: Buffer[];
  constructor(values: readonly (Buffer | undefined)[]) {
    this.#values = values.filter((one) => one !== undefined);
  }
  readonly random = (length: number): Buffer => {
    const value = this.#values.shift();
    expect(value?.length).toBe(length);
    return value!;
  };
  get left(): number {
    return this.#values.length;
  }
}

const hello = (trace: Rfc8448Trace, name = 'client-hello'): ClientHello =>
  decode(clientHello, valueOf(trace, name).subarray(9));
const answer = (trace: Rfc8448Trace): Value<typeof serverHello> =>
  decode(serverHello, valueOf(trace, 'server-hello').subarray(9));

/** The messages of a protected flight, opened with the trace's own secret. */
function flight(trace: Rfc8448Trace, name: string, secret: string): ReadonlyMap<number, RawMessage> {
  const deframer = new Deframer();
  const opener = tls13Opener(AES, new TrafficSecret('sha256', valueOf(trace, `secret-${secret}`)).keys(16));
  deframer.limit = opener.fragmentLimit;
  deframer.push(valueOf(trace, name));
  const reader = new MessageReader(() => 65_536);
  reader.push(opener.open(deframer.next()!).content);
  const found = new Map<number, RawMessage>();
  for (let one = reader.next(); one; one = reader.next()) found.set(one.type, one);
  return found;
}

const extensionsOf = (message: RawMessage | undefined): readonly Extension[] =>
  decode(encryptedExtensions, message!.body).extensions;

/** A credential that signs by the recorded signature, once it is asked to sign what that signature covers. */
function recorded(messages: ReadonlyMap<number, RawMessage>): Credential {
  const chain = decode(certificate, messages.get(HANDSHAKE_TYPE.certificate)!.body).entries.map(({ data }) => data);
  const { scheme, signature } = decode(certificateVerify, messages.get(HANDSHAKE_TYPE.certificateVerify)!.body);
  const key = createPublicKey(new X509Certificate(chain[0]!).publicKey.export({ type: 'spki', format: 'pem' }));
  return credential({
    chain,
    key: {
      sign(asked, data) {
        expect(asked.code).toBe(scheme);
        expect(verifiesWith(SIGNATURE_SCHEMES.row(scheme)!, key, data, signature)).toBe(true);
        return signature;
      },
    },
  });
}

/** The extensions in the order of `wanted`; where the engine has none of a type, the trace's own is put in. */
function inOrder(own: readonly Extension[], wanted: readonly Extension[], added: readonly number[] = []): Extension[] {
  const types = new Set(wanted.map(({ type }) => type));
  expect(own.filter(({ type }) => !types.has(type))).toEqual([]);
  return wanted.flatMap((one) => {
    const ours = own.find(({ type }) => type === one.type);
    if (!ours) expect(added).toContain(one.type);
    return ours ? [ours] : [one];
  });
}

/** renegotiation_info and session_ticket, which NSS sends though it speaks TLS 1.3 alone; padding. */
const FOREIGN = [0xff01, 35, 21];

/** What a hello and EncryptedExtensions say of the side that sent them. */
const common = (first: ClientHello): CommonOptions => ({
  versions: ['TLSv1.3'],
  suites: first.suites,
  groups: body(first.extensions, SUPPORTED_GROUPS)!,
  verifySchemes: body(first.extensions, SIGNATURE_ALGORITHMS)!,
  recordSizeLimit: 0x4001,
  middleboxCompatibility: first.sessionId.length > 0,
  replay: true,
  keyLog: true,
  verify: acceptAny,
});

const LABELS: Readonly<Record<string, string>> = {
  'c-e-traffic': 'CLIENT_EARLY_TRAFFIC_SECRET',
  'e-exp-master': 'EARLY_EXPORTER_SECRET',
  'c-hs-traffic': 'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
  's-hs-traffic': 'SERVER_HANDSHAKE_TRAFFIC_SECRET',
  'c-ap-traffic': 'CLIENT_TRAFFIC_SECRET_0',
  's-ap-traffic': 'SERVER_TRAFFIC_SECRET_0',
  'exp-master': 'EXPORTER_SECRET',
};

/** Every secret of the trace that key logs have, and none besides. */
function expectSecrets(trace: Rfc8448Trace, side: Side): void {
  const { random } = hello(trace);
  const wanted = Object.entries(LABELS).flatMap(([name, label]) => {
    const secret = trace.get(`secret-${name}`);
    return secret ? [`${label} ${Buffer.from(random).toString('hex')} ${secret.toString('hex')}`] : [];
  });
  expect(
    side
      .of('keylog')
      .map(({ line }) => line)
      .sort(),
  ).toEqual(wanted.sort());
}

/** Plays the records: gives those of the other side to the engine, and compares the engine's own. */
function play(name: string, side: Side, by: 'client' | 'server', acts: Readonly<Record<string, () => void>>): void {
  let out: Buffer = Buffer.alloc(0);
  const take = (): void => void (out = Buffer.concat([out, ...side.engine.take()]));
  for (const record of rfc8448Records(name)) {
    if (record.by !== by) {
      side.engine.receive(record.octets);
      continue;
    }
    acts[record.name]?.();
    take();
    expect(side.of('failure').map(({ failure }) => failure.message)).toEqual([]);
    expect([record.name, out.subarray(0, record.octets.length).toString('hex')]).toEqual([
      record.name,
      record.octets.toString('hex'),
    ]);
    out = out.subarray(record.octets.length);
  }
  take();
  expect(out.toString('hex')).toBe('');
  expect(side.of('failure')).toEqual([]);
  expect(side.of('closed')).toEqual([{ type: 'closed', clean: true }]);
}

/** When the ticket of the first handshake came, by our clock. */
const THEN = 1_600_000_000_000;

/** The clock by which the ticket is as old as the trace says. */
function clock(trace: Rfc8448Trace): () => number {
  const [identity] = body(hello(trace).extensions, PRE_SHARED_KEY)?.identities ?? [];
  if (!identity) return () => THEN;
  const age = (identity.obfuscatedAge - ticket().ageAdd + 2 ** 32) % 2 ** 32;
  return () => THEN + age;
}

const ticket = (): Value<typeof newSessionTicket> =>
  decode(
    newSessionTicket,
    flight(traces.get('simple')!, 'ticket', 's-ap-traffic').get(HANDSHAKE_TYPE.newSessionTicket)!.body,
  );

/** The engine as the client of a trace. */
function client(name: string, session?: Session): Side {
  const trace = traces.get(name)!;
  const first = hello(trace, trace.has('client-hello-1') ? 'client-hello-1' : 'client-hello');
  const hellos = [first, hello(trace)];
  const draws = new Draws([
    Buffer.from(first.random),
    first.sessionId.length > 0 ? Buffer.from(first.sessionId) : undefined,
    valueOf(trace, 'client-x25519'),
    trace.get('client-p256'),
  ]);
  const own = trace.has('client-flight') ? flight(trace, 'client-flight', 'c-hs-traffic') : undefined;
  const options: ClientOptions = {
    ...common(first),
    shares: ['x25519'],
    random: draws.random,
    now: clock(trace),
    credentials: own ? [recorded(own)] : [],
    shapeHello(made) {
      const wanted = (hellos.shift() as ClientHello).extensions!.filter(({ type }) => type !== PRE_SHARED_KEY.code);
      return { ...made, extensions: inOrder(made.extensions!, wanted, FOREIGN) };
    },
  };
  const early = trace.has('early-data');
  const connection = { serverName: 'server', session, earlyData: early };
  const side = new Side(TlsEngine.client(clientConfig(options), connection));
  if (early) side.engine.sendEarly(EARLY);
  side.engine.start();
  play(name, side, 'client', {
    'client-data': () => side.engine.send(DATA),
    'client-close': () => side.engine.close(),
  });
  expect(draws.left).toBe(0);
  expectSecrets(trace, side);
  if (trace.has('server-data')) expect(side.data).toEqual(DATA);
  return side;
}

/** Puts extensions into the trace's order. The ticket's nonce has two octets there; ours has one. */
function tap(trace: Rfc8448Trace, messages: ReadonlyMap<number, RawMessage>) {
  const shaped = <T extends { readonly extensions: readonly Extension[] | undefined }>(
    raw: Uint8Array,
    schema: Schema<T>,
    wanted: readonly Extension[],
  ): Buffer => {
    const made = decode(schema, raw.subarray(4));
    const octets = encode(schema, { ...made, extensions: inOrder(made.extensions ?? [], wanted) });
    expect(octets.length).toBe(raw.length - 4);
    return Buffer.concat([raw.subarray(0, 4), octets]);
  };
  const retry = trace.get('retry')?.subarray(9);
  return ({ name, raw }: OutgoingMessage): Uint8Array => {
    if (name === 'hello_retry_request') {
      return shaped(raw, helloRetryRequest, decode(helloRetryRequest, retry!).extensions ?? []);
    }
    if (name === 'server_hello') return shaped(raw, serverHello, answer(trace).extensions ?? []);
    if (name === 'encrypted_extensions') {
      const wanted = extensionsOf(messages.get(HANDSHAKE_TYPE.encryptedExtensions));
      return shaped(raw, encryptedExtensions, wanted);
    }
    if (name !== 'new_session_ticket') return raw;
    const made = encode(newSessionTicket, { ...decode(newSessionTicket, raw.subarray(4)), nonce: ticket().nonce });
    return Buffer.concat([Buffer.from([HANDSHAKE_TYPE.newSessionTicket, 0, 0, made.length]), made]);
  };
}

/** The engine as the server of a trace. */
function server(name: string): Side {
  const trace = traces.get(name)!;
  const messages = flight(trace, 'server-flight', 's-hs-traffic');
  const groups = body(extensionsOf(messages.get(HANDSHAKE_TYPE.encryptedExtensions)), SUPPORTED_GROUPS)!;
  const ageAdd = Buffer.alloc(4);
  ageAdd.writeUInt32BE(ticket().ageAdd);
  const draws = new Draws([
    trace.get('server-x25519') ?? valueOf(trace, 'server-p256'),
    Buffer.from(answer(trace).random),
    trace.has('ticket') ? ageAdd : undefined,
  ]);
  const retry = trace.get('retry');
  const cookie = retry && body(decode(helloRetryRequest, retry.subarray(9)).extensions, COOKIE);
  const request = messages.get(HANDSHAKE_TYPE.certificateRequest);
  const psk = trace.get('psk');
  const options: ServerOptions = {
    ...common(hello(trace)),
    groups,
    // the one with a HelloRetryRequest had a share of its last group
    insistOnGroup: true,
    random: draws.random,
    now: clock(trace),
    announceGroups: true,
    credentials: messages.has(HANDSHAKE_TYPE.certificate) ? [recorded(messages)] : [],
    clientAuth: request ? 'require' : 'none',
    cookie: cookie && (() => cookie),
    tap: tap(trace, messages),
    sessionLifetime: 30,
    ticketCount: trace.has('ticket') ? 1 : 0,
    ticketCountResumed: 0,
    maxEarlyData: 1024,
    replayGuard: { fresh: () => true },
    ticketSealer: {
      seal: () => ticket().ticket,
      open: (sealed) => {
        expect(Buffer.from(sealed)).toEqual(Buffer.from(ticket().ticket));
        return psk && { state: encodeSession(sessionOf(psk)), renew: false };
      },
    },
  };
  const side = new Side(TlsEngine.server(serverConfig(options)));
  play(name, side, 'server', { 'server-data': () => side.engine.send(DATA) });
  expect(draws.left).toBe(0);
  expectSecrets(trace, side);
  return side;
}

/** The session of the ticket. */
function sessionOf(psk: Buffer): Session {
  const { lifetime, ageAdd, ticket: octets } = ticket();
  return {
    version: 0x0304,
    suite: 0x1301,
    secret: psk,
    created: THEN,
    lifetime,
    ticket: octets,
    id: Buffer.alloc(0),
    ageAdd,
    maxEarlyData: 1024,
    serverName: 'server',
    alpn: Buffer.alloc(0),
    extendedMasterSecret: true,
    encryptThenMac: false,
    maxFragmentLength: 0,
    peerChain: [],
    context: Buffer.alloc(0),
  };
}

describe('S4: RFC 8448 by the engine', () => {
  it('simple and resumed, as client: the ticket of the first handshake serves the second', () => {
    const first = client('simple');
    const { session } = first.of('session')[0]!;
    const wanted = { ...sessionOf(valueOf(traces.get('resumed'), 'psk')), peerChain: session.peerChain };
    expect(encodeSession(session)).toEqual(encodeSession(wanted));
    const second = client('resumed', session);
    expect(second.of('early_data')).toEqual([{ type: 'early_data', accepted: true, why: undefined }]);
    expect(second.engine.info.resumed).toBe(true);
  });
  it.each(['retry', 'client-authentication', 'compatibility'])('%s, as client', (name) => {
    expect(client(name).engine.info.retried).toBe(name === 'retry');
  });
  it.each(['simple', 'resumed', 'retry', 'client-authentication', 'compatibility'])('%s, as server', (name) => {
    const side = server(name);
    const data = [...(name === 'resumed' ? [EARLY] : []), ...(traces.get(name)!.has('client-data') ? [DATA] : [])];
    expect(side.data).toEqual(Buffer.concat(data));
    expect(side.of('data').filter(({ early }) => early).length).toBe(name === 'resumed' ? 1 : 0);
  });
});
