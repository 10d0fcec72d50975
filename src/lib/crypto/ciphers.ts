/**
 * Ciphers that may encrypt keys: in PBES2 (those with an object identifier) and in the traditional PEM headers (those with an
 * initialisation vector). A row knows its names in OpenSSL's spellings, its sizes, and its name in `node:crypto`, if it has one.
 */

/** A cipher for keys. */
export interface KeyCipher {
  /** OpenSSL's name in lower case: `aes-256-cbc`. */
  readonly name: string;
  /** The name that `node:crypto` takes; absent for those made in lib/crypto/legacy. */
  readonly node?: string;
  /** Octets of key. */
  readonly keyLength: number;
  /** Octets of initialisation vector; 0 for ECB. */
  readonly ivLength: number;
  /** True when data are padded to whole blocks (CBC, ECB; RFC 8018 section 6.1.1). */
  readonly padded: boolean;
  /** The object identifier, for PBES2. */
  readonly oid?: string;
  /** The name in `DEK-Info`. */
  readonly pemName: string;
  /** RC2 only: the effective key bits (RFC 2268 section 6). */
  readonly rc2Bits?: number;
  /** Only here for old files: OpenSSL 3.0 has it in its legacy provider, or not at all. */
  readonly legacy: boolean;
}

// Name, name in DEK-Info, OID or "-", key length, IV length, further spellings. `*` before the name: made in lib/crypto/legacy.
const ROWS = `
aes-128-cbc AES-128-CBC 2.16.840.1.101.3.4.1.2 16 16 aes128
aes-192-cbc AES-192-CBC 2.16.840.1.101.3.4.1.22 24 16 aes192
aes-256-cbc AES-256-CBC 2.16.840.1.101.3.4.1.42 32 16 aes256
aes-128-ecb AES-128-ECB 2.16.840.1.101.3.4.1.1 16 0
aes-192-ecb AES-192-ECB 2.16.840.1.101.3.4.1.21 24 0
aes-256-ecb AES-256-ECB 2.16.840.1.101.3.4.1.41 32 0
aes-128-cfb AES-128-CFB 2.16.840.1.101.3.4.1.4 16 16
aes-192-cfb AES-192-CFB 2.16.840.1.101.3.4.1.24 24 16
aes-256-cfb AES-256-CFB 2.16.840.1.101.3.4.1.44 32 16
aes-128-cfb1 AES-128-CFB1 - 16 16
aes-192-cfb1 AES-192-CFB1 - 24 16
aes-256-cfb1 AES-256-CFB1 - 32 16
aes-128-cfb8 AES-128-CFB8 - 16 16
aes-192-cfb8 AES-192-CFB8 - 24 16
aes-256-cfb8 AES-256-CFB8 - 32 16
aes-128-ofb AES-128-OFB 2.16.840.1.101.3.4.1.3 16 16
aes-192-ofb AES-192-OFB 2.16.840.1.101.3.4.1.23 24 16
aes-256-ofb AES-256-OFB 2.16.840.1.101.3.4.1.43 32 16
aes-128-ctr AES-128-CTR - 16 16
aes-192-ctr AES-192-CTR - 24 16
aes-256-ctr AES-256-CTR - 32 16
des-ede3-cbc DES-EDE3-CBC 1.2.840.113549.3.7 24 8 des3 3des
des-ede3-cfb DES-EDE3-CFB - 24 8
des-ede3-cfb8 DES-EDE3-CFB8 - 24 8
des-ede3-ofb DES-EDE3-OFB - 24 8
des-ede-cbc DES-EDE-CBC - 16 8
des-ede-cfb DES-EDE-CFB - 16 8
des-ede-ofb DES-EDE-OFB - 16 8
aria-128-cbc ARIA-128-CBC 1.2.410.200046.1.1.2 16 16 aria128
aria-192-cbc ARIA-192-CBC 1.2.410.200046.1.1.7 24 16 aria192
aria-256-cbc ARIA-256-CBC 1.2.410.200046.1.1.12 32 16 aria256
aria-128-cfb ARIA-128-CFB 1.2.410.200046.1.1.3 16 16
aria-192-cfb ARIA-192-CFB 1.2.410.200046.1.1.8 24 16
aria-256-cfb ARIA-256-CFB 1.2.410.200046.1.1.13 32 16
aria-128-ofb ARIA-128-OFB 1.2.410.200046.1.1.4 16 16
aria-192-ofb ARIA-192-OFB 1.2.410.200046.1.1.9 24 16
aria-256-ofb ARIA-256-OFB 1.2.410.200046.1.1.14 32 16
aria-128-ctr ARIA-128-CTR 1.2.410.200046.1.1.5 16 16
aria-192-ctr ARIA-192-CTR 1.2.410.200046.1.1.10 24 16
aria-256-ctr ARIA-256-CTR 1.2.410.200046.1.1.15 32 16
camellia-128-cbc CAMELLIA-128-CBC 1.2.392.200011.61.1.1.1.2 16 16 camellia128
camellia-192-cbc CAMELLIA-192-CBC 1.2.392.200011.61.1.1.1.3 24 16 camellia192
camellia-256-cbc CAMELLIA-256-CBC 1.2.392.200011.61.1.1.1.4 32 16 camellia256
camellia-128-cfb CAMELLIA-128-CFB 0.3.4401.5.3.1.9.4 16 16
camellia-192-cfb CAMELLIA-192-CFB 0.3.4401.5.3.1.9.24 24 16
camellia-256-cfb CAMELLIA-256-CFB 0.3.4401.5.3.1.9.44 32 16
camellia-128-ofb CAMELLIA-128-OFB 0.3.4401.5.3.1.9.3 16 16
camellia-192-ofb CAMELLIA-192-OFB 0.3.4401.5.3.1.9.23 24 16
camellia-256-ofb CAMELLIA-256-OFB 0.3.4401.5.3.1.9.43 32 16
camellia-128-ctr CAMELLIA-128-CTR 0.3.4401.5.3.1.9.9 16 16
camellia-192-ctr CAMELLIA-192-CTR 0.3.4401.5.3.1.9.29 24 16
camellia-256-ctr CAMELLIA-256-CTR 0.3.4401.5.3.1.9.49 32 16
sm4-cbc SM4-CBC 1.2.156.10197.1.104.2 16 16 sm4
sm4-cfb SM4-CFB 1.2.156.10197.1.104.4 16 16
sm4-ofb SM4-OFB 1.2.156.10197.1.104.3 16 16
sm4-ctr SM4-CTR 1.2.156.10197.1.104.7 16 16
*des-cbc DES-CBC 1.3.14.3.2.7 8 8 des
*rc2-cbc RC2-CBC 1.2.840.113549.3.2 16 8 rc2 rc2-128
*rc2-64-cbc RC2-64-CBC - 8 8 rc2-64
*rc2-40-cbc RC2-40-CBC - 5 8 rc2-40
`;

let names: Map<string, KeyCipher> | undefined;
let oids: Map<string, KeyCipher> | undefined;

function load(): Map<string, KeyCipher> {
  if (names) return names;
  names = new Map();
  oids = new Map();
  for (const line of ROWS.trim().split('\n')) {
    const [first, pemName, oid, keyLength, ivLength, ...more] = line.split(' ') as [
      string,
      string,
      string,
      string,
      string,
    ];
    const legacy = first.startsWith('*');
    const name = legacy ? first.slice(1) : first;
    const cipher: KeyCipher = {
      name,
      keyLength: Number(keyLength),
      ivLength: Number(ivLength),
      padded: /-(cbc|ecb)$/.test(name),
      pemName,
      legacy,
      ...(legacy ? {} : { node: name }),
      ...(oid === '-' ? {} : { oid }),
      ...(name.startsWith('rc2') ? { rc2Bits: Number(keyLength) * 8 } : {}),
    };
    for (const spelling of [name, ...(more as string[])]) names.set(spelling, cipher);
    if (oid !== '-') oids.set(oid, cipher);
  }
  return names;
}

/** The cipher with this name in any spelling and case that OpenSSL takes: `aes256`, `AES-256-CBC`, `des3`, `aria256`, `DES-EDE3-CBC`. */
export function cipherByName(name: string): KeyCipher | undefined {
  return load().get(name.toLowerCase());
}

/** The cipher with this object identifier in dotted form. */
export function cipherByOid(oid: string): KeyCipher | undefined {
  load();
  return oids?.get(oid);
}

/** All ciphers, in the table's order. */
export function allKeyCiphers(): KeyCipher[] {
  return [...new Set(load().values())];
}
