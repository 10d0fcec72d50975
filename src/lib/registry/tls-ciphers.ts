/** Bulk ciphers of records, by the part that they have in a cipher suite's name. */

/** One bulk cipher. Lengths are in octets. */
export interface BulkCipher {
  /** As in suite names: `AES_128_GCM`. */
  readonly name: string;
  readonly kind: 'aead' | 'cbc' | 'stream' | 'null';
  /** node:crypto's name; undefined for NULL and for ciphers that node:crypto lacks without its legacy provider. */
  readonly node: string | undefined;
  readonly key: number;
  /** The part of a nonce or IV that the TLS 1.2 key block gives. TLS 1.3 has 12 for all (RFC 8446 section 5.3). */
  readonly fixedIv: number;
  /** The part that stands in every TLS 1.2 record. */
  readonly explicitIv: number;
  /** The tag of an AEAD. */
  readonly tag: number;
  /** The block of a CBC cipher. */
  readonly block: number;
  /** Records that one key may protect; Infinity where the sequence number is the limit. */
  readonly records: number;
}

// RFC 8446 section 5.5: 2^24.5 full-size records for AES-GCM; ChaCha20-Poly1305 outlasts its sequence numbers.
// CCM has no number there; RFC 9147 section 4.5.3 has 2^23. The GCM of another 128-bit block cipher obeys the same argument as AES.
const GCM_RECORDS = Math.floor(2 ** 24.5);
const CCM_RECORDS = 2 ** 23;
// Sweet32: a 64-bit block should not see more than 2^32 blocks; 2^20 records of 2^11 blocks keep a factor of two
const CBC64_RECORDS = 2 ** 20;

function aead(name: string, node: string, key: number, records: number, tag = 16): BulkCipher {
  return { name, kind: 'aead', node, key, fixedIv: 4, explicitIv: 8, tag, block: 0, records };
}

function cbc(name: string, node: string | undefined, key: number, block = 16): BulkCipher {
  const records = block === 8 ? CBC64_RECORDS : Infinity;
  return { name, kind: 'cbc', node, key, fixedIv: block, explicitIv: block, tag: 0, block, records };
}

const ROWS: readonly BulkCipher[] = [
  aead('AES_128_GCM', 'aes-128-gcm', 16, GCM_RECORDS),
  aead('AES_256_GCM', 'aes-256-gcm', 32, GCM_RECORDS),
  // RFC 7905: no explicit nonce, twelve octets of IV as in TLS 1.3
  { ...aead('CHACHA20_POLY1305', 'chacha20-poly1305', 32, Infinity), fixedIv: 12, explicitIv: 0 },
  aead('AES_128_CCM', 'aes-128-ccm', 16, CCM_RECORDS),
  aead('AES_256_CCM', 'aes-256-ccm', 32, CCM_RECORDS),
  aead('AES_128_CCM_8', 'aes-128-ccm', 16, CCM_RECORDS, 8),
  aead('AES_256_CCM_8', 'aes-256-ccm', 32, CCM_RECORDS, 8),
  aead('ARIA_128_GCM', 'aria-128-gcm', 16, GCM_RECORDS),
  aead('ARIA_256_GCM', 'aria-256-gcm', 32, GCM_RECORDS),
  cbc('AES_128_CBC', 'aes-128-cbc', 16),
  cbc('AES_256_CBC', 'aes-256-cbc', 32),
  cbc('CAMELLIA_128_CBC', 'camellia-128-cbc', 16),
  cbc('CAMELLIA_256_CBC', 'camellia-256-cbc', 32),
  cbc('ARIA_128_CBC', 'aria-128-cbc', 16),
  cbc('ARIA_256_CBC', 'aria-256-cbc', 32),
  cbc('3DES_EDE_CBC', 'des-ede3-cbc', 24, 8),
  cbc('SEED_CBC', undefined, 16),
  cbc('IDEA_CBC', undefined, 16, 8),
  cbc('DES_CBC', undefined, 8, 8),
  {
    name: 'RC4_128',
    kind: 'stream',
    node: undefined,
    key: 16,
    fixedIv: 0,
    explicitIv: 0,
    tag: 0,
    block: 0,
    records: Infinity,
  },
  {
    name: 'NULL',
    kind: 'null',
    node: undefined,
    key: 0,
    fixedIv: 0,
    explicitIv: 0,
    tag: 0,
    block: 0,
    records: Infinity,
  },
];

/** All bulk ciphers by name. */
export const BULK_CIPHERS: ReadonlyMap<string, BulkCipher> = new Map(ROWS.map((row) => [row.name, row]));
