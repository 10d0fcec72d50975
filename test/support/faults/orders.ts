/**
 * The order of handshake messages: what each side sends in each kind of handshake, and for every place in it what the peer must say to
 * every other message that comes there.
 */
import { HANDSHAKE_TYPE, HANDSHAKE_TYPES } from '../../../src/lib/registry/tls-codes.ts';
import type { Reason } from '../../../src/lib/registry/tls-reasons.ts';
import type { VersionName } from '../../../src/lib/registry/tls-versions.ts';
import { hex, message } from './edit.ts';
import { BOTH, V12, V13, fault, type Context, type Fault, type Plan, type SideName } from './harness.ts';
import { mutual, retried, withPsk } from './hellos.ts';
import { resuming, tickets } from './sessions.ts';

const T = HANDSHAKE_TYPE;

export interface Flow {
  readonly name: string;
  readonly version: VersionName;
  readonly plan: (t: Context) => Plan | Promise<Plan>;
  /** What each side sends, in order. */
  readonly client: readonly string[];
  readonly server: readonly string[];
  /** Whether it authenticates by a PSK or a session. */
  readonly psk?: boolean;
}

const list = (text: string): readonly string[] => text.split(' ');
const PSK = { psks: [{ identity: Buffer.from('me'), key: Buffer.alloc(32, 1) }], suites: ['PSK-AES128-GCM-SHA256'] };

const FLOWS: readonly Flow[] = [
  {
    name: 'full',
    version: 'TLSv1.3',
    plan: () => ({}),
    client: list('client_hello finished'),
    server: list('server_hello encrypted_extensions certificate certificate_verify finished'),
  },
  {
    name: 'with client authentication',
    version: 'TLSv1.3',
    plan: (t) => mutual(t, {}),
    client: list('client_hello certificate certificate_verify finished'),
    server: list('server_hello encrypted_extensions certificate_request certificate certificate_verify finished'),
  },
  {
    name: 'with a retry',
    version: 'TLSv1.3',
    plan: () => retried({}),
    client: list('client_hello client_hello finished'),
    server: list('hello_retry_request server_hello encrypted_extensions certificate certificate_verify finished'),
  },
  {
    name: 'with a PSK',
    version: 'TLSv1.3',
    plan: () => withPsk({}),
    client: list('client_hello finished'),
    server: list('server_hello encrypted_extensions finished'),
    psk: true,
  },
  {
    name: 'with ECDHE and a ticket',
    version: 'TLSv1.2',
    plan: () => ({ server: tickets() }),
    client: list('client_hello client_key_exchange finished'),
    server: list('server_hello certificate server_key_exchange server_hello_done new_session_ticket finished'),
  },
  {
    name: 'with client authentication',
    version: 'TLSv1.2',
    plan: (t) => mutual(t, {}),
    client: list('client_hello certificate client_key_exchange certificate_verify finished'),
    server: list('server_hello certificate server_key_exchange certificate_request server_hello_done finished'),
  },
  {
    name: 'with RSA',
    version: 'TLSv1.2',
    plan: (t) => ({
      client: { suites: ['AES128-GCM-SHA256'] },
      server: { suites: ['AES128-GCM-SHA256'], credentials: [t.id('rsa').credential] },
    }),
    client: list('client_hello client_key_exchange finished'),
    server: list('server_hello certificate server_hello_done finished'),
  },
  {
    name: 'with an OCSP response',
    version: 'TLSv1.2',
    plan: (t) => ({
      client: { requestOcsp: true },
      server: { credentials: [{ ...t.id('p256').credential, ocsp: hex('3003020100') }] },
    }),
    client: list('client_hello client_key_exchange finished'),
    server: list('server_hello certificate certificate_status server_key_exchange server_hello_done finished'),
  },
  {
    name: 'with a PSK',
    version: 'TLSv1.2',
    plan: () => ({ client: PSK, server: PSK }),
    client: list('client_hello client_key_exchange finished'),
    server: list('server_hello server_hello_done finished'),
    psk: true,
  },
  {
    name: 'resumed',
    version: 'TLSv1.2',
    plan: (t) => resuming(t, {}),
    client: list('client_hello finished'),
    server: list('server_hello finished'),
    psk: true,
  },
];

const CBC = { suites: ['ECDHE-ECDSA-AES128-SHA'] };

/** The versions before TLS 1.2 have its order. */
const OLD_FLOWS: readonly Flow[] = (['TLSv1.1', 'TLSv1'] as const).map((version) => ({
  name: 'with client authentication',
  version,
  plan: (t: Context) => mutual(t, { client: CBC, server: CBC }),
  client: list('client_hello certificate client_key_exchange certificate_verify finished'),
  server: list('server_hello certificate server_key_exchange certificate_request server_hello_done finished'),
}));

export const ALL_FLOWS: readonly Flow[] = [...FLOWS, ...OLD_FLOWS];

/** Every type that there is, and one that there is not. */
export const TYPES: readonly number[] = [...HANDSHAKE_TYPES.rows.map(({ code }) => code), 99];

/** A place in a flow: the `at`th message of a side, which has this name. */
export interface Place {
  readonly flow: Flow;
  readonly by: SideName;
  readonly at: number;
}

/** Messages beside the one of the flow that may come at a place; they are read, so an empty body is a fault of another kind. */
function mayCome({ flow, by, at }: Place, type: number): boolean {
  const name = flow[by][at];
  const before = flow[by].slice(0, at);
  if (HANDSHAKE_TYPES.named(name === 'hello_retry_request' ? 'server_hello' : name!)?.code === type) return true;
  if (flow.version === 'TLSv1.3') {
    if (name === 'certificate_request') return type === T.certificate;
    return (
      name === 'certificate' &&
      by === 'server' &&
      type === T.certificateRequest &&
      !before.includes('certificate_request')
    );
  }
  if (name === 'certificate_request') return type === T.serverHelloDone;
  if (name === 'certificate_status') return type === T.serverKeyExchange;
  if (name !== 'server_hello_done') return false;
  if (flow.psk) return type === T.serverKeyExchange;
  return type === T.certificateRequest && !before.includes('certificate_request');
}

/** The reason for a message of `type` at a place; undefined where it may come, or is ignored. */
export function reasonFor(place: Place, type: number): Reason | undefined {
  const { flow, by, at } = place;
  const name = flow[by][at];
  const tls13 = flow.version === 'TLSv1.3';
  const known = at > 0;
  if (type === 99) return 'message_type_unknown';
  if (mayCome(place, type)) return undefined;
  if (type === T.helloRequest) {
    // ignored by a client before TLS 1.3, and while it does not know the version
    if (by === 'server' && !(tls13 && known)) return undefined;
    return tls13 && known ? 'hello_request_in_tls13' : 'message_unexpected';
  }
  if (type === T.endOfEarlyData) return tls13 && known ? 'end_of_early_data_unexpected' : 'message_unexpected';
  if (type === T.finished && name === 'certificate_verify') return 'certificate_verify_missing';
  if (name === 'finished') return atFinished(place, type);
  if (!tls13 && type === T.certificateStatus && comesAfterCertificate(place)) return 'certificate_status_unexpected';
  if (!tls13 && flow.psk && name === 'server_hello_done' && type === T.certificateRequest)
    return 'certificate_request_anonymous';
  return 'message_unexpected';
}

function atFinished({ flow, by }: Place, type: number): Reason {
  const psk = flow.psk === true;
  const unproved = by === 'client' && !flow.client.includes('certificate');
  if (type === T.certificateVerify && (psk || unproved)) return 'certificate_verify_unexpected';
  if (type === T.certificateRequest && psk && flow.version === 'TLSv1.3') return 'certificate_request_with_psk';
  return 'message_unexpected';
}

/** A CertificateStatus that was not promised, where one could come. */
const comesAfterCertificate = ({ flow, by, at }: Place): boolean =>
  by === 'server' && flow.server[at - 1] === 'certificate';

/** A message after the handshake. */
const late = (type: number): ((t: Context) => Plan) => {
  return ({ by }) => ({ after: (pair) => pair[by].engine.sendRecord(22, message(type)) });
};

const lateTypes = (by: SideName, versions: readonly VersionName[], allowed: readonly number[]): Fault[] =>
  HANDSHAKE_TYPES.rows.flatMap(({ code, name }) =>
    allowed.includes(code) ? [] : fault('message_unexpected', by, versions, `${name} after the handshake`, late(code)),
  );

export const ORDER_FAULTS: readonly Fault[] = [
  ...lateTypes('client', V13, [T.keyUpdate, T.clientHello, T.helloRequest, T.endOfEarlyData]),
  ...lateTypes('server', V13, [
    T.keyUpdate,
    T.newSessionTicket,
    T.certificateRequest,
    T.helloRequest,
    T.endOfEarlyData,
  ]),
  ...lateTypes('client', V12, [T.clientHello]),
  ...lateTypes('server', V12, [T.helloRequest]),
  ...fault('message_unexpected', 'client', BOTH, 'a hello in the place of Finished', () => ({
    client: { tap: (one) => (one.name === 'finished' ? message(T.clientHello) : one.raw) },
  })),
];
