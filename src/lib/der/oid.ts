import { fail } from '../errors.ts';

/** An OBJECT IDENTIFIER's content octets as dotted text (X.690 section 8.19). */
export function decodeOid(content: Uint8Array, offset = 0): string {
  if (content.length === 0 || (content[content.length - 1] as number) >= 0x80) {
    fail('ERR_DER', `a malformed OBJECT IDENTIFIER at offset ${offset}`);
  }
  const arcs: string[] = [];
  let value = 0n;
  let fresh = true;
  for (const b of content) {
    if (fresh && b === 0x80) fail('ERR_DER', `an OBJECT IDENTIFIER with leading zeros at offset ${offset}`);
    value = (value << 7n) | BigInt(b & 0x7f);
    fresh = b < 0x80;
    if (!fresh) continue;
    if (arcs.length === 0) {
      const top = value < 40n ? 0n : value < 80n ? 1n : 2n;
      arcs.push(String(top));
      value -= top * 40n;
    }
    arcs.push(String(value));
    value = 0n;
  }
  return arcs.join('.');
}

/** Dotted text as an OBJECT IDENTIFIER's content octets. */
export function encodeOid(dotted: string): Buffer {
  const bad = (): never => fail('ERR_DER', `"${dotted}" is not an object identifier`);
  if (!/^[0-2](\.(0|[1-9][0-9]*))+$/.test(dotted)) bad();
  const [first, second, ...rest] = dotted.split('.').map(BigInt) as [bigint, bigint, ...bigint[]];
  if (first < 2n && second > 39n) bad();
  const out: number[] = [];
  for (const arc of [first * 40n + second, ...rest]) {
    const groups = [Number(arc & 0x7fn)];
    for (let v = arc >> 7n; v > 0n; v >>= 7n) groups.unshift(Number(v & 0x7fn) | 0x80);
    out.push(...groups);
  }
  return Buffer.from(out);
}
