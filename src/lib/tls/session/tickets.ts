/** Tickets: a server's session state, sealed with ticket keys as RFC 5077 section 4 recommends. */
import { createCipheriv, createDecipheriv, timingSafeEqual } from 'node:crypto';
import { NAME_SIZE, TICKET_KEY_PARTS, type TicketKey } from '../../tickets/key.ts';
import { pooledRandom } from '../random.ts';
import { hmac } from '../schedule/hmac.ts';
import { readTicketState } from './openssl.ts';
import { encodeSession } from './session.ts';

/** How a server seals tickets. The hooks may be asynchronous and may fail, which means no ticket and no resumption. */
export interface TicketSealer {
  /** A ticket for this state; undefined for none. */
  seal(state: Uint8Array): Uint8Array | undefined | PromiseLike<Uint8Array | undefined>;
  /** The state of a ticket; undefined for one that is not ours. `renew` asks for a new ticket in its place. */
  open(ticket: Uint8Array): OpenedTicket | undefined | PromiseLike<OpenedTicket | undefined>;
}

export interface OpenedTicket {
  readonly state: Uint8Array;
  readonly renew: boolean;
}

interface Parts {
  readonly name: Buffer;
  readonly hmac: Buffer;
  readonly aes: Buffer;
  readonly cipher: string;
}

function partsOf(key: TicketKey): Parts {
  const bytes = key.secret.reveal();
  const { hmac, aes } = TICKET_KEY_PARTS[key.size];
  return {
    name: key.name,
    hmac: Buffer.from(bytes.subarray(NAME_SIZE, NAME_SIZE + hmac)),
    aes: Buffer.from(bytes.subarray(NAME_SIZE + hmac, NAME_SIZE + hmac + aes)),
    cipher: key.size === 48 ? 'aes-128-cbc' : 'aes-256-cbc',
  };
}

const IV = 16;
const TAG = 32;

/** The tag of a SEQUENCE: our own states begin otherwise. */
const SEQUENCE = 0x30;

/** A state as the engine reads it: OpenSSL's servers seal SSL_SESSION. */
function stateOf(sealed: Buffer): Buffer | undefined {
  if (sealed[0] !== SEQUENCE) return sealed;
  const session = readTicketState(sealed);
  return session && encodeSession(session);
}

/**
 * Seals with the first key and opens with all of them, so that keys can be rotated: a ticket of an older key is renewed. Tickets of servers that
 * use OpenSSL with the same keys are opened, too; most hold no server name (Node's), and are resumed by clients that ask for none. Throws
 * RangeError without a key.
 */
export function ticketSealer(
  keys: readonly TicketKey[],
  random: (length: number) => Uint8Array = pooledRandom,
): TicketSealer {
  const all = keys.map(partsOf);
  const [first] = all;
  if (!first) throw new RangeError('at least one ticket key is needed');
  return {
    seal(state) {
      const iv = random(IV);
      const cipher = createCipheriv(first.cipher, first.aes, iv);
      const sealed = Buffer.concat([first.name, iv, cipher.update(state), cipher.final()]);
      return Buffer.concat([sealed, hmac('sha256', first.hmac, sealed)]);
    },
    open(ticket) {
      const bytes = Buffer.from(ticket);
      const parts = all.find(({ name }) => name.equals(bytes.subarray(0, NAME_SIZE)));
      if (!parts || bytes.length < NAME_SIZE + IV + TAG) return undefined;
      const sealed = bytes.subarray(0, bytes.length - TAG);
      const tag = hmac('sha256', parts.hmac, sealed);
      if (!timingSafeEqual(tag, bytes.subarray(bytes.length - TAG))) return undefined;
      const decipher = createDecipheriv(parts.cipher, parts.aes, sealed.subarray(NAME_SIZE, NAME_SIZE + IV));
      const state = stateOf(Buffer.concat([decipher.update(sealed.subarray(NAME_SIZE + IV)), decipher.final()]));
      return state && { state, renew: parts !== first };
    },
  };
}
