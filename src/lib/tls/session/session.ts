/** Sessions: what a client keeps to resume, and what a server seals into a ticket or puts into its store. */
import { decode, encode, fixed, mapped, opaque, struct, u16, u32, u8, vector, type Schema } from '../../codec/index.ts';

/** A session of any version. */
export interface Session {
  /** The version's number. */
  readonly version: number;
  /** The cipher suite's number. */
  readonly suite: number;
  /** TLS 1.3: the PSK of the ticket. Before: the master secret. */
  readonly secret: Uint8Array;
  /** When the session (TLS 1.3: the ticket) was made or came, in milliseconds since 1970. */
  readonly created: number;
  /** Seconds that it may be used from then; 0 where the server gave no hint. */
  readonly lifetime: number;
  /** The ticket; empty for a session that is known by its id. */
  readonly ticket: Uint8Array;
  /** The session id (before TLS 1.3); empty for none. */
  readonly id: Uint8Array;
  /** TLS 1.3: what is added to the age of the ticket. */
  readonly ageAdd: number;
  /** TLS 1.3: the most octets of early data; 0 for none. */
  readonly maxEarlyData: number;
  readonly serverName: string;
  /** The application protocol; empty for none. */
  readonly alpn: Uint8Array;
  readonly extendedMasterSecret: boolean;
  readonly encryptThenMac: boolean;
  /** max_fragment_length's code; 0 for none. */
  readonly maxFragmentLength: number;
  /** The peer's certificates in DER, the end entity first. */
  readonly peerChain: readonly Uint8Array[];
  /** Octets of the application's own, for servers: a session of another context is not resumed. */
  readonly context: Uint8Array;
}

const text: Schema<string> = mapped(
  opaque(2),
  (bytes) => {
    const value = Buffer.from(bytes).toString('utf8');
    if (Buffer.compare(Buffer.from(value, 'utf8'), bytes) !== 0) throw new RangeError('a text that is no UTF-8');
    return value;
  },
  (value) => Buffer.from(value, 'utf8'),
);
const flag: Schema<boolean> = mapped(u8, (value) => below(value, 2) === 1, Number);
// 64 bits, in halves: a BigInt for each session costs more than the rest of it
const time: Schema<number> = mapped(
  struct({ high: u32, low: u32 }),
  ({ high, low }) => below(high * 2 ** 32 + low, Number.MAX_SAFE_INTEGER),
  (value) => ({ high: Math.floor(value / 2 ** 32), low: Math.floor(value) % 2 ** 32 }),
);

function below(value: number, limit: number): number {
  if (value >= limit) throw new RangeError(`${value} is too large`);
  return value;
}

// the first octets tell other forms, and other programs' files, from ours
const MAGIC = Buffer.from('tlskit\x00\x01', 'latin1');

const schema: Schema<Session & { readonly magic: Uint8Array }> = struct({
  magic: fixed(MAGIC.length),
  version: u16,
  suite: u16,
  secret: opaque(1),
  created: time,
  lifetime: u32,
  ticket: opaque(2),
  id: opaque(1, 0, 32),
  ageAdd: u32,
  maxEarlyData: u32,
  serverName: text,
  alpn: opaque(1),
  extendedMasterSecret: flag,
  encryptThenMac: flag,
  maxFragmentLength: u8,
  peerChain: vector(3, opaque(3, 1)),
  context: opaque(1),
});

/** A session as octets. They hold its secret: keep them as a private key is kept. */
export function encodeSession(session: Session): Buffer {
  return encode(schema, { ...session, magic: MAGIC });
}

/** A session from its octets; undefined when they are none of ours. */
export function decodeSession(bytes: Uint8Array): Session | undefined {
  try {
    const { magic, ...session } = decode(schema, bytes);
    return Buffer.compare(magic, MAGIC) === 0 ? session : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a session's lifetime is over at `now`, in milliseconds. */
export function isExpired(session: Session, now: number): boolean {
  return session.lifetime > 0 && now - session.created > session.lifetime * 1000;
}
