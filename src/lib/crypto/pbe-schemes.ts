/** Names and identifiers of password-based encryption: PBES1 (RFC 8018 appendix A.3), PKCS#12's schemes (RFC 7292 appendix C), PBKDF2's PRFs. */
import { fail } from '../errors.ts';
import { cipherByName, type KeyCipher } from './ciphers.ts';
import { digestByName, type Digest } from './digests.ts';

/** A scheme whose identifier fixes digest and cipher: PBES1's and PKCS#12's. */
export interface FixedScheme {
  /** OpenSSL's short name, e.g. `PBE-SHA1-3DES`. */
  readonly name: string;
  /** OpenSSL's long name, e.g. `pbeWithSHA1And3-KeyTripleDES-CBC`. */
  readonly longName: string;
  readonly oid: string;
  readonly kdf: 'pbkdf1' | 'pkcs12';
  readonly digest: Digest;
  /** Octets of key. */
  readonly keyLength: number;
  /** Absent for RC4. */
  readonly cipher?: KeyCipher;
  /** True where OpenSSL 3.0 needs its legacy provider. */
  readonly legacy: boolean;
}

// short name, long name, OID, key derivation, digest, cipher, octets of key, l = legacy
const SCHEMES = `
PBE-MD5-DES pbeWithMD5AndDES-CBC 1.2.840.113549.1.5.3 pbkdf1 md5 des-cbc 8 l
PBE-MD5-RC2-64 pbeWithMD5AndRC2-CBC 1.2.840.113549.1.5.6 pbkdf1 md5 rc2-64-cbc 8 l
PBE-SHA1-DES pbeWithSHA1AndDES-CBC 1.2.840.113549.1.5.10 pbkdf1 sha1 des-cbc 8 l
PBE-SHA1-RC2-64 pbeWithSHA1AndRC2-CBC 1.2.840.113549.1.5.11 pbkdf1 sha1 rc2-64-cbc 8 l
PBE-SHA1-RC4-128 pbeWithSHA1And128BitRC4 1.2.840.113549.1.12.1.1 pkcs12 sha1 - 16 l
PBE-SHA1-RC4-40 pbeWithSHA1And40BitRC4 1.2.840.113549.1.12.1.2 pkcs12 sha1 - 5 l
PBE-SHA1-3DES pbeWithSHA1And3-KeyTripleDES-CBC 1.2.840.113549.1.12.1.3 pkcs12 sha1 des-ede3-cbc 24 -
PBE-SHA1-2DES pbeWithSHA1And2-KeyTripleDES-CBC 1.2.840.113549.1.12.1.4 pkcs12 sha1 des-ede-cbc 16 -
PBE-SHA1-RC2-128 pbeWithSHA1And128BitRC2-CBC 1.2.840.113549.1.12.1.5 pkcs12 sha1 rc2-cbc 16 l
PBE-SHA1-RC2-40 pbeWithSHA1And40BitRC2-CBC 1.2.840.113549.1.12.1.6 pkcs12 sha1 rc2-40-cbc 5 l
`;

let schemes: readonly FixedScheme[] | undefined;

/** All schemes of the table. */
export function fixedSchemes(): readonly FixedScheme[] {
  schemes ??= SCHEMES.trim()
    .split('\n')
    .map((line) => {
      const [name, longName, oid, kdf, digest, cipher, keyLength, flag] = line.split(' ') as [
        string,
        string,
        string,
        'pbkdf1' | 'pkcs12',
        string,
        string,
        string,
        string,
      ];
      const common = { name, longName, oid, kdf, keyLength: Number(keyLength), legacy: flag === 'l' };
      const found = cipherByName(cipher);
      return { ...common, digest: digestByName(digest) as Digest, ...(found ? { cipher: found } : {}) };
    });
  return schemes;
}

/** The scheme with this identifier in dotted form. */
export const fixedSchemeByOid = (oid: string): FixedScheme | undefined =>
  fixedSchemes().find((scheme) => scheme.oid === oid);

/** The scheme with this name as OpenSSL's `-v1` and `-keypbe` take it (exact case): short, long or dotted. */
export const fixedSchemeByName = (name: string): FixedScheme | undefined =>
  fixedSchemes().find((scheme) => scheme.name === name || scheme.longName === name || scheme.oid === name);

/** A pseudo-random function of PBKDF2 (RFC 8018 appendix B.1.1). */
export interface Prf {
  /** `hmacWithSHA256`. */
  readonly name: string;
  readonly oid: string;
  readonly digest: Digest;
}

// digest, name, OID
const PRFS = `
md5 hmacWithMD5 1.2.840.113549.2.6
sha1 hmacWithSHA1 1.2.840.113549.2.7
sha224 hmacWithSHA224 1.2.840.113549.2.8
sha256 hmacWithSHA256 1.2.840.113549.2.9
sha384 hmacWithSHA384 1.2.840.113549.2.10
sha512 hmacWithSHA512 1.2.840.113549.2.11
sha512-224 hmacWithSHA512-224 1.2.840.113549.2.12
sha512-256 hmacWithSHA512-256 1.2.840.113549.2.13
sha3-224 hmac-sha3-224 2.16.840.1.101.3.4.2.13
sha3-256 hmac-sha3-256 2.16.840.1.101.3.4.2.14
sha3-384 hmac-sha3-384 2.16.840.1.101.3.4.2.15
sha3-512 hmac-sha3-512 2.16.840.1.101.3.4.2.16
sm3 hmacWithSM3 1.2.156.10197.1.401.3.1
`;

let prfs: readonly Prf[] | undefined;

function allPrfs(): readonly Prf[] {
  prfs ??= PRFS.trim()
    .split('\n')
    .map((line) => {
      const [digest, name, oid] = line.split(' ') as [string, string, string];
      return { name, oid, digest: digestByName(digest) as Digest };
    });
  return prfs;
}

/** The PRF with this identifier in dotted form. */
export const prfByOid = (oid: string): Prf | undefined => allPrfs().find((prf) => prf.oid === oid);

/** The PRF with this name as OpenSSL's `-v2prf` takes it: `hmacWithSHA256`. */
export const prfByName = (name: string): Prf | undefined => allPrfs().find((prf) => prf.name === name);

/** The PRF over a digest. */
export const prfOfDigest = (digest: string): Prf =>
  allPrfs().find((prf) => prf.digest.name === digest) ??
  fail('ERR_UNSUPPORTED', `"${digest}" cannot derive keys in PBES2`);
