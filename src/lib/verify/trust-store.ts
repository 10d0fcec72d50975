/** Trusted certificates, found by the subject's name. */
import { Certificate } from '../x509/certificate.ts';
import type { Name } from '../x509/name.ts';
import { CertificateView } from './certificate.ts';

/** Gives trusted certificates with a subject's name when they are wanted; certificates of other names are passed over. */
export type TrustLookup = (subject: Name) => Iterable<Uint8Array>;

/**
 * Trusted certificates, indexed by subject in the form in which OpenSSL compares names. A certificate may have OpenSSL's trust settings behind
 * it (the TRUSTED CERTIFICATE form); they count as OpenSSL counts them.
 *
 * @example
 * const trusted = new TrustStore(rootCertificates.map((pem) => new X509Certificate(pem).raw));
 */
export class TrustStore {
  readonly #bySubject = new Map<string, CertificateView[]>();
  readonly #lookups: readonly TrustLookup[];
  readonly #asked = new Set<string>();

  /**
   * @param certificates in DER, or what OpenSSL's decoder takes for it
   * @param lookups are asked in turn for a name that is not there yet, each name once, until one has it
   * @throws TlskitError ERR_DER
   */
  constructor(certificates: Iterable<Uint8Array> = [], lookups: readonly TrustLookup[] = []) {
    this.#lookups = lookups;
    for (const der of certificates) this.#add(der);
  }

  #add(der: Uint8Array): CertificateView {
    const view = new CertificateView(Certificate.readTrusted(der));
    const known = this.#bySubject.get(view.subjectKey);
    if (!known) this.#bySubject.set(view.subjectKey, [view]);
    else if (!known.some((other) => other.equals(view))) known.push(view);
    return view;
  }

  /** Trusted certificates with this subject; `key` is the same name as `nameKey` makes it. */
  bySubject(subject: Name, key: string): readonly CertificateView[] {
    const known = this.#bySubject.get(key);
    if (known) return known;
    if (!this.#asked.has(key)) this.#ask(subject, key);
    return this.#bySubject.get(key) ?? [];
  }

  #ask(subject: Name, key: string): void {
    this.#asked.add(key);
    for (const lookup of this.#lookups) {
      for (const der of lookup(subject)) this.#add(der);
      if (this.#bySubject.has(key)) return;
    }
  }

  /** Trusted certificates with the name of a certificate's issuer. */
  issuersOf(view: CertificateView): readonly CertificateView[] {
    return this.bySubject(view.certificate.issuer, view.issuerKey);
  }

  /** The trusted certificate that is the same as this one. */
  find(view: CertificateView): CertificateView | undefined {
    return this.bySubject(view.certificate.subject, view.subjectKey).find((known) => known.equals(view));
  }
}
