/** Signed certificate timestamps (RFC 6962 section 3.3). */
import { octetString, readTemplate } from '../../der/template.ts';
import { hexLines } from '../dump.ts';
import type { ExtensionPrinter } from './printer.ts';

const SIGNATURES: ReadonlyMap<number, string> = new Map([
  [0x0403, 'ecdsa-with-SHA256'],
  [0x0401, 'sha256WithRSAEncryption'],
]);

interface Timestamp {
  readonly raw: Buffer;
  readonly v1?: {
    readonly logId: Buffer;
    readonly timestamp: bigint;
    readonly extensions: Buffer;
    readonly algorithm: string;
    readonly signature: Buffer;
  };
}

/** Version 1 has a fixed head of 43 octets, extensions, and a signature; other versions are shown raw. */
function readTimestamp(raw: Buffer): Timestamp | undefined {
  if (raw[0] !== 0) return { raw };
  if (raw.length < 43) return undefined;
  const extensionsEnd = 43 + raw.readUInt16BE(41);
  const rest = raw.subarray(extensionsEnd);
  if (extensionsEnd > raw.length || rest.length <= 4) return undefined;
  const algorithm = SIGNATURES.get(rest.readUInt16BE(0));
  const length = rest.readUInt16BE(2);
  if (algorithm === undefined || length > rest.length - 4) return undefined;
  return {
    raw,
    v1: {
      logId: raw.subarray(1, 33),
      timestamp: raw.readBigUInt64BE(33),
      extensions: raw.subarray(43, extensionsEnd),
      algorithm,
      signature: rest.subarray(4, 4 + length),
    },
  };
}

function readList(list: Buffer): Timestamp[] | undefined {
  if (list.length < 2 || list.length > 0xffff || list.readUInt16BE(0) !== list.length - 2) return undefined;
  const out: Timestamp[] = [];
  for (let at = 2; at < list.length;) {
    if (list.length - at < 2) return undefined;
    const length = list.readUInt16BE(at);
    const end = at + 2 + length;
    if (length === 0 || end > list.length) return undefined;
    const timestamp = readTimestamp(list.subarray(at + 2, end));
    if (!timestamp) return undefined;
    out.push(timestamp);
    at = end;
  }
  return out;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** Milliseconds since 1970 as a date with three decimals; nothing after the year 9999. */
function dateText(timestamp: bigint): string {
  const days = Number(BigInt.asIntN(32, timestamp / 86_400_000n));
  const ms = days * 86_400_000 + Number(timestamp % 86_400_000n);
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  if (Number.isNaN(year) || year < 0 || year > 9999) return '';
  const clock = date.toISOString().slice(-13, -1);
  return `${MONTHS[date.getUTCMonth()] as string} ${String(date.getUTCDate()).padStart(2)} ${clock} ${year} GMT`;
}

function timestampText({ raw, v1 }: Timestamp, indent: number): string {
  const pad = ' '.repeat(indent + 4);
  const head = `${' '.repeat(indent)}Signed Certificate Timestamp:\n${pad}Version   : `;
  if (!v1) return `${head}unknown\n${pad}${' '.repeat(12)}${hexLines(raw, indent + 16)}`;
  const extensions = v1.extensions.length > 0 ? hexLines(v1.extensions, indent + 16) : 'none';
  return [
    `${head}v1 (0x0)`,
    `${pad}Log ID    : ${hexLines(v1.logId, indent + 16)}`,
    `${pad}Timestamp : ${dateText(v1.timestamp)}`,
    `${pad}Extensions: ${extensions}`,
    `${pad}Signature : ${v1.algorithm}`,
    `${pad}            ${hexLines(v1.signature, indent + 16)}`,
  ].join('\n');
}

export const signedTimestamps: ExtensionPrinter = (value, indent) => {
  let list: Timestamp[] | undefined;
  try {
    list = readList(readTemplate(octetString(), value, 'timestamps').value);
  } catch {
    return undefined;
  }
  return list && { text: list.map((timestamp) => timestampText(timestamp, indent)).join('\n'), complete: true };
};
