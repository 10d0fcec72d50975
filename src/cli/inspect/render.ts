/** What `inspect` shows people: the tree of the chains, then everything else, and what is odd at the place where it is so. */
import type { ChainNode, Finding, Severity } from '../../lib/inspect/index.ts';
import { serialHex } from '../../lib/x509/serial.ts';
import type { HelpStyle } from '../help.ts';
import { digest } from '../json/certificate.ts';
import { objectLines } from './objects.ts';
import type { Subject } from './subject.ts';
import { day, generalName, left, printable, role, signatureWords, spkiWords, title, titleOf } from './words.ts';

const COLOURS = { red: 31, green: 32, yellow: 33, bold: 1, dim: 2 } as const;
type Colour = keyof typeof COLOURS;

const MARKS: Readonly<Record<Severity, readonly [mark: string, colour: Colour]>> = {
  error: ['✗', 'red'],
  warning: ['!', 'yellow'],
  notice: ['·', 'dim'],
};

/** How a subject is shown. */
export interface RenderStyle extends HelpStyle {
  /** Serial numbers and fingerprints, too. */
  readonly long: boolean;
}

/** The text for one input. */
export const render = (subject: Subject, style: RenderStyle): string => new Renderer(subject, style).text();

class Renderer {
  readonly #subject: Subject;
  readonly #style: RenderStyle;
  readonly #out: string[] = [];

  constructor(subject: Subject, style: RenderStyle) {
    this.#subject = subject;
    this.#style = style;
  }

  text(): string {
    const { name, inspection, server } = this.#subject;
    this.#out.push(`${this.#paint('bold', printable(name))}  ${this.#paint('dim', summary(this.#subject))}`);
    if (server) {
      const { version, suite, group, stapled, serverName } = server;
      const parts = [version, suite, group, stapled ? 'OCSP response stapled' : undefined].filter(Boolean);
      this.#out.push(`${parts.join(', ')}; asked for ${printable(serverName)}`);
    }
    if (inspection.certificates.length > 0) {
      this.#out.push('');
      for (const [i, root] of inspection.chains.roots.entries()) {
        if (i > 0) this.#out.push('');
        this.#node(root, '', '');
      }
    }
    this.#others();
    const all = inspection.findings.filter(({ object }) => object === undefined);
    const trust = this.#trust();
    if (all.length > 0 || trust !== undefined) this.#out.push('');
    if (trust !== undefined) this.#out.push(trust);
    for (const finding of all) this.#finding(finding, '');
    return `${this.#out.join('\n')}\n`;
  }

  #paint(colour: Colour, text: string): string {
    return this.#style.colour ? `\u001b[${COLOURS[colour]}m${text}\u001b[0m` : text;
  }

  #node(node: ChainNode, lead: string, below: string): void {
    const { inspection } = this.#subject;
    const { view, object } = inspection.certificates[node.index] as (typeof inspection.certificates)[number];
    this.#out.push(`${lead}${this.#paint('bold', title(view))}  ${this.#paint('dim', role(view))}`);
    const pad = `${below}${node.issued.length > 0 ? '│ ' : '  '}`;
    for (const line of this.#details(object, pad.length)) this.#out.push(pad + line);
    for (const finding of inspection.findings) if (finding.object === object) this.#finding(finding, pad);
    for (const [i, child] of node.issued.entries()) {
      const last = i === node.issued.length - 1;
      this.#out.push(`${below}│`);
      this.#node(child, `${below}${last ? '└─ ' : '├─ '}`, `${below}${last ? '   ' : '│  '}`);
    }
  }

  #details(object: number, indent: number): string[] {
    const { inspection, now } = this.#subject;
    const found = inspection.objects[object];
    if (found?.kind !== 'certificate') return [];
    const { certificate, traits } = found.view;
    const isTop = inspection.chains.roots.some(({ index }) => inspection.certificates[index]?.object === object);
    const { notBefore, notAfter } = certificate;
    const names = traits.names.map(generalName).map(({ kind, text }) => (kind === 'DNS' ? text : `${kind} ${text}`));
    const keys = [...inspection.keyFits].filter(([, fits]) => fits.includes(object));
    return [
      `${spkiWords(certificate.spki)}, signed with ${signatureWords(certificate.signatureAlgorithm.oid)}`,
      `${day(notBefore.ms)} to ${day(notAfter.ms)}, ${left(notAfter.ms, now)}`,
      ...(names.length > 0 ? wrapped(`names: ${names.join(', ')}`, this.#style.width - indent) : []),
      ...(isTop && !traits.selfSigned ? [`issued by ${titleOf(certificate.issuer)}`] : []),
      ...(this.#style.long
        ? [`serial ${serialHex(certificate.serial).toLowerCase()}`, `SHA-256 ${digest('sha256', certificate.der)}`]
        : []),
      ...(found.place.file === undefined ? [] : [this.#paint('dim', `in ${printable(found.place.file)}`)]),
      ...(found.place.alias === undefined ? [] : [`called "${printable(found.place.alias)}" there`]),
      ...keys.map(() => this.#paint('green', '✓ its private key is here')),
    ];
  }

  #finding({ severity, text, id }: Finding, pad: string): void {
    const [mark, colour] = MARKS[severity];
    const lines = wrapped(`${text} [${id}]`, this.#style.width - pad.length - 2);
    for (const [i, line] of lines.entries())
      this.#out.push(`${pad}${this.#paint(colour, `${i === 0 ? mark : ' '} ${printable(line)}`)}`);
  }

  #others(): void {
    const { inspection } = this.#subject;
    for (const [object, found] of inspection.objects.entries()) {
      const lines = objectLines(found, object, this.#subject);
      if (lines.length === 0) continue;
      const [head, ...rest] = lines as [string, ...string[]];
      this.#out.push('', this.#paint('bold', head), ...rest.map((line) => `  ${line}`));
      if (found.place.file !== undefined) this.#out.push(this.#paint('dim', `  in ${printable(found.place.file)}`));
      for (const finding of inspection.findings) if (finding.object === object) this.#finding(finding, '  ');
    }
  }

  #trust(): string | undefined {
    const { trust } = this.#subject;
    if (!trust) return undefined;
    if (trust.ok)
      return this.#paint('green', '✓ trusted: the chain ends in a root that this machine or -CAfile trusts');
    const { text = 'unknown', code = 0 } = trust.error ?? {};
    return this.#paint('yellow', `! not trusted: ${text} (error ${code})`);
  }
}

const NOUNS: readonly (readonly [kind: string, one: string, many: string])[] = [
  ['certificate', 'certificate', 'certificates'],
  ['privateKey', 'private key', 'private keys'],
  ['publicKey', 'public key', 'public keys'],
  ['request', 'request', 'requests'],
  ['crl', 'CRL', 'CRLs'],
  ['parameters', 'parameters', 'parameters'],
  ['pkcs12', 'PKCS#12 file', 'PKCS#12 files'],
  ['cms', 'PKCS#7 or CMS object', 'PKCS#7 or CMS objects'],
  ['keystore', 'Java keystore', 'Java keystores'],
  ['ocspRequest', 'OCSP request', 'OCSP requests'],
  ['ocspResponse', 'OCSP response', 'OCSP responses'],
  ['session', 'TLS session', 'TLS sessions'],
  ['spkac', 'SPKAC', 'SPKACs'],
  ['locked', 'thing that is locked', 'things that are locked'],
  ['broken', 'thing that cannot be read', 'things that cannot be read'],
];

/** `3 certificates, 1 private key`. */
function summary({ inspection }: Subject): string {
  return NOUNS.flatMap(([kind, one, many]) => {
    const count = inspection.objects.filter((object) => object.kind === kind).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
  }).join(', ');
}

/** Lines of at most `width` characters, broken at blanks; what comes after the first is moved to the right. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const next = line === '' ? word : `${line} ${word}`;
    if (next.length > Math.max(width, 30) && line !== '') {
      lines.push(line);
      line = `  ${word}`;
    } else line = next;
  }
  return [...lines, line];
}
