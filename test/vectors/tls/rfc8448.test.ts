/** Every step of RFC 8448's handshakes: secrets, binder, records both ways, Finished, signatures, ticket. */
import {
  X509Certificate,
  constants,
  createECDH,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  verify,
} from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/lib/codec/index.ts';
import { CONTENT_TYPE, HANDSHAKE_TYPE } from '../../../src/lib/registry/tls-codes.ts';
import { SIGNATURE_SCHEMES } from '../../../src/lib/registry/tls-signatures.ts';
import { SUITES } from '../../../src/lib/registry/tls-suites.ts';
import {
  Deframer,
  MessageReader,
  tls13Opener,
  tls13Sealer,
  type RawMessage,
} from '../../../src/lib/tls/record/index.ts';
import { Transcript, earlySecret, type TrafficSecret } from '../../../src/lib/tls/schedule/index.ts';
import {
  KEY_SHARE_ANSWER,
  EARLY_DATA_TICKET,
  PRE_SHARED_KEY,
  alertMessage,
  body,
  certificate,
  certificateVerify,
  clientHello,
  newSessionTicket,
  serverHello,
  withoutBinders,
} from '../../../src/lib/tls/wire/index.ts';
import { rfc8448, valueOf, type Rfc8448Trace } from '../../support/rfc8448.ts';

const AES = SUITES.row(0x1301)!.bulk;
const traces = rfc8448();

/** Opens records of one direction, and checks that sealing the content again gives the same octets. */
class Direction {
  readonly #open;
  readonly #seal;
  constructor(secret: TrafficSecret) {
    const keys = secret.keys(AES.key);
    this.#open = tls13Opener(AES, keys);
    this.#seal = tls13Sealer(AES, keys);
  }
  open(bytes: Buffer): { type: number; content: Uint8Array } {
    const deframer = new Deframer();
    deframer.limit = this.#open.fragmentLimit;
    deframer.push(bytes);
    const opened = this.#open.open(deframer.next()!);
    expect(deframer.waiting).toBe(0);
    expect(this.#seal.seal(opened.type, opened.content)).toEqual(bytes);
    return opened;
  }
  messages(bytes: Buffer): RawMessage[] {
    const { type, content } = this.open(bytes);
    expect(type).toBe(CONTENT_TYPE.handshake);
    const reader = new MessageReader(() => 65536);
    reader.push(content);
    const found: RawMessage[] = [];
    for (let one = reader.next(); one; one = reader.next()) found.push(one);
    expect(reader.pending).toBe(false);
    return found;
  }
}

function sharedSecret(trace: Rfc8448Trace, hello: Buffer): Buffer {
  const share = body(decode(serverHello, hello.subarray(9)).extensions, KEY_SHARE_ANSWER)!;
  if (share.group === 23) {
    const ecdh = createECDH('prime256v1');
    ecdh.setPrivateKey(valueOf(trace, 'client-p256'));
    return ecdh.computeSecret(share.share);
  }
  const der = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), valueOf(trace, 'client-x25519')]);
  const publicKey = createPublicKey({
    key: { kty: 'OKP', crv: 'X25519', x: Buffer.from(share.share).toString('base64url') },
    format: 'jwk',
  });
  return diffieHellman({ privateKey: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }), publicKey });
}

/** Adds a flight to the transcript; checks CertificateVerify and Finished on the way. */
function takeFlight(
  flight: readonly RawMessage[],
  transcript: Transcript,
  secret: TrafficSecret,
  side: string,
): number[] {
  let key: ReturnType<typeof createPublicKey> | undefined;
  for (const { type, body: octets, raw } of flight) {
    if (type === HANDSHAKE_TYPE.certificate)
      key = new X509Certificate(decode(certificate, octets).entries[0]!.data).publicKey;
    if (type === HANDSHAKE_TYPE.certificateVerify) {
      const { scheme, signature } = decode(certificateVerify, octets);
      const row = SIGNATURE_SCHEMES.row(scheme)!;
      const signed = Buffer.concat([
        Buffer.from(`${' '.repeat(64)}TLS 1.3, ${side} CertificateVerify\0`, 'latin1'),
        transcript.digest(),
      ]);
      const pss = { key: key!, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
      expect(verify(row.hash, signed, row.padding === 'pss' ? pss : key!, signature)).toBe(true);
    }
    if (type === HANDSHAKE_TYPE.finished) expect(secret.verifies(transcript.digest(), octets)).toBe(true);
    transcript.add(raw);
  }
  return flight.map((one) => one.type);
}

describe.each([...traces])('RFC 8448, %s', (name, trace) => {
  const of = (what: string): Buffer => valueOf(trace, what);
  const plain = (what: string): Buffer => of(what).subarray(5);
  const secret = (what: string): Buffer => of(`secret-${what}`);
  const psk = trace.get('psk');
  const transcript = new Transcript();
  const early = earlySecret('sha256', psk);

  it('from the hellos to the end', () => {
    if (name === 'retry') {
      transcript.add(plain('client-hello-1'));
      transcript.start('sha256');
      transcript.retry();
      transcript.add(plain('retry'));
    }
    const hello = plain('client-hello');
    let zeroRtt: Direction | undefined;
    if (psk) {
      transcript.start('sha256');
      const parsed = decode(clientHello, hello.subarray(4));
      const binder = body(parsed.extensions, PRE_SHARED_KEY)!.binders[0]!;
      const digest = transcript.digest(withoutBinders(hello, parsed));
      expect(early.binderKey('resumption').verifies(digest, binder)).toBe(true);
      expect(early.binderKey('external').verifies(digest, binder)).toBe(false);
    }
    transcript.add(hello);
    if (psk) {
      const traffic = early.clientTraffic(transcript.digest());
      expect(traffic.reveal()).toEqual(secret('c-e-traffic'));
      expect(early.exporter(transcript.digest()).reveal()).toEqual(secret('e-exp-master'));
      zeroRtt = new Direction(traffic);
      expect(zeroRtt.open(of('early-data'))).toMatchObject({ type: 23, content: Buffer.from('ABCDEF') });
    }
    transcript.start('sha256');
    transcript.add(plain('server-hello'));
    const handshake = early.handshake(sharedSecret(trace, of('server-hello')));
    const client = handshake.clientTraffic(transcript.digest());
    const server = handshake.serverTraffic(transcript.digest());
    expect(client.reveal()).toEqual(secret('c-hs-traffic'));
    expect(server.reveal()).toEqual(secret('s-hs-traffic'));

    const types = takeFlight(new Direction(server).messages(of('server-flight')), transcript, server, 'server');
    expect(types).toEqual(name === 'client-authentication' ? [8, 13, 11, 15, 20] : psk ? [8, 20] : [8, 11, 15, 20]);
    const master = handshake.master();
    const [clientData, serverData] = [
      master.clientTraffic(transcript.digest()),
      master.serverTraffic(transcript.digest()),
    ];
    expect(clientData.reveal()).toEqual(secret('c-ap-traffic'));
    expect(serverData.reveal()).toEqual(secret('s-ap-traffic'));
    expect(master.exporter(transcript.digest()).reveal()).toEqual(secret('exp-master'));
    if (trace.has('server-application-key')) {
      expect(serverData.keys(16)).toEqual({ key: of('server-application-key'), iv: of('server-application-iv') });
    }

    if (zeroRtt) takeFlight(zeroRtt.messages(of('end-of-early-data')), transcript, client, 'client');
    const answer = trace.get('client-flight') ?? of('client-finished');
    expect(takeFlight(new Direction(client).messages(answer), transcript, client, 'client').at(-1)).toBe(20);
    const resumption = master.resumption(transcript.digest());
    expect(resumption.reveal()).toEqual(secret('res-master'));

    const [toServer, toClient] = [new Direction(clientData), new Direction(serverData)];
    if (trace.has('ticket')) {
      const ticket = decode(newSessionTicket, toClient.messages(of('ticket'))[0]!.body);
      expect(ticket.lifetime).toBe(30);
      expect(ticket.ticket).toEqual(
        body(
          decode(clientHello, valueOf(traces.get('resumed'), 'client-hello').subarray(9)).extensions,
          PRE_SHARED_KEY,
        )!.identities[0]!.identity,
      );
      expect(body(ticket.extensions, EARLY_DATA_TICKET)).toBe(1024);
      expect(resumption.psk(ticket.nonce)).toEqual(valueOf(traces.get('resumed'), 'psk'));
    }
    if (trace.has('client-data')) {
      const data = Buffer.from(Array.from({ length: 50 }, (_, i) => i));
      expect(toServer.open(of('client-data'))).toEqual({ type: 23, content: data });
      expect(toClient.open(of('server-data'))).toEqual({ type: 23, content: data });
    }
    for (const [direction, record] of [
      [toServer, 'client-close'],
      [toClient, 'server-close'],
    ] as const) {
      const { type, content } = direction.open(of(record));
      expect([type, decode(alertMessage, content)]).toEqual([21, { level: 1, description: 0 }]);
    }
  });
});
