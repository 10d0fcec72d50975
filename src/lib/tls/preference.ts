/**
 * Which of several credentials comes first: one whose chain the peer says it can check (RFC 8446 sections 4.2.3, 4.2.4 and 4.4.2.2, RFC 5246
 * sections 7.4.2 and 7.4.6). These are wishes: where no chain is as they say, any will do, and the peer decides.
 */
import { Certificate } from '../x509/certificate.ts';
import type { Credential } from './credential.ts';

const PSS = [0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b];

/** Schemes by the signature algorithms of certificates. Which curve an ECDSA signature has, or which hash an RSA-PSS one, is not told apart. */
const SCHEMES: Readonly<Record<string, readonly number[]>> = {
  '1.2.840.113549.1.1.5': [0x0201],
  '1.2.840.113549.1.1.14': [0x0301],
  '1.2.840.113549.1.1.11': [0x0401],
  '1.2.840.113549.1.1.12': [0x0501],
  '1.2.840.113549.1.1.13': [0x0601],
  '1.2.840.113549.1.1.10': PSS,
  '1.2.840.10045.4.1': [0x0203],
  '1.2.840.10045.4.3.1': [0x0303],
  '1.2.840.10045.4.3.2': [0x0403, 0x081a],
  '1.2.840.10045.4.3.3': [0x0503, 0x081b],
  '1.2.840.10045.4.3.4': [0x0603, 0x081c],
  '1.2.840.10040.4.3': [0x0202],
  '2.16.840.1.101.3.4.3.1': [0x0302],
  '2.16.840.1.101.3.4.3.2': [0x0402],
  '1.3.101.112': [0x0807],
  '1.3.101.113': [0x0808],
};

interface Signed {
  readonly schemes: readonly number[];
  readonly issuer: Buffer;
  /** Whether the certificate is its own issuer's: its signature proves nothing. */
  readonly top: boolean;
}

const known = new WeakMap<Credential, readonly Signed[]>();

function signedOf(credential: Credential): readonly Signed[] {
  let found = known.get(credential);
  if (!found) {
    found = credential.chain.map(readSigned);
    known.set(credential, found);
  }
  return found;
}

/** What is to know of one certificate; of one that does not decode, which the peer may like, nothing. */
function readSigned(der: Uint8Array): Signed {
  try {
    const { signatureAlgorithm, issuer, subject } = Certificate.read(der);
    const schemes = SCHEMES[signatureAlgorithm.oid] ?? [];
    return { schemes, issuer: issuer.der, top: issuer.der.equals(subject.der) };
  } catch {
    return { schemes: [], issuer: Buffer.alloc(0), top: false };
  }
}

/** The credentials, those first that come up to most of what is wished for; otherwise in their own order. */
export function preferred(
  credentials: readonly Credential[],
  schemes: readonly number[] | undefined,
  authorities: readonly Uint8Array[] = [],
): readonly Credential[] {
  if (credentials.length < 2 || (!schemes && authorities.length === 0)) return credentials;
  const score = (credential: Credential): number => {
    const signed = signedOf(credential);
    const checkable =
      !schemes || signed.every(({ top, schemes: by }) => top || by.some((one) => schemes.includes(one)));
    const trusted =
      authorities.length === 0 ||
      signed.some(({ issuer }) => authorities.some((one) => Buffer.compare(issuer, one) === 0));
    return (checkable ? 1 : 0) + (trusted ? 2 : 0);
  };
  const scores = new Map(credentials.map((one) => [one, score(one)]));
  return credentials.toSorted((a, b) => (scores.get(b) ?? 0) - (scores.get(a) ?? 0));
}
