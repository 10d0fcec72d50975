/** Chains for the table of paths: sound ones by default (RFC 5280), with any extension left out or put in another's place. */
import { createHash } from 'node:crypto';
import {
  boolean,
  CLASS,
  element,
  integer,
  namedBits,
  octetString,
  oid,
  seq,
  utf8String,
} from '../../../../src/lib/der/index.ts';
import type { PrivateKey } from '../../../../src/lib/keys/model.ts';
import { buildCertificate, timeFromMs } from '../../../../src/lib/x509/build.ts';
import type { Certificate, Extension, Time } from '../../../../src/lib/x509/certificate.ts';
import { Name } from '../../../../src/lib/x509/name.ts';
import { parseSubject } from '../../../../src/lib/x509/name-build.ts';
import { signatureFor } from '../../../../src/lib/x509/sign.ts';
import { makeKey, NOW } from '../../../support/chains.ts';
import type { ChainCase } from '../../../support/verify.ts';

/** A chain and how to verify it. */
export type PathCase = ChainCase;

/** A row of the table. */
export interface Row {
  readonly name: string;
  /** RFC 5280's verdict (RFC 9525's on hosts), which `strict` gives. */
  readonly rfc: 'accept' | 'reject';
  /** Why OpenSSL or Go say something else, where they do. */
  readonly why?: string;
  readonly make: () => PathCase;
}

export interface Party {
  readonly certificate: Certificate;
  readonly key: PrivateKey;
}

/** Extensions by their usual places; null leaves one out. */
export type Extensions = Readonly<
  Partial<Record<'bc' | 'ku' | 'ski' | 'aki' | 'san' | 'eku' | 'nc' | 'cp' | 'pm' | 'pc' | 'iap', Extension | null>>
>;

export interface Made extends Extensions {
  readonly key?: PrivateKey;
  /** Content octets. */
  readonly serial?: Buffer;
  /** Days from NOW. */
  readonly from?: number;
  readonly to?: number;
  readonly notBefore?: Time;
  readonly notAfter?: Time;
  readonly digest?: string;
  readonly sigopts?: readonly string[];
  readonly version?: bigint;
  readonly issuerName?: string;
  readonly extra?: readonly Extension[];
}

const DAY = 86_400_000;
const OID = {
  ski: '2.5.29.14',
  ku: '2.5.29.15',
  san: '2.5.29.17',
  bc: '2.5.29.19',
  nc: '2.5.29.30',
  cp: '2.5.29.32',
  pm: '2.5.29.33',
  aki: '2.5.29.35',
  pc: '2.5.29.36',
  eku: '2.5.29.37',
  iap: '2.5.29.54',
} as const;

export const ext = (id: string, value: Buffer, critical = false): Extension => ({ oid: id, critical, value });
const tagged = (number: number, content: Buffer, constructed = false): Buffer =>
  element(CLASS.context, constructed, number, content);

/** General names. */
export const gn = {
  dns: (text: string): Buffer => tagged(2, Buffer.from(text, 'latin1')),
  email: (text: string): Buffer => tagged(1, Buffer.from(text, 'latin1')),
  uri: (text: string): Buffer => tagged(6, Buffer.from(text, 'latin1')),
  ip: (text: string): Buffer => tagged(7, Buffer.from(text.replaceAll(/[^0-9a-f]/g, ''), 'hex')),
  dir: (text: string): Buffer => tagged(4, parseSubject(text).der, true),
  rid: (text: string): Buffer => tagged(8, oid(text).subarray(2)),
  other: (id: string, value: Buffer): Buffer => tagged(0, Buffer.concat([oid(id), tagged(0, value, true)]), true),
  utf8: (text: string): Buffer => gn.other('1.3.6.1.5.5.7.8.9', utf8String(text)),
};

export const san = (names: readonly Buffer[], critical = false): Extension => ext(OID.san, seq(...names), critical);
export const bc = (ca: boolean, length?: number | bigint, critical = true): Extension =>
  ext(OID.bc, seq(...(ca ? [boolean(true)] : []), ...(length === undefined ? [] : [integer(length)])), critical);
/** Bits as in RFC 5280 section 4.2.1.3: 0 digitalSignature, 2 keyEncipherment, 4 keyAgreement, 5 keyCertSign, 6 cRLSign. */
export const ku = (bits: readonly number[], critical = true): Extension => ext(OID.ku, namedBits(bits), critical);
export const eku = (uses: readonly string[], critical = false): Extension =>
  ext(OID.eku, seq(...uses.map((use) => oid(use))), critical);
export const nc = (permitted: readonly Buffer[], excluded: readonly Buffer[] = [], critical = true): Extension => {
  const part = (number: number, bases: readonly Buffer[]): Buffer[] =>
    bases.length === 0 ? [] : [tagged(number, Buffer.concat(bases.map((base) => seq(base))), true)];
  return ext(OID.nc, seq(...part(0, permitted), ...part(1, excluded)), critical);
};
export const cp = (policies: readonly string[], critical = false): Extension =>
  ext(OID.cp, seq(...policies.map((policy) => seq(oid(policy)))), critical);
export const pm = (...pairs: readonly (readonly [string, string])[]): Extension =>
  ext(OID.pm, seq(...pairs.map(([from, to]) => seq(oid(from), oid(to)))), true);
export const pc = (explicit?: number, mapping?: number, critical = true): Extension => {
  const part = (tag: number, value: number | undefined): Buffer[] =>
    value === undefined ? [] : [tagged(tag, integer(value).subarray(2))];
  return ext(OID.pc, seq(...part(0, explicit), ...part(1, mapping)), critical);
};
export const iap = (skip: number, critical = true): Extension => ext(OID.iap, integer(skip), critical);

const keyId = (key: PrivateKey): Buffer => createHash('sha1').update(key.publicKey.spki).digest();
export const ski = (id: Buffer, critical = false): Extension => ext(OID.ski, octetString(id), critical);
export const aki = (id: Buffer, critical = false): Extension => ext(OID.aki, seq(tagged(0, id)), critical);

/** Keys are made once: a chain takes them in turn. */
const keys: PrivateKey[] = [];
let used = 0;
const nextKey = (): PrivateKey => {
  used = (used + 1) % 40;
  return (keys[used] ??= makeKey());
};

let serials = 0x1000;

function issue(subject: string, issuer: Party | undefined, usual: Extensions, made: Made): Party {
  const key = made.key ?? nextKey();
  const name = subject === '' ? Name.of([]) : parseSubject(subject);
  const issuerName = made.issuerName === undefined ? (issuer?.certificate.subject ?? name) : subjectOf(made.issuerName);
  const signer = issuer?.key ?? key;
  const all: Extensions = {
    ski: ski(keyId(key)),
    aki: aki(keyId(signer)),
    ...usual,
    ...made,
  };
  const places = Object.keys(OID) as (keyof typeof OID)[];
  const extensions = places.flatMap((place) => all[place] ?? []);
  const v1 = made.version === 0n;
  const certificate = buildCertificate(
    {
      versionField: made.version ?? 2n,
      serial: made.serial ?? Buffer.from([0x10, (serials += 1) >> 8, serials & 0xff]),
      issuer: issuerName,
      subject: name,
      notBefore: made.notBefore ?? timeFromMs(NOW + (made.from ?? -10) * DAY),
      notAfter: made.notAfter ?? timeFromMs(NOW + (made.to ?? 10) * DAY),
      spki: key.publicKey.spki,
      extensions: v1 ? [] : [...extensions, ...(made.extra ?? [])],
    },
    signatureFor(signer, {
      ...(made.digest === undefined ? {} : { digest: made.digest }),
      ...(made.sigopts === undefined ? {} : { sigopts: made.sigopts }),
    }),
  );
  return { certificate, key };
}

const subjectOf = (text: string): Name => (text === '' ? Name.of([]) : parseSubject(text));

/** An authority. */
export const ca = (subject: string, issuer?: Party, made: Made = {}): Party =>
  issue(subject, issuer, { bc: bc(true), ku: ku([5, 6]) }, made);
/** A server's certificate. */
export const leaf = (issuer: Party | undefined, made: Made = {}, subject = '/CN=leaf'): Party =>
  issue(subject, issuer, { san: san([gn.dns('www.example.com')]), ku: ku([0]) }, made);

/** root, intermediate, leaf, each with what is to be changed. */
export function three(parts: { root?: Made; middle?: Made; leaf?: Made; subject?: string } = {}): {
  root: Party;
  middle: Party;
  end: Party;
} {
  const root = ca('/CN=Root', undefined, parts.root);
  const middle = ca('/CN=Middle', root, parts.middle);
  return { root, middle, end: leaf(middle, parts.leaf, parts.subject) };
}

/** The case of a leaf with its authorities. */
export const path = (
  end: Party,
  root: Party | readonly Party[],
  between: readonly Party[],
  more: Partial<PathCase> = {},
): PathCase => ({
  leaf: end.certificate,
  trusted: [root].flat().map(({ certificate }) => certificate),
  untrusted: between.map(({ certificate }) => certificate),
  ...more,
});

/** The case of three certificates. */
export function chainOf(parts: Parameters<typeof three>[0] = {}, more: Partial<PathCase> = {}): PathCase {
  const { root, middle, end } = three(parts);
  return path(end, root, [middle], more);
}
