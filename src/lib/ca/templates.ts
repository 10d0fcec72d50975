/** What certificates are for: the extensions that each use needs, after RFC 5280 section 4.2.1. */
import type { ConfigEntry } from '../conf/index.ts';
import { fail } from '../errors.ts';
import type { KeyType } from '../keys/types.ts';

export type TemplateName = 'server' | 'client' | 'both' | 'email' | 'code' | 'ocsp' | 'ca';

export interface Template {
  readonly name: TemplateName;
  /** For a list of choices. */
  readonly title: string;
  /** Days that such a certificate is good for when nobody says it. */
  readonly days: number;
  /** Whether it has to name something: a host, an address, a mailbox. */
  readonly named: boolean;
  /** extendedKeyUsage in the extension language, where the use has one. */
  readonly purposes: string | undefined;
  /** Of an RSA key also for encryption of keys: TLS 1.2 without forward secrecy, S/MIME. */
  readonly encipherment: boolean;
  readonly more: readonly ConfigEntry[];
}

const row = (
  name: TemplateName,
  title: string,
  purposes: string | undefined,
  rest: Partial<Omit<Template, 'name' | 'title' | 'purposes'>> = {},
): Template => ({ name, title, purposes, days: 365, named: false, encipherment: false, more: [], ...rest });

/** RFC 6960 section 4.2.2.2.1: who checks the responder would ask the responder. */
const NO_CHECK: ConfigEntry = ['noCheck', 'ignored'];

export const TEMPLATES: readonly Template[] = [
  row('server', 'a TLS server', 'serverAuth', { named: true, encipherment: true }),
  row('client', 'a TLS client', 'clientAuth'),
  row('both', 'a TLS server and client (mutual TLS between peers)', 'serverAuth,clientAuth', {
    named: true,
    encipherment: true,
  }),
  row('email', 'signed and encrypted mail (S/MIME)', 'emailProtection', { named: true, encipherment: true }),
  row('code', 'code signing', 'codeSigning'),
  row('ocsp', 'an OCSP responder of this CA', 'OCSPSigning', { days: 30, more: [NO_CHECK] }),
  row('ca', 'an intermediate CA', undefined, { days: 1825 }),
];

const OTHER_NAMES: Readonly<Record<string, TemplateName>> = {
  peer: 'both',
  'code-signing': 'code',
  codesigning: 'code',
  'ocsp-signing': 'ocsp',
  smime: 'email',
  intermediate: 'ca',
};

/**
 * The template of a name.
 *
 * @throws TlskitError ERR_USAGE
 */
export function templateByName(name: string): Template {
  const wanted = OTHER_NAMES[name.toLowerCase()] ?? name.toLowerCase();
  const names = TEMPLATES.map((template) => template.name).join(', ');
  return (
    TEMPLATES.find((template) => template.name === wanted) ??
    fail('ERR_USAGE', `there is no template "${name}"; there are ${names}`)
  );
}

/** keyUsage of an end entity (RFC 5280 section 4.2.1.3): what its key can do at all, and its use needs. */
export function leafKeyUsage(template: Template, key: KeyType): string {
  if (key === 'x25519' || key === 'x448' || key === 'dh' || key === 'dhx') return 'keyAgreement';
  // RFC 9935 section 5
  if (key.startsWith('ml-kem')) return 'keyEncipherment';
  return key === 'rsa' && template.encipherment ? 'digitalSignature,keyEncipherment' : 'digitalSignature';
}
