/**
 * Sessions and the server that they were made with. A resumption shows no certificate, so that nobody can look whether it is the right server:
 * in newer Nodes a client's session has the name in front, and one of another name, or of none, is not taken to where certificates count.
 */
import { SESSION_IDENTITY } from '../platform.ts';

/** What Node begins such a session with; the length of the name in two octets, the name and SSL_SESSION follow. */
const PREFIX = Buffer.from('\0nodejs:tls:session:1\0', 'latin1');

/** Who the server must be. */
export interface ServerIdentity {
  readonly name: string;
  /** Whether the connection fails where it is somebody else. */
  readonly verified: boolean;
}

/** A session for programs to keep. */
export function withIdentity(session: Buffer<ArrayBuffer>, { name }: ServerIdentity): Buffer<ArrayBuffer> {
  if (!SESSION_IDENTITY) return session;
  const octets = Buffer.from(name);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(octets.length);
  return Buffer.concat([PREFIX, length, octets, session]);
}

/** What there is to resume of a session that a program gives, as octets or in latin1; undefined where it was made with another server. */
export function forIdentity(given: unknown, { name, verified }: ServerIdentity): unknown {
  const session = SESSION_IDENTITY && typeof given === 'string' ? Buffer.from(given, 'latin1') : given;
  if (!Buffer.isBuffer(session)) return session;
  if (session.length < PREFIX.length + 2 || !session.subarray(0, PREFIX.length).equals(PREFIX)) {
    return SESSION_IDENTITY && verified ? undefined : session;
  }
  const start = PREFIX.length + 2;
  const end = start + session.readUInt16BE(PREFIX.length);
  return session.toString('utf8', start, end) === name ? session.subarray(end) : undefined;
}
