/** A connection's messages as text, field by field. */
import type { Span } from '../../codec/index.ts';
import type { TlsEvent } from '../events.ts';

/** What -trace shows of an event: one line a field. Empty for what is no message. */
export function traceText(event: TlsEvent): string {
  const arrow = 'direction' in event && event.direction === 'in' ? 'Received' : 'Sent';
  if (event.type === 'alert') {
    return `${arrow} alert: ${event.level === 2 ? 'fatal' : 'warning'} ${event.name} (${event.description})\n`;
  }
  if (event.type === 'data')
    return `Received ${event.early ? 'early ' : ''}application data: ${event.bytes.length} octets\n`;
  if (event.type !== 'message') return '';
  const title = `${arrow} ${event.name}: ${event.raw.length} octets\n`;
  const body = event.code === undefined ? event.raw : event.raw.subarray(4);
  return (
    title +
    event
      .annotate()
      .inner.map((span) => spanText(span, body, 1))
      .join('')
  );
}

/** Octets of a field that are shown. */
const SHOWN = 32;

function spanText(span: Span, body: Uint8Array, depth: number): string {
  const bytes = body.subarray(span.start, span.end);
  const hex = Buffer.from(bytes.subarray(0, SHOWN)).toString('hex') + (bytes.length > SHOWN ? '…' : '');
  const value = span.inner.length > 0 ? `(${bytes.length})` : `(${bytes.length}) ${hex}`;
  const line = `${'  '.repeat(depth)}${span.name} ${value}${span.text === undefined ? '' : `  ${span.text}`}\n`;
  return line + span.inner.map((one) => spanText(one, body, depth + 1)).join('');
}
