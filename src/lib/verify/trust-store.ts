/** Trusted certificates, found by the subject's name. */
import { Certificate } from '../x509/certificate.ts';
import type { Name } from '../x509/name.ts';
import { CertificateView } from './certificate.ts';
import { nameKey } from './name-key.ts';

/** Gives trusted certificates with a subject's name when they are wanted; certificates of other names are passed over. */
export type TrustLookup = (subject: Name) => Iterable<Uint8Array | Certificate>;

/**
 * Trusted certificates, indexed by subject in the form in which OpenSSL compares names. A certificate may have OpenSSL's trust settings behind
 * it (the TRUSTED CERTIFICATE form); they count as OpenSSL counts them.
 *
 * @example
 * const trusted = new TrustStore(readCertificates(await readFile('ca.pem'), 'ca.pem'));
 */
export class TrustStore {
  readonly #bySubject = new Map<string, CertificateView[]>();
  readonly #lookups: readonly TrustLookup[];
  readonly #asked = new Set<string>();

  /**
   * @param certificates read ones, or in DER, or what OpenSSL's decoder takes for it
   * @param lookups are asked in turn for a name that is not there yet, each name once, until one has it
   * @throws TlskitError ERR_DER
   */
  constructor(certificates: Iterable<Uint8Array | Certificate> = [], lookups: readonly TrustLookup[] = []) {
    this.#lookups = lookups;
    for (const certificate of certificates) this.#add(certificate);
  }

  #add(source: Uint8Array | Certificate): void {
    const view = new CertificateView(source instanceof Certificate ? source : Certificate.readTrusted(source));
    const known = this.#bySubject.get(view.subjectKey);
    if (!known) this.#bySubject.set(view.subjectKey, [view]);
    else if (!known.some((other) => other.equals(view))) known.push(view);
  }

  /** Trusted certificates with this subject. */
  named(subject: Name): readonly Certificate[] {
    return this.#bySubjectKey(subject, nameKey(subject)).map(({ certificate }) => certificate);
  }

  #bySubjectKey(subject: Name, key: string): readonly CertificateView[] {
    const known = this.#bySubject.get(key);
    if (known) return known;
    if (!this.#asked.has(key)) this.#ask(subject, key);
    return this.#bySubject.get(key) ?? [];
  }

  #ask(subject: Name, key: string): void {
    this.#asked.add(key);
    for (const lookup of this.#lookups) {
      for (const certificate of lookup(subject)) this.#add(certificate);
      if (this.#bySubject.has(key)) return;
    }
  }

  /** Trusted certificates with the name of a certificate's issuer. */
  issuersOf(view: CertificateView): readonly CertificateView[] {
    return this.#bySubjectKey(view.certificate.issuer, view.issuerKey);
  }

  /** The trusted certificate that is the same as this one. */
  find(view: CertificateView): CertificateView | undefined {
    return this.#bySubjectKey(view.certificate.subject, view.subjectKey).find((known) => known.equals(view));
  }
}
