/** The certificates that a context trusts, and its CRLs. */
import type { Crl } from '../../crl/index.ts';
import { TrustStore, verifyChain } from '../../verify/index.ts';
import type { Certificate } from '../../x509/certificate.ts';
import type { Name } from '../../x509/name.ts';
import { lookupAmong, subjectOf } from '../peer/lookup.ts';
import { defaultTrust } from '../peer/roots.ts';
import { Kept } from './kept.ts';

const numbers = new WeakMap<object, number>();
let next = 0;

/** A number for each certificate, so that the same ones make the same store. */
function numberOf(certificate: Buffer | TrustStore): number {
  let number = numbers.get(certificate);
  if (number === undefined) numbers.set(certificate, (number = next++));
  return number;
}

const stores = new Kept<TrustStore>(32);

export class Trust {
  /** Whether what this Node trusts by default is trusted. */
  roots = false;
  /** Whether a trusted certificate that is not its own issuer's may end a chain. */
  partial = false;
  readonly #own = new Set<Buffer>();
  readonly #crls: Crl[] = [];

  /** Trusts certificates in DER. */
  add(certificates: readonly Buffer[]): void {
    for (const one of certificates) this.#own.add(one);
  }

  addCrls(crls: readonly Crl[]): void {
    this.#crls.push(...crls);
  }

  get crls(): readonly Crl[] {
    return this.#crls;
  }

  /** What is trusted; undefined for nothing but the default. */
  get store(): TrustStore | undefined {
    if (this.roots && this.#own.size === 0) return undefined;
    const roots = this.roots ? defaultTrust() : undefined;
    const key = [...(roots ? ['roots', numberOf(roots)] : []), ...[...this.#own].map(numberOf)].join(' ');
    return stores.get(key, () => {
      const own = [...this.#own];
      const lookups = roots ? [(subject: Name) => roots.named(subject)] : [];
      return new TrustStore([], [lookupAmong(() => own), ...lookups]);
    });
  }

  /** The subjects of the certificates that were added, in DER. */
  get subjects(): readonly Buffer[] {
    return [...this.#own].flatMap((der) => subjectOf(der)?.bytes ?? []);
  }

  /**
   * As OpenSSL does where a certificate comes without a chain: those that it trusts make the chain that is sent. Whether the chain is a good
   * one is for the peer to say.
   */
  complete(chain: readonly Certificate[]): readonly Certificate[] {
    const [leaf] = chain;
    if (!leaf || chain.length > 1 || this.#own.size === 0 || leaf.issuer.der.equals(leaf.subject.der)) return chain;
    const store = this.store ?? new TrustStore();
    const found = verifyChain(leaf, { trusted: store, time: Date.now(), alternatives: false }).chain;
    return found.map(({ certificate }) => certificate);
  }
}
