import { octetText } from './octets.ts';

/** Octets a line: fewer where the text stands far to the right. */
const widthAt = (indent: number): number => 16 - Math.floor((indent - Math.min(indent, 6) + 3) / 4);

/** A hex dump with offsets and a column of characters, e.g. `0000 - 30 03 …   0..`. */
export function hexDump(bytes: Uint8Array, indent: number): string {
  const pad = ' '.repeat(Math.min(indent, 64));
  const width = widthAt(Math.min(indent, 64));
  let out = '';
  for (let at = 0; at < bytes.length; at += width) {
    const row = bytes.subarray(at, at + width);
    const cells = Array.from({ length: width }, (_, j) => {
      const b = row[j];
      return b === undefined ? '   ' : `${b.toString(16).padStart(2, '0')}${j === 7 ? '-' : ' '}`;
    });
    const characters = octetText(row).replace(/[^ -~]/g, '.');
    out += `${pad}${at.toString(16).padStart(4, '0')} - ${cells.join('')}  ${characters}\n`;
  }
  return out;
}

/** Upper-case hex with colons, 16 octets a line, later lines indented; no newline at the end. */
export function hexLines(bytes: Uint8Array, indent: number): string {
  const pairs = Array.from(bytes, (b) => b.toString(16).toUpperCase().padStart(2, '0'));
  const lines: string[] = [];
  for (let at = 0; at < pairs.length; at += 16) lines.push(pairs.slice(at, at + 16).join(':'));
  return lines.join(`:\n${' '.repeat(indent)}`);
}

/** `AA:BB:CC`. */
export const colonUpper = (bytes: Uint8Array): string =>
  Array.from(bytes, (b) => b.toString(16).toUpperCase().padStart(2, '0')).join(':');
