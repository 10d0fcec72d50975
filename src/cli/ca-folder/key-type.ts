/** `-key-type`: a type of key with its size or curve in one word. */
import { fail } from '../../lib/errors.ts';
import type { KeyGenParams } from '../../lib/keys/generate.ts';
import { generatedType } from '../../lib/keys/generate.ts';
import { curveByName } from '../../lib/registry/curves.ts';
import { text, type Flag } from '../spec.ts';

/** The type of key that is made when nobody says another. */
export const DEFAULT_KEY_TYPE = 'P-256';

export const keyTypeFlag = (what: string): Flag<string | undefined> =>
  text('type', `${what}: P-256 (default), P-384, rsa, rsa:4096, ed25519, …`);

/**
 * Reads `P-384`, `rsa`, `rsa:3072`, `ed25519`, `ec:P-521`.
 *
 * @throws TlskitError ERR_USAGE
 */
export function readKeyType(word: string = DEFAULT_KEY_TYPE): KeyGenParams {
  const [name = '', detail] = word.split(':');
  const curve = detail === undefined ? curveByName(name) : undefined;
  if (curve) return { type: 'ec', curve: curve.name };
  const type = generatedType(name);
  if (type === 'rsa' || type === 'rsa-pss') {
    const bits = Number(detail ?? 2048);
    if (!Number.isInteger(bits) || bits < 1024 || bits > 16_384)
      fail('ERR_USAGE', `"${word}": an RSA key has 1024 to 16384 bits`);
    return { type, bits };
  }
  if (type === 'ec') return { type, curve: curveByName(detail ?? DEFAULT_KEY_TYPE)?.name ?? noCurve(word) };
  if (detail !== undefined || type === 'dh' || type === 'dhx' || type === 'dsa')
    return fail('ERR_USAGE', `"${word}" is no key for a certificate here; try P-256, rsa:3072 or ed25519`);
  return { type };
}

const noCurve = (word: string): never =>
  fail('ERR_USAGE', `"${word}" names no curve; "tlskit ecparam -list_curves" shows all`);
