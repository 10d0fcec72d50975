/**
 * A differential fuzz: octets of certificates and requests are changed, openssl and we must refuse the same ones and print the same text for
 * the others. MUTANTS=1000 runs as many of each kind, SEED=n others than usual.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { TlskitError } from '../../../src/lib/errors.ts';
import { CLASS, encodePem, element, explicit, octetString, oid, readDer, seq } from '../../../src/lib/der/index.ts';
import { type Certificate, readCertificates } from '../../../src/lib/x509/certificate.ts';
import { readRequest } from '../../../src/lib/x509/request.ts';
import { describeWith } from '../../support/peers.ts';
import { ODD_CRLS } from '../crl/odd.ts';
import { filesOf, ourText, theirText, type Kind, type Options } from './texts.ts';

const DATA = join(import.meta.dirname, '../../data');
const COUNT = Number(process.env['MUTANTS'] ?? 60);
const SEED = Number(process.env['SEED'] ?? 1);

/** Numbers from 0 to n - 1, the same ones for a seed. */
type Random = (n: number) => number;

function randomOf(seed: number): Random {
  let state = BigInt(seed) * 7919n + 12345n;
  return (n) => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    return Number((state >> 33n) % BigInt(Math.max(1, n)));
  };
}

const TAGS = Buffer.from(
  '0102030405060a0c101213141617181a1c1e2430318081828384858687 88a0a1a2a3a4a500ff7f1fbf'.replace(' ', ''),
  'hex',
);
const pick = <T>(random: Random, list: ArrayLike<T>): T => list[random(list.length)] as T;

/** Offsets that look like the start of an element. */
const starts = (der: Buffer): number[] =>
  [...der.keys()].filter((at) => TAGS.includes(der[at] as number) && (der[at + 1] ?? 0xff) < 0x83);

/** Changes tags, lengths and content in one to three places. */
function mutate(der: Buffer, random: Random): Buffer {
  const out = Buffer.from(der);
  if (out.length === 0) return out;
  const elements = starts(out);
  for (let left = 1 + random(3); left > 0; left -= 1) {
    const at = elements.length > 0 && random(2) === 0 ? pick(random, elements) : random(out.length);
    const kind = random(8);
    if (kind < 2) out[at] = pick(random, TAGS);
    else if (kind < 4 && at + 1 < out.length)
      out[at + 1] = (out[at + 1] as number) + pick(random, [1, -1, 2, -2, 0x80]);
    else if (kind < 6) out[at] = (out[at] as number) ^ (1 << random(8));
    else out[at] = random(256);
  }
  return out;
}

function compare(kind: Kind, bytes: Buffer, options: Options): void {
  const theirs = theirText(kind, bytes, options)?.toString('latin1');
  let ours: string | undefined;
  try {
    ours = ourText(kind, bytes, options).toString('latin1');
  } catch (error) {
    expect(error, bytes.toString('base64')).toBeInstanceOf(TlskitError);
  }
  expect(ours, bytes.toString('latin1')).toBe(theirs);
}

const OPTIONS: readonly Options[] = [
  {},
  { textopt: 'ext_parse', nameopt: 'RFC2253' },
  { textopt: 'ext_dump', nameopt: 'multiline' },
];

describeWith(['openssl'], 'K4 mutants: text and refusal as openssl', () => {
  it('of certificates', () => {
    const random = randomOf(SEED);
    const ders = filesOf(join(DATA, 'certificates')).map(
      (file) => readCertificates(readFileSync(file), file)[0]?.der as Buffer,
    );
    for (let i = 0; i < COUNT; i += 1) {
      const pem = encodePem('CERTIFICATE', mutate(pick(random, ders), random));
      compare('x509', Buffer.from(pem), pick(random, OPTIONS));
    }
  }, 3_600_000);

  it('of requests', () => {
    const random = randomOf(SEED + 1);
    const ders = filesOf(join(DATA, 'requests')).map((file) => readRequest(readFileSync(file), file).der);
    for (let i = 0; i < COUNT; i += 1) {
      compare(
        'req',
        Buffer.from(encodePem('CERTIFICATE REQUEST', mutate(pick(random, ders), random))),
        pick(random, OPTIONS),
      );
    }
  }, 3_600_000);

  it('of CRLs', () => {
    const random = randomOf(SEED + 3);
    const odd = ODD_CRLS.map(([, der]) => der);
    const ders = [...filesOf(join(DATA, 'pkits/crls'), /\.crl$/).map((file) => readFileSync(file)), ...odd];
    for (let i = 0; i < COUNT; i += 1) {
      compare('crl', Buffer.from(encodePem('X509 CRL', mutate(pick(random, ders), random))), pick(random, OPTIONS));
    }
  }, 3_600_000);

  // many changed extensions in one certificate: most changes elsewhere are refused at once
  it('of extensions', () => {
    const random = randomOf(SEED + 2);
    const kinds = extensionKinds();
    const base = kinds.base;
    for (let i = 0; i < Math.ceil(COUNT / 3); i += 1) {
      const extensions = Array.from({ length: 25 }, () => {
        const [type, values] = pick(random, kinds.values);
        return seq(oid(type), octetString(mutate(pick(random, values), random)));
      });
      compare('x509', Buffer.from(encodePem('CERTIFICATE', withExtensions(base, extensions))), pick(random, OPTIONS));
    }
  }, 3_600_000);
});

function extensionKinds(): { base: Certificate; values: [string, Buffer[]][] } {
  const files = [...filesOf(join(DATA, 'certificates-made')), ...filesOf(join(DATA, 'certificates'))];
  const certificates = files.map((file) => readCertificates(readFileSync(file), file)[0] as Certificate);
  const values = new Map<string, Buffer[]>();
  for (const { oid, value } of certificates.flatMap(({ extensions }) => extensions)) {
    if (!/^[0-2]\.\d+(?:\.\d+)*$/.test(oid)) continue;
    values.set(oid, [...(values.get(oid) ?? []), value]);
  }
  return { base: certificates[0] as Certificate, values: [...values] };
}

function withExtensions(base: Certificate, extensions: readonly Buffer[]): Buffer {
  const [tbs, ...signature] = readDer(base.der).children;
  const fields = (tbs?.children ?? []).filter(({ cls, number }) => cls !== CLASS.context || number !== 3);
  const body = Buffer.concat([...fields.map(({ bytes }) => bytes), explicit(3, seq(...extensions))]);
  return seq(element(CLASS.universal, true, 16, body), ...signature.map(({ bytes }) => bytes));
}
