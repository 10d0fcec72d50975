/** The parameter sets of ML-KEM (FIPS 203 section 8), ML-DSA (FIPS 204 section 4) and SLH-DSA (FIPS 205 section 11). */

/** A family of parameter sets. */
export type PostQuantumFamily = 'ml-kem' | 'ml-dsa' | 'slh-dsa';

/** A parameter set, by the name that OpenSSL and Node have in lower case. */
export type PostQuantumType =
  | `ml-kem-${'512' | '768' | '1024'}`
  | `ml-dsa-${'44' | '65' | '87'}`
  | `slh-dsa-${'sha2' | 'shake'}-${'128' | '192' | '256'}${'s' | 'f'}`;

/** A row of the table. Lengths are in octets. */
export interface PostQuantumInfo {
  readonly family: PostQuantumFamily;
  readonly type: PostQuantumType;
  readonly oid: string;
  /** As OpenSSL calls it: `SLH-DSA-SHA2-128s`. */
  readonly label: string;
  readonly publicLength: number;
  /** The private key as the standard encodes it: dk, sk. */
  readonly privateLength: number;
  /** What a key is made of. SLH-DSA's stands in its private key, that of the others is only kept beside it. */
  readonly seedLength: number;
  /** Of a signature; 0 for ML-KEM. */
  readonly signatureLength: number;
  /** Bits of security that the claimed category stands for. */
  readonly security: number;
}

const ARC = '2.16.840.1.101.3.4';

// arc below NIST's, type, public key, private key, seed, signature, bits
const ROWS = `
4.1 ml-kem-512 800 1632 64 0 128
4.2 ml-kem-768 1184 2400 64 0 192
4.3 ml-kem-1024 1568 3168 64 0 256
3.17 ml-dsa-44 1312 2560 32 2420 128
3.18 ml-dsa-65 1952 4032 32 3309 192
3.19 ml-dsa-87 2592 4896 32 4627 256
3.20 slh-dsa-sha2-128s 32 64 48 7856 128
3.21 slh-dsa-sha2-128f 32 64 48 17088 128
3.22 slh-dsa-sha2-192s 48 96 72 16224 192
3.23 slh-dsa-sha2-192f 48 96 72 35664 192
3.24 slh-dsa-sha2-256s 64 128 96 29792 256
3.25 slh-dsa-sha2-256f 64 128 96 49856 256
3.26 slh-dsa-shake-128s 32 64 48 7856 128
3.27 slh-dsa-shake-128f 32 64 48 17088 128
3.28 slh-dsa-shake-192s 48 96 72 16224 192
3.29 slh-dsa-shake-192f 48 96 72 35664 192
3.30 slh-dsa-shake-256s 64 128 96 29792 256
3.31 slh-dsa-shake-256f 64 128 96 49856 256
`;

/** All parameter sets. */
export const POST_QUANTUM: readonly PostQuantumInfo[] = ROWS.trim()
  .split('\n')
  .map((line) => {
    const [arc = '', type = '', ...numbers] = line.split(' ');
    const [publicLength = 0, privateLength = 0, seedLength = 0, signatureLength = 0, security = 0] =
      numbers.map(Number);
    return {
      family: /^(ml-kem|ml-dsa|slh-dsa)/.exec(type)?.[0] as PostQuantumFamily,
      type: type as PostQuantumType,
      oid: `${ARC}.${arc}`,
      label: type.toUpperCase().replace(/[SF]$/, (letter) => letter.toLowerCase()),
      publicLength,
      privateLength,
      seedLength,
      signatureLength,
      security,
    };
  });

/** The row of a parameter set; undefined for other types of keys. */
export const postQuantum = (type: string): PostQuantumInfo | undefined => POST_QUANTUM.find((row) => row.type === type);
