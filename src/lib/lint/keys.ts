/** Rules about keys and signatures: RFC 3279, 4055, 8813 and what the Baseline Requirements say of their quality. */
import { decodeOid, TAG } from '../der/index.ts';
import { readPss } from '../keys/pss.ts';
import { readDer } from '../der/reader.ts';
import { signatureAlgorithm } from '../x509/sign.ts';
import { attempt, USAGE, type LintSubject } from './subject.ts';
import { rules, type LintRule, type RuleRow } from './rule.ts';

const RSA = '1.2.840.113549.1.1.1';
const PSS = '1.2.840.113549.1.1.10';
const EC = '1.2.840.10045.2.1';

const rsa = ({ key }: LintSubject) => (key?.kind === 'rsa' ? key : undefined);
const bits = (value: bigint): number => value.toString(2).length;
const isEc = ({ certificate }: LintSubject): boolean => certificate.keyAlgorithm.oid === EC;

/** Primes under 752 (Baseline Requirements section 6.1.6). */
const SMALL_PRIMES: readonly bigint[] = Array.from({ length: 752 }, (_, i) => i)
  .filter(
    (n) => n > 1 && !Array.from({ length: Math.floor(Math.sqrt(n)) - 1 }, (_, i) => i + 2).some((d) => n % d === 0),
  )
  .map(BigInt);

/** Curves of section 6.1.5: P-256, P-384, P-521. */
const CURVES: ReadonlySet<string> = new Set(['1.2.840.10045.3.1.7', '1.3.132.0.34', '1.3.132.0.35']);

function curve({ certificate }: LintSubject): string | undefined {
  const { parameters } = certificate.keyAlgorithm;
  return parameters?.tag === TAG.oid ? decodeOid(parameters.value) : undefined;
}

const digestOf = ({ certificate }: LintSubject): string | undefined => {
  const { oid, parameters } = certificate.signatureAlgorithm;
  if (oid !== PSS) return signatureAlgorithm(oid)?.digest;
  return parameters ? attempt(() => readPss(readDer(parameters.der, 'ber')).digest) : 'sha1';
};

/** RSA keys whose algorithm has parameters must have NULL (RFC 3279 section 2.3.1). */
const parametersFault = ({ certificate }: LintSubject): boolean => {
  const { oid, parameters } = certificate.keyAlgorithm;
  return oid === RSA && parameters?.tag !== TAG.null;
};

const SALTS: Readonly<Record<string, number>> = { sha256: 32, sha384: 48, sha512: 64 };

function pssFault({ certificate }: LintSubject): string | undefined {
  const { oid, parameters } = certificate.signatureAlgorithm;
  if (oid !== PSS) return undefined;
  const pss = parameters && attempt(() => readPss(readDer(parameters.der, 'ber')));
  if (!pss) return 'no parameters';
  const salt = SALTS[pss.digest];
  if (salt === undefined) return `the digest ${pss.digest}`;
  if (pss.mgf1Digest !== pss.digest) return 'MGF1 with another digest';
  return pss.saltLength === salt ? undefined : `a salt of ${pss.saltLength} octets`;
}

/** What the Baseline Requirements say of keys and signatures, of servers and CAs alike. */
const QUALITY: readonly RuleRow[] = [
  [
    'rsa-size',
    'error',
    '6.1.5',
    'an RSA modulus has 2048 bits or more, a multiple of 8',
    'all',
    (subject) => {
      const key = rsa(subject);
      return key && (bits(key.n) < 2048 || bits(key.n) % 8 !== 0) && `${bits(key.n)} bits`;
    },
  ],
  [
    'rsa-exponent',
    'error',
    '6.1.6',
    "an RSA key's exponent is odd and 3 or more",
    'all',
    (subject) => {
      const key = rsa(subject);
      return key && (key.e < 3n || key.e % 2n === 0n) && `exponent ${key.e}`;
    },
  ],
  [
    'rsa-exponent-range',
    'warning',
    '6.1.6',
    "an RSA key's exponent is between 2^16+1 and 2^256-1",
    'all',
    (subject) => {
      const key = rsa(subject);
      return key && key.e >= 3n && key.e % 2n === 1n && (key.e < 65537n || key.e >= 1n << 256n) && `exponent ${key.e}`;
    },
  ],
  [
    'rsa-modulus',
    'error',
    '6.1.6',
    'an RSA modulus is odd and has no small factor',
    'all',
    (subject) => {
      const key = rsa(subject);
      const factor = key && SMALL_PRIMES.find((prime) => key.n % prime === 0n);
      return factor === undefined ? undefined : `divisible by ${factor}`;
    },
  ],
  [
    'curve',
    'error',
    '6.1.5',
    'the curve is P-256, P-384 or P-521, by name',
    'all',
    (subject) => isEc(subject) && !CURVES.has(curve(subject) ?? ''),
  ],
  [
    'key-type',
    'error',
    '6.1.5',
    'the key is RSA or EC',
    'all',
    ({ certificate }) => ![RSA, EC].includes(certificate.keyAlgorithm.oid) && certificate.keyAlgorithm.oid,
  ],
  [
    'weak-digest',
    'error',
    '7.1.3.2',
    'the signature is not made with MD5 or SHA-1',
    'all',
    (subject) => {
      const digest = digestOf(subject);
      return !subject.isRoot && (digest === 'md5' || digest === 'sha1') && digest;
    },
    '2016-01-01',
  ],
  [
    'pss',
    'error',
    '7.1.3.2.1',
    'RSASSA-PSS has SHA-256, 384 or 512, the same in MGF1, and a salt as long',
    'all',
    pssFault,
  ],
];

export const KEY_RULES: readonly LintRule[] = [
  ...rules('rfc5280', 'RFC 3279', [
    ['rfc-rsa-parameters', 'error', '2.3.1', 'the parameters of an RSA key are NULL', 'all', parametersFault],
    [
      'rfc-rsa-key-agreement',
      'error',
      '2.3.1',
      'an RSA key does not agree on keys',
      'all',
      (subject) =>
        subject.certificate.keyAlgorithm.oid === RSA &&
        [USAGE.keyAgreement, USAGE.encipherOnly, USAGE.decipherOnly].some((use) => subject.usages?.has(use)),
    ],
    [
      'rfc-rsa-ca-encipherment',
      'warning',
      '2.3.1',
      "a CA's RSA key should not encipher",
      'ca',
      (subject) =>
        subject.certificate.keyAlgorithm.oid === RSA &&
        [USAGE.keyEncipherment, USAGE.dataEncipherment].some((use) => subject.usages?.has(use)),
    ],
  ]),
  ...rules('rfc5280', 'RFC 8813', [
    [
      'rfc-ec-encipherment',
      'error',
      '3',
      'an EC key does not encipher',
      'all',
      (subject) =>
        isEc(subject) && [USAGE.keyEncipherment, USAGE.dataEncipherment].some((use) => subject.usages?.has(use)),
    ],
  ]),
  ...(['server', 'ca'] as const).flatMap((profile) =>
    rules(
      profile,
      'CABF BR',
      QUALITY.map(([id, ...rest]) => [`${profile}-${id}`, ...rest] as const),
    ),
  ),
];
