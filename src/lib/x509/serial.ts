/** Serial numbers: random ones, ones from the command line, and the files in which a small CA counts. */
import { randomOctets } from '../crypto/random.ts';
import { bigintOf, integerContent } from '../der/index.ts';
import { fail } from '../errors.ts';

/** A serial number that nobody can guess: 159 random bits (20 octets at most, as RFC 5280 section 4.1.2.2 allows), as OpenSSL makes them. */
export function randomSerial(): Buffer {
  const octets = randomOctets(20);
  octets[0] = (octets[0] as number) & 0x7f;
  return integerContent(bigintOf(octets));
}

/**
 * A serial number in OpenSSL's spelling: decimal, or hexadecimal after `0x`, with `-` for a negative one.
 *
 * @returns content octets
 * @throws TlskitError ERR_USAGE
 */
export function parseSerial(text: string): Buffer {
  const [, minus, hex, decimal] = /^(-?)(?:0[xX]([0-9a-fA-F]{1,1000})|([0-9]{1,1000}))$/.exec(text) ?? [];
  if (hex === undefined && decimal === undefined) {
    fail('ERR_USAGE', `the serial number "${text}" should be decimal, or hexadecimal after 0x`);
  }
  const value = BigInt(hex === undefined ? (decimal as string) : `0x${hex}`);
  return integerContent(minus === '-' ? -value : value);
}

/** The serial number one above. */
export const nextSerial = (serial: Uint8Array): Buffer => integerContent(bigintOf(serial) + 1n);

/** Octets of a number that stand on one line of a serial file. */
const PER_LINE = 35;

/** A serial number in hexadecimal as OpenSSL prints it: an even number of upper-case digits, `-` in front of a negative one. */
export function serialHex(serial: Uint8Array): string {
  const value = bigintOf(serial);
  const digits = (value < 0n ? -value : value).toString(16).toUpperCase();
  return `${value < 0n ? '-' : ''}${digits.length % 2 === 0 ? '' : '0'}${digits}`;
}

/** The text of a serial file: hexadecimal digits, long numbers folded with a backslash. */
export function serialFileText(serial: Uint8Array): string {
  const hex = serialHex(serial);
  const sign = hex.startsWith('-') ? '-' : '';
  const lines = hex.slice(sign.length).match(new RegExp(`.{1,${2 * PER_LINE}}`, 'g')) ?? [];
  return `${sign}${lines.join('\\\n')}\n`;
}

/**
 * The number in a serial file.
 *
 * @param source the file's name, for messages
 * @throws TlskitError ERR_FORMAT
 */
export function readSerialFile(text: string, source: string): Buffer {
  const digits = text
    .replace(/\\\r?\n/g, '')
    .split('\n')[0]
    ?.trim();
  const [, minus, hex] = /^(-?)([0-9a-fA-F]{1,1000})$/.exec(digits ?? '') ?? [];
  if (hex === undefined) {
    return fail('ERR_FORMAT', `${source}: a serial number in hexadecimal digits should stand on the first line`, {
      source,
    });
  }
  const value = BigInt(`0x${hex}`);
  return integerContent(minus === '-' ? -value : value);
}

/** The default serial file of a CA certificate: its name with the last extension replaced by `.srl`. */
export function serialFileName(caFile: string): string {
  // OpenSSL looks for the last dot of the whole path
  const dot = caFile.lastIndexOf('.');
  return `${dot < 0 ? caFile : caFile.slice(0, dot)}.srl`;
}
