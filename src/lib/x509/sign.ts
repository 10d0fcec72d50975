/**
 * Signatures over certificates and requests: which algorithm a key signs with, its AlgorithmIdentifier, and the way back. One table holds the
 * identifiers (RFC 3279 section 2.2, RFC 4055, RFC 5758, RFC 8410, RFC 9881, RFC 9909; NIST's for SHA-3); RSASSA-PSS and SM2 have files of their own.
 */
import { sign as nodeSign, verify as nodeVerify, type SignKeyObjectInput } from 'node:crypto';
import { digestByName, type Digest } from '../crypto/digests.ts';
import { isRepeatable } from '../crypto/random.ts';
import { nul, oid, seq } from '../der/writer.ts';
import { fail } from '../errors.ts';
import type { PrivateKey, PublicKey } from '../keys/model.ts';
import { signPostQuantum, verifyPostQuantum } from '../keys/post-quantum.ts';
import { keyTypeByOid } from '../keys/types.ts';
import type { PostQuantumType } from '../registry/post-quantum.ts';
import { signRepeatably } from './sign-repeatable.ts';
import { pssSigner, readPssOptions, RSASSA_PSS, verifyPss } from './sign-pss.ts';
import { readSm2Id, SM2_WITH_SM3, sm2Signer, verifySm2 } from './sign-sm2.ts';
import type { AlgorithmIdentifier } from './schema.ts';

/** How to sign. */
export interface SigningOptions {
  /** A digest's name in any spelling; without it OpenSSL 3.0's default for the key. Ed25519 and Ed448 take no notice. */
  readonly digest?: string | undefined;
  /** `name:value` as in OpenSSL's -sigopt: rsa_padding_mode, rsa_pss_saltlen, rsa_mgf1_md, distid, hexdistid. Their order counts. */
  readonly sigopts?: readonly string[];
}

/** A key that is ready to sign. */
export interface Signer {
  /** The AlgorithmIdentifier in DER, as it stands in what is signed and beside the signature. */
  readonly algorithm: Buffer;
  /** The signature's octets over `data`. */
  sign(data: Uint8Array): Buffer;
}

type Family = 'rsa' | 'ec' | 'dsa';

interface SignatureRow {
  readonly family: Family;
  readonly digest: string;
  readonly oid: string;
  /** Found in old certificates only; signing uses the family's other row. */
  readonly old: boolean;
}

const NIST = '2.16.840.1.101.3.4.3';

// family, digest, identifier; "old" for a second identifier of the same algorithm
const ROWS = `
rsa md5 1.2.840.113549.1.1.4
rsa sha1 1.2.840.113549.1.1.5
rsa sha224 1.2.840.113549.1.1.14
rsa sha256 1.2.840.113549.1.1.11
rsa sha384 1.2.840.113549.1.1.12
rsa sha512 1.2.840.113549.1.1.13
rsa sha512-224 1.2.840.113549.1.1.15
rsa sha512-256 1.2.840.113549.1.1.16
rsa sha3-224 ${NIST}.13
rsa sha3-256 ${NIST}.14
rsa sha3-384 ${NIST}.15
rsa sha3-512 ${NIST}.16
rsa ripemd160 1.3.36.3.3.1.2
rsa md5 1.3.14.3.2.3 old
rsa sha1 1.3.14.3.2.29 old
ec sha1 1.2.840.10045.4.1
ec sha224 1.2.840.10045.4.3.1
ec sha256 1.2.840.10045.4.3.2
ec sha384 1.2.840.10045.4.3.3
ec sha512 1.2.840.10045.4.3.4
ec sha3-224 ${NIST}.9
ec sha3-256 ${NIST}.10
ec sha3-384 ${NIST}.11
ec sha3-512 ${NIST}.12
dsa sha1 1.2.840.10040.4.3
dsa sha224 ${NIST}.1
dsa sha256 ${NIST}.2
dsa sha384 ${NIST}.3
dsa sha512 ${NIST}.4
dsa sha3-224 ${NIST}.5
dsa sha3-256 ${NIST}.6
dsa sha3-384 ${NIST}.7
dsa sha3-512 ${NIST}.8
dsa sha1 1.3.14.3.2.27 old
`;

let rows: readonly SignatureRow[] | undefined;

function table(): readonly SignatureRow[] {
  rows ??= ROWS.trim()
    .split('\n')
    .map((line) => {
      const [family, digest, id, old] = line.split(' ') as [Family, string, string, string | undefined];
      return { family, digest, oid: id, old: old !== undefined };
    });
  return rows;
}

/** What a signature algorithm asks of the key, and its digest. */
export interface SignatureAlgorithm {
  /** `sm2` wants an EC key like `ec`. */
  readonly family: Family | 'pss' | 'sm2' | 'ed25519' | 'ed448' | PostQuantumType;
  /** A digest's name; undefined where the parameters say it (PSS) or the algorithm has its own (Ed25519, Ed448, ML-DSA, SLH-DSA). */
  readonly digest: string | undefined;
}

/** The signature algorithm with this identifier (dotted), if we know it. */
export function signatureAlgorithm(id: string): SignatureAlgorithm | undefined {
  if (id === RSASSA_PSS) return { family: 'pss', digest: undefined };
  if (id === SM2_WITH_SM3) return { family: 'sm2', digest: 'sm3' };
  const own = keyTypeByOid(id);
  if (own?.type === 'ed25519' || own?.type === 'ed448') return { family: own.type, digest: undefined };
  if (own?.postQuantum && own.signs) return { family: own.postQuantum.type, digest: undefined };
  return table().find((row) => row.oid === id);
}

/**
 * The signer for a key. Without a digest: SHA-256; SM3 for SM2; the digest that an RSA-PSS key is restricted to (OpenSSL 3.0's defaults).
 *
 * @throws TlskitError ERR_KEY when the key cannot sign at all or not so, ERR_USAGE for options that the key does not have
 */
export function signatureFor(key: PrivateKey, options: SigningOptions = {}): Signer {
  if (!key.info.signs) fail('ERR_KEY', `${article(key.info.label)} key cannot sign: it is for key agreement`);
  const digest = options.digest === undefined ? undefined : namedDigest(options.digest);
  const sigopts = options.sigopts ?? [];
  if (key.type === 'ed25519' || key.type === 'ed448' || key.info.postQuantum) return ownSigner(key, sigopts);
  if (key.type === 'rsa' || key.type === 'rsa-pss') {
    const pss = readPssOptions(key, digest, sigopts);
    if (pss) return pssSigner(key, pss);
    return plainSigner('rsa', key, digest ?? namedDigest('sha256'));
  }
  if (isSm2(key.publicKey)) return sm2Signer(key, digest, readSm2Id(sigopts));
  refuseOptions(sigopts, key.info.label);
  return plainSigner(key.type === 'dsa' ? 'dsa' : 'ec', key, digest ?? namedDigest('sha256'));
}

/** "an RSA", "a DSA": the label with its article. */
const article = (label: string): string => (/^(RSA|EC|ED|X|ML|SLH)/.test(label) ? `an ${label}` : `a ${label}`);

function namedDigest(name: string): Digest {
  return digestByName(name) ?? fail('ERR_USAGE', `"${name}" is no digest that we know`);
}

function refuseOptions(sigopts: readonly string[], label: string): void {
  const [first] = sigopts;
  if (first !== undefined) fail('ERR_USAGE', `signature option "${first}" is nothing that ${article(label)} key has`);
}

/** Keys whose algorithm is their own, with its digest. */
function ownSigner(key: PrivateKey, sigopts: readonly string[]): Signer {
  refuseOptions(sigopts, key.info.label);
  const algorithm = seq(oid(key.info.oid));
  if (key.info.postQuantum) return { algorithm, sign: (data) => signPostQuantum(key, data) };
  return { algorithm, sign: (data) => signed(key, () => nodeSign(null, data, key.keyObject)) };
}

function plainSigner(family: Family, key: PrivateKey, digest: Digest): Signer {
  const row = table().find((r) => r.family === family && r.digest === digest.name && !r.old);
  if (!row) fail('ERR_KEY', `there is no signature of ${article(key.info.label)} key with ${digest.label}`);
  const algorithm = family === 'rsa' ? seq(oid(row.oid), nul()) : seq(oid(row.oid));
  const sign = (data: Uint8Array): Buffer =>
    family !== 'rsa' && isRepeatable() ? signRepeatably(digest, data, key) : nodeSign(digest.node, data, key.keyObject);
  return { algorithm, sign: (data) => signed(key, () => sign(data)) };
}

function isSm2(key: PublicKey): boolean {
  if (key.type !== 'ec') return false;
  const { components } = key;
  return components.kind === 'ec' && components.group.curve?.name === 'SM2';
}

/** Runs a signature of node:crypto; what goes wrong there is the key's size or its numbers. */
function signed(key: PrivateKey, run: () => Buffer): Buffer {
  const { keyObject } = key;
  try {
    return run();
  } catch {
    const bits = (keyObject.asymmetricKeyDetails?.modulusLength ?? 0) || undefined;
    const size = bits === undefined ? '' : ` of ${bits} bits`;
    return fail('ERR_KEY', `the ${key.info.label} key${size} cannot make this signature: it is too small or damaged`);
  }
}

/**
 * Whether a signature is good. Parameters of the algorithm are looked at where they matter (RSASSA-PSS), as in OpenSSL. Only the algorithm given
 * here counts: it is not compared with the one inside of what was signed, so a certificate whose two AlgorithmIdentifiers differ (which RFC 5280
 * section 4.1.1.2 forbids) is for the caller to refuse; `certificateSignedBy` does.
 *
 * @param options `name:value` as in OpenSSL's -vfyopt: distid and hexdistid, for SM2
 * @throws TlskitError ERR_UNSUPPORTED for an unknown algorithm, ERR_KEY when the key is of another type or cannot be used
 * @example
 * const { signatureAlgorithm, tbsSignatureAlgorithm, tbs, signature } = certificate;
 * const good =
 *   signatureAlgorithm.der.equals(tbsSignatureAlgorithm.der) &&
 *   verifySignature(signatureAlgorithm, tbs, signature, PublicKey.fromSpki(issuer.spki));
 */
export function verifySignature(
  algorithm: Pick<AlgorithmIdentifier, 'oid' | 'parameters'>,
  data: Uint8Array,
  signature: Uint8Array,
  key: PublicKey,
  options: readonly string[] = [],
): boolean {
  const id = readSm2Id(options);
  if (algorithm.oid === SM2_WITH_SM3) return verifySm2(requireKey(isSm2(key), key, 'SM2'), data, signature, id);
  if (algorithm.oid === RSASSA_PSS) {
    const fits = key.type === 'rsa' || key.type === 'rsa-pss';
    return verifyPss(algorithm.parameters?.der, data, signature, requireKey(fits, key, 'RSA'));
  }
  if (algorithm.oid === key.info.oid && key.info.signs && key.info.parameters === 'absent') {
    if (key.info.postQuantum) return verifyPostQuantum(key, data, signature);
    return nodeVerify(null, data, key.keyObject, signature);
  }
  const own = keyTypeByOid(algorithm.oid);
  if (own?.postQuantum && own.signs) requireKey(false, key, own.label);
  const row = table().find((r) => r.oid === algorithm.oid);
  if (!row) fail('ERR_UNSUPPORTED', `signatures of the algorithm ${algorithm.oid} cannot be checked`);
  requireKey(row.family === key.type && !isSm2(key), key, row.family.toUpperCase());
  const input: SignKeyObjectInput = { key: key.keyObject };
  try {
    return nodeVerify(namedDigest(row.digest).node, data, input, signature);
  } catch {
    return false;
  }
}

function requireKey(fits: boolean, key: PublicKey, wanted: string): PublicKey {
  if (fits) return key;
  return fail(
    'ERR_KEY',
    `the signature wants a key of type ${wanted}, and the public key is of type ${key.info.label}`,
  );
}
