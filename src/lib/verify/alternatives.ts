/**
 * All the ways from a certificate to a trusted one (RFC 4158), for where OpenSSL's one way ends in an error: an issuer that is not what it should
 * be may have a cross-certificate or a renewed one beside it. Who issued whom is found first, then the ways are walked that do end at something
 * trusted. Both are bounded, whatever graph the certificates make.
 */
import { caMark } from '../x509/purpose.ts';
import type { CertificateView } from './certificate.ts';
import { DEFAULT_DEPTH, type VerifyOptions } from './options.ts';
import { trustSetting } from './purpose.ts';
import { algorithmFits, keyIdsFit } from './traits.ts';
import { dateFaults } from './validity.ts';

/** Signatures that are checked, ways that are given, and certificates that are stepped on for them. */
const MAX_SIGNATURES = 500;
const MAX_PATHS = 100;
const MAX_STEPS = 20_000;

/** A chain that was found, and how many of its certificates are not from the trust store. */
export interface FoundPath {
  readonly chain: readonly CertificateView[];
  readonly untrusted: number;
}

/** A certificate that may stand in a path. */
interface Node {
  readonly view: CertificateView;
  readonly trusted: boolean;
  /** It may end a path. */
  readonly anchor: boolean;
}

/**
 * The paths that differ from the one that was tried, the most likely ones first: signatures, dates and marks of a CA are good in all of them.
 *
 * @param tried the chain that has failed already
 */
export function* otherPaths(
  leaf: CertificateView,
  pool: readonly CertificateView[],
  options: VerifyOptions,
  tried: readonly CertificateView[],
): Generator<FoundPath> {
  const graph = new IssuerGraph(pool, options);
  const start: Node = { view: leaf, trusted: false, anchor: false };
  const alive = graph.leadingToAnchors(start);
  const limits = { paths: MAX_PATHS, steps: MAX_STEPS, length: (options.depth ?? DEFAULT_DEPTH) + 2 };
  const own = options.partialChain ? options.trusted.find(leaf) : undefined;
  if (own && trustSetting(own, options.purpose) !== 'rejected') yield { chain: [own], untrusted: 0 };
  for (const nodes of walk(graph, [start], alive, limits)) {
    const chain = nodes.map(({ view }) => view);
    if (same(chain, tried)) continue;
    yield { chain, untrusted: nodes.filter(({ trusted }) => !trusted).length };
  }
}

const same = (a: readonly CertificateView[], b: readonly CertificateView[]): boolean =>
  a.length === b.length && a.every((view, i) => view.equals(b[i] as CertificateView));

interface Limits {
  paths: number;
  steps: number;
  readonly length: number;
}

function* walk(
  graph: IssuerGraph,
  path: readonly Node[],
  alive: ReadonlySet<Node>,
  limits: Limits,
): Generator<readonly Node[]> {
  const top = path.at(-1) as Node;
  if (top.anchor) {
    limits.paths -= 1;
    yield path;
    return;
  }
  if (path.length >= limits.length) return;
  for (const next of graph.issuersOf(top)) {
    limits.steps -= 1;
    if (limits.steps < 0 || limits.paths <= 0) return;
    // a name with the same key again makes a path longer, and no better (RFC 4158 section 2.4.2)
    if (alive.has(next) && !path.some(({ view }) => sameEntity(view, next.view))) {
      yield* walk(graph, [...path, next], alive, limits);
    }
  }
}

const sameEntity = (a: CertificateView, b: CertificateView): boolean =>
  a.equals(b) || (a.subjectKey === b.subjectKey && a.certificate.spki.equals(b.certificate.spki));

/** Who issued whom, found when it is asked. */
class IssuerGraph {
  readonly #options: VerifyOptions;
  readonly #pool = new Map<string, Node[]>();
  readonly #anchors = new Map<CertificateView, Node>();
  readonly #issuers = new Map<Node, readonly Node[]>();
  #signatures = MAX_SIGNATURES;

  constructor(pool: readonly CertificateView[], options: VerifyOptions) {
    this.#options = options;
    for (const view of new Set(pool)) {
      const named = this.#pool.get(view.subjectKey) ?? [];
      if (named.some((other) => other.view.equals(view))) continue;
      this.#pool.set(view.subjectKey, [...named, { view, trusted: false, anchor: false }]);
    }
  }

  /** The certificates that issued one, trusted ones first, then those whose key identifiers fit. */
  issuersOf(node: Node): readonly Node[] {
    const known = this.#issuers.get(node);
    if (known) return known;
    const { view } = node;
    const trusted = this.#options.trusted.issuersOf(view).map((candidate) => this.#trustedNode(candidate));
    // what is trusted already is issued by something trusted, as in OpenSSL
    const others = node.trusted ? [] : (this.#pool.get(view.issuerKey) ?? []);
    const candidates = [
      ...trusted,
      ...others.filter((other) => !trusted.some((one) => one.view.equals(other.view))),
    ].filter((candidate) => this.#issued(candidate.view, view));
    const issuers = [true, false].flatMap((fits) => candidates.filter((one) => fitsKeyId(one.view, view) === fits));
    this.#issuers.set(node, issuers);
    return issuers;
  }

  #trustedNode(view: CertificateView): Node {
    const known = this.#anchors.get(view);
    if (known) return known;
    const { purpose, partialChain } = this.#options;
    const setting = trustSetting(view, purpose);
    const anchor =
      setting === 'trusted' || (setting === undefined && (view.traits.selfSigned || partialChain === true));
    const node = { view, trusted: true, anchor };
    this.#anchors.set(view, node);
    return node;
  }

  #issued(issuer: CertificateView, subject: CertificateView): boolean {
    if (issuer.equals(subject)) return false;
    const { marks } = issuer.traits;
    if (!marks || caMark(marks) === 0 || dateFaults(issuer, this.#options).length > 0) return false;
    if (algorithmFits(issuer.certificate, subject.certificate) !== undefined) return false;
    // what a key inherits is known when the path is
    if (issuer.inheritsParameters) return true;
    if (this.#signatures <= 0) return false;
    this.#signatures -= 1;
    return subject.signedBy(issuer);
  }

  /** What can be reached from a certificate, and leads to something that ends a path. */
  leadingToAnchors(start: Node): ReadonlySet<Node> {
    const subjects = new Map<Node, Node[]>([[start, []]]);
    // a map is walked in the order of insertion, and grows on the way
    for (const node of subjects.keys()) {
      if (node.anchor) continue;
      for (const issuer of this.issuersOf(node)) {
        const known = subjects.get(issuer);
        if (known) known.push(node);
        else subjects.set(issuer, [node]);
      }
    }
    const alive = new Set<Node>([...subjects.keys()].filter(({ anchor }) => anchor));
    for (const node of alive) for (const subject of subjects.get(node) ?? []) alive.add(subject);
    return alive;
  }
}

const fitsKeyId = (issuer: CertificateView, subject: CertificateView): boolean =>
  keyIdsFit(issuer.certificate, issuer.traits, subject.traits.authorityKeyId);
