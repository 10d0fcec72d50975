/** Certificates as a verification sees them: parsed once, with what it asks again and again kept beside. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { TlskitError } from '../errors.ts';
import { TAG, type Strictness } from '../der/index.ts';
import { PublicKey } from '../keys/model.ts';
import { keyTypeByOid } from '../keys/types.ts';
import { Certificate } from '../x509/certificate.ts';
import { certificateSignedBy } from '../x509/verify-signed.ts';
import { nameKey } from './name-key.ts';
import { readPolicyFacts, type PolicyFacts } from './policy-data.ts';
import { readTraits, type Traits } from './traits.ts';

/** A certificate with what is derived from it. Everything is made when it is first asked for, and kept. */
export class CertificateView {
  readonly certificate: Certificate;
  #subjectKey: string | undefined;
  #issuerKey: string | undefined;
  #traits: Traits | undefined;
  #policies: PolicyFacts | undefined;
  #publicKey: PublicKey | undefined;
  #keyObject: KeyObject | undefined;
  readonly #signatureOptions: readonly string[];
  #checkedBy: { readonly spki: Buffer; readonly good: boolean } | undefined;

  /**
   * @param signatureOptions how its signature is to be checked, as `verifySignature` takes it, e.g. `distid:…` for SM2
   */
  constructor(certificate: Certificate, signatureOptions: readonly string[] = []) {
    this.certificate = certificate;
    this.#signatureOptions = signatureOptions;
  }

  /** The certificate's octets. */
  get der(): Buffer {
    return this.certificate.der;
  }

  /** The subject's name, for comparisons. */
  get subjectKey(): string {
    return (this.#subjectKey ??= nameKey(this.certificate.subject));
  }

  /** The issuer's name, for comparisons. */
  get issuerKey(): string {
    return (this.#issuerKey ??= nameKey(this.certificate.issuer));
  }

  /** What the extensions say. */
  get traits(): Traits {
    return (this.#traits ??= readTraits(this));
  }

  /** What the extensions say about policies. */
  get policies(): PolicyFacts {
    return (this.#policies ??= readPolicyFacts(this.certificate));
  }

  /**
   * The public key.
   *
   * @throws TlskitError ERR_DER, or ERR_UNSUPPORTED for an algorithm that tlskit does not know
   */
  get publicKey(): PublicKey {
    return (this.#publicKey ??= PublicKey.fromSpki(this.certificate.spki));
  }

  /**
   * The public key for `node:crypto`.
   *
   * @throws TlskitError ERR_DER, ERR_UNSUPPORTED, or ERR_KEY when Node cannot use it
   */
  get keyObject(): KeyObject {
    return (this.#keyObject ??= importKey(this.certificate.spki) ?? this.publicKey.keyObject);
  }

  /** The public key where it can be used, undefined where it cannot: for `node:crypto`, or ours for what an older Node lacks. */
  get usableKey(): KeyObject | PublicKey | undefined {
    return (
      attempt(() => this.keyObject) ??
      attempt(() => (this.publicKey.info.postQuantum ? readable(this.publicKey) : undefined))
    );
  }

  /** A DSA key without parameters: its issuer's hold for it (RFC 3279 section 2.3.2). */
  get inheritsParameters(): boolean {
    const { oid, parameters } = this.certificate.keyAlgorithm;
    return (!parameters || parameters.tag === TAG.null) && keyTypeByOid(oid)?.type === 'dsa';
  }

  /** Whether there is a key that can be used, with what it inherits. */
  get hasKey(): boolean {
    return this.inheritsParameters || this.usableKey !== undefined;
  }

  /** Whether both are the same certificate, octet for octet. */
  equals(other: CertificateView): boolean {
    return this === other || this.der.equals(other.der);
  }

  /** Whether a key, e.g. an issuer's, made this certificate's signature; the answer is kept, as it cannot change. False also where it cannot be checked. */
  signedBy(signer: CertificateView | PublicKey): boolean {
    const spki = signer instanceof PublicKey ? signer.spki : signer.certificate.spki;
    if (!this.#checkedBy?.spki.equals(spki)) {
      const keyOf = (): PublicKey => (signer instanceof PublicKey ? signer : signer.publicKey);
      const good = attempt(() => certificateSignedBy(this.certificate, keyOf(), this.#signatureOptions)) ?? false;
      this.#checkedBy = { spki, good };
    }
    return this.#checkedBy.good;
  }
}

/** A key whose structure is right. */
function readable(key: PublicKey): PublicKey {
  void key.components;
  return key;
}

/** The straight way, without our own reading of the numbers. */
function importKey(spki: Buffer): KeyObject | undefined {
  try {
    return createPublicKey({ key: spki, format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}

function attempt<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (error instanceof TlskitError) return undefined;
    throw error;
  }
}

/** How many certificates are kept parsed, and up to which size. */
const MAX_KEPT = 512;
const MAX_KEPT_SIZE = 16 * 1024;

const kept = new Map<string, CertificateView>();

/**
 * A certificate by its octets, parsed once: the same octets give the same view, as long as it is among the last 512 that were asked for.
 *
 * @param strictness `der` (default) refuses what DER forbids, as for everything that comes from a peer; `ber` reads what OpenSSL reads
 * @throws TlskitError ERR_DER
 */
export function parsedCertificate(der: Uint8Array, strictness: Strictness = 'der'): CertificateView {
  const buffer = Buffer.from(der.buffer, der.byteOffset, der.length);
  const key = `${strictness}${buffer.toString('latin1')}`;
  const known = kept.get(key);
  if (known) {
    // the oldest stand first in a Map: what is used goes to the end
    kept.delete(key);
    kept.set(key, known);
    return known;
  }
  // a copy: what is kept must neither change with the caller's buffer nor keep the whole of it
  const view = new CertificateView(Certificate.read(Buffer.from(buffer), { strictness }));
  if (der.length > MAX_KEPT_SIZE) return view;
  const [oldest] = kept.keys();
  if (kept.size >= MAX_KEPT && oldest !== undefined) kept.delete(oldest);
  kept.set(key, view);
  return view;
}
