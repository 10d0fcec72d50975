/** IP addresses in the forms that OpenSSL reads. */

const V4 = /^\s*[+-]?\d+(\.\s*[+-]?\d+){3}$/;

function parseV4(text: string): Buffer | undefined {
  if (text.length > 64 || !V4.test(text)) return undefined;
  const octets = text.split('.').map(Number);
  return octets.every((octet) => octet >= 0 && octet <= 255) ? Buffer.from(octets) : undefined;
}

/** RFC 4291 section 2.2, with `::` once, and dotted IPv4 at the end. */
function parseV6(text: string): Buffer | undefined {
  const parts = text.split(':');
  const bytes: number[] = [];
  let gap = -1;
  let empty = 0;
  for (const [i, part] of parts.entries()) {
    if (bytes.length === 16) return undefined;
    if (part === '') {
      if (gap === -1) gap = bytes.length;
      else if (gap !== bytes.length) return undefined;
      empty += 1;
    } else if (part.length > 4) {
      const v4 = i === parts.length - 1 && bytes.length <= 12 ? parseV4(part) : undefined;
      if (!v4) return undefined;
      bytes.push(...v4);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined;
      const word = Number.parseInt(part, 16);
      bytes.push(word >> 8, word & 0xff);
    }
  }
  if (gap === -1) return bytes.length === 16 ? Buffer.from(bytes) : undefined;
  const atEdge = gap === 0 || gap === bytes.length;
  const gapOk = empty === 1 ? !atEdge : empty === 2 ? atEdge : empty === 3 && bytes.length === 0;
  if (!gapOk || bytes.length >= 16) return undefined;
  return Buffer.from([...bytes.slice(0, gap), ...Array<number>(16 - bytes.length).fill(0), ...bytes.slice(gap)]);
}

/** The 4 or 16 octets of an address; undefined when `text` is none. */
export const parseAddress = (text: string): Buffer | undefined => (text.includes(':') ? parseV6(text) : parseV4(text));

/** `address/mask`, both of one family, in 8 or 32 octets (RFC 5280 section 4.2.1.10). */
export function parseAddressAndMask(text: string): Buffer | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const address = parseAddress(text.slice(0, slash));
  const mask = parseAddress(text.slice(slash + 1));
  return address && mask && address.length === mask.length ? Buffer.concat([address, mask]) : undefined;
}
