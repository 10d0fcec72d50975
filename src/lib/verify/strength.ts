/** Security levels: how strong keys and digests must be, in OpenSSL's bits of security. */
import { KeyObject } from 'node:crypto';
import { digestByName } from '../crypto/digests.ts';
import { decodeOid, readDer, TAG } from '../der/index.ts';
import { TlskitError } from '../errors.ts';
import { keyTypeByOid } from '../keys/types.ts';
import { readPss } from '../keys/pss.ts';
import { curveByOid } from '../registry/curves.ts';
import { postQuantum } from '../registry/post-quantum.ts';
import type { AlgorithmIdentifier } from '../x509/certificate.ts';
import { signatureAlgorithm } from '../x509/sign.ts';
import type { CertificateView } from './certificate.ts';
import type { Verification } from './options.ts';

/** Bits of security that the levels 1 to 5 want. */
const LEVELS = [80, 112, 128, 192, 256] as const;

const bitsFor = (level: number): number => LEVELS[Math.min(level, LEVELS.length) - 1] as number;

/** Whether a certificate's key is strong enough for a level; a key that cannot be used is not. */
export function strongKey(view: CertificateView, level: number | undefined): boolean {
  return !level || level < 0 || keySecurity(view) >= bitsFor(level);
}

/** Checks the keys of the issuers, and all signatures but the last certificate's, which is trusted without it. */
export function checkStrength({ chain, report, options }: Verification): void {
  const level = options.authLevel ?? 0;
  if (level <= 0) return;
  for (const [depth, view] of chain.entries()) {
    if (depth > 0 && !strongKey(view, level)) report.error('CA_KEY_TOO_SMALL', depth, view);
    const last = depth === chain.length - 1;
    if (!last && signatureSecurity(view.certificate.signatureAlgorithm) < bitsFor(level)) {
      report.error('CA_MD_TOO_WEAK', depth, view);
    }
  }
}

/** Bits of security of a certificate's key (NIST SP 800-57 part 1 section 5.6.1); -1 for one that cannot be used. */
export function keySecurity(view: CertificateView): number {
  const key = view.usableKey;
  const details = key instanceof KeyObject ? key.asymmetricKeyDetails : undefined;
  const info = keyTypeByOid(view.certificate.keyAlgorithm.oid);
  if (info?.postQuantum) return key ? info.postQuantum.security : -1;
  switch (info?.type) {
    case 'rsa':
    case 'rsa-pss':
      return factoringSecurity(details?.modulusLength ?? 0);
    case 'ec':
      return key ? curveSecurity(curveBits(view)) : -1;
    case 'dsa':
      return logarithmSecurity(details?.modulusLength ?? 0, details?.divisorLength ?? 0);
    case 'ed25519':
    case 'x25519':
      return key ? 128 : -1;
    case 'ed448':
    case 'x448':
      return key ? 224 : -1;
    default:
      return -1;
  }
}

function curveBits(view: CertificateView): number {
  const { parameters } = view.certificate.keyAlgorithm;
  const named = parameters?.tag === TAG.oid ? curveByOid(decodeOid(parameters.value)) : undefined;
  if (named) return named.bits;
  const { components } = view.publicKey;
  return components.kind === 'ec' ? components.group.bits : 0;
}

function curveSecurity(bits: number): number {
  if (bits >= 512) return 256;
  if (bits >= 384) return 192;
  if (bits >= 256) return 128;
  if (bits >= 224) return 112;
  return bits >= 160 ? 80 : Math.floor(bits / 2);
}

/** The sizes that SP 800-56B gives strengths for. */
const STRENGTHS: ReadonlyMap<number, number> = new Map([
  [2048, 112],
  [3072, 128],
  [4096, 152],
  [6144, 176],
  [7680, 192],
  [8192, 200],
  [15360, 256],
]);

/** The strength of a modulus: SP 800-56B revision 2 appendix D's estimate of the number field sieve, to a multiple of 8 as OpenSSL rounds it. */
export function factoringSecurity(bits: number): number {
  const known = STRENGTHS.get(bits);
  if (known !== undefined) return known;
  if (bits < 8) return 0;
  const x = bits * Math.LN2;
  const strength = (1.923 * Math.cbrt(x * Math.log(x) ** 2) - 4.69) / Math.LN2;
  const rounded = Math.floor((Math.floor(strength) + 4) / 8) * 8;
  return Math.min(rounded, bits <= 7680 ? 192 : bits <= 15360 ? 256 : 1200);
}

function logarithmSecurity(bits: number, order: number): number {
  const steps = [
    [15360, 256],
    [7680, 192],
    [3072, 128],
    [2048, 112],
    [1024, 80],
  ] as const;
  const field = steps.find(([size]) => bits >= size)?.[1] ?? 0;
  return order < 160 ? 0 : Math.min(field, Math.floor(order / 2));
}

/** MD5 and SHA-1 are broken: OpenSSL counts them below what their sizes say. */
const BROKEN: Readonly<Record<string, number>> = { md5: 39, sha1: 63 };

/** Bits of security of a signature's digest; -1 for an algorithm that we do not know. */
export function signatureSecurity(algorithm: AlgorithmIdentifier): number {
  const known = signatureAlgorithm(algorithm.oid);
  if (known?.family === 'ed25519') return 128;
  if (known?.family === 'ed448') return 224;
  const newer = known && postQuantum(known.family);
  if (newer) return newer.security;
  const digest = known?.family === 'pss' ? pssDigest(algorithm) : known?.digest;
  const row = digest === undefined ? undefined : digestByName(digest);
  return row ? (BROKEN[row.name] ?? row.size * 4) : -1;
}

function pssDigest({ parameters }: AlgorithmIdentifier): string | undefined {
  try {
    return parameters && readPss(readDer(parameters.der, 'ber')).digest;
  } catch (error) {
    if (error instanceof TlskitError) return undefined;
    throw error;
  }
}
