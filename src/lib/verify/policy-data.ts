/** What a certificate says about policies (RFC 5280 sections 4.2.1.4, 4.2.1.5, 4.2.1.11 and 4.2.1.14), read once. */
import { encodeOid, readDer, type DerNode } from '../der/index.ts';
import { fail, TlskitError } from '../errors.ts';
import type { Certificate } from '../x509/certificate.ts';

export const ANY_POLICY = '2.5.29.32.0';

const OID = {
  certificatePolicies: '2.5.29.32',
  policyMappings: '2.5.29.33',
  policyConstraints: '2.5.29.36',
  inhibitAnyPolicy: '2.5.29.54',
} as const;

/** A policy that a certificate names, or that its mappings make of anyPolicy. */
export interface PolicyData {
  /** Dotted. */
  readonly policy: string;
  readonly critical: boolean;
  /** The SEQUENCE OF PolicyQualifierInfo, where there is one. */
  readonly qualifiers: DerNode | undefined;
  /** What it is mapped to for the certificates below; undefined: itself. */
  mappedTo: string[] | undefined;
  /** Not named by the certificate, but mapped by it while it names anyPolicy. */
  readonly fromAny: boolean;
}

/** All of it. Counts are of further certificates, undefined where a limit is absent. */
export interface PolicyFacts {
  /** An extension that cannot be read, or says what RFC 5280 forbids. */
  readonly invalid: boolean;
  /** The policies but for anyPolicy, in the order in which OpenSSL keeps them; undefined: none are valid from here on. */
  readonly policies: readonly PolicyData[] | undefined;
  readonly anyPolicy: PolicyData | undefined;
  readonly requireExplicit: number | undefined;
  readonly inhibitMapping: number | undefined;
  readonly inhibitAny: number | undefined;
}

const NOTHING: PolicyFacts = {
  invalid: false,
  policies: undefined,
  anyPolicy: undefined,
  requireExplicit: undefined,
  inhibitMapping: undefined,
  inhibitAny: undefined,
};

/** Reads the four extensions. Never throws for what they hold. */
export function readPolicyFacts(certificate: Certificate): PolicyFacts {
  try {
    const limits = { ...NOTHING, ...policyConstraints(extension(certificate, OID.policyConstraints)) };
    const named = extension(certificate, OID.certificatePolicies);
    const information = named?.node.sequence('certificatePolicies') ?? [];
    // mappings and the limit of anyPolicy mean nothing where no policy is valid
    if (!named || information.length === 0) return limits;
    const { stack, anyPolicy } = policiesOf(information, named.critical);
    mapPolicies(stack, anyPolicy, extension(certificate, OID.policyMappings)?.node);
    const inhibit = extension(certificate, OID.inhibitAnyPolicy);
    const inhibitAny = inhibit && skipOf(inhibit.node.integer('inhibitAnyPolicy'));
    return { ...limits, policies: stack.items, anyPolicy, inhibitAny };
  } catch (error) {
    if (error instanceof TlskitError) return { ...NOTHING, invalid: true };
    throw error;
  }
}

function extension(certificate: Certificate, oid: string): { node: DerNode; critical: boolean } | undefined {
  const [first, second] = certificate.extensions.filter((one) => one.oid === oid);
  if (second) fail('ERR_DER', `extension ${oid} stands there twice`);
  return first && { node: readDer(first.value, 'ber'), critical: first.critical };
}

function policyConstraints(found: { node: DerNode } | undefined): Partial<PolicyFacts> {
  if (!found) return {};
  const parts = found.node.sequence('policyConstraints');
  // RFC 5280 section 4.2.1.11: not an empty sequence
  if (parts.length === 0 || parts.some((part) => !part.isContext(0) && !part.isContext(1))) {
    fail('ERR_DER', 'policyConstraints: neither of its limits');
  }
  const part = (number: number): number | undefined => {
    const node = parts.find((one) => one.isContext(number));
    if (!node) return undefined;
    const octets = node.integerBytes('policyConstraints', true);
    return skipOf(octets.length > 6 ? ((octets[0] as number) >= 0x80 ? -1n : LARGE) : bigOf(octets));
  };
  return { requireExplicit: part(0), inhibitMapping: part(1) };
}

const LARGE = 1n << 40n;
const bigOf = (octets: Buffer): bigint => BigInt(octets.readIntBE(0, octets.length));

function skipOf(value: bigint): number {
  if (value < 0n) fail('ERR_DER', 'a negative count of certificates');
  return value > LARGE ? Number(LARGE) : Number(value);
}

function policiesOf(
  information: readonly DerNode[],
  critical: boolean,
): { stack: Stack<PolicyData>; anyPolicy: PolicyData | undefined } {
  const stack = new Stack<PolicyData>(({ policy }) => policy);
  let anyPolicy: PolicyData | undefined;
  for (const node of information) {
    const [id, qualifiers] = node.sequence('PolicyInformation');
    if (!id) fail('ERR_DER', 'a policy without its identifier');
    for (const qualifier of qualifiers?.sequence('policyQualifiers') ?? []) qualifier.sequence('PolicyQualifierInfo');
    const data = { policy: id.oid('policyIdentifier'), critical, qualifiers, mappedTo: undefined, fromAny: false };
    const isAny = data.policy === ANY_POLICY;
    // RFC 5280 section 4.2.1.4: no policy more than once
    if (isAny ? anyPolicy : stack.find(data.policy)) fail('ERR_DER', `policy ${data.policy} stands there twice`);
    if (isAny) anyPolicy = data;
    else stack.push(data);
  }
  return { stack, anyPolicy };
}

function mapPolicies(stack: Stack<PolicyData>, anyPolicy: PolicyData | undefined, node: DerNode | undefined): void {
  if (!node) return;
  const mappings = node.sequence('policyMappings');
  if (mappings.length === 0) fail('ERR_DER', 'policyMappings: none');
  for (const mapping of mappings) {
    const [from, to] = mapping
      .sequence('policyMapping')
      .map((one) => one.oid('a policy'))
      .slice(0, 2);
    // RFC 5280 section 6.1.4 a
    if (from === undefined || to === undefined || from === ANY_POLICY || to === ANY_POLICY) {
      return fail('ERR_DER', 'policyMappings: anyPolicy cannot be mapped');
    }
    let data = stack.find(from);
    if (!data && anyPolicy) {
      const { critical, qualifiers } = anyPolicy;
      data = { policy: from, critical, qualifiers, mappedTo: undefined, fromAny: true };
      stack.push(data);
    }
    if (data) (data.mappedTo ??= []).push(to);
  }
}

/** A list that is brought into the order of its identifiers whenever something is sought in it, as OpenSSL's stacks: its texts show that order. */
export class Stack<T> {
  readonly items: T[] = [];
  readonly #byId = new Map<string, T>();
  readonly #idOf: (item: T) => string;
  #sorted = true;

  constructor(idOf: (item: T) => string) {
    this.#idOf = idOf;
  }

  find(id: string): T | undefined {
    if (!this.#sorted) this.items.sort((a, b) => compareOids(this.#idOf(a), this.#idOf(b)));
    this.#sorted = true;
    return this.#byId.get(id);
  }

  push(item: T): void {
    this.items.push(item);
    this.#byId.set(this.#idOf(item), item);
    this.#sorted = this.items.length < 2;
  }
}

/** By length, then by octets. */
function compareOids(a: string, b: string): number {
  const [x, y] = [encodeOid(a), encodeOid(b)];
  return x.length - y.length || Buffer.compare(x, y);
}
