/** Cipher suites as OpenSSL 3.0 describes them (SSL_CIPHER_description). */
import type { CipherSuite } from '../registry/tls-suites.ts';
import { VERSIONS } from '../registry/tls-versions.ts';

const KX: Readonly<Record<CipherSuite['keyExchange'], string>> = {
  any: 'any',
  rsa: 'RSA',
  dhe: 'DH',
  ecdhe: 'ECDH',
  psk: 'PSK',
  rsa_psk: 'RSAPSK',
  dhe_psk: 'DHEPSK',
  ecdhe_psk: 'ECDHEPSK',
  srp: 'SRP',
};
const AUTH: Readonly<Record<CipherSuite['authentication'], string>> = {
  any: 'any',
  rsa: 'RSA',
  dss: 'DSS',
  ecdsa: 'ECDSA',
  psk: 'PSK',
  srp: 'SRP',
  anon: 'None',
};
const FAMILIES: Readonly<Record<string, string>> = {
  '3DES_EDE': '3DES',
  CAMELLIA: 'Camellia',
};

/** A suite in one line without its end: `AES128-SHA … SSLv3   Kx=RSA …`. */
export function cipherDescription(suite: CipherSuite): string {
  const mac = suite.mac === undefined ? 'AEAD' : suite.mac.toUpperCase();
  const cells = [
    (suite.openssl ?? suite.name).padEnd(30),
    (VERSIONS.row(suite.first)?.name ?? '').padEnd(7),
    `Kx=${KX[suite.keyExchange].padEnd(8)}`,
    `Au=${AUTH[suite.authentication].padEnd(5)}`,
    `Enc=${cipher(suite).padEnd(22)}`,
    `Mac=${mac.padEnd(4)}`,
  ];
  return cells.join(' ');
}

/** `AESGCM(128)`, `Camellia(256)`, `3DES(168)`. */
function cipher({ bulk }: CipherSuite): string {
  if (bulk.kind === 'null') return 'None';
  if (bulk.name.startsWith('CHACHA')) return 'CHACHA20/POLY1305(256)';
  const [, family = '', mode = ''] = /^(3DES_EDE|[A-Z0-9]+?)(?:_\d{3})?(?:_(.*))?$/.exec(bulk.name) ?? [];
  const bits = bulk.name.startsWith('3DES') ? 168 : bulk.name.startsWith('DES') ? 56 : bulk.key * 8;
  return `${FAMILIES[family] ?? family}${mode === 'CBC' ? '' : mode.replace('_', '')}(${bits})`;
}
