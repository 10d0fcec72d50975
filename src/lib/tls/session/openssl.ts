/**
 * Sessions in OpenSSL's form: the ASN.1 structure SSL_SESSION, as `openssl s_client -sess_out` and `openssl sess_id` write it. It has no place
 * for encrypt-then-MAC, for a chain, and for more than seconds.
 */
import { createHash } from 'node:crypto';
import { CLASS, explicit, integer, octetString, readDer, seq, type DerNode } from '../../der/index.ts';
import { fail, within } from '../../errors.ts';
import { Certificate } from '../../x509/certificate.ts';
import { TLS13 } from '../../registry/tls-versions.ts';
import type { Session } from './session.ts';

/** A session with what OpenSSL keeps beside it. */
export interface SslSession {
  readonly session: Session;
  /** The result of the verification of the peer's chain, by OpenSSL's number. */
  readonly verifyResult: number;
}

/** The PEM label. */
export const SSL_SESSION_LABEL = 'SSL SESSION PARAMETERS';

const VERSION = 1;
/** Seconds after which OpenSSL forgets a session, unless told otherwise. */
const TIMEOUT = 7200;
/** The only flag that means something here: extended master secret. */
const EXTENDED_MASTER_SECRET = 1n;

/** The tags of the optional parts. */
const PART = {
  time: 1,
  timeout: 2,
  peer: 3,
  context: 4,
  verifyResult: 5,
  serverName: 6,
  lifetime: 9,
  ticket: 10,
  flags: 13,
  ageAdd: 14,
  maxEarlyData: 15,
  alpn: 16,
  maxFragmentLength: 17,
} as const;

/** The id that OpenSSL gives to a session: the server's, or a hash of the ticket. */
export function sslSessionId({ ticket, id }: Session): Buffer {
  return ticket.length > 0 ? createHash('sha256').update(ticket).digest() : Buffer.from(id);
}

/** A session as DER. */
export function writeSslSession({ session, verifyResult }: SslSession): Buffer {
  const [leaf] = session.peerChain;
  const tls13 = session.version === TLS13;
  const number = (tag: number, value: number): Buffer[] => (value === 0 ? [] : [explicit(tag, integer(value))]);
  const octets = (tag: number, value: Uint8Array): Buffer[] =>
    value.length === 0 ? [] : [explicit(tag, octetString(value))];
  return seq(
    integer(VERSION),
    integer(session.version),
    octetString(Buffer.from([session.suite >>> 8, session.suite & 0xff])),
    octetString(sslSessionId(session)),
    octetString(session.secret),
    explicit(PART.time, integer(Math.floor(session.created / 1000))),
    explicit(PART.timeout, integer(TIMEOUT)),
    ...(leaf === undefined ? [] : [explicit(PART.peer, leaf)]),
    explicit(PART.context, octetString(session.context)),
    ...number(PART.verifyResult, verifyResult),
    ...octets(PART.serverName, Buffer.from(session.serverName, 'utf8')),
    ...number(PART.lifetime, session.lifetime),
    ...octets(PART.ticket, session.ticket),
    ...number(PART.flags, !tls13 && session.extendedMasterSecret ? Number(EXTENDED_MASTER_SECRET) : 0),
    ...number(PART.ageAdd, session.ageAdd),
    ...number(PART.maxEarlyData, session.maxEarlyData),
    ...octets(PART.alpn, session.alpn),
    ...number(PART.maxFragmentLength, session.maxFragmentLength),
  );
}

/**
 * A session from its DER.
 *
 * @param source names the file in messages
 * @throws TlskitError ERR_DER, ERR_FORMAT
 */
export function readSslSession(der: Uint8Array, source: string): SslSession {
  return within(source, () => readSession(der));
}

function readSession(der: Uint8Array): SslSession {
  const items = readDer(der, 'ber').sequence('SSL session');
  const [format, version, suite, id, secret] = items;
  if (!format || !version || !suite || !id || !secret) return fail('ERR_FORMAT', 'an SSL session with parts missing');
  if (format.integer('format') !== BigInt(VERSION)) fail('ERR_FORMAT', 'an SSL session of an unknown format');
  const code = suite.octets('cipher suite');
  if (code.length !== 2) fail('ERR_FORMAT', 'an SSL session whose cipher suite is none of TLS');
  const parts = new Map(items.slice(5).flatMap((item) => (item.cls === CLASS.context ? [[item.number, item]] : [])));
  const only = (tag: number): DerNode | undefined => parts.get(tag)?.only('part of an SSL session');
  const number = (tag: number): number => Number(only(tag)?.integer('number') ?? 0n);
  const octets = (tag: number): Buffer => only(tag)?.octets('octets') ?? Buffer.alloc(0);
  const peer = only(PART.peer)?.bytes;
  const protocol = Number(version.integer('version'));
  const ticket = octets(PART.ticket);
  return {
    verifyResult: number(PART.verifyResult),
    session: {
      version: protocol,
      suite: code.readUInt16BE(),
      secret: secret.octets('secret'),
      created: number(PART.time) * 1000,
      lifetime: number(PART.lifetime),
      ticket,
      id: ticket.length > 0 ? Buffer.alloc(0) : id.octets('session id'),
      ageAdd: number(PART.ageAdd),
      maxEarlyData: number(PART.maxEarlyData),
      serverName: octets(PART.serverName).toString('utf8'),
      alpn: octets(PART.alpn),
      extendedMasterSecret: protocol === TLS13 || (BigInt(number(PART.flags)) & EXTENDED_MASTER_SECRET) !== 0n,
      encryptThenMac: false,
      maxFragmentLength: number(PART.maxFragmentLength),
      peerChain: peer === undefined ? [] : [Certificate.read(peer).der],
      context: octets(PART.context),
    },
  };
}
