/** -msg, -trace, -state, -tlsextdebug and -keylogfile: what a connection's events look like as text. */
import { appendFileSync, chmodSync, existsSync, writeFileSync } from 'node:fs';
import { fail } from '../../lib/errors.ts';
import { EXTENSIONS } from '../../lib/registry/tls-extensions.ts';
import { VERSIONS } from '../../lib/registry/tls-versions.ts';
import { hexDump } from '../../lib/text/dump.ts';
import { Ladder, type MessageEvent, type TlsEvent } from '../../lib/tls/index.ts';
import { traceText } from '../../lib/tls/trace/text.ts';
import { reasonOf } from '../source.ts';
import { MessageLog, versionText } from './message-log.ts';
import { versionsOf, type TlsValues } from './options.ts';

export interface Trace {
  /** Shows an event. */
  event(event: TlsEvent): void;
}

export interface TraceOutput {
  /** For -msg, -trace and -tlsextdebug. */
  readonly out: (text: string) => void;
  /** For -state. */
  readonly err: (text: string) => void;
}

type Asked = TlsValues & { readonly ladder?: boolean };

/**
 * What the options ask to be shown: opens the files, and returns what makes the trace of a connection.
 *
 * @throws TlskitError ERR_IO when a file cannot be written
 */
export function openTrace(flags: Asked, side: 'client' | 'server', output: TraceOutput): () => Trace {
  const { msg, trace, state, tlsextdebug, keylogfile, msgfile } = flags;
  if (msgfile !== undefined) write(msgfile, '', false);
  const out = msgfile === undefined ? output.out : (text: string): void => write(msgfile, text, true);
  if (keylogfile !== undefined) openKeyLog(keylogfile);
  // before a version is agreed upon OpenSSL's servers know none
  const newest = side === 'client' ? VERSIONS.named(versionsOf(flags).at(-1) ?? 'TLSv1.3')?.code : undefined;
  return () => {
    const messages = msg ? new MessageLog(newest ?? 0) : undefined;
    const ladder = flags.ladder ? new Ladder(side) : undefined;
    if (ladder) out(ladder.head());
    return {
      event(event) {
        if (event.type === 'keylog' && keylogfile !== undefined) write(keylogfile, `${event.line}\n`, true);
        if (messages) out(messages.text(event));
        if (trace) out(traceText(event));
        if (ladder) out(ladder.event(event));
        if (state) output.err(stateText(event, side));
        if (tlsextdebug && event.type === 'message' && event.direction === 'in') {
          for (const [type, data] of extensionsOf(event)) output.out(extensionText(type, data, side));
        }
      },
    };
  };
}

function write(path: string, text: string, append: boolean): void {
  if (append && text === '') return;
  try {
    if (append) appendFileSync(path, text);
    else writeFileSync(path, text);
  } catch (error) {
    fail('ERR_IO', `cannot write ${path}: ${reasonOf(error)}`);
  }
}

/** A key log grows; its secrets are nobody else's business. */
function openKeyLog(path: string): void {
  const isNew = !existsSync(path);
  try {
    appendFileSync(path, '', { mode: 0o600 });
    if (isNew) chmodSync(path, 0o600);
  } catch (error) {
    fail('ERR_IO', `cannot write ${path}: ${reasonOf(error)}`);
  }
}

/** -state: a line a step. */
function stateText(event: TlsEvent, side: 'client' | 'server'): string {
  const who = side === 'client' ? 'SSL_connect' : 'SSL_accept';
  if (event.type === 'message') {
    const how = event.direction === 'in' ? 'read' : 'write';
    return `${who}:${versionText(event.version).replace(' ', 'v')} ${how} ${event.name.replaceAll('_', ' ')}\n`;
  }
  if (event.type === 'alert') {
    const how = event.direction === 'in' ? 'read' : 'write';
    return `SSL3 alert ${how}:${event.level === 2 ? 'fatal' : 'warning'}:${event.name.replaceAll('_', ' ')}\n`;
  }
  return event.type === 'failure' ? `${who}:error\n` : '';
}

/** The extensions of a hello or of EncryptedExtensions. A message that cannot be read has none; the engine tells of it. */
export function extensionsOf({ name, raw }: MessageEvent): [type: number, data: Uint8Array][] {
  const at = extensionsAt(name, raw);
  const found: [number, Uint8Array][] = [];
  const view = Buffer.from(raw.buffer, raw.byteOffset, raw.length);
  if (at === undefined || at + 2 > view.length) return found;
  const end = Math.min(view.length, at + 2 + view.readUInt16BE(at));
  for (let i = at + 2; i + 4 <= end;) {
    const length = view.readUInt16BE(i + 2);
    found.push([view.readUInt16BE(i), view.subarray(i + 4, Math.min(end, i + 4 + length))]);
    i += 4 + length;
  }
  return found;
}

function extensionsAt(name: string, raw: Uint8Array): number | undefined {
  if (name === 'encrypted_extensions') return 4;
  const afterId = 4 + 2 + 32 + 1 + (raw[38] ?? 0);
  if (name === 'server_hello' || name === 'hello_retry_request') return afterId + 3;
  if (name !== 'client_hello') return undefined;
  const suites = ((raw[afterId] ?? 0) << 8) | (raw[afterId + 1] ?? 0);
  const compressions = afterId + 2 + suites;
  return compressions + 1 + (raw[compressions] ?? 0);
}

/** Names of extensions where OpenSSL's are not the registered ones. */
const NAMES: Readonly<Record<number, string>> = {
  10: 'supported_groups',
  11: 'EC point formats',
  16: 'application layer protocol negotiation',
  18: 'signed certificate timestamps',
  21: 'TLS padding',
  22: 'encrypt-then-mac',
  41: 'psk',
  45: 'psk kex modes',
  65281: 'renegotiation info',
};

function extensionText(type: number, data: Uint8Array, side: 'client' | 'server'): string {
  const name = NAMES[type] ?? EXTENSIONS.get(type)?.replaceAll('_', ' ') ?? 'unknown';
  const peer = side === 'client' ? 'server' : 'client';
  return `TLS ${peer} extension "${name}" (id=${type}), len=${data.length}\n${hexDump(data, 0)}`;
}
