/** RSASSA-PSS (RFC 8017 section 8.1) in certificates: options, parameters, and the case that node:crypto has not: MGF1 with another digest. */
import {
  constants,
  createHash,
  privateEncrypt,
  publicDecrypt,
  sign as nodeSign,
  timingSafeEqual,
  verify as nodeVerify,
} from 'node:crypto';
import { digestByName, type Digest } from '../crypto/digests.ts';
import { isRepeatable, randomOctets } from '../crypto/random.ts';
import { oid, seq } from '../der/writer.ts';
import { readDer } from '../der/reader.ts';
import { fail } from '../errors.ts';
import { PrivateKey, PublicKey } from '../keys/model.ts';
import { PSS_DEFAULTS, readPss, writePss, type PssRestrictions } from '../keys/pss.ts';
import type { Signer } from './sign.ts';

/** id-RSASSA-PSS (RFC 4055 section 3.1). */
export const RSASSA_PSS = '1.2.840.113549.1.1.10';

/** The digests that OpenSSL 3.0 signs with under PSS. */
const DIGESTS: readonly string[] = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha512-224', 'sha512-256'];

const SALT_WORDS: Readonly<Record<string, number>> = { digest: -1, auto: -2, max: -3 };

/** What a PSS signature is made with. */
export interface PssChoice {
  readonly digest: Digest;
  readonly mgf1: Digest;
  readonly saltLength: number;
}

interface Draft {
  pss: boolean;
  salt: number | undefined;
  mgf1: string | undefined;
}

/**
 * The PSS parameters that a key and OpenSSL's sigopts ask for; undefined when they ask for PKCS#1 v1.5.
 *
 * @throws TlskitError ERR_USAGE for an option that is none, ERR_KEY where the key's own restrictions forbid it
 */
export function readPssOptions(
  key: PrivateKey,
  digest: Digest | undefined,
  sigopts: readonly string[],
): PssChoice | undefined {
  const restrictions = restrictionsOf(key);
  const draft: Draft = { pss: key.type === 'rsa-pss', salt: undefined, mgf1: undefined };
  for (const option of sigopts) applyOption(draft, option, key.type);
  if (!draft.pss) return undefined;
  const chosen = digest ?? known(restrictions?.digest ?? 'sha256');
  const mgf1 = known(draft.mgf1 ?? restrictions?.mgf1Digest ?? chosen.name);
  for (const one of [chosen, mgf1]) {
    if (!DIGESTS.includes(one.name)) fail('ERR_KEY', `RSASSA-PSS with ${one.label} is not something OpenSSL 3.0 has`);
  }
  const max = maximalSalt(key, chosen);
  const saltLength = saltOf(draft.salt ?? restrictions?.saltLength ?? -2, chosen, max);
  if (saltLength > max || max < 0) {
    fail('ERR_KEY', `the RSA key is too small for ${chosen.label} with a salt of ${saltLength} octets`);
  }
  if (restrictions) checkRestrictions(restrictions, { digest: chosen, mgf1, saltLength });
  return { digest: chosen, mgf1, saltLength };
}

function applyOption(draft: Draft, option: string, type: string): void {
  const colon = option.indexOf(':');
  const [name, value] = colon < 0 ? [option, ''] : [option.slice(0, colon), option.slice(colon + 1)];
  const bad = (why: string): never => fail('ERR_USAGE', `signature option "${option}": ${why}`);
  if (name === 'rsa_padding_mode') {
    if (value !== 'pss' && value !== 'pkcs1') bad('certificates are signed with padding pkcs1 or pss');
    if (value === 'pkcs1' && type === 'rsa-pss') bad('an RSA-PSS key signs with pss only');
    draft.pss = value === 'pss';
  } else if (name === 'rsa_pss_saltlen' || name === 'rsa_mgf1_md') {
    if (!draft.pss) bad('it needs rsa_padding_mode:pss before it');
    if (name === 'rsa_mgf1_md') draft.mgf1 = digestByName(value)?.name ?? bad('that is no digest');
    else draft.salt = saltNumber(value) ?? bad('a salt length is digest, max, auto or a number of octets');
  } else {
    bad('an RSA key has rsa_padding_mode, rsa_pss_saltlen and rsa_mgf1_md');
  }
}

function saltNumber(value: string): number | undefined {
  if (Object.hasOwn(SALT_WORDS, value)) return SALT_WORDS[value];
  return /^(-[123]|\d{1,6})$/.test(value) ? Number(value) : undefined;
}

/** -1: as long as the digest; -2 and -3: as long as the key allows. */
function saltOf(salt: number, digest: Digest, max: number): number {
  if (salt === -1) return digest.size;
  return salt < 0 ? max : salt;
}

const known = (name: string): Digest => digestByName(name) ?? fail('ERR_KEY', `"${name}" is no digest that we know`);

function restrictionsOf(key: PrivateKey | PublicKey): PssRestrictions | undefined {
  const { components } = key;
  const restrictions = key.type === 'rsa-pss' && components.kind === 'rsa' ? components.pss : undefined;
  if (restrictions) requireSalt(restrictions);
  return restrictions;
}

/** `readPss` reads negative lengths, as text shows them; to node:crypto they would mean "as the digest" (-1), "any" and "the most". */
function requireSalt({ saltLength }: PssRestrictions): void {
  if (saltLength < 0) fail('ERR_KEY', `RSASSA-PSS with a salt of ${saltLength} octets is not possible`);
}

function checkRestrictions(restrictions: PssRestrictions, choice: PssChoice): void {
  if (choice.digest.name !== restrictions.digest || choice.mgf1.name !== restrictions.mgf1Digest) {
    fail(
      'ERR_KEY',
      `the RSA-PSS key is only for ${restrictions.digest} with MGF1 ${restrictions.mgf1Digest}, not ${choice.digest.name} with ${choice.mgf1.name}`,
    );
  }
  if (choice.saltLength < restrictions.saltLength) {
    fail('ERR_KEY', `the RSA-PSS key wants a salt of at least ${restrictions.saltLength} octets`);
  }
}

function modulusBits(key: PrivateKey | PublicKey): number {
  const { components } = key;
  return components.kind === 'rsa' ? components.n.toString(2).length : 0;
}

/** Octets of the encoded message: the modulus's bits less one (RFC 8017 section 8.1.1). */
const encodedLength = (bits: number): number => Math.ceil((bits - 1) / 8);

const maximalSalt = (key: PrivateKey, digest: Digest): number => encodedLength(modulusBits(key)) - digest.size - 2;

/** A signer for a choice of parameters. */
export function pssSigner(key: PrivateKey, choice: PssChoice): Signer {
  const parameters = writePss({
    ...PSS_DEFAULTS,
    digest: choice.digest.name,
    mgf1Digest: choice.mgf1.name,
    saltLength: choice.saltLength,
  });
  return { algorithm: seq(oid(RSASSA_PSS), parameters), sign: (data) => signPss(key, choice, data) };
}

function signPss(key: PrivateKey, { digest, mgf1, saltLength }: PssChoice, data: Uint8Array): Buffer {
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  if (digest.name === mgf1.name && !isRepeatable()) {
    try {
      return nodeSign(digest.node, data, { key: plainPrivate(key).keyObject, padding, saltLength });
    } catch {
      return fail('ERR_KEY', 'the RSA key cannot make this signature: it is too small or damaged');
    }
  }
  const encoded = emsaPss(data, digest, mgf1, randomOctets(saltLength), modulusBits(key) - 1);
  const length = Math.ceil(modulusBits(key) / 8);
  const block = Buffer.concat([Buffer.alloc(length - encoded.length), encoded]);
  return privateEncrypt({ key: plainPrivate(key).keyObject, padding: constants.RSA_NO_PADDING }, block);
}

/** The same numbers without the key's own restrictions, which are ours to check: node:crypto has no raw RSA for RSA-PSS keys. */
function plainPrivate(key: PrivateKey): PrivateKey {
  if (key.type === 'rsa') return key;
  const { components } = key;
  if (components.kind !== 'rsa') return fail('ERR_KEY', 'not an RSA key');
  return PrivateKey.fromComponents('rsa', components);
}

function plainPublic(key: PublicKey): PublicKey {
  if (key.type === 'rsa') return key;
  const { components } = key;
  if (components.kind !== 'rsa') return fail('ERR_KEY', 'not an RSA key');
  return PublicKey.fromComponents('rsa', components);
}

/** EMSA-PSS-ENCODE (RFC 8017 section 9.1.1). */
function emsaPss(data: Uint8Array, digest: Digest, mgf1: Digest, salt: Buffer, bits: number): Buffer {
  const length = Math.ceil(bits / 8);
  const h = hashOf(digest, data, salt);
  const db = Buffer.concat([Buffer.alloc(length - salt.length - h.length - 2), Buffer.from([1]), salt]);
  const masked = xor(db, mask(mgf1, h, db.length));
  masked[0] = (masked[0] as number) & (0xff >> (8 * length - bits));
  return Buffer.concat([masked, h, Buffer.from([0xbc])]);
}

/** Hash of eight zero octets, the message's hash and the salt. */
function hashOf(digest: Digest, data: Uint8Array, salt: Uint8Array): Buffer {
  const message = createHash(digest.node).update(data).digest();
  return createHash(digest.node).update(Buffer.alloc(8)).update(message).update(salt).digest();
}

/** MGF1 (RFC 8017 appendix B.2.1). */
function mask(digest: Digest, seed: Uint8Array, length: number): Buffer {
  const blocks: Buffer[] = [];
  for (let i = 0; i * digest.size < length; i += 1) {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(i);
    blocks.push(createHash(digest.node).update(seed).update(counter).digest());
  }
  return Buffer.concat(blocks).subarray(0, length);
}

const xor = (a: Uint8Array, b: Uint8Array): Buffer => Buffer.from(a.map((octet, i) => octet ^ (b[i] as number)));

/**
 * Whether a PSS signature is good.
 *
 * @param parameters RSASSA-PSS-params in DER; without them RFC 4055's defaults hold
 * @throws TlskitError ERR_DER or ERR_KEY for parameters that are malformed, or that the key's restrictions forbid
 */
export function verifyPss(
  parameters: Uint8Array | undefined,
  data: Uint8Array,
  signature: Uint8Array,
  key: PublicKey,
): boolean {
  const pss = parameters === undefined ? PSS_DEFAULTS : readPss(readDer(parameters, 'ber'));
  if (pss.trailerField !== 1) fail('ERR_KEY', 'RSASSA-PSS with another trailer field than 1 is not defined');
  requireSalt(pss);
  const choice = { digest: known(pss.digest), mgf1: known(pss.mgf1Digest), saltLength: pss.saltLength };
  const restrictions = restrictionsOf(key);
  if (restrictions) checkRestrictions(restrictions, choice);
  const { keyObject } = plainPublic(key);
  try {
    if (choice.digest.name !== choice.mgf1.name) return verifyRaw(keyObject, choice, data, signature, modulusBits(key));
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    return nodeVerify(choice.digest.node, data, { key: keyObject, padding, saltLength: choice.saltLength }, signature);
  } catch {
    return false;
  }
}

/** EMSA-PSS-VERIFY (RFC 8017 section 9.1.2). */
function verifyRaw(
  key: PublicKey['keyObject'],
  { digest, mgf1, saltLength }: PssChoice,
  data: Uint8Array,
  signature: Uint8Array,
  bits: number,
): boolean {
  if (signature.length !== Math.ceil(bits / 8)) return false;
  const block = publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature);
  const length = encodedLength(bits);
  const encoded = block.subarray(block.length - length);
  const zeros = length - saltLength - digest.size - 2;
  if (zeros < 0 || encoded.at(-1) !== 0xbc || (block.length > length && block[0] !== 0)) return false;
  const masked = encoded.subarray(0, length - digest.size - 1);
  const h = encoded.subarray(length - digest.size - 1, -1);
  const unused = 0xff >> (8 * length - (bits - 1));
  if (((masked[0] as number) & ~unused & 0xff) !== 0) return false;
  const db = xor(masked, mask(mgf1, h, masked.length));
  db[0] = (db[0] as number) & unused;
  const clean = db.subarray(0, zeros).every((octet) => octet === 0) && db[zeros] === 1;
  return clean && timingSafeEqual(h, hashOf(digest, data, db.subarray(zeros + 1)));
}
