/** The table of `ca list`. */
import { statusOf, type CertificateRecord } from '../../lib/ca/index.ts';
import { styleFor } from '../help.ts';
import { day, labelOf } from './render.ts';

const COLOURS: Readonly<Record<string, string>> = { valid: '32', expired: '33', revoked: '31', held: '35' };
const SHORT_SERIAL = 12;
const DAY = 86_400_000;
const HEADINGS = ['SERIAL', 'STATUS', 'USE', 'ISSUED', 'EXPIRES', 'LEFT', 'NAMES'] as const;

/** Records as lines of columns; names are cut at the width of a terminal, and never in a pipe. */
export function recordTable(records: readonly CertificateRecord[], now: number): string {
  const { width, colour } = styleFor(process.stdout);
  // on a terminal the first digits, which the other commands take, too
  const digits = process.stdout.isTTY ? SHORT_SERIAL : undefined;
  const lines = records.map((record) => cells(record, now, digits));
  const widths = HEADINGS.map((heading, i) =>
    Math.max(heading.length, ...lines.map((line) => (line[i] as string).length)),
  );
  const limit = process.stdout.isTTY ? (process.stdout.columns ?? width) - 1 : Number.POSITIVE_INFINITY;
  const text = (line: readonly string[], status?: string): string => {
    const whole = line.map((cell, i) => (i === line.length - 1 ? cell : cell.padEnd(widths[i] as number))).join('  ');
    const cut = whole.length > limit ? `${whole.slice(0, limit - 1)}…` : whole;
    const code = colour && status !== undefined ? COLOURS[status] : undefined;
    return code === undefined ? cut : cut.replace(/ (valid|expired|revoked|held) /, ` \u001b[${code}m$1\u001b[39m `);
  };
  return [text(HEADINGS), ...lines.map((line) => text(line, line[1]))].map((line) => `${line}\n`).join('');
}

function cells(record: CertificateRecord, now: number, digits: number | undefined): string[] {
  const status = statusOf(record, now);
  const left = Math.ceil((record.notAfter - now) / DAY);
  const reason = record.revocation && status === 'revoked' ? ` (${record.revocation.reason})` : '';
  return [
    record.serial.slice(0, digits),
    status,
    record.template ?? '-',
    day(record.issuedAt),
    day(record.notAfter),
    status === 'valid' ? `${left} d` : '-',
    `${labelOf(record)}${reason}`,
  ];
}
