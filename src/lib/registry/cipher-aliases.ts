/** The words of OpenSSL's cipher strings: what each asks of a suite. */
import { isWeak, strengthBits } from './cipher-strength.ts';
import { BULK_CIPHERS } from './tls-ciphers.ts';
import type { Authentication, CipherSuite, KeyExchange } from './tls-suites.ts';
import { words } from './tls-table.ts';
import { VERSIONS } from './tls-versions.ts';

/** Masks of what a suite is made of; 0 where nothing is asked. */
export interface Traits {
  readonly kx: number;
  readonly auth: number;
  readonly enc: number;
  readonly mac: number;
  /** Classes of strength, FIPS among them. */
  readonly strength: number;
  /** COMPLEMENTOFDEFAULT. */
  readonly notDefault: number;
  /** First version, where an alias asks for it. */
  readonly first: number;
  /** A suite's own number, 0 in an alias. */
  readonly code: number;
}

/** A suite with its traits. */
export interface Row extends Traits {
  readonly suite: CipherSuite;
  readonly bits: number;
  active: boolean;
}

const bitsOf = (names: readonly string[]): ReadonlyMap<string, number> =>
  new Map(names.map((name, i) => [name, 2 ** i]));

const KX = bitsOf(['rsa', 'dhe', 'ecdhe', 'psk', 'rsa_psk', 'dhe_psk', 'ecdhe_psk', 'srp'] satisfies KeyExchange[]);
const AUTH = bitsOf(['rsa', 'dss', 'ecdsa', 'psk', 'srp', 'anon'] satisfies Authentication[]);
const ENC = bitsOf([...BULK_CIPHERS.keys()]);
const MAC = bitsOf(['md5', 'sha1', 'sha256', 'sha384', 'aead']);
const STRENGTH = bitsOf(['none', 'low', 'medium', 'high', 'fips']);

/** The masks by the names that they have in the table of aliases; `enc` takes the beginning of ciphers' names. */
const FIELDS: Readonly<Record<string, ReadonlyMap<string, number>>> = {
  kx: KX,
  auth: AUTH,
  enc: ENC,
  mac: MAC,
  strength: STRENGTH,
};

// alias, then what it asks for; `~` turns a mask over. What OpenSSL names and no build of ours has (RC2, GOST) is an unknown word.
const ALIASES = `
ALL enc=~NULL
COMPLEMENTOFALL,NULL,eNULL enc=NULL
COMPLEMENTOFDEFAULT notdefault
kRSA kx=rsa
kEDH,kDHE,DH kx=dhe
kEECDH,kECDHE,ECDH kx=ecdhe
kPSK kx=psk
kRSAPSK kx=rsa_psk
kECDHEPSK kx=ecdhe_psk
kDHEPSK kx=dhe_psk
kSRP,SRP kx=srp
PSK kx=psk|rsa_psk|dhe_psk|ecdhe_psk
aRSA auth=rsa
aDSS,DSS auth=dss
aNULL auth=anon
aECDSA,ECDSA auth=ecdsa
aPSK auth=psk
aSRP auth=srp
EDH,DHE kx=dhe auth=~anon
EECDH,ECDHE kx=ecdhe auth=~anon
RSA kx=rsa auth=rsa
ADH kx=dhe auth=anon
AECDH kx=ecdhe auth=anon
3DES enc=3DES_EDE_CBC
RC4 enc=RC4_128
IDEA enc=IDEA_CBC
SEED enc=SEED_CBC
AES128 enc=AES_128_CBC|AES_128_GCM|AES_128_CCM|AES_128_CCM_8
AES256 enc=AES_256_CBC|AES_256_GCM|AES_256_CCM|AES_256_CCM_8
AES enc=AES_128_CBC|AES_128_GCM|AES_128_CCM|AES_128_CCM_8|AES_256_CBC|AES_256_GCM|AES_256_CCM|AES_256_CCM_8
AESGCM enc=AES_128_GCM|AES_256_GCM
AESCCM enc=AES_128_CCM|AES_256_CCM|AES_128_CCM_8|AES_256_CCM_8
AESCCM8 enc=AES_128_CCM_8|AES_256_CCM_8
CAMELLIA128 enc=CAMELLIA_128_CBC
CAMELLIA256 enc=CAMELLIA_256_CBC
CAMELLIA enc=CAMELLIA_128_CBC|CAMELLIA_256_CBC
CHACHA20 enc=CHACHA20_POLY1305
ARIA,ARIAGCM enc=ARIA_128_GCM|ARIA_256_GCM
ARIA128 enc=ARIA_128_GCM
ARIA256 enc=ARIA_256_GCM
CBC enc=DES_CBC|3DES_EDE_CBC|IDEA_CBC|AES_128_CBC|AES_256_CBC|CAMELLIA_128_CBC|CAMELLIA_256_CBC|SEED_CBC
MD5 mac=md5
SHA1,SHA mac=sha1
SHA256 mac=sha256
SHA384 mac=sha384
SSLv3 first=SSLv3
TLSv1,TLSv1.0 first=TLSv1
TLSv1.2 first=TLSv1.2
LOW strength=low
MEDIUM strength=medium
HIGH strength=high
FIPS enc=~NULL strength=fips
EDH-DSS-DES-CBC3-SHA kx=dhe auth=dss enc=3DES_EDE_CBC mac=sha1 strength=high|fips
EDH-RSA-DES-CBC3-SHA kx=dhe auth=rsa enc=3DES_EDE_CBC mac=sha1 strength=high|fips
`;

export const NOTHING: Traits = { kx: 0, auth: 0, enc: 0, mac: 0, strength: 0, notDefault: 0, first: 0, code: 0 };
export const MASKS = ['kx', 'auth', 'enc', 'mac', 'strength', 'notDefault'] as const;

export function aliasTraits(asked: readonly string[]): Traits {
  const out: Record<string, number> = { ...NOTHING };
  for (const part of asked) {
    const [field = '', value = ''] = part.split('=');
    if (field === 'notdefault') out['notDefault'] = 1;
    else if (field === 'first') out['first'] = VERSIONS.named(value)?.code ?? 0;
    else {
      const names = value.replace('~', '').split('|');
      const mask = names.reduce((sum, name) => sum | (FIELDS[field]?.get(name) ?? 0), 0);
      out[field] = value.startsWith('~') ? ~mask : mask;
    }
  }
  return out as unknown as Traits;
}

let table: ReadonlyMap<string, Traits> | undefined;

export function aliases(): ReadonlyMap<string, Traits> {
  table ??= new Map(
    words(ALIASES).flatMap(([names = '', ...asked]) => names.split(',').map((name) => [name, aliasTraits(asked)])),
  );
  return table;
}

function strengthClasses(suite: CipherSuite): number {
  const { bulk, mac, keyExchange } = suite;
  const name = bulk.kind === 'null' ? 'none' : bulk.name === 'DES_CBC' ? 'low' : isWeak(bulk) ? 'medium' : 'high';
  const approved = bulk.kind === 'null' ? mac !== 'md5' : /^(AES_\d+_(GCM|CBC)|3DES)/.test(bulk.name);
  const fips = approved && keyExchange !== 'srp' ? STRENGTH.get('fips') : 0;
  return (STRENGTH.get(name) ?? 0) | (fips ?? 0);
}

export function rowOf(suite: CipherSuite): Row {
  const { bulk, authentication } = suite;
  const common =
    /^(AES_\d+_(GCM|CBC)|CHACHA20)/.test(bulk.name) && authentication !== 'anon' && authentication !== 'dss';
  return {
    suite,
    active: false,
    code: suite.code,
    bits: strengthBits(suite),
    kx: KX.get(suite.keyExchange) ?? 0,
    auth: AUTH.get(authentication) ?? 0,
    enc: ENC.get(bulk.name) ?? 0,
    mac: MAC.get(suite.mac ?? 'aead') ?? 0,
    strength: strengthClasses(suite),
    notDefault: bulk.kind !== 'null' && !common ? 1 : 0,
    first: suite.first,
  };
}
