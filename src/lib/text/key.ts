/** Keys as OpenSSL 3.0 prints them (`pkey -text`, `rsa -text`, `ec -text`, `x509 -text`), byte for byte. */
import type { PointForm } from '../crypto/ec-point.ts';
import { TlskitError } from '../errors.ts';
import type { EcPublic, PublicComponents, RsaPrivate, RsaPublic, SeededPrivate } from '../keys/components.ts';
import { whole } from '../keys/private-forms.ts';
import { scalarOctets } from '../keys/ec-group.ts';
import { magnitude } from '../keys/components.ts';
import { PublicKey, type PrivateKey } from '../keys/model.ts';
import type { PssRestrictions } from '../keys/pss.ts';
import { indentText, labelledNumber, labelledOctets } from './hex.ts';
import { bitCount, dhDomainText, ecGroupText, finiteFieldText } from './params.ts';

/**
 * A public key as it stands in `x509 -text`.
 *
 * @param spki the SubjectPublicKeyInfo
 * @param indent columns before every line
 * @returns undefined where OpenSSL says "Unable to load Public Key"
 */
export function publicKeyText(spki: Uint8Array, indent: number): string | undefined {
  try {
    return indentText(publicText(PublicKey.fromSpki(spki)), indent);
  } catch (error) {
    if (error instanceof TlskitError) return undefined;
    throw error;
  }
}

/**
 * A public key as `pkey -text_pub` prints it.
 *
 * @param form how the generator of explicit EC parameters is shown; by default as it was read
 * @throws TlskitError when the key's structure is wrong
 */
export function publicText(key: PublicKey, form?: PointForm): string {
  const { components } = key;
  switch (components.kind) {
    case 'rsa':
      return [
        `Public-Key: (${bitCount(components.n)} bit)\n`,
        labelledNumber('Modulus:', components.n),
        labelledNumber('Exponent:', components.e),
        key.type === 'rsa-pss' ? pssText(components.pss) : '',
      ].join('');
    case 'ec':
      return `Public-Key: (${components.group.bits} bit)\n${pointText(components)}${ecGroupText(components.group, form)}`;
    case 'dsa':
      return `Public-Key: (${bitCount(components.p)} bit)\n${labelledNumber('pub: ', components.y)}${finiteFieldText(components, false)}`;
    case 'dh':
      return `DH Public-Key: (${bitCount(components.p)} bit)\n${labelledNumber('public-key:', components.y)}${dhDomainText(components)}`;
    case 'raw':
      return `${key.info.label} Public-Key:\n${labelledOctets(`${rawNames(key)[1]}:`, components.public)}`;
  }
}

/**
 * A private key, with its public half, as `pkey -text` prints it.
 *
 * @param form how the generator of explicit EC parameters is shown; by default as it was read
 * @throws TlskitError when the key's structure is wrong
 */
export function privateKeyText(key: PrivateKey, form?: PointForm): string {
  const { components } = key;
  switch (components.kind) {
    case 'rsa':
      return rsaPrivateText(components) + (key.type === 'rsa-pss' ? pssText(components.pss) : '');
    case 'ec': {
      const { group, d } = components;
      const point = key.publicKey.components as EcPublic;
      const secret = labelledOctets('priv:', magnitude(d, scalarOctets(group)));
      return `Private-Key: (${group.bits} bit)\n${secret}${pointText(point)}${ecGroupText(group, form)}`;
    }
    case 'dsa': {
      const { p, x } = components;
      const lines = labelledNumber('priv:', x) + labelledNumber('pub: ', publicNumber(key));
      return `Private-Key: (${bitCount(p)} bit)\n${lines}${finiteFieldText(components, false)}`;
    }
    case 'dh': {
      const { p, x } = components;
      const lines = labelledNumber('private-key:', x) + labelledNumber('public-key:', publicNumber(key));
      return `DH Private-Key: (${bitCount(p)} bit)\n${lines}${dhDomainText(components)}`;
    }
    case 'seeded': {
      const { seed, expanded } = whole(key.type, components) as SeededPrivate;
      const first = seed ? labelledOctets('seed:', seed) : '';
      const second = labelledOctets(`${rawNames(key)[0]}:`, expanded ?? Buffer.alloc(0));
      return `${key.info.label} Private-Key:\n${first}${second}${publicText(key.publicKey).replace(/^.*\n/, '')}`;
    }
    case 'raw': {
      const own = key.publicKey.components as Extract<PublicComponents, { kind: 'raw' }>;
      const octets = labelledOctets('priv:', components.private) + labelledOctets('pub:', own.public);
      return `${key.info.label} Private-Key:\n${octets}`;
    }
  }
}

/** What OpenSSL calls a raw key's halves: ML-KEM's are dk and ek, as in FIPS 203. */
const rawNames = ({ info }: PublicKey | PrivateKey): readonly [string, string] =>
  info.postQuantum?.family === 'ml-kem' ? ['dk', 'ek'] : ['priv', 'pub'];

/** y of a DSA or DH key. */
function publicNumber(key: PrivateKey): bigint {
  return (key.publicKey.components as { readonly y: bigint }).y;
}

function pointText({ point }: EcPublic): string {
  return point ? labelledOctets('pub:', point) : '';
}

function rsaPrivateText(key: RsaPrivate): string {
  const primes = 2 + key.otherPrimes.length;
  const numbers: [string, bigint][] = [
    ['modulus', key.n],
    ['publicExponent', key.e],
    ['privateExponent', key.d],
    ['prime1', key.p],
    ['prime2', key.q],
    ['exponent1', key.dp],
    ['exponent2', key.dq],
    ['coefficient', key.qi],
    ...key.otherPrimes.flatMap(({ r, d, t }, i): [string, bigint][] => [
      [`prime${i + 3}`, r],
      [`exponent${i + 3}`, d],
      [`coefficient${i + 3}`, t],
    ]),
  ];
  const lines = numbers.map(([label, value]) => labelledNumber(`${label}:`, value));
  return `Private-Key: (${bitCount(key.n)} bit, ${primes} primes)\n${lines.join('')}`;
}

/** The digests that OpenSSL 3.0 can name in an RSA-PSS key; it prints "<NULL>" for all others. */
const PSS_DIGESTS: Readonly<Record<string, string>> = {
  sha1: 'SHA1',
  sha224: 'SHA2-224',
  sha256: 'SHA2-256',
  sha384: 'SHA2-384',
  sha512: 'SHA2-512',
  'sha512-224': 'SHA2-512/224',
  'sha512-256': 'SHA2-512/256',
};

function pssText(pss: RsaPublic['pss']): string {
  if (!pss) return 'No PSS parameter restrictions\n';
  return `PSS parameter restrictions:\n${pssLines(pss)
    .map((line) => `  ${line}\n`)
    .join('')}`;
}

function pssLines({ digest, mgf1Digest, saltLength, trailerField }: PssRestrictions): string[] {
  const standard = (is: boolean): string => (is ? ' (default)' : '');
  return [
    `Hash Algorithm: ${PSS_DIGESTS[digest] ?? '<NULL>'}${standard(digest === 'sha1')}`,
    `Mask Algorithm: MGF1 with ${PSS_DIGESTS[mgf1Digest] ?? '<NULL>'}${standard(mgf1Digest === 'sha1')}`,
    `Minimum Salt Length: ${saltLength}${standard(saltLength === 20)}`,
    `Trailer Field: 0x${(trailerField >>> 0).toString(16)}${standard(trailerField === 1)}`,
  ];
}
