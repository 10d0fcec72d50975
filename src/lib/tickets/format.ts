/**
 * Files of ticket keys, as servers read them.
 *
 * - `raw`: the octets of one key (nginx `ssl_session_ticket_key`, 48 or 80; Apache `SSLSessionTicketKeyFile`, 48; Node `setTicketKeys`, 48) or
 *   of several one after the other (Apache Traffic Server, 48 each).
 * - `base64`: one key a line (HAProxy `tls-ticket-keys`, 48 or 80, all of one size).
 * - `hex`: one key a line.
 */
import { fail, within } from '../errors.ts';
import { TICKET_KEY_SIZES, TicketKey, type TicketKeySize } from './key.ts';

export type TicketKeyFormat = 'raw' | 'base64' | 'hex';

export const TICKET_KEY_FORMATS: readonly TicketKeyFormat[] = ['raw', 'base64', 'hex'];

/** Keys beyond this number are no key file. */
const MAX_KEYS = 100;

/** The keys of a file, in its order. At least one, all of one size. */
export interface TicketKeyFile {
  readonly format: TicketKeyFormat;
  readonly size: TicketKeySize;
  readonly keys: readonly TicketKey[];
}

export interface ReadTicketKeyOptions {
  /** Name of the input for messages. */
  readonly source: string;
  /** Default: found out from the content. */
  readonly format?: TicketKeyFormat | undefined;
  /** Size of the keys in a raw file. Needed where the file could be read both ways, as 240 bytes can. */
  readonly size?: TicketKeySize | undefined;
}

/**
 * Reads a file of ticket keys.
 *
 * @throws TlskitError ERR_FORMAT, ERR_LIMIT
 */
export function readTicketKeys(bytes: Uint8Array, options: ReadTicketKeyOptions): TicketKeyFile {
  return within(options.source, () => {
    if (bytes.length === 0) fail('ERR_FORMAT', 'the file is empty');
    if (bytes.length > MAX_KEYS * 200)
      fail('ERR_LIMIT', `${bytes.length} bytes are too many for a file of ticket keys (at most ${MAX_KEYS})`);
    const format = options.format ?? guessFormat(bytes);
    const keys =
      format === 'raw' ? splitRaw(bytes, options.size) : linesOf(bytes).map((line, i) => ofLine(line, format, i + 1));
    const [first] = keys;
    if (!first) fail('ERR_FORMAT', 'there is no key in it');
    if (keys.some((key) => key.size !== first.size))
      fail('ERR_FORMAT', 'keys of 48 and of 80 bytes cannot stand in one file');
    if (options.size !== undefined && first.size !== options.size) {
      fail('ERR_FORMAT', `its keys have ${first.size} bytes, not ${options.size}`);
    }
    return { format, size: first.size, keys };
  });
}

/** The octets of a file with these keys. Text formats end each line with LF. */
export function writeTicketKeys(keys: readonly TicketKey[], format: TicketKeyFormat): Buffer {
  const octets = keys.map((key) => key.secret.reveal());
  return format === 'raw'
    ? Buffer.concat(octets)
    : Buffer.from(octets.map((key) => `${key.toString(format)}\n`).join(''));
}

function linesOf(bytes: Uint8Array): string[] {
  return Buffer.from(bytes)
    .toString('latin1')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

const HEX = /^(?:[0-9a-fA-F]{2})+$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Printable ASCII, tab, line feed, carriage return. */
const isText = (octet: number): boolean => (octet >= 0x20 && octet < 0x7f) || [9, 10, 13].includes(octet);

/** A key in hex has 96 or 160 digits, in base64 64 or 108 characters, so neither can be taken for the other. */
function guessFormat(bytes: Uint8Array): TicketKeyFormat {
  const lines = linesOf(bytes);
  const sizes = TICKET_KEY_SIZES.map(Number);
  if (lines.length === 0) return 'raw';
  if (lines.every((line) => HEX.test(line) && sizes.includes(line.length / 2))) return 'hex';
  if (lines.every((line) => BASE64.test(line) && sizes.includes(Buffer.from(line, 'base64').length))) return 'base64';
  // 48 random octets are never all printable: a text of just that length is something else, a certificate perhaps
  if (sizes.some((size) => bytes.length % size === 0) && bytes.every(isText)) {
    fail('ERR_FORMAT', `it is text, and no ticket keys in hex or base64${hint(bytes)}`);
  }
  return 'raw';
}

function ofLine(line: string, format: 'base64' | 'hex', number: number): TicketKey {
  if (!(format === 'hex' ? HEX : BASE64).test(line)) fail('ERR_FORMAT', `line ${number} is not ${format}`);
  const bytes = Buffer.from(line, format);
  if (!TICKET_KEY_SIZES.some((size) => size === bytes.length)) {
    fail('ERR_FORMAT', `line ${number} holds ${bytes.length} bytes where a ticket key has 48 or 80`);
  }
  return TicketKey.from(bytes);
}

function splitRaw(bytes: Uint8Array, wanted: TicketKeySize | undefined): TicketKey[] {
  const sizes = wanted === undefined ? TICKET_KEY_SIZES : [wanted];
  const fitting = sizes.filter((size) => bytes.length % size === 0);
  const [size, other] = fitting;
  if (size === undefined) fail('ERR_FORMAT', `${bytes.length} bytes are no whole number of ticket keys${hint(bytes)}`);
  if (other !== undefined)
    fail('ERR_FORMAT', `${bytes.length} bytes may be keys of 48 or of 80 bytes; say which with -size`);
  return Array.from({ length: bytes.length / size }, (_, i) =>
    TicketKey.from(bytes.subarray(i * size, (i + 1) * size)),
  );
}

/** What went wrong when a file holds hex or base64 of too few bytes: `openssl rand -hex 24` makes 48 characters. */
function hint(bytes: Uint8Array): string {
  const lines = linesOf(bytes);
  const [line] = lines;
  if (lines.length !== 1 || line === undefined) return '';
  if (HEX.test(line)) return `; it is ${line.length / 2} bytes in hex`;
  return BASE64.test(line) ? `; it is ${Buffer.from(line, 'base64').length} bytes in base64` : '';
}
