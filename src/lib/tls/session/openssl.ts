/**
 * Sessions in OpenSSL's form: the ASN.1 structure SSL_SESSION, as `openssl s_client -sess_out` and `openssl sess_id` write it. It has no place
 * for encrypt-then-MAC, for a chain, and for more than seconds.
 */
import { createHash } from 'node:crypto';
import { within } from '../../errors.ts';
import { Certificate } from '../../x509/certificate.ts';
import { TLS13 } from '../../registry/tls-versions.ts';
import type { Session } from './session.ts';
import { EXTENDED_MASTER_SECRET, readSslSessionParts, writeSslSessionParts } from './structure.ts';

export { SSL_SESSION_LABEL } from './structure.ts';

/** A session with what OpenSSL keeps beside it. */
export interface SslSession {
  readonly session: Session;
  /** The result of the verification of the peer's chain, by OpenSSL's number. */
  readonly verifyResult: number;
  /** Seconds from its making after which OpenSSL forgets it; 7200 when nothing is said. */
  readonly timeout?: number | undefined;
}

/** Seconds after which OpenSSL forgets a session, unless told otherwise. */
const TIMEOUT = 7200;

/** The id that OpenSSL gives to a session: the server's, or a hash of the ticket. */
export function sslSessionId({ ticket, id }: Session): Buffer {
  return ticket.length > 0 ? createHash('sha256').update(ticket).digest() : Buffer.from(id);
}

const octets = (value: Uint8Array): Buffer | undefined => (value.length === 0 ? undefined : Buffer.from(value));

/** A session as DER. */
export function writeSslSession({ session, verifyResult, timeout = TIMEOUT }: SslSession): Buffer {
  const [leaf] = session.peerChain;
  const { version, suite, secret, lifetime, ageAdd, maxEarlyData, maxFragmentLength } = session;
  return writeSslSessionParts({
    version,
    suite,
    id: sslSessionId(session),
    secret: Buffer.from(secret),
    time: Math.floor(session.created / 1000),
    timeout,
    peer: leaf && Buffer.from(leaf),
    context: Buffer.from(session.context),
    verifyResult,
    serverName: octets(Buffer.from(session.serverName, 'utf8')),
    pskHint: undefined,
    pskIdentity: undefined,
    lifetime,
    ticket: octets(session.ticket),
    compression: 0,
    srpUser: undefined,
    flags: version !== TLS13 && session.extendedMasterSecret ? EXTENDED_MASTER_SECRET : 0,
    ageAdd,
    maxEarlyData,
    alpn: octets(session.alpn),
    maxFragmentLength,
    applicationData: undefined,
    group: 0,
  });
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
  const parts = readSslSessionParts(der);
  const { version, suite, secret, lifetime, ageAdd, maxEarlyData, maxFragmentLength, context, peer } = parts;
  const ticket = parts.ticket ?? Buffer.alloc(0);
  return {
    verifyResult: parts.verifyResult,
    timeout: parts.timeout,
    session: {
      version,
      suite,
      secret,
      created: parts.time * 1000,
      lifetime,
      ticket,
      id: ticket.length > 0 ? Buffer.alloc(0) : parts.id,
      ageAdd,
      maxEarlyData,
      serverName: parts.serverName?.toString('utf8') ?? '',
      alpn: parts.alpn ?? Buffer.alloc(0),
      extendedMasterSecret: version === TLS13 || (parts.flags & EXTENDED_MASTER_SECRET) !== 0,
      encryptThenMac: false,
      maxFragmentLength,
      peerChain: peer === undefined ? [] : [Certificate.read(peer).der],
      context,
    },
  };
}

/**
 * What a server of OpenSSL seals into a ticket: the same structure without id and ticket. Its timeout, not the hint that the client got, ends it.
 */
export const writeTicketState = (session: Session): Buffer =>
  writeSslSession({
    session: { ...session, id: Buffer.alloc(0), ticket: Buffer.alloc(0) },
    verifyResult: 0,
    timeout: session.lifetime,
  });

/** The session that a server of OpenSSL sealed; undefined for octets that are none. */
export function readTicketState(der: Uint8Array): Session | undefined {
  try {
    const { session, timeout } = readSession(der);
    // OpenSSL reads an absent timeout so
    return { ...session, lifetime: timeout || 3 };
  } catch {
    return undefined;
  }
}
