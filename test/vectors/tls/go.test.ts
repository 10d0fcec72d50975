/**
 * Handshakes that Go's crypto/tls has recorded between itself and OpenSSL, read where Go is installed: TLS 1.0 to 1.2 as client and server, and
 * TLS 1.3 as client without a certificate; go13.test.ts has what TLS 1.3 has besides. Go's side drew zeros for all that is random, so that our
 * engine can take its place: it gets OpenSSL's octets, and must send Go's. What Go is free to choose is taken over: its ClientHello or
 * ServerHello, the CertificateRequest, the ticket, signatures. Key exchange, key schedule, Finished, MACs, IVs, padding and records must come
 * out alike, and OpenSSL's own Finished and data must open.
 */
import { createPrivateKey, createPublicKey, privateDecrypt, constants, X509Certificate } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { decode } from '../../../src/lib/codec/index.ts';
import { EXTENSION } from '../../../src/lib/registry/tls-extensions.ts';
import { VERSIONS } from '../../../src/lib/registry/tls-versions.ts';
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
import { verifiesWith } from '../../../src/lib/tls/signatures.ts';
import {
  ALPN,
  KEY_SHARE,
  SUPPORTED_GROUPS,
  SUPPORTED_VERSIONS,
  body,
  certificate12,
  clientHello,
  find,
  serverHello12,
  type ClientHello,
} from '../../../src/lib/tls/wire/index.ts';
import { CCS, ZERO_SHARE, goTestdata, readGo, units, type Flow, type Recording } from '../../support/go-recordings.ts';
import { describeWith } from '../../support/peers.ts';
import { Side } from '../../support/tls-pair.ts';

/**
 * What is not played: other messages than a plain full handshake has, or a failure; those of go13.test.ts; and
 * Ed25519 in TLS 1.0, where Go signs by it though RFC 8422 has it from TLS 1.2 on.
 */
const OTHER =
  /Server-TLSv13|TLSv13-ClientCert|KeyUpdate|SSLv3|Renegotiat|Resume|NoMatch|FallbackSCSV|NotFound|-Disabled|PreDisable|TLSv10-ClientCert-Ed25519/;

/** Go's keys for tests, by their variables. */
function goKey(source: string, variable: string): Buffer {
  return Buffer.from(new RegExp(`var ${variable}, _ = .*fromHex\\("([0-9a-f]+)"`).exec(source)?.[1] ?? '', 'hex');
}

/** Zeros, and where a key for a curve is drawn what Go's elliptic.GenerateKey makes of zeros; 0x42 where PKCS #1 wants no zeros. */
function goRandom(recording: Recording): (length: number) => Buffer {
  const hello =
    recording.side === 'server' ? Buffer.from(recording.answer.random) : Buffer.from(recording.hello.random);
  const x25519 = recording.own.some(({ raw }) => raw.includes(ZERO_SHARE));
  let count = 0;
  return (length) => {
    count += 1;
    if (count === 1) return hello;
    const made = Buffer.alloc(length);
    if (length === PKCS1_PADDING) return made.fill(0x42);
    const first = x25519 ? 3 : recording.side === 'server' ? 1 : 2;
    if (count > first && length >= 32 && length !== PREMASTER) made[1] = 0x42;
    return made;
  };
}

const PREMASTER = 48;
const PKCS1_PADDING = 128 - 3 - PREMASTER;

/** Go's certificate with its signature, which must be over what we would sign. */
function goCredential({ own, suite, side, answer }: Recording, rsaKey: Buffer): Credential[] {
  const certificates = own.find(({ type }) => type === 11);
  const chain = certificates ? decode(certificate12, certificates.raw.subarray(4)) : [];
  if (chain.length === 0) return [];
  const key = createPublicKey(new X509Certificate(chain[0]!).publicKey.export({ type: 'spki', format: 'pem' }));
  const signed = own.find(({ type }) => type === (side === 'server' ? 12 : 15))?.raw;
  return [
    credential({
      chain,
      key: {
        sign(scheme, data) {
          // the signature ends the message, with its length in front
          const skip = side === 'client' ? 4 : 4 + (data.length - 64);
          const at = skip + (answer.version === 0x0303 ? 2 : 0);
          const signature = signed!.subarray(at + 2);
          expect(signed!.readUInt16BE(at)).toBe(signature.length);
          if (answer.version === 0x0303) expect(signed!.readUInt16BE(skip)).toBe(scheme.code);
          expect(verifiesWith(scheme, key, data, signature)).toBe(true);
          return signature;
        },
        ...(suite.keyExchange === 'rsa'
          ? {
              decrypt: (encrypted: Uint8Array) => {
                const pkcs1 = createPrivateKey({ key: rsaKey, format: 'der', type: 'pkcs1' });
                return privateDecrypt({ key: pkcs1, padding: constants.RSA_NO_PADDING }, encrypted);
              },
            }
          : {}),
      },
    }),
  ];
}

/** The scheme that Go signed by comes first for us as well. */
function signedBy({ own, side, answer, hello }: Recording): number[] | undefined {
  if (answer.version !== 0x0303) return undefined;
  const signed = own.find(({ type }) => type === (side === 'server' ? 12 : 15))?.raw;
  if (!signed) return undefined;
  if (side === 'client') return [signed.readUInt16BE(4)];
  const point = signed[7]!;
  expect(hello.suites.length).toBeGreaterThan(0);
  return [signed.readUInt16BE(8 + point)];
}

const TAPPED: ReadonlyMap<string, number> = new Map([
  ['server_hello', 2],
  ['certificate_request', 13],
  ['new_session_ticket', 4],
]);

function optionsOf(recording: Recording, rsaKey: Buffer): CommonOptions {
  const { hello, answer, suite, own, side } = recording;
  const versions =
    side === 'client'
      ? (body(hello.extensions, SUPPORTED_VERSIONS) ?? [hello.version, answer.version])
      : [answer.version];
  const known = [...new Set(versions)].flatMap((code) =>
    VERSIONS.row(code) && code > 0x0300 ? [VERSIONS.row(code)!.name] : [],
  );
  const groups = (body(hello.extensions, SUPPORTED_GROUPS) ?? [29, 23]).filter((code) => code < 31);
  const chosen = own.find(({ type }) => type === 12)?.raw.readUInt16BE(5);
  const has = (type: number): boolean => find(answer.extensions, type) !== undefined;
  return {
    versions: known,
    suites: [...new Set([suite.code, ...(side === 'client' && known.includes('TLSv1.3') ? [0x1301] : [])])],
    groups: side === 'server' && chosen !== undefined && suite.keyExchange === 'ecdhe' ? [chosen] : groups,
    // whatever Go or OpenSSL signed by: what is checked here is something else
    verifySchemes: [
      0x0804, 0x0403, 0x0807, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0503, 0x0603, 0x0201, 0x0203, 0x0301, 0x0303,
    ],
    signSchemes: signedBy(recording),
    credentials: goCredential(recording, rsaKey),
    extendedMasterSecret: has(EXTENSION.extendedMasterSecret) ? 'use' : 'off',
    encryptThenMac: has(EXTENSION.encryptThenMac),
    random: goRandom(recording),
    replay: true,
    verify: acceptAny,
    tap({ name, raw }: OutgoingMessage) {
      const type = TAPPED.get(name);
      const theirs = own.find((one) => one.type === type)?.raw;
      if (name === 'server_hello') {
        const made = decode(serverHello12, raw.subarray(4));
        expect([made.version, made.suite, Buffer.from(made.random)]).toEqual([
          answer.version,
          answer.suite,
          Buffer.from(answer.random),
        ]);
      }
      return theirs ?? raw;
    },
  };
}

/** Both hellos where there was a HelloRetryRequest. */
function hellosOf(flows: readonly Flow[]): ClientHello[] {
  return flows
    .filter(({ by }) => by === 'client')
    .flatMap(({ octets }) => units(octets, true))
    .filter((record) => /^16.{8}01/.test(record))
    .map((record) => decode(clientHello, Buffer.from(record, 'hex').subarray(9)));
}

function sideOf(recording: Recording, rsaKey: Buffer): Side {
  const { hello, side, own } = recording;
  const options = optionsOf(recording, rsaKey);
  if (side === 'client') {
    const tls13 = recording.suite.first === 0x0304;
    const offered = body(hello.extensions, KEY_SHARE)?.map(({ group }) => group) ?? [];
    const shares = tls13 ? offered : [];
    const alpn = body(hello.extensions, ALPN) ?? [];
    const hellos = hellosOf(recording.flows);
    const shapeHello = (made: ClientHello): ClientHello => {
      const theirs = hellos.shift()!;
      if (tls13) expect(body(made.extensions, KEY_SHARE)).toEqual(body(theirs.extensions, KEY_SHARE));
      return theirs;
    };
    return new Side(TlsEngine.client(clientConfig({ ...options, alpn, shares, shapeHello })));
  }
  const ticket = own.find(({ type }) => type === 4)?.raw.subarray(10);
  return new Side(
    TlsEngine.server(
      serverConfig({
        ...options,
        clientAuth: own.some(({ type }) => type === 13) ? 'request' : 'none',
        ...(ticket ? { ticketSealer: { seal: () => ticket, open: () => undefined } } : {}),
      }),
    ),
  );
}

function play(recording: Recording, rsaKey: Buffer): void {
  const side = sideOf(recording, rsaKey);
  let sealed = false;
  let done = false;
  side.engine.start();
  for (const { by, octets } of recording.flows) {
    if (by !== recording.side) {
      side.engine.receive(octets);
      continue;
    }
    if (side.engine.secure && !done) {
      done = true;
      side.engine.send(Buffer.from(by === 'server' ? 'hello, world\n' : 'hello\n'));
      side.engine.close();
    }
    const made = Buffer.concat(side.engine.take());
    expect(side.of('failure').map(({ failure }) => failure.message)).toEqual([]);
    expect(units(made, sealed)).toEqual(units(octets, sealed));
    sealed ||= units(octets, false).some((unit) => unit.startsWith(`${CCS} `));
  }
  expect(side.of('failure').map(({ failure }) => failure.message)).toEqual([]);
  expect(done).toBe(true);
}

describeWith(['go'], 'S4: handshakes recorded by Go', () => {
  const folder = goTestdata();
  const rsaKey = goKey(readFileSync(join(folder, '../handshake_test.go'), 'utf8'), 'testRSAPrivateKey');
  const recordings = readdirSync(folder)
    .filter((name) => !OTHER.test(name))
    .flatMap((name) => readGo(folder, name));
  it.each(recordings.map((one) => [one.name, one.suite.openssl ?? one.suite.name, one] as const))(
    '%s, %s',
    (_, __, recording) => {
      play(recording, rsaKey);
    },
  );
  it('there are enough of them', () => {
    expect(recordings.length).toBeGreaterThan(40);
  });
});
