/**
 * A handshake as a ladder, in the manner of the pictures of RFC 8446 section 2: what goes from which side to which, what is in it, and from
 * where on it is protected. For people; the lines are no format that programs should read.
 */
import { decode } from '../../codec/index.ts';
import { GROUPS } from '../../registry/tls-groups.ts';
import { SIGNATURE_SCHEMES } from '../../registry/tls-signatures.ts';
import { SUITES } from '../../registry/tls-suites.ts';
import { TLS12, TLS13, VERSIONS } from '../../registry/tls-versions.ts';
import { isGrease } from '../../registry/tls-codes.ts';
import { nameLine } from '../../text/name.ts';
import { Certificate } from '../../x509/certificate.ts';
import type { AlertEvent, Direction, MessageEvent, TlsEvent } from '../events.ts';
import {
  ALPN,
  KEY_SHARE,
  KEY_SHARE_ANSWER,
  KEY_SHARE_RETRY,
  PRE_SHARED_KEY,
  PRE_SHARED_KEY_ANSWER,
  SERVER_NAME,
  SUPPORTED_VERSIONS,
  SUPPORTED_VERSIONS_ANSWER,
  body,
  certificate,
  certificate12,
  certificateVerify,
  clientHello,
  encryptedExtensions,
  newSessionTicket,
  serverHello,
  type Extension,
} from '../wire/index.ts';

/** Columns of the picture. */
const WIDTH = 78;
const ARROWS = 34;
const ARROW = { right: '-------->', left: '<--------' } as const;

/** Draws what one side tells. */
export class Ladder {
  readonly #side: 'client' | 'server';
  /** Whether what each side sends is protected, as far as the picture has come. */
  readonly #protected = new Set<'client' | 'server'>();

  /** `side` is the one whose events are drawn. */
  constructor(side: 'client' | 'server') {
    this.#side = side;
  }

  /** The two columns' heads. */
  head(): string {
    return `${'Client'.padEnd(WIDTH - 'Server'.length)}Server\n\n`;
  }

  /** The lines of an event; empty for one that the picture does not have. */
  event(event: TlsEvent): string {
    if (event.type === 'message') return this.#message(event);
    if (event.type === 'alert') return this.#alert(event);
    if (event.type === 'data') return this.#data(event.bytes.length, event.early);
    if (event.type === 'secure') return `${centred('the handshake is done')}\n`;
    if (event.type === 'early_data' && !event.accepted) return `${centred(`early data were refused: ${event.why}`)}\n`;
    if (event.type === 'failure') return `${centred(event.failure.message)}\n`;
    return '';
  }

  /** Application data of ours, which the engine does not tell of. */
  sent(octets: number): string {
    return this.#line('out', `[application data: ${octets} octets]`, []);
  }

  #data(octets: number, early: boolean): string {
    return this.#line('in', `[${early ? 'early' : 'application'} data: ${octets} octets]`, []);
  }

  #message(event: MessageEvent): string {
    const from = this.#from(event.direction);
    // from EncryptedExtensions on everything is protected in TLS 1.3, change_cipher_spec apart
    if (event.name === 'encrypted_extensions') this.#protected.add('server').add('client');
    const marked = this.#protected.has(from);
    const name = event.name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const title = event.code === undefined ? '[ChangeCipherSpec]' : marked ? `{${name}}` : name;
    const text = this.#line(event.direction, title, detailsOf(event));
    this.#protect(event, from);
    return text;
  }

  /** Before TLS 1.3 protection begins with change_cipher_spec. */
  #protect({ version, code }: MessageEvent, from: 'client' | 'server'): void {
    if (code === undefined && version !== 0 && version !== TLS13) this.#protected.add(from);
  }

  #alert({ direction, level, name }: AlertEvent): string {
    const title = name === 'close_notify' ? 'close_notify' : `${level === 2 ? 'fatal' : 'warning'} alert ${name}`;
    return this.#line(direction, this.#protected.has(this.#from(direction)) ? `{${title}}` : title, []);
  }

  #from(direction: Direction): 'client' | 'server' {
    const other = this.#side === 'client' ? 'server' : 'client';
    return direction === 'out' ? this.#side : other;
  }

  #line(direction: Direction, title: string, details: readonly string[]): string {
    const right = this.#from(direction) === 'client';
    if (right) {
      const lines = [`${title.padEnd(ARROWS)}${ARROW.right}`, ...details.map((one) => `    ${one}`)];
      return `${lines.join('\n')}\n`;
    }
    const lines = [`${' '.repeat(ARROWS)}${ARROW.left}${title.padStart(WIDTH - ARROWS - ARROW.left.length)}`];
    return `${[...lines, ...details.map((one) => `${one}    `.padStart(WIDTH).trimEnd())].join('\n')}\n`;
  }
}

const centred = (text: string): string =>
  `\n${' '.repeat(Math.max(0, Math.floor((WIDTH - text.length) / 2)))}${text}\n`;

/** What a message says, in a few words. A message that does not decode says nothing. */
function detailsOf({ name, raw, version }: MessageEvent): string[] {
  const details = DETAILS[name];
  if (!details) return [];
  try {
    return details(raw.subarray(4), version);
  } catch {
    return [];
  }
}

const versionName = (code: number): string => VERSIONS.get(code) ?? `0x${code.toString(16)}`;
const groupName = (code: number): string => GROUPS.get(code) ?? `group ${code}`;
const schemeName = (code: number): string => SIGNATURE_SCHEMES.get(code) ?? `scheme 0x${code.toString(16)}`;
const known = (codes: readonly number[]): readonly number[] => codes.filter((code) => !isGrease(code));

const DETAILS: Readonly<Record<string, (bytes: Uint8Array, version: number) => string[]>> = {
  client_hello: helloDetails,
  server_hello: answerDetails,
  hello_retry_request: (bytes) => {
    const { extensions } = decode(serverHello, bytes);
    const group = body(extensions, KEY_SHARE_RETRY);
    return group === undefined ? ['asks for its cookie'] : [`asks for a share of ${groupName(group)}`];
  },
  encrypted_extensions: (bytes) => alpnDetails(decode(encryptedExtensions, bytes).extensions),
  certificate: (bytes, version) => {
    const chain =
      version === TLS13 ? decode(certificate, bytes).entries.map(({ data }) => data) : decode(certificate12, bytes);
    return chain.length === 0 ? ['none'] : chain.map((der) => nameLine('', Certificate.read(der).subject).trim());
  },
  certificate_verify: (bytes, version) =>
    version >= TLS12 ? [schemeName(decode(certificateVerify, bytes).scheme)] : [],
  new_session_ticket: (bytes, version) =>
    version === TLS13 ? [`good for ${decode(newSessionTicket, bytes).lifetime} s`] : [],
};

function helloDetails(bytes: Uint8Array): string[] {
  const { version, suites, extensions } = decode(clientHello, bytes);
  const versions = known(body(extensions, SUPPORTED_VERSIONS) ?? [version]).map(versionName);
  const shares = known((body(extensions, KEY_SHARE) ?? []).map(({ group }) => group)).map(groupName);
  const names = (body(extensions, SERVER_NAME) ?? []).map(({ name }) => Buffer.from(name).toString('latin1'));
  const psks = body(extensions, PRE_SHARED_KEY)?.identities.length ?? 0;
  return [
    [versions.join(' '), `${known(suites).length} cipher suites`].join(', '),
    ...(shares.length > 0 ? [`shares of ${shares.join(', ')}`] : []),
    ...(names.length > 0 ? [`for ${names.join(', ')}`] : []),
    ...alpnDetails(extensions),
    ...(psks > 0 ? [psks === 1 ? 'a session to resume' : `${psks} pre-shared keys`] : []),
  ];
}

function answerDetails(bytes: Uint8Array): string[] {
  const { version, suite, extensions } = decode(serverHello, bytes);
  const chosen = body(extensions, SUPPORTED_VERSIONS_ANSWER) ?? version;
  const share = chosen === TLS13 ? body(extensions, KEY_SHARE_ANSWER) : undefined;
  const psk = chosen === TLS13 ? body(extensions, PRE_SHARED_KEY_ANSWER) : undefined;
  return [
    `${versionName(chosen)}, ${SUITES.get(suite) ?? `suite 0x${suite.toString(16)}`}`,
    ...(share ? [`a share of ${groupName(share.group)}`] : []),
    ...(psk === undefined ? [] : ['the session is resumed']),
  ];
}

function alpnDetails(extensions: readonly Extension[] | undefined): string[] {
  const protocols = body(extensions, ALPN);
  return protocols ? [`ALPN ${protocols.map((one) => Buffer.from(one).toString('latin1')).join(', ')}`] : [];
}
