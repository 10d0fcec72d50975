/** A certificate as rules look at it: its parts taken apart once, each undefined where it is absent or cannot be read. */
import { CERTIFICATE_EXTENSION as EXT } from '../registry/certificate-extensions.ts';
import { readDer, type DerNode } from '../der/index.ts';
import { TlskitError } from '../errors.ts';
import type { PublicComponents } from '../keys/components.ts';
import { PublicKey } from '../keys/model.ts';
import { stringToUtf8 } from '../text/string.ts';
import { CertificateView } from '../verify/certificate.ts';
import type { Certificate, Extension } from '../x509/certificate.ts';
import type { Attribute } from '../x509/name.ts';

/** Attributes of names, dotted. */
export const ATTR = {
  commonName: '2.5.4.3',
  surname: '2.5.4.4',
  serialNumber: '2.5.4.5',
  country: '2.5.4.6',
  locality: '2.5.4.7',
  province: '2.5.4.8',
  street: '2.5.4.9',
  organization: '2.5.4.10',
  unit: '2.5.4.11',
  businessCategory: '2.5.4.15',
  postalCode: '2.5.4.17',
  givenName: '2.5.4.42',
  organizationIdentifier: '2.5.4.97',
  domainComponent: '0.9.2342.19200300.100.1.25',
  email: '1.2.840.113549.1.9.1',
  jurisdictionLocality: '1.3.6.1.4.1.311.60.2.1.1',
  jurisdictionProvince: '1.3.6.1.4.1.311.60.2.1.2',
  jurisdictionCountry: '1.3.6.1.4.1.311.60.2.1.3',
} as const;

/** Key usages by the number of their bit (RFC 5280 section 4.2.1.3). */
export const USAGE = {
  digitalSignature: 0,
  nonRepudiation: 1,
  keyEncipherment: 2,
  dataEncipherment: 3,
  keyAgreement: 4,
  keyCertSign: 5,
  cRLSign: 6,
  encipherOnly: 7,
  decipherOnly: 8,
} as const;

const CPS_QUALIFIER = '1.3.6.1.5.5.7.2.1';
export const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
export const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
export const ANY_USE = '2.5.29.37.0';

/** A commonName that can only be a host's. */
const HOST = /^[\w*-]+(?:\.[\w-]+)*\.[a-z]{2,}$/i;

/** A GeneralName. */
export interface LintName {
  /** Its context tag: 1 mailbox, 2 DNS name, 4 directory name, 6 URI, 7 address. */
  readonly form: number;
  readonly octets: Buffer;
  /** The octets as Latin-1. */
  readonly text: string;
}

/** A name that an access description, or a distribution point, gives. */
export interface Access {
  readonly method: string;
  readonly location: LintName;
}

export class LintSubject {
  readonly certificate: Certificate;
  readonly view: CertificateView;
  readonly #nodes = new Map<string, DerNode | undefined>();
  #key: { readonly components: PublicComponents | undefined } | undefined;

  constructor(certificate: Certificate) {
    this.certificate = certificate;
    this.view = new CertificateView(certificate);
  }

  /** When it was issued, in milliseconds; rules have effective dates. */
  get issued(): number {
    return this.certificate.notBefore.ms ?? 0;
  }

  extension(oid: string): Extension | undefined {
    return this.certificate.extension(oid);
  }

  /** An extension's value; undefined where it is absent or cannot be read. */
  node(oid: string): DerNode | undefined {
    if (!this.#nodes.has(oid)) {
      const extension = this.extension(oid);
      this.#nodes.set(oid, extension && attempt(() => readDer(extension.value, 'ber')));
    }
    return this.#nodes.get(oid);
  }

  /** The elements of an extension that is a SEQUENCE. */
  parts(oid: string): readonly DerNode[] {
    return attempt(() => this.node(oid)?.sequence('extension')) ?? [];
  }

  get isCa(): boolean {
    const [first] = this.parts(EXT.basicConstraints);
    return first !== undefined && first.number === 1 && first.content.some((octet) => octet !== 0);
  }

  get isRoot(): boolean {
    return this.isCa && this.view.traits.selfSigned;
  }

  get pathLength(): bigint | undefined {
    const last = this.parts(EXT.basicConstraints).at(-1);
    return last?.number === 2 ? attempt(() => last.integer('pathLenConstraint')) : undefined;
  }

  /** For servers: no CA, and extended key usages that say so; without them, names of hosts or addresses. */
  get isServer(): boolean {
    if (this.isCa) return false;
    if (this.uses) return this.uses.includes(SERVER_AUTH) || this.uses.includes(ANY_USE);
    const common = this.subject(ATTR.commonName).map((attribute) => textOf(attribute) ?? '');
    return this.alternativeNames.some(({ form }) => form === 2 || form === 7) || common.some((name) => HOST.test(name));
  }

  /** The bits of keyUsage that are set; undefined without the extension. */
  get usages(): ReadonlySet<number> | undefined {
    const bits = attempt(() => this.node(EXT.keyUsage)?.bitString('keyUsage').bytes);
    if (!bits) return undefined;
    const set = new Set<number>();
    for (let i = 0; i < 8 * bits.length; i += 1) if ((bits[i >> 3] as number) & (0x80 >> (i & 7))) set.add(i);
    return set;
  }

  /** Extended key usages, dotted. */
  get uses(): readonly string[] | undefined {
    return attempt(() =>
      this.node(EXT.extendedKeyUsage)
        ?.sequence('extendedKeyUsage')
        .map((use) => use.oid('use')),
    );
  }

  /** Policies, dotted. */
  get policies(): readonly string[] {
    return this.parts(EXT.certificatePolicies).flatMap(
      (policy) => attempt(() => policy.children[0]?.oid('policy')) ?? [],
    );
  }

  /** Where certification practice statements are. */
  get cpsUris(): readonly string[] {
    return this.parts(EXT.certificatePolicies).flatMap((policy) =>
      (attempt(() => policy.children[1]?.children) ?? []).flatMap((qualifier) => {
        const [id, value] = attempt(() => qualifier.children) ?? [];
        return attempt(() => id?.oid('id')) === CPS_QUALIFIER && value ? [value.content.toString('latin1')] : [];
      }),
    );
  }

  names(oid: string): readonly LintName[] {
    return this.parts(oid).map(nameOf);
  }

  get alternativeNames(): readonly LintName[] {
    return this.names(EXT.subjectAltName);
  }

  get dnsNames(): readonly string[] {
    return this.alternativeNames.filter(({ form }) => form === 2).map(({ text }) => text);
  }

  /** The subject's attributes of a type. */
  subject(oid: string): readonly Attribute[] {
    return this.certificate.subject.attributes.filter((attribute) => attribute.oid === oid);
  }

  has(oid: string): boolean {
    return this.subject(oid).length > 0;
  }

  get accesses(): readonly Access[] {
    return this.parts(EXT.authorityInfoAccess).flatMap((part) => {
      const [method, location] = attempt(() => part.children) ?? [];
      const oid = attempt(() => method?.oid('method'));
      return oid !== undefined && location ? [{ method: oid, location: nameOf(location) }] : [];
    });
  }

  /** The names of all distribution points. */
  get crlLocations(): readonly LintName[] {
    return this.parts(EXT.crlDistributionPoints).flatMap((point) => {
      const full = attempt(
        () => point.children.find((part) => part.isContext(0))?.children.find((part) => part.isContext(0))?.children,
      );
      return (full ?? []).map(nameOf);
    });
  }

  /** The numbers of the key; undefined where they cannot be read. */
  get key(): PublicComponents | undefined {
    this.#key ??= { components: attempt(() => PublicKey.fromSpki(this.certificate.spki).components) };
    return this.#key.components;
  }

  get days(): number | undefined {
    const { notBefore, notAfter } = this.certificate;
    if (notBefore.ms === undefined || notAfter.ms === undefined) return undefined;
    return (notAfter.ms - notBefore.ms) / 86_400_000;
  }
}

const nameOf = (node: DerNode): LintName => ({
  form: node.number,
  octets: node.content,
  text: node.content.toString('latin1'),
});

/** An attribute's value as text; undefined where it is no text in its type. */
export const textOf = (attribute: Attribute): string | undefined => stringToUtf8(attribute)?.toString('utf8');

/** What `ask` gives; undefined where the certificate is broken at that place. */
export function attempt<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (error instanceof TlskitError) return undefined;
    throw error;
  }
}
