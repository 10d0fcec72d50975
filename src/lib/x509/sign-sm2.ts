/**
 * SM2 signatures (GB/T 32918.2, RFC 8998's sm2sig_sm3), which node:crypto makes with an empty identity at best. Point arithmetic is over
 * bigints and takes a time that depends on the numbers: fit for making test certificates, not for a signing service.
 */
import { createHash } from 'node:crypto';
import type { Digest } from '../crypto/digests.ts';
import { addPoint, decodePoint, fieldLength, multiplyBase, multiplyPoint, type EcPoint } from '../crypto/ec-point.ts';
import { inverse, mod } from '../crypto/modular.ts';
import { randomOctets } from '../crypto/random.ts';
import { bigintOf, readDer } from '../der/reader.ts';
import { integer, oid, seq } from '../der/writer.ts';
import { fail, TlskitError } from '../errors.ts';
import { magnitude, unsigned } from '../keys/components.ts';
import type { PrivateKey, PublicKey } from '../keys/model.ts';
import type { CurveDomain } from '../registry/curves.ts';
import type { Signer } from './sign.ts';

/** SM2-with-SM3. */
export const SM2_WITH_SM3 = '1.2.156.10197.1.501';

/** The signer's identity counts its bits in 16 bits. */
const MAX_ID = 0x1fff;

/**
 * The identity that options name: `distid:text` or `hexdistid:hex` (also `sm2_id`, `sm2_hex_id`); OpenSSL 3.0's default is an empty one.
 *
 * @throws TlskitError ERR_USAGE for other options
 */
export function readSm2Id(options: readonly string[]): Buffer {
  let id = Buffer.alloc(0);
  for (const option of options) {
    const colon = option.indexOf(':');
    const [name, value] = [option.slice(0, Math.max(colon, 0)), option.slice(colon + 1)];
    if (name === 'distid' || name === 'sm2_id') id = Buffer.from(value, 'utf8');
    else if ((name === 'hexdistid' || name === 'sm2_hex_id') && /^([0-9a-fA-F]{2})*$/.test(value)) {
      id = Buffer.from(value, 'hex');
    } else fail('ERR_USAGE', `option "${option}" is none of distid:text and hexdistid:hex`);
  }
  if (id.length > MAX_ID) fail('ERR_USAGE', `an SM2 identity has at most ${MAX_ID} octets`);
  return id;
}

interface Curve {
  readonly domain: CurveDomain;
  readonly point: EcPoint;
}

function curveOf(key: PublicKey): Curve {
  const { components } = key;
  if (components.kind !== 'ec' || !components.point) return fail('ERR_KEY', 'not an SM2 key');
  const { domain } = components.group;
  return { domain, point: decodePoint(domain, components.point) ?? fail('ERR_KEY', 'the SM2 public key is infinity') };
}

/** SM3 over Z, which binds the identity and the key, and over the data (GB/T 32918.2 section 5.5). */
function hashOf({ domain, point }: Curve, id: Uint8Array, data: Uint8Array): bigint {
  const length = fieldLength(domain);
  const entl = Buffer.from([(id.length * 8) >> 8, (id.length * 8) & 0xff]);
  const numbers = [domain.a, domain.b, domain.x, domain.y, point.x, point.y].map((n) => magnitude(n, length));
  const z = createHash('sm3')
    .update(Buffer.concat([entl, id, ...numbers]))
    .digest();
  return unsigned(createHash('sm3').update(z).update(data).digest());
}

/** A signer for an SM2 key. */
export function sm2Signer(key: PrivateKey, digest: Digest | undefined, id: Buffer): Signer {
  if (digest && digest.name !== 'sm3') fail('ERR_KEY', `an SM2 key signs with SM3 only, not with ${digest.label}`);
  const { components } = key;
  if (components.kind !== 'ec' || !('d' in components)) return fail('ERR_KEY', 'not an SM2 key');
  const { d } = components;
  const curve = curveOf(key.publicKey);
  return { algorithm: seq(oid(SM2_WITH_SM3)), sign: (data) => signHash(curve.domain, d, hashOf(curve, id, data)) };
}

/** GB/T 32918.2 section 6.1. */
function signHash(domain: CurveDomain, d: bigint, e: bigint): Buffer {
  const { n } = domain;
  const inverted = inverse(1n + d, n) ?? fail('ERR_KEY', 'the private number of the SM2 key is none');
  for (;;) {
    // 64 bits more than the order leave no bias that matters
    const k = 1n + mod(unsigned(randomOctets(fieldLength(domain) + 8)), n - 1n);
    const r = mod(e + (multiplyBase(domain, k) as EcPoint).x, n);
    const s = mod(inverted * (k - r * d), n);
    if (r !== 0n && r + k !== n && s !== 0n) return seq(integer(r), integer(s));
  }
}

/** Whether an SM2 signature is good (GB/T 32918.2 section 7.1). */
export function verifySm2(key: PublicKey, data: Uint8Array, signature: Uint8Array, id: Buffer): boolean {
  const curve = curveOf(key);
  const { domain, point } = curve;
  const numbers = readPair(signature);
  if (!numbers) return false;
  const [r, s] = numbers;
  const { n } = domain;
  if (r <= 0n || s <= 0n || r >= n || s >= n) return false;
  const t = mod(r + s, n);
  if (t === 0n) return false;
  const sum = addPoint(domain, multiplyBase(domain, s), multiplyPoint(domain, point, t));
  return sum !== undefined && mod(hashOf(curve, id, data) + sum.x, n) === r;
}

function readPair(signature: Uint8Array): [bigint, bigint] | undefined {
  try {
    const [r, s, more] = readDer(signature).sequence('SM2 signature');
    if (!r || !s || more) return undefined;
    return [bigintOf(r.integerBytes('r')), bigintOf(s.integerBytes('s'))];
  } catch (error) {
    if (error instanceof TlskitError) return undefined;
    throw error;
  }
}
