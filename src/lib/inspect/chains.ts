/** Who issued whom among the certificates of an input. */
import type { CertificateView } from '../verify/certificate.ts';
import { mayHaveIssued } from '../verify/issued.ts';

/** A certificate in the tree, with those that it issued. */
export interface ChainNode {
  /** Its place in the list. */
  readonly index: number;
  readonly issued: readonly ChainNode[];
}

export interface Chains {
  /** The certificates whose issuer is not there, or is themselves. */
  readonly roots: readonly ChainNode[];
  /** By index: the issuer's index; undefined for roots. */
  readonly issuerOf: readonly (number | undefined)[];
  /** By index: a certificate of the issuer's name and key identifier whose key did not make the signature. */
  readonly wrongIssuerOf: readonly (number | undefined)[];
}

/**
 * Makes the tree. Each certificate stands once, under the first issuer whose key made its signature; certificates that issued each other in a
 * circle are cut apart where the circle closes.
 */
export function chainsOf(views: readonly CertificateView[]): Chains {
  const issuerOf: (number | undefined)[] = [];
  const wrongIssuerOf: (number | undefined)[] = [];
  const bySubject = new Map<string, number[]>();
  for (const [i, view] of views.entries())
    bySubject.set(view.subjectKey, [...(bySubject.get(view.subjectKey) ?? []), i]);
  const isAbove = (index: number, from: number): boolean => {
    for (let at: number | undefined = from; at !== undefined; at = issuerOf[at]) if (at === index) return true;
    return false;
  };
  for (const [i, view] of views.entries()) {
    const named = (bySubject.get(view.issuerKey) ?? []).filter(
      (j) => j !== i && !(views[j] as CertificateView).equals(view) && mayHaveIssued(views[j] as CertificateView, view),
    );
    const signers = view.traits.selfSigned ? [] : named.filter((j) => view.signedBy(views[j] as CertificateView));
    const self = view.traits.selfSigned || view.signedBy(view);
    issuerOf[i] = signers.find((j) => !isAbove(i, j));
    wrongIssuerOf[i] = signers.length === 0 && !self ? named[0] : undefined;
  }
  const node = (index: number): ChainNode => ({
    index,
    issued: views.flatMap((_, i) => (issuerOf[i] === index ? [node(i)] : [])),
  });
  return { roots: views.flatMap((_, i) => (issuerOf[i] === undefined ? [node(i)] : [])), issuerOf, wrongIssuerOf };
}
