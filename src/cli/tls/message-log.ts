/** -msg: records, messages and alerts of a connection, in OpenSSL's form and order. */
import { VERSIONS } from '../../lib/registry/tls-versions.ts';
import type { Direction, MessageEvent, RecordEvent, TlsEvent } from '../../lib/tls/index.ts';

const HANDSHAKE = 22;
const APPLICATION_DATA = 23;

/** `TLS 1.2` */
export const versionText = (code: number): string =>
  VERSIONS.row(code)
    ?.name.replace(/^(SSL|TLS)v(\d)$/, '$1 $2.0')
    .replace(/^TLSv/, 'TLS ') ?? 'TLS 1.3';

/** `client_hello` as OpenSSL writes it: `ClientHello`. */
const camel = (name: string): string =>
  name === 'hello_retry_request' ? 'ServerHello' : name.replace(/(?:^|_)([a-z])/g, (_, c: string) => c.toUpperCase());

const hexLines = (bytes: Uint8Array): string =>
  Array.from({ length: Math.ceil(bytes.length / 16) }, (_, i) => {
    const row = bytes.subarray(16 * i, 16 * i + 16);
    return `    ${Array.from(row, (one) => one.toString(16).padStart(2, '0')).join(' ')}\n`;
  }).join('');

function block(direction: Direction, version: number, title: string, bytes: Uint8Array, detail = ''): string {
  const length = bytes.length.toString(16).padStart(4, '0');
  const arrow = direction === 'in' ? '<<<' : '>>>';
  return `${arrow} ${versionText(version)}, ${title} [length ${length}]${detail}\n${hexLines(bytes)}`;
}

/** The header, and in TLS 1.3 the type inside; OpenSSL gives that the header's version on the way out. */
function recordText({ direction, header, contentType }: RecordEvent, version: number): string {
  const outer = ((header[1] ?? 0) << 8) | (header[2] ?? 0);
  const text = block(direction, outer, 'RecordHeader', header);
  if (header[0] !== APPLICATION_DATA || contentType === APPLICATION_DATA) return text;
  return text + block(direction, direction === 'in' ? version : outer, 'InnerContent', Uint8Array.of(contentType));
}

export class MessageLog {
  #version: number;
  /** Handshake messages that go out are told before their record is made, and shown behind the record's header. */
  #held: { readonly length: number; readonly text: string }[] = [];

  /** @param newest the version whose name stands where none is agreed upon yet; 0: TLS 1.3 */
  constructor(newest: number) {
    this.#version = newest;
  }

  /** What there is to show of an event; empty for most. */
  text(event: TlsEvent): string {
    if (event.type === 'record') return this.#record(event);
    if (event.type === 'message') return this.#message(event);
    if (event.type === 'closed') return this.#release(Infinity);
    if (event.type !== 'alert') return '';
    const { direction, level, description, name } = event;
    const detail = `, ${level === 2 ? 'fatal' : 'warning'} ${name}`;
    return block(direction, this.#version, 'Alert', Uint8Array.of(level, description), detail);
  }

  #message({ direction, name, raw, code, version }: MessageEvent): string {
    if (version !== 0) this.#version = version;
    if (code === undefined) {
      // OpenSSL does not tell of one that comes in
      return direction === 'in' ? '' : block(direction, this.#version, 'ChangeCipherSpec', raw);
    }
    const text = block(direction, this.#version, 'Handshake', raw, `, ${camel(name)}`);
    if (direction === 'in') return text;
    this.#held.push({ length: raw.length, text });
    return '';
  }

  #record(event: RecordEvent): string {
    const text = recordText(event, this.#version);
    const due = event.direction === 'out' && event.contentType === HANDSHAKE ? event.length : 0;
    return text + this.#release(due);
  }

  /** The messages that begin in so many octets. */
  #release(length: number): string {
    let text = '';
    for (let left = length; left > 0 && this.#held.length > 0;) {
      const first = this.#held.shift();
      text += first?.text ?? '';
      left -= first?.length ?? 0;
    }
    return text;
  }
}
