/** CAs in memory: a root, intermediates below it, and what they issue. */
import type { ConfigEntry } from '../conf/index.ts';
import { fail } from '../errors.ts';
import { generateKey, type KeyGenParams } from '../keys/generate.ts';
import type { PrivateKey } from '../keys/model.ts';
import { buildCertificate, laterBy, timeFromMs, VERSION_3 } from '../x509/build.ts';
import type { Certificate } from '../x509/certificate.ts';
import { buildExtensions, withKeyIds, type ExtensionContext } from '../x509/extensions/index.ts';
import { parseIp } from '../x509/checks.ts';
import type { Name } from '../x509/name.ts';
import { parseAnySubject } from '../x509/name-people.ts';
import type { CertificateRequest } from '../x509/request.ts';
import { randomSerial } from '../x509/serial.ts';
import { signatureFor } from '../x509/sign.ts';
import {
  CA_KEY_USAGE,
  commonName,
  issueCertificate,
  type CertificateOrder,
  type Issuer,
  type IssuerUrls,
} from './issue.ts';
import { requestOrder, type SignOptions } from './request.ts';

/** What a CA's certificate should say. */
export interface CaOptions {
  /** A commonName (`Example root`) or a whole subject (`O=Example, CN=Example root`, `/O=…`). */
  readonly name: string | Name;
  /** Default: P-256. */
  readonly key?: KeyGenParams | PrivateKey | undefined;
  /** Default 3650. */
  readonly days?: number | undefined;
  /** How many CAs may stand between this one and an end entity; default: no limit for a root, 0 for an intermediate. */
  readonly pathLength?: number | undefined;
  /** Name constraints (RFC 5280 section 4.2.1.10): `example.org`, `10.0.0.0/8`, `@example.org` for mailboxes. */
  readonly permitted?: readonly string[] | undefined;
  readonly excluded?: readonly string[] | undefined;
  readonly digest?: string | undefined;
  readonly serial?: Buffer | undefined;
  /** Lines of the extension language that replace the CA's own. */
  readonly extensions?: readonly ConfigEntry[] | undefined;
  /** For the certificates that this CA issues. */
  readonly urls?: IssuerUrls | undefined;
}

/** A certificate with its key, and the intermediates that go with it, the nearest first. */
export interface Identity {
  readonly key: PrivateKey;
  readonly certificate: Certificate;
  readonly chain: readonly Certificate[];
}

/** A CA with its key: issues and signs. Remembers nothing of it. */
export class Authority implements Issuer {
  readonly certificate: Certificate;
  readonly key: PrivateKey;
  /** The certificates above that are no roots, this one's first: what goes with each certificate. Empty for a root. */
  readonly chain: readonly Certificate[];
  readonly urls: IssuerUrls;

  constructor(identity: Issuer & { readonly chain?: readonly Certificate[]; readonly urls?: IssuerUrls | undefined }) {
    this.certificate = identity.certificate;
    this.key = identity.key;
    this.chain = identity.chain ?? [];
    this.urls = identity.urls ?? {};
  }

  /**
   * A new key with a certificate for these names.
   *
   * @example
   * const { key, certificate } = await ca.issue({ names: ['localhost', '127.0.0.1'] });
   */
  async issue(order: CertificateOrder & { readonly key?: KeyGenParams | PrivateKey } = {}): Promise<Identity> {
    const key = await keyFor(order.key);
    const certificate = issueCertificate(this, key.publicKey, { urls: this.urls, ...order });
    return { key, certificate, chain: this.chain };
  }

  /**
   * The certificate that a request asks for. Its own signature has to be good.
   *
   * @throws TlskitError ERR_SIGNATURE
   */
  sign(request: CertificateRequest, options: SignOptions = {}): Certificate {
    const { publicKey, order } = requestOrder(request, { urls: this.urls, ...options });
    return issueCertificate(this, publicKey, order);
  }

  /** A CA below this one. */
  async intermediate(options: CaOptions): Promise<Authority> {
    const key = await keyFor(options.key);
    const { days, pathLength, digest, serial } = options;
    const order: CertificateOrder = { template: 'ca', subject: caName(options.name), days, pathLength, digest, serial };
    const extensions = [...constraintEntries(options), ...(options.extensions ?? [])];
    const certificate = issueCertificate(this, key.publicKey, { ...order, urls: this.urls, extensions });
    return new Authority({ certificate, key, chain: [certificate, ...this.chain], urls: options.urls });
  }
}

const ROOT_DAYS = 3650;
const MINUTE = 60_000;
const DEFAULT_KEY: KeyGenParams = { type: 'ec', curve: 'prime256v1' };

/** The key itself, or a new one. */
async function keyFor(key: KeyGenParams | PrivateKey = DEFAULT_KEY): Promise<PrivateKey> {
  return 'pkcs8' in key ? key : generateKey(key);
}

/** A CA's name: text without `=` is a commonName. */
export function caName(name: string | Name): Name {
  if (typeof name !== 'string') return name;
  return name.includes('=') ? parseAnySubject(name, { utf8: true }) : commonName(name);
}

/**
 * Makes a self-signed CA.
 *
 * @param now milliseconds since 1970
 * @throws TlskitError ERR_USAGE, ERR_NAME, ERR_EXTENSION, ERR_KEY
 * @example
 * const root = await createCA({ name: 'Test root' });
 * const ca = await root.intermediate({ name: 'Test CA' });
 * const { key, certificate, chain } = await ca.issue({ names: ['localhost'] });
 */
export async function createCA(options: CaOptions, now: number = Date.now()): Promise<Authority> {
  const key = await keyFor(options.key);
  const subject = caName(options.name);
  if (subject.isEmpty) fail('ERR_NAME', 'a CA needs a name');
  const { spki } = key.publicKey;
  const serial = options.serial ?? randomSerial();
  const context: ExtensionContext = {
    subject: { subject, spki, issuer: subject, serial },
    issuer: 'self',
    issuerKey: spki,
  };
  const pathLength = options.pathLength === undefined ? '' : `,pathlen:${options.pathLength}`;
  const entries: ConfigEntry[] = [
    ['basicConstraints', `critical,CA:TRUE${pathLength}`],
    ['keyUsage', `critical,${CA_KEY_USAGE}`],
    ...constraintEntries(options),
    ...(options.extensions ?? []),
  ];
  const extensions = withKeyIds(buildExtensions(entries, context), context);
  const days = options.days ?? ROOT_DAYS;
  if (!Number.isInteger(days) || days < 1) fail('ERR_USAGE', `a CA must be good for a day at least, not ${days}`);
  const certificate = buildCertificate(
    {
      versionField: VERSION_3,
      serial,
      issuer: subject,
      subject,
      spki,
      extensions,
      notBefore: timeFromMs(now - MINUTE),
      notAfter: timeFromMs(laterBy(now, days)),
    },
    signatureFor(key, { digest: options.digest }),
  );
  return new Authority({ certificate, key, urls: options.urls });
}

/** nameConstraints in the extension language. */
function constraintEntries({ permitted = [], excluded = [] }: CaOptions): ConfigEntry[] {
  const items = [
    ...permitted.map((text) => `permitted;${constraintOf(text)}`),
    ...excluded.map((text) => `excluded;${constraintOf(text)}`),
  ];
  return items.length === 0 ? [] : [['nameConstraints', `critical,${items.join(',')}`]];
}

const SUBTREE = /^\.?([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/i;

/** A subtree as people write it: a domain, an address with its prefix, `@` and the domain of mailboxes. */
function constraintOf(text: string): string {
  const [base = '', prefix] = text.split('/');
  const address = parseIp(base);
  if (address) {
    const bits = 8 * address.length;
    const length = Number(prefix ?? bits);
    if (!Number.isInteger(length) || length < 0 || length > bits)
      fail('ERR_USAGE', `"${text}" is no range of addresses such as 10.0.0.0/8`);
    return `IP:${base}/${maskText(bits, length)}`;
  }
  const mail = text.startsWith('@');
  const domain = mail ? text.slice(1) : text;
  if (!SUBTREE.test(domain))
    fail('ERR_USAGE', `"${text}" is no name constraint: write example.org, 10.0.0.0/8 or @example.org`);
  return `${mail ? 'email' : 'DNS'}:${domain}`;
}

/** A netmask in the text of its addresses. */
function maskText(bits: number, length: number): string {
  const octets = Array.from({ length: bits / 8 }, (_, i) => {
    const ones = Math.min(8, Math.max(0, length - 8 * i));
    return (0xff << (8 - ones)) & 0xff;
  });
  if (bits === 32) return octets.join('.');
  return Array.from({ length: 8 }, (_, i) =>
    (((octets[2 * i] as number) << 8) | (octets[2 * i + 1] as number)).toString(16),
  ).join(':');
}
