import type { BitString } from '../der/template.ts';
import type { Name } from './name.ts';
import type { AlgorithmIdentifier, Signed, SubjectPublicKeyInfo } from './schema.ts';

/** Something with a signature: octets that are signed, the algorithm, and the signature. */
export abstract class SignedData<T extends { readonly der: Buffer }> {
  readonly #signed: Signed<T>;

  protected constructor(signed: Signed<T>) {
    this.#signed = signed;
  }

  protected get signed(): Signed<T> {
    return this.#signed;
  }

  /** The whole object as it stood. */
  get der(): Buffer {
    return this.#signed.der;
  }

  /** What is signed (TBSCertificate, CertificationRequestInfo, TBSCertList), as it stood. */
  get tbs(): Buffer {
    return this.#signed.tbs.der;
  }

  /** The algorithm of the signature, outside of what is signed. */
  get signatureAlgorithm(): AlgorithmIdentifier {
    return this.#signed.algorithm;
  }

  /** The signature's octets, unused bits cleared. */
  get signature(): Buffer {
    return this.#signed.signature.bytes;
  }

  /** How many bits of the signature's last octet its BIT STRING calls unused, 0 to 7: a good signature has none. */
  get signatureUnusedBits(): number {
    return this.#signed.signature.unused;
  }
}

/** What the signed parts of certificates and requests have in common. */
interface SignedContent {
  readonly subject: Name;
  readonly spki: SubjectPublicKeyInfo;
  readonly der: Buffer;
}

/** What certificates and requests have in common: a subject, its key, and a signature over both. */
export abstract class SignedObject<T extends SignedContent> extends SignedData<T> {
  get subject(): Name {
    return this.signed.tbs.subject;
  }

  /** SubjectPublicKeyInfo as it stood. */
  get spki(): Buffer {
    return this.signed.tbs.spki.der;
  }

  /** The algorithm of the public key. */
  get keyAlgorithm(): AlgorithmIdentifier {
    return this.signed.tbs.spki.algorithm;
  }

  /** The public key's BIT STRING. */
  get keyBits(): BitString {
    return this.signed.tbs.spki.key;
  }
}
