/** Cipher strings to compare: every word of the language, what people write, and some hundred made at random. */
import { seeded } from '../../support/seeded.ts';

const WORDS =
  `ALL COMPLEMENTOFALL COMPLEMENTOFDEFAULT DEFAULT HIGH MEDIUM LOW FIPS NULL eNULL aNULL kRSA kEDH kDHE DH kEECDH kECDHE ECDH kPSK kRSAPSK
  kECDHEPSK kDHEPSK kSRP SRP PSK aRSA aDSS DSS aECDSA ECDSA aPSK aSRP EDH DHE EECDH ECDHE RSA ADH AECDH 3DES RC4 RC2 IDEA SEED AES128 AES256
  AES AESGCM AESCCM AESCCM8 CAMELLIA128 CAMELLIA256 CAMELLIA CHACHA20 ARIA ARIAGCM ARIA128 ARIA256 CBC MD5 SHA1 SHA SHA256 SHA384 SSLv3 TLSv1
  TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3 GOST89 GOST94 GOST89MAC kGOST kGOST18 aGOST aGOST01 aGOST12 GOST12 GOST2012-GOST8912-GOST8912 kECDH kDH aDH
  DES EXPORT SUITEB128 SUITEB128ONLY SUITEB128C2 SUITEB192 EDH-RSA-DES-CBC3-SHA DES-CBC3-SHA TLS_AES_128_GCM_SHA256 AES128-SHA AES256-SHA256
  ECDHE-RSA-AES128-GCM-SHA256 DHE-DSS-AES128-SHA PSK-AES128-CBC-SHA SRP-AES-128-CBC-SHA NULL-MD5 ADH-AES128-SHA ECDHE-ECDSA-CHACHA20-POLY1305
  RSA-PSK-CAMELLIA128-SHA256 DHE-RSA-AES256-CCM8 ECDHE-ARIA256-GCM-SHA384 unknown high ALL-`.split(/\s+/);

const WRITTEN = [
  '',
  ':',
  'HIGH:!aNULL:!MD5',
  'HIGH:!aNULL:@STRENGTH',
  'HIGH:!aNULL:!kRSA:!PSK:!SRP:!MD5:!RC4',
  'EECDH+AESGCM:EDH+AESGCM',
  'EECDH+AESGCM:EDH+AESGCM:AES256+EECDH:AES256+EDH',
  'ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:DHE+CHACHA20:!aNULL:!MD5:!DSS',
  'ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES256:ECDH+AES128:!aNULL:!SHA1:!AESCCM',
  'kEECDH+aECDSA+AES256:-SHA:+SHA384',
  'DEFAULT:!EXPORT:!LOW',
  'DEFAULT@SECLEVEL=2',
  'DEFAULT@SECLEVEL=0:!DH',
  'DEFAULTALL',
  'DEFAULT:DEFAULT',
  'ALL:DEFAULT',
  'ALL:COMPLEMENTOFALL',
  'ALL:!COMPLEMENTOFDEFAULT:!eNULL',
  'ALL:eNULL:@STRENGTH',
  'COMPLEMENTOFALL:@STRENGTH',
  'ALL:!ADH:RC4+RSA:+HIGH:+MEDIUM:+LOW:+SSLv2:+EXP:+eNULL',
  'RC4!AES:AES',
  'FOO!AES:AES',
  'AES128!SHA1',
  'AES128 AES256,CHACHA20;CAMELLIA',
  ' :AES128',
  'AES128+',
  'AES128+SHA1+FOO:AES256',
  'FOO+AES128:AES256',
  'AES128-SHA+ECDHE:AES256-SHA',
  'ECDHE+AES128-SHA',
  'AES128-SHA+AES256-SHA:CHACHA20',
  'AES:-AES128:AES128',
  'AES:!AES128:AES128',
  'ALL:-kDHE:kDHE:-kECDHE:kECDHE',
  'SHA256:SHA384:+kRSA:!kPSK',
  '@STRENGTH',
  'AES@STRENGTH',
  '@STRENGTHEN',
  'AES:@SECLEVEL=6',
  'AES:@SECLEVEL=12',
  'AES:@SECLEVEL',
  'AES:@',
  '!',
  '+',
  'AES:!',
  'AES/SHA1',
  'AES_128',
  'AES:é',
  '--AES',
  '+AES',
  '-AES:AES',
  '!AES',
  'SUITEB128:AES128',
  'SUITEB192@SECLEVEL=1',
  'AES128:SUITEB192',
  'TLSv1.2+SSLv3',
  'TLSv1.2+TLSv1.2:TLSv1',
  'HIGH+FIPS+TLSv1.2',
  'MEDIUM+HIGH:LOW+FIPS:AES',
  'COMPLEMENTOFDEFAULT+ECDHE',
];

/** Numbers below a bound, always the same ones. */
function dice(seed: string): (bound: number) => number {
  const random = seeded(seed);
  return (bound) => random(4).readUInt32BE() % bound;
}

const SIGNS = ['', '', '', '', '+', '-', '!'];
const SEPARATORS = [':', ':', ':', ',', ' ', ';'];

function madeUp(count: number): string[] {
  const below = dice('cipher strings');
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  const rule = (): string => {
    if (below(12) === 0) return pick(['@STRENGTH', '@SECLEVEL=1', '@SECLEVEL=3']);
    const words = Array.from({ length: 1 + (below(3) === 0 ? 1 + below(2) : 0) }, () => pick(WORDS));
    return pick(SIGNS) + words.join('+');
  };
  return Array.from({ length: count }, () => {
    const rules = Array.from({ length: 1 + below(6) }, rule);
    const first = pick(['', '', 'ALL:', 'DEFAULT:', 'HIGH:', 'ALL:eNULL:']);
    return first + rules.reduce((text, one) => text + pick(SEPARATORS) + one);
  });
}

/** All strings, without repetition. */
export const STRINGS: readonly string[] = [...new Set([...WORDS, ...WRITTEN, ...madeUp(300)])];

/** Words for `ciphers -s`. */
export const OFFERS: readonly string[] = ['ALL', 'DEFAULT', 'ALL:COMPLEMENTOFALL', 'SUITEB128', 'AES128'].flatMap(
  (text) =>
    ['', '-tls1', '-tls1_1', '-tls1_2', '-tls1_3', '-psk', '-srp', '-psk -srp -tls1_2'].flatMap((flags) =>
      [0, 1, 2, 3, 4, 5].map((level) => `${flags} ${text}:@SECLEVEL=${level}`.trim()),
    ),
);
