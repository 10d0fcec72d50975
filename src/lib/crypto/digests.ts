/** Message digests: one row knows its names in OpenSSL's spellings, its identifier, its size and its name in `node:crypto`. */

/** A message digest. */
export interface Digest {
  /** OpenSSL's long name in lower case: `sha256`, `sha512-256`, `sha3-256`, `md5-sha1`, `ripemd160`. */
  readonly name: string;
  /** The name that `node:crypto` takes. */
  readonly node: string;
  /** The digest's object identifier; MD5-SHA1 has none. */
  readonly oid?: string;
  /** Octets of output (for the SHAKEs: OpenSSL's default length). */
  readonly size: number;
  /** As OpenSSL names it in texts, e.g. `SHA256`, `SHA512-256`, `RIPEMD160`. */
  readonly label: string;
}

// name, node, size, label, OID or "-", further spellings
const ROWS = `
md5 md5 16 MD5 1.2.840.113549.2.5 ssl3-md5 rsa-md5
sha1 sha1 20 SHA1 1.3.14.3.2.26 sha-1 ssl3-sha1 rsa-sha1 rsa-sha1-2 sha
sha224 sha224 28 SHA224 2.16.840.1.101.3.4.2.4 sha-224 sha2-224 rsa-sha224
sha256 sha256 32 SHA256 2.16.840.1.101.3.4.2.1 sha-256 sha2-256 rsa-sha256
sha384 sha384 48 SHA384 2.16.840.1.101.3.4.2.2 sha-384 sha2-384 rsa-sha384
sha512 sha512 64 SHA512 2.16.840.1.101.3.4.2.3 sha-512 sha2-512 rsa-sha512
sha512-224 sha512-224 28 SHA512-224 2.16.840.1.101.3.4.2.5 sha512/224 sha-512/224 sha2-512/224 rsa-sha512/224
sha512-256 sha512-256 32 SHA512-256 2.16.840.1.101.3.4.2.6 sha512/256 sha-512/256 sha2-512/256 rsa-sha512/256
sha3-224 sha3-224 28 SHA3-224 2.16.840.1.101.3.4.2.7 rsa-sha3-224
sha3-256 sha3-256 32 SHA3-256 2.16.840.1.101.3.4.2.8 rsa-sha3-256
sha3-384 sha3-384 48 SHA3-384 2.16.840.1.101.3.4.2.9 rsa-sha3-384
sha3-512 sha3-512 64 SHA3-512 2.16.840.1.101.3.4.2.10 rsa-sha3-512
shake128 shake128 16 SHAKE128 2.16.840.1.101.3.4.2.11 shake-128
shake256 shake256 32 SHAKE256 2.16.840.1.101.3.4.2.12 shake-256
md5-sha1 md5-sha1 36 MD5-SHA1 -
ripemd160 ripemd160 20 RIPEMD160 1.3.36.3.2.1 ripemd rmd160 ripemd-160 rsa-ripemd160
sm3 sm3 32 SM3 1.2.156.10197.1.401 rsa-sm3
blake2b512 blake2b512 64 BLAKE2b512 1.3.6.1.4.1.1722.12.2.1.16 blake2b-512
blake2s256 blake2s256 32 BLAKE2s256 1.3.6.1.4.1.1722.12.2.2.8 blake2s-256
`;

let names: Map<string, Digest> | undefined;
let oids: Map<string, Digest> | undefined;

function load(): Map<string, Digest> {
  if (names) return names;
  names = new Map();
  oids = new Map();
  for (const line of ROWS.trim().split('\n')) {
    const [name, node, size, label, oid, ...more] = line.split(' ') as [string, string, string, string, string];
    const digest: Digest = { name, node, size: Number(size), label, ...(oid === '-' ? {} : { oid }) };
    for (const spelling of [name, ...(more as string[])]) names.set(spelling, digest);
    if (oid !== '-') oids.set(oid, digest);
  }
  return names;
}

/** The digest with this name in any spelling and case that OpenSSL takes (`sha256`, `SHA-256`, `sha2-256`, `RSA-SHA256`), or with this dotted identifier. */
export function digestByName(name: string): Digest | undefined {
  return load().get(name.toLowerCase()) ?? digestByOid(name);
}

/** The digest with this object identifier in dotted form. */
export function digestByOid(oid: string): Digest | undefined {
  load();
  return oids?.get(oid);
}

/** All digests, in the table's order. */
export function allDigests(): Digest[] {
  return [...new Set(load().values())];
}

/** The names of OpenSSL 3's providers where they are not the label. */
const FETCHED: Readonly<Record<string, string>> = {
  sha224: 'SHA2-224',
  sha256: 'SHA2-256',
  sha384: 'SHA2-384',
  sha512: 'SHA2-512',
  'sha512-224': 'SHA2-512/224',
  'sha512-256': 'SHA2-512/256',
  shake128: 'SHAKE-128',
  shake256: 'SHAKE-256',
  ripemd160: 'RIPEMD-160',
  blake2b512: 'BLAKE2B-512',
  blake2s256: 'BLAKE2S-256',
};

/** A digest's name as OpenSSL 3 prints it where it fetched the digest by its name, e.g. `SHA2-256`. */
export const fetchedName = ({ name, label }: Digest): string => FETCHED[name] ?? label;
