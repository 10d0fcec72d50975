import { readDerPrefix, bigintOf } from '../der/index.ts';
import { explicitly, integer, optional, readTemplate, sequence, type AnyValue, type Type } from '../der/template.ts';
import { TAG } from '../der/index.ts';
import { longName } from '../registry/oids.ts';
import { algorithmType, type AlgorithmIdentifier } from '../x509/schema.ts';
import { indentText, labelledNumber } from './hex.ts';
import { integerHex } from './number.ts';

const INDENT = 8;
const PER_LINE = 18;

/** Hex with colons, 18 octets a line, as signatures and unique identifiers are printed. */
export function signatureDump(bytes: Buffer, indent: number): string {
  const pairs = Array.from(bytes, (b) => b.toString(16).padStart(2, '0'));
  const lines: string[] = [];
  for (let at = 0; at < pairs.length; at += PER_LINE)
    lines.push(' '.repeat(indent) + pairs.slice(at, at + PER_LINE).join(':'));
  return `${lines.join(':\n')}\n`;
}

/**
 * The line `    Signature Algorithm: …` and what belongs under it: PSS parameters, and with a signature its octets, or r and s of DSA.
 */
export function signatureText(algorithm: AlgorithmIdentifier, signature?: Buffer): string {
  const head = `    Signature Algorithm: ${longName(algorithm.oid)}${signature ? '\n    Signature Value:' : ''}`;
  return head + (BY_KEY.get(algorithm.oid) ?? plainSignature)(algorithm, signature);
}

const plainSignature = (_algorithm: AlgorithmIdentifier, signature: Buffer | undefined): string =>
  `\n${signature ? signatureDump(signature, INDENT) : ''}`;

/** DSA signatures are shown as their two numbers. */
function dsaSignature(_algorithm: AlgorithmIdentifier, signature: Buffer | undefined): string {
  if (!signature) return '\n';
  const numbers = dsaNumbers(signature);
  if (!numbers) return `\n${signatureDump(signature, INDENT)}`;
  const [r, s] = numbers;
  return `\n${indentText(labelledNumber('r:   ', r) + labelledNumber('s:   ', s), INDENT)}`;
}

function dsaNumbers(signature: Buffer): [bigint, bigint] | undefined {
  try {
    const [r, s, more] = readDerPrefix(signature).sequence('signature');
    if (!r || !s || more) return undefined;
    const numbers: [bigint, bigint] = [bigintOf(r.integerBytes('r')), bigintOf(s.integerBytes('s'))];
    return numbers[0] < 0n || numbers[1] < 0n ? undefined : numbers;
  } catch {
    return undefined;
  }
}

const pssType = sequence({
  hash: optional(explicitly(0, algorithmType)),
  mask: optional(explicitly(1, algorithmType)),
  salt: optional(explicitly(2, integer())),
  trailer: optional(explicitly(3, integer())),
});

const MGF1 = '1.2.840.113549.1.1.8';

function unpack<T>(type: Type<T>, parameters: AnyValue | undefined): T | undefined {
  if (parameters?.tag !== TAG.sequence) return undefined;
  try {
    return readTemplate(type, parameters.der, 'parameters').value;
  } catch {
    return undefined;
  }
}

/** RSASSA-PSS parameters (RFC 4055 section 3.1), one a line. */
function pssSignature(algorithm: AlgorithmIdentifier, signature: Buffer | undefined): string {
  const pad = ' '.repeat(INDENT);
  const dump = signature ? signatureDump(signature, INDENT) : '';
  const parameters = unpack(pssType, algorithm.parameters);
  const mask = parameters?.mask;
  const maskHash = mask?.oid === MGF1 ? unpack(algorithmType, mask.parameters) : undefined;
  if (!parameters || (mask && !maskHash)) return `${pad}(INVALID PSS PARAMETERS)\n${dump}`;
  const { hash, salt, trailer } = parameters;
  const lines = [
    `Hash Algorithm: ${hash ? longName(hash.oid) : 'sha1 (default)'}`,
    `Mask Algorithm: ${mask && maskHash ? `${longName(mask.oid)} with ${longName(maskHash.oid)}` : 'mgf1 with sha1 (default)'}`,
    ` Salt Length: 0x${salt ? integerHex(salt) : '14 (default)'}`,
    `Trailer Field: 0x${trailer ? integerHex(trailer) : '01 (default)'}`,
  ];
  return `${pad}\n${lines.map((line) => `${pad}${line}\n`).join('')}${dump}`;
}

/** Signature algorithms that are not simply dumped. DSA with the longer digests is not known to OpenSSL as DSA. */
const BY_KEY: ReadonlyMap<string, typeof plainSignature> = new Map([
  ['1.2.840.113549.1.1.10', pssSignature],
  ['1.3.14.3.2.13', dsaSignature],
  ['1.3.14.3.2.27', dsaSignature],
  ['1.2.840.10040.4.3', dsaSignature],
  ['2.16.840.1.101.3.4.3.1', dsaSignature],
  ['2.16.840.1.101.3.4.3.2', dsaSignature],
]);
