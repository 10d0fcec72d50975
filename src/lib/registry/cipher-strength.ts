/** How strong OpenSSL 3.0 holds suites, and which it offers when. */
import type { BulkCipher } from './tls-ciphers.ts';
import type { CipherSuite, KeyExchange } from './tls-suites.ts';
import { SSL30, TLS10, TLS11, TLS12 } from './tls-versions.ts';

/** Bits of security, as OpenSSL counts them: 3DES has 112. */
export function strengthBits({ bulk }: CipherSuite): number {
  return bulk.kind === 'null' ? 0 : bulk.name === '3DES_EDE_CBC' ? 112 : bulk.name === 'DES_CBC' ? 56 : bulk.key * 8;
}

/** Ciphers that are not in a default build. */
export const isWeak = ({ name }: BulkCipher): boolean => /^(3DES|RC4|SEED|IDEA|DES)/.test(name);

/**
 * Whether a default build of OpenSSL 3.0 runs a suite. Left out are those with 3DES, RC4 and single DES (not compiled in), and SEED and IDEA
 * (in the legacy provider).
 */
export function isInOpenSsl({ openssl, bulk }: CipherSuite): boolean {
  return openssl !== undefined && !isWeak(bulk);
}

/** What else decides whether a suite is offered. */
export interface CipherConditions {
  readonly securityLevel: number;
  /** The least and the last version. */
  readonly min: number;
  readonly max: number;
  readonly psk: boolean;
  readonly srp: boolean;
}

const LEVEL_BITS = [0, 80, 112, 128, 192, 256] as const;
/** The first version that a security level has. */
const LEVEL_VERSIONS = [SSL30, SSL30, TLS10, TLS11, TLS12, TLS12] as const;
const EPHEMERAL: ReadonlySet<KeyExchange> = new Set(['any', 'dhe', 'ecdhe', 'dhe_psk', 'ecdhe_psk']);

/** Whether OpenSSL 3.0 offers a suite of its list under these conditions (`ciphers -s`). */
export function isOffered(suite: CipherSuite, { securityLevel, min, max, psk, srp }: CipherConditions): boolean {
  const { keyExchange, authentication, mac, bulk } = suite;
  if (!psk && (keyExchange.includes('psk') || authentication === 'psk')) return false;
  if (!srp && keyExchange === 'srp') return false;
  const from = Math.max(min, LEVEL_VERSIONS[securityLevel] as number);
  if (suite.first > max || suite.last < from || from > max) return false;
  if (securityLevel === 0) return true;
  const bits = LEVEL_BITS[securityLevel] as number;
  if (strengthBits(suite) < bits || authentication === 'anon' || mac === 'md5') return false;
  if (bits > 160 && mac === 'sha1') return false;
  if (securityLevel >= 2 && bulk.kind === 'stream') return false;
  return securityLevel < 3 || EPHEMERAL.has(keyExchange);
}
