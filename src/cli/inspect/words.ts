/** Words for people: names, keys, times. Nothing of a certificate reaches a terminal as a control character. */
import { describeKey } from '../../lib/keys/describe.ts';
import { TlskitError } from '../../lib/errors.ts';
import { PublicKey, type PrivateKey } from '../../lib/keys/model.ts';
import { shortName } from '../../lib/registry/oids.ts';
import { NAME_RFC2253, nameText, parseNameOptions } from '../../lib/text/name.ts';
import { isServerCertificate } from '../../lib/inspect/index.ts';
import type { CertificateView } from '../../lib/verify/index.ts';
import { signatureAlgorithm } from '../../lib/x509/sign.ts';
import { digestByName } from '../../lib/crypto/digests.ts';
import { Name } from '../../lib/x509/name.ts';
import type { DerNode } from '../../lib/der/index.ts';

const VALUE = parseNameOptions('sep_comma_plus,utf8,esc_ctrl,nofname');
const COMMON_NAME = '2.5.4.3';

/** A text without control characters, and without characters that turn the direction of writing. */
export const printable = (text: string): string =>
  text.replace(
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** A distinguished name as RFC 4514 writes it. */
export const whole = (name: Name): string =>
  name.isEmpty ? '(no name)' : printable(nameText(name, NAME_RFC2253 & ~0x4));

/** What to call the holder of a name: its commonName, else the first alternative name, else the whole name. */
export function titleOf(name: Name, alternatives: readonly DerNode[] = []): string {
  const common = name.attributes.findLast(({ oid }) => oid === COMMON_NAME);
  if (common) return printable(nameText(Name.of([[common]]), VALUE));
  const [first] = alternatives;
  return name.isEmpty && first ? generalName(first).text : whole(name);
}

/** What to call a certificate. */
export const title = ({ certificate, traits }: CertificateView): string => titleOf(certificate.subject, traits.names);

const KINDS: ReadonlyMap<number, string> = new Map([
  [0, 'otherName'],
  [1, 'email'],
  [2, 'DNS'],
  [4, 'directory'],
  [6, 'URI'],
  [7, 'IP'],
  [8, 'OID'],
]);

/** An alternative name. */
export function generalName(node: DerNode): { readonly kind: string; readonly text: string } {
  const kind = KINDS.get(node.number) ?? `[${node.number}]`;
  if (node.number === 7) return { kind, text: addressText(node.content) };
  if (node.number === 4) {
    try {
      return { kind, text: whole(Name.read(node.only('directoryName'))) };
    } catch (error) {
      if (!(error instanceof TlskitError)) throw error;
    }
  }
  const text = [1, 2, 6].includes(node.number) ? node.content.toString('latin1') : node.content.toString('hex');
  return { kind, text: printable(text) };
}

function addressText(octets: Buffer): string {
  if (octets.length === 4) return octets.join('.');
  if (octets.length !== 16) return octets.toString('hex');
  const groups = Array.from({ length: 8 }, (_, i) => octets.readUInt16BE(2 * i).toString(16));
  const zeros = [...groups.join(':').matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].sort((a, b) => b[0].length - a[0].length)[0];
  if (!zeros) return groups.join(':');
  const text = groups.join(':');
  return `${text.slice(0, zeros.index)}::${text.slice(zeros.index + zeros[0].length).replace(/^:/, '')}`;
}

const LABELS: Readonly<Record<string, string>> = {
  rsa: 'RSA',
  'rsa-pss': 'RSA-PSS',
  ec: 'EC',
  dsa: 'DSA',
  dh: 'DH',
  dhx: 'DH',
};

/** A key's type and size, e.g. `RSA 2048 bits`, `EC P-256`, `Ed25519`. */
export function keyWords(key: PublicKey | PrivateKey): string {
  const { type, bits, nistCurve, curve } = describeKey(key);
  const label = LABELS[type] ?? key.info.label;
  if (type === 'ec') return `${label} ${nistCurve ?? curve ?? `${bits ?? '?'} bits, a curve without a name`}`;
  return LABELS[type] === undefined ? label : `${label} ${bits ?? '?'} bits`;
}

/** The same for a SubjectPublicKeyInfo, which may be broken. */
export function spkiWords(spki: Buffer): string {
  try {
    return keyWords(PublicKey.fromSpki(spki));
  } catch (error) {
    if (error instanceof TlskitError) return 'a key that cannot be read';
    throw error;
  }
}

/** How a signature was made, e.g. `SHA-256`, `RSA-PSS`, `Ed25519`. */
export function signatureWords(oid: string): string {
  const known = signatureAlgorithm(oid);
  if (known?.digest) return (digestByName(known.digest)?.label ?? known.digest).replace(/^SHA(?=\d)/, 'SHA-');
  return known?.family === 'pss' ? 'RSA-PSS' : shortName(oid);
}

const DAY = 86_400_000;

/** A day as ISO 8601 has it; `?` where a time is none. */
export const day = (ms: number | undefined): string =>
  ms === undefined ? '?' : new Date(ms).toISOString().slice(0, 10);

/** How long something still lasts. */
export function left(ms: number | undefined, now: number): string {
  if (ms === undefined) return 'no valid end';
  const days = Math.floor((ms - now) / DAY);
  if (days < 0) return `over for ${-days} ${-days === 1 ? 'day' : 'days'}`;
  return days > 730 ? `${(days / 365.25).toFixed(1)} years left` : `${days} ${days === 1 ? 'day' : 'days'} left`;
}

const USES: ReadonlyMap<string, string> = new Map([
  ['1.3.6.1.5.5.7.3.1', 'server'],
  ['1.3.6.1.5.5.7.3.2', 'client'],
  ['1.3.6.1.5.5.7.3.3', 'code signing'],
  ['1.3.6.1.5.5.7.3.4', 'e-mail'],
  ['1.3.6.1.5.5.7.3.8', 'time stamping'],
  ['1.3.6.1.5.5.7.3.9', 'OCSP signing'],
]);

/** What a certificate is: a root, an intermediate CA, or what its key may do. */
export function role(view: CertificateView): string {
  const { marks, selfSigned, pathLength } = view.traits;
  const self = selfSigned && view.signedBy(view);
  if (marks?.ca) {
    const limit = pathLength === undefined ? '' : `, path length ${pathLength}`;
    return `${self ? 'root CA' : 'CA'}${limit}`;
  }
  const uses = [...(marks?.uses ?? [])].map((use) => USES.get(use)).filter((use) => use !== undefined);
  const what = uses.length > 0 ? uses.join(', ') : isServerCertificate(view) ? 'any use' : 'other uses';
  return self ? `${what}, self-signed` : what;
}
