/** Signatures over data of any kind, as OpenSSL's `dgst` makes and checks them: without an AlgorithmIdentifier, so every digest goes. */
import { constants, sign as nodeSign, verify as nodeVerify } from 'node:crypto';
import { digestByName, type Digest } from '../crypto/digests.ts';
import { fail } from '../errors.ts';
import type { PrivateKey, PublicKey } from '../keys/model.ts';
import { signPostQuantum, verifyPostQuantum } from '../keys/post-quantum.ts';
import { pssSigner, readPssOptions } from '../x509/sign-pss.ts';
import { isXof } from './digest.ts';

export interface DataSigningOptions {
  /** Absent: SHA-256, or the digest that an RSA-PSS key is restricted to. */
  readonly digest?: Digest | undefined;
  /** `name:value` as in OpenSSL's -sigopt: rsa_padding_mode, rsa_pss_saltlen, rsa_mgf1_md. */
  readonly sigopts?: readonly string[] | undefined;
}

/**
 * Signs data.
 *
 * @throws TlskitError ERR_KEY when the key cannot sign so, ERR_USAGE for options that the key does not have
 */
export function signData(key: PrivateKey, data: Uint8Array, options: DataSigningOptions = {}): Buffer {
  const { digest = sha256(), sigopts = [] } = options;
  if (isPure(key, options)) return signPostQuantum(key, data);
  checkKey(key, digest, sigopts);
  const pss = isRsa(key) ? readPssOptions(key, options.digest, sigopts) : undefined;
  if (pss) return pssSigner(key, pss).sign(data);
  try {
    return nodeSign(digest.node, data, key.keyObject);
  } catch {
    return fail('ERR_KEY', `the ${key.info.label} key cannot make a signature with ${digest.label}`);
  }
}

/**
 * Whether a signature over data is good.
 *
 * @throws TlskitError ERR_KEY for keys that do not sign so, ERR_USAGE for options that the key does not have
 */
export function verifyData(
  key: PublicKey,
  data: Uint8Array,
  signature: Uint8Array,
  options: DataSigningOptions = {},
): boolean {
  const { sigopts = [] } = options;
  if (isPure(key, options)) return verifyPostQuantum(key, data, signature);
  const pss = isRsa(key) ? readVerifyOptions(key, sigopts) : undefined;
  const restricted = key.type === 'rsa-pss' && key.components.kind === 'rsa' ? key.components.pss?.digest : undefined;
  const digest = options.digest ?? digestByName(restricted ?? 'sha256') ?? sha256();
  checkKey(key, digest, isRsa(key) ? [] : sigopts);
  const saltLength = pss?.saltLength === 'max' ? maximalSalt(key, digest) : pss?.saltLength;
  const padding = saltLength === undefined ? {} : { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
  if (pss?.mgf1 !== undefined && pss.mgf1 !== digest.name) {
    fail('ERR_UNSUPPORTED', 'signatures whose MGF1 has another digest than the data cannot be checked here');
  }
  try {
    return nodeVerify(digest.node, data, { key: key.keyObject, ...padding }, signature);
  } catch {
    return false;
  }
}

const sha256 = (): Digest => digestByName('sha256') ?? fail('ERR_UNSUPPORTED', 'SHA-256 is not there');

const isRsa = (key: PrivateKey | PublicKey): boolean => key.type === 'rsa' || key.type === 'rsa-pss';

/** Whether a key signs the data itself (ML-DSA, SLH-DSA); then nothing else is to be said. */
function isPure(key: PrivateKey | PublicKey, { digest, sigopts }: DataSigningOptions): boolean {
  const { postQuantum, signs, label } = key.info;
  if (!postQuantum || !signs) return false;
  if (digest) fail('ERR_KEY', `Explicit digest not supported for ${label} operations: leave out -${digest.name}`);
  const [option] = sigopts ?? [];
  if (option !== undefined) fail('ERR_USAGE', `Signature parameter error "${option}": a key of type ${label} has none`);
  return true;
}

function checkKey(key: PrivateKey | PublicKey, digest: Digest, sigopts: readonly string[]): void {
  const { label } = key.info;
  if (!key.info.signs)
    fail('ERR_KEY', `Key type not supported for this operation: a key of type ${label} does not sign`);
  if (key.type === 'ed25519' || key.type === 'ed448') {
    fail('ERR_KEY', `Key type not supported for this operation: ${label} signs data itself, not a digest`);
  }
  const { components } = key;
  if (components.kind === 'ec' && components.group.curve?.name === 'SM2') {
    fail('ERR_UNSUPPORTED', 'SM2 signatures are made over certificates and requests only');
  }
  if (isXof(digest)) fail('ERR_USAGE', `${digest.label} is not a digest to sign with`);
  const [first] = sigopts;
  if (first !== undefined && !isRsa(key)) {
    fail('ERR_USAGE', `Signature parameter error "${first}": a key of type ${label} has none of that name`);
  }
}

interface VerifyChoice {
  saltLength: number | 'max';
  mgf1: string | undefined;
}

const SALT_WORDS: Readonly<Record<string, number | 'max'>> = {
  digest: constants.RSA_PSS_SALTLEN_DIGEST,
  auto: constants.RSA_PSS_SALTLEN_AUTO,
  max: 'max',
  '-3': 'max',
};

/** The longest salt that fits (RFC 8017 section 9.1.1). node:crypto has no word for it when it checks: its "max" means any. */
function maximalSalt(key: PublicKey, digest: Digest): number {
  const { components } = key;
  const bits = components.kind === 'rsa' ? components.n.toString(2).length : 0;
  return Math.max(0, Math.ceil((bits - 1) / 8) - digest.size - 2);
}

/** PSS options for checking; undefined for PKCS #1 v1.5. The salt's length is found out unless it is given. */
function readVerifyOptions(key: PublicKey, sigopts: readonly string[]): VerifyChoice | undefined {
  let pss = key.type === 'rsa-pss';
  const choice: VerifyChoice = { saltLength: constants.RSA_PSS_SALTLEN_AUTO, mgf1: undefined };
  for (const option of sigopts) {
    const at = option.indexOf(':');
    const [name, value] = at < 0 ? [option, ''] : [option.slice(0, at), option.slice(at + 1)];
    const bad = (): never => fail('ERR_USAGE', `Signature parameter error "${option}"`);
    if (name === 'rsa_padding_mode' && (value === 'pss' || (value === 'pkcs1' && key.type === 'rsa'))) {
      pss = value === 'pss';
    } else if (name === 'rsa_mgf1_md' && pss) {
      choice.mgf1 = digestByName(value)?.name ?? bad();
    } else if (name === 'rsa_pss_saltlen' && pss) {
      if (!/^(\d{1,5}|-[123]|digest|auto|max)$/.test(value)) bad();
      choice.saltLength = SALT_WORDS[value] ?? Number(value);
    } else {
      bad();
    }
  }
  return pss ? choice : undefined;
}
