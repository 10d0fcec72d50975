/** Names that OpenSSL 3.5 has and 3.0 had not: the algorithms of FIPS 203, 204 and 205. One line a parent arc, as in `objects.ts`. */
export const NEWER_OBJECTS = `
2.16.840.1.101.3.4.4: 1 id-alg-ml-kem-512=ML-KEM-512; 2 id-alg-ml-kem-768=ML-KEM-768; 3 id-alg-ml-kem-1024=ML-KEM-1024;
2.16.840.1.101.3.4.3: 17 id-ml-dsa-44=ML-DSA-44; 18 id-ml-dsa-65=ML-DSA-65; 19 id-ml-dsa-87=ML-DSA-87;
2.16.840.1.101.3.4.3: 20 id-slh-dsa-sha2-128s=SLH-DSA-SHA2-128s; 21 id-slh-dsa-sha2-128f=SLH-DSA-SHA2-128f;
2.16.840.1.101.3.4.3: 22 id-slh-dsa-sha2-192s=SLH-DSA-SHA2-192s; 23 id-slh-dsa-sha2-192f=SLH-DSA-SHA2-192f;
2.16.840.1.101.3.4.3: 24 id-slh-dsa-sha2-256s=SLH-DSA-SHA2-256s; 25 id-slh-dsa-sha2-256f=SLH-DSA-SHA2-256f;
2.16.840.1.101.3.4.3: 26 id-slh-dsa-shake-128s=SLH-DSA-SHAKE-128s; 27 id-slh-dsa-shake-128f=SLH-DSA-SHAKE-128f;
2.16.840.1.101.3.4.3: 28 id-slh-dsa-shake-192s=SLH-DSA-SHAKE-192s; 29 id-slh-dsa-shake-192f=SLH-DSA-SHAKE-192f;
2.16.840.1.101.3.4.3: 30 id-slh-dsa-shake-256s=SLH-DSA-SHAKE-256s; 31 id-slh-dsa-shake-256f=SLH-DSA-SHAKE-256f;
2.16.840.1.101.3.4.3: 32 id-hash-ml-dsa-44-with-sha512=HASH-ML-DSA-44-WITH-SHA512; 33 id-hash-ml-dsa-65-with-sha512=HASH-ML-DSA-65-WITH-SHA512;
2.16.840.1.101.3.4.3: 34 id-hash-ml-dsa-87-with-sha512=HASH-ML-DSA-87-WITH-SHA512;
2.16.840.1.101.3.4.3: 35 id-hash-slh-dsa-sha2-128s-with-sha256=SLH-DSA-SHA2-128s-WITH-SHA256;
2.16.840.1.101.3.4.3: 36 id-hash-slh-dsa-sha2-128f-with-sha256=SLH-DSA-SHA2-128f-WITH-SHA256;
2.16.840.1.101.3.4.3: 37 id-hash-slh-dsa-sha2-192s-with-sha512=SLH-DSA-SHA2-192s-WITH-SHA512;
2.16.840.1.101.3.4.3: 38 id-hash-slh-dsa-sha2-192f-with-sha512=SLH-DSA-SHA2-192f-WITH-SHA512;
2.16.840.1.101.3.4.3: 39 id-hash-slh-dsa-sha2-256s-with-sha512=SLH-DSA-SHA2-256s-WITH-SHA512;
2.16.840.1.101.3.4.3: 40 id-hash-slh-dsa-sha2-256f-with-sha512=SLH-DSA-SHA2-256f-WITH-SHA512;
2.16.840.1.101.3.4.3: 41 id-hash-slh-dsa-shake-128s-with-shake128=SLH-DSA-SHAKE-128s-WITH-SHAKE128;
2.16.840.1.101.3.4.3: 42 id-hash-slh-dsa-shake-128f-with-shake128=SLH-DSA-SHAKE-128f-WITH-SHAKE128;
2.16.840.1.101.3.4.3: 43 id-hash-slh-dsa-shake-192s-with-shake256=SLH-DSA-SHAKE-192s-WITH-SHAKE256;
2.16.840.1.101.3.4.3: 44 id-hash-slh-dsa-shake-192f-with-shake256=SLH-DSA-SHAKE-192f-WITH-SHAKE256;
2.16.840.1.101.3.4.3: 45 id-hash-slh-dsa-shake-256s-with-shake256=SLH-DSA-SHAKE-256s-WITH-SHAKE256;
2.16.840.1.101.3.4.3: 46 id-hash-slh-dsa-shake-256f-with-shake256=SLH-DSA-SHAKE-256f-WITH-SHAKE256;
`;
