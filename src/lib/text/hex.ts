/** Numbers and octets as OpenSSL's text output lays them out. */

/** Octets a line in a block of hex. */
const PER_LINE = 15;

/**
 * A block of lower-case hex, 15 octets a line with colons between them, each line indented; every line ends with a newline.
 * Without octets there are no lines.
 */
export function hexBlock(bytes: Uint8Array, indent = 4): string {
  const pad = ' '.repeat(indent);
  let out = '';
  for (let at = 0; at < bytes.length; at += PER_LINE) {
    const line = colonHex(bytes.subarray(at, at + PER_LINE));
    out += `${pad}${line}${at + PER_LINE < bytes.length ? ':' : ''}\n`;
  }
  return out;
}

/** `0a:1b:2c`, lower case. */
export function colonHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    .toString('hex')
    .replace(/..(?=.)/g, '$&:');
}

/** A label's line and the octets under it. */
export function labelledOctets(label: string, bytes: Uint8Array): string {
  return `${label}\n${hexBlock(bytes)}`;
}

/**
 * A number after its label: ` 0`, ` 65537 (0x10001)` up to 64 bits, else a block of hex on the next lines with a leading 00 where the
 * highest bit is set, as OpenSSL prints numbers in keys and parameters.
 */
export function labelledNumber(label: string, value: bigint): string {
  if (value === 0n) return `${label} 0\n`;
  const [sign, magnitude] = value < 0n ? ['-', -value] : ['', value];
  if (magnitude < 1n << 64n) return `${label} ${sign}${magnitude} (${sign}0x${magnitude.toString(16)})\n`;
  return `${label}${sign === '' ? '' : ' (Negative)'}\n${hexBlock(magnitudeOctets(magnitude))}`;
}

/** A positive number's octets, big endian, with a zero octet in front where the highest bit is set. */
function magnitudeOctets(value: bigint): Buffer {
  const hex = value.toString(16);
  const octets = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return (octets[0] as number) >= 0x80 ? Buffer.concat([Buffer.from([0]), octets]) : octets;
}

/** Every line of a text moved to the right. */
export function indentText(text: string, indent: number): string {
  return indent === 0 ? text : text.replace(/^(?=.)/gm, ' '.repeat(indent));
}
