/** RC2 (RFC 2268), for keys and PKCS#12 files of old: Node's OpenSSL has it in its legacy provider only. */

// RFC 2268 section 2: a permutation of 0 … 255 made from the digits of pi
const PI =
  'd978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82' +
  '54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb6266fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7' +
  '08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ecc2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731' +
  '2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a90d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad';

const SHIFTS = [1, 2, 3, 5] as const;

/** Key expansion (RFC 2268 section 2): 64 words of 16 bits. */
function expand(key: Uint8Array, effectiveBits: number): Uint16Array {
  const pi = Buffer.from(PI, 'hex');
  const at = (i: number): number => pi[i & 0xff] as number;
  const t8 = (effectiveBits + 7) >> 3;
  const mask = 0xff >> (8 * t8 - effectiveBits);
  const l = new Uint8Array(128);
  l.set(key);
  for (let i = key.length; i < 128; i += 1) l[i] = at((l[i - 1] as number) + (l[i - key.length] as number));
  l[128 - t8] = at((l[128 - t8] as number) & mask);
  for (let i = 127 - t8; i >= 0; i -= 1) l[i] = at((l[i + 1] as number) ^ (l[i + t8] as number));
  return Uint16Array.from({ length: 64 }, (_, i) => (l[2 * i] as number) | ((l[2 * i + 1] as number) << 8));
}

type Block = [number, number, number, number];

/** Encrypts a block of four words in place: 5 mixing rounds, a mash, 6, a mash, 5 (RFC 2268 section 3). */
function encryptBlock(r: Block, k: Uint16Array): void {
  const word = (i: number): number => r[i & 3] as number;
  for (let round = 0, j = 0; round < 16; round += 1) {
    for (let i = 0; i < 4; i += 1, j += 1) {
      const s = SHIFTS[i] as number;
      const sum = (word(i) + (k[j] as number) + (word(i + 3) & word(i + 2)) + (~word(i + 3) & word(i + 1))) & 0xffff;
      r[i] = ((sum << s) | (sum >> (16 - s))) & 0xffff;
    }
    if (round !== 4 && round !== 10) continue;
    for (let i = 0; i < 4; i += 1) r[i] = (word(i) + (k[word(i + 3) & 63] as number)) & 0xffff;
  }
}

/** The reverse (RFC 2268 section 4). */
function decryptBlock(r: Block, k: Uint16Array): void {
  const word = (i: number): number => r[i & 3] as number;
  for (let round = 15, j = 63; round >= 0; round -= 1) {
    for (let i = 3; i >= 0; i -= 1, j -= 1) {
      const s = SHIFTS[i] as number;
      const turned = ((word(i) >> s) | (word(i) << (16 - s))) & 0xffff;
      r[i] = (turned - (k[j] as number) - (word(i + 3) & word(i + 2)) - (~word(i + 3) & word(i + 1))) & 0xffff;
    }
    if (round !== 5 && round !== 11) continue;
    for (let i = 3; i >= 0; i -= 1) r[i] = (word(i) - (k[word(i + 3) & 63] as number)) & 0xffff;
  }
}

const load = (bytes: Buffer, at: number): Block => [
  bytes.readUInt16LE(at),
  bytes.readUInt16LE(at + 2),
  bytes.readUInt16LE(at + 4),
  bytes.readUInt16LE(at + 6),
];

/**
 * RC2 in CBC mode over whole blocks of 8 octets, without padding.
 *
 * @param key 1 to 128 octets
 * @param effectiveBits 1 to 1024
 * @param iv 8 octets
 */
export function rc2Cbc(
  direction: 'encrypt' | 'decrypt',
  key: Uint8Array,
  effectiveBits: number,
  iv: Uint8Array,
  data: Uint8Array,
): Buffer {
  const k = expand(key, effectiveBits);
  const input = Buffer.from(data.buffer, data.byteOffset, data.length);
  const out = Buffer.alloc(data.length);
  let chain = load(Buffer.from(iv), 0);
  for (let at = 0; at < input.length; at += 8) {
    const block = load(input, at);
    const result: Block = [...block];
    if (direction === 'encrypt') {
      chain.forEach((word, i) => (result[i] = (result[i] as number) ^ word));
      encryptBlock(result, k);
      chain = result;
    } else {
      decryptBlock(result, k);
      chain.forEach((word, i) => (result[i] = (result[i] as number) ^ word));
      chain = block;
    }
    result.forEach((word, i) => out.writeUInt16LE(word, at + 2 * i));
  }
  return out;
}
