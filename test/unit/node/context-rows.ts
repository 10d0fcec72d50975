/** Options of tls.createSecureContext: each row goes through node:tls and through ours. */
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import * as m from './context-material.ts';

/** Options as a program may give them: of any type. */
export type Options = unknown;
/** By name, so that a failing row can be found. */
export type Rows = Readonly<Record<string, Options>>;

/** Values of the wrong kind, for every option. */
const WRONG: readonly unknown[] = [
  0,
  1,
  -1,
  1.5,
  NaN,
  Infinity,
  2 ** 31,
  2 ** 40,
  10n,
  true,
  false,
  null,
  undefined,
  '',
  'x',
  'it\'s "x"',
  'a string of more than 28 characters',
  Symbol('s'),
  () => 1,
  function named() {},
  class K {
    x = 1;
  },
  [],
  {},
  [1],
  [null],
  [undefined],
  ['x'],
  [{}],
  new Date(0),
  /x/,
  new Map(),
  Object.create(null),
  Buffer.alloc(0),
  Buffer.from('x'),
  new Uint8Array(3),
  new DataView(new ArrayBuffer(2)),
  new ArrayBuffer(2),
];

const OPTIONS =
  `ca cert key passphrase pfx crl ciphers ecdhCurve dhparam honorCipherOrder minVersion maxVersion secureProtocol
  secureOptions sigalgs sessionIdContext sessionTimeout ticketKeys privateKeyEngine privateKeyIdentifier clientCertEngine
  allowPartialTrustChain certificateCompression unknownOption`.split(/\s+/);

/** Every option with every value of a wrong kind. */
export function wrongValues(): Rows {
  const rows: Record<string, Options> = {};
  for (const option of OPTIONS) for (const [i, value] of WRONG.entries()) rows[`${option}, ${i}`] = { [option]: value };
  const pair = { cert: m.pem(m.ec.certificate), key: m.keyPem(m.ec) };
  const pfx = m.pfx([m.ec], [m.ec]);
  for (const [i, value] of WRONG.entries()) {
    rows[`all options, ${i}`] = value;
    rows[`passphrase of a key, ${i}`] = { ...pair, passphrase: value };
    rows[`passphrase of a key in an array, ${i}`] = { ...pair, key: [{ pem: pair.key, passphrase: value }] };
    rows[`passphrase of a PFX file, ${i}`] = { pfx, passphrase: value };
    rows[`passphrase of a PFX file in an array, ${i}`] = { pfx: [{ buf: pfx, passphrase: value }] };
    rows[`octets of a PFX file in an array, ${i}`] = { pfx: [{ buf: value }] };
    rows[`key in an array, ${i}`] = { ...pair, key: [value] };
    rows[`pem of a key, ${i}`] = { ...pair, key: [{ pem: value }] };
    rows[`authority in an array, ${i}`] = { ca: [value] };
    rows[`engine of a key, ${i}`] = { privateKeyIdentifier: 1, privateKeyEngine: value };
    rows[`secureProtocol and versions, ${i}`] = { secureProtocol: value, minVersion: value, maxVersion: value };
    rows[`maxVersion beside a minVersion, ${i}`] = { minVersion: 'TLSv1.2', maxVersion: value };
  }
  return rows;
}

export const protocols: Rows = Object.fromEntries([
  ...['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3', 'SSLv2', 'SSLv23', 'tlsv1.2', 'TLSv1.4', 'TLSv1_2', 'DTLSv1.2'].flatMap(
    (name) => [
      [`minVersion ${name}`, { minVersion: name }],
      [`maxVersion ${name}`, { maxVersion: name }],
      [`both ${name}`, { minVersion: name, maxVersion: name }],
      [`secureProtocol with minVersion ${name}`, { secureProtocol: 'TLS_method', minVersion: name }],
      [`secureProtocol with maxVersion ${name}`, { secureProtocol: 'nonsense', maxVersion: name }],
    ],
  ),
  ...['', '_client', '_server', '_both'].flatMap((side) =>
    [
      'SSLv2',
      'SSLv3',
      'SSLv23',
      'TLS',
      'TLSv1',
      'TLSv1_1',
      'TLSv1_2',
      'TLSv1_3',
      'tls',
      'DTLS',
      '__proto__',
      'constructor',
    ].map((family) => [`secureProtocol ${family}${side}_method`, { secureProtocol: `${family}${side}_method` }]),
  ),
  ['secureProtocol, no method', { secureProtocol: 'TLS' }],
  ['turned round', { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.2' }],
  ['minVersion null', { minVersion: null, maxVersion: undefined }],
]);

const CIPHERS = [
  'DEFAULT',
  'ALL',
  'HIGH',
  'MEDIUM',
  'LOW',
  'NULL',
  'eNULL',
  'aNULL',
  'COMPLEMENTOFALL',
  'COMPLEMENTOFDEFAULT',
  'PSK',
  'SRP',
  'kRSA',
  'kEDH',
  'kECDHE',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ecdhe-rsa-aes128-gcm-sha256',
  'AES128-SHA',
  'ECDHE+AESGCM',
  'ECDHE+AESGCM:!RSA',
  'nonesuch',
  'nonesuch:AES128-SHA',
  'AES128-SHA,AES256-SHA',
  'AES128-SHA AES256-SHA',
  'AES128-SHA;AES256-SHA',
  '!ALL',
  'ALL:!ALL',
  '-ALL',
  '+ALL',
  'ALL:-ALL:AES128-SHA',
  '@STRENGTH',
  'ALL:@STRENGTH',
  '@SECLEVEL=0',
  '@SECLEVEL=1',
  '@SECLEVEL=5',
  '@SECLEVEL=6',
  '@SECLEVEL=9',
  '@SECLEVEL',
  '@SECLEVEL=',
  '@nonsense',
  'ALL:@nonsense',
  'ALL@SECLEVEL=0',
  'DEFAULT@SECLEVEL=0',
  'DEFAULT:@SECLEVEL=2',
  'ALL:@SECLEVEL=0',
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384',
  'TLS_AES_128_CCM_8_SHA256',
  'TLS_NONE',
  'TLS_AES_128_GCM_SHA256:TLS_NONE',
  'TLS_NONE:TLS_AES_128_GCM_SHA256',
  '!TLS_AES_128_GCM_SHA256',
  'TLS_AES_128_GCM_SHA256:!TLS_AES_256_GCM_SHA384',
  'TLS_AES_128_GCM_SHA256:nonesuch',
  'TLS_NONE:AES128-SHA',
  'AES128-SHA:TLS_NONE',
  'tls_aes_128_gcm_sha256',
  'TLS_RSA_WITH_AES_128_CBC_SHA',
  ':',
  '::',
  ':AES128-SHA:',
  ' ',
  'AES128-SHA:TLS_AES_128_GCM_SHA256',
  'SUITEB128',
  'SUITEB128ONLY',
  'SUITEB192',
  'AES128-SHA!',
  'AES128-SHA:#',
  '"',
  'é',
  'RC4',
  'DES-CBC3-SHA',
  '3DES',
  'IDEA',
  'SEED',
  'RC4:AES128-SHA',
  'kRSA+AES:!SHA',
  'TLSv1.2',
  'SSLv3',
  'TLSv1.0',
  'TLSv1',
  'ARIA',
  'CAMELLIA',
  'AESCCM',
  'AESCCM8',
  'CHACHA20',
  'DHE-DSS-AES128-GCM-SHA256',
  'aDSS',
  'aECDSA',
  'SHA1',
  'SHA384',
  'MD5',
  'CBC',
  'ECDHE-RSA-AES128-GCM-SHA256:HIGH:!MD5:!aNULL:!EDH',
];

export const ciphers: Rows = Object.fromEntries(CIPHERS.map((one) => [`ciphers ${one}`, { ciphers: one }]));

const CURVES = [
  'auto',
  'P-256',
  'P-384',
  'P-521',
  'prime256v1',
  'secp256r1',
  'secp384r1',
  'secp521r1',
  'X25519',
  'x25519',
  'X448',
  'secp256k1',
  'secp224r1',
  'P-224',
  'brainpoolP256r1',
  'brainpoolP256r1tls13',
  'sect283k1',
  'B-283',
  'ffdhe2048',
  'ffdhe8192',
  'ffdhe1024',
  'P-256:P-384',
  'P-256:P-256',
  'P-256::P-384',
  ':P-256',
  'P-256:',
  '',
  ':',
  'nope',
  'P-256:nope',
  'nope:P-256',
  'auto:P-256',
  'P-256:auto',
  'P-256,P-384',
  ' P-256',
  'P-256 ',
  'X25519:P-256:X448',
  'ed25519',
  '?P-256',
  '?nope',
  '?nope:P-256',
  '*P-256',
  'P-256:*X25519',
  '*P-256:*X25519',
  '?*P-256',
  '*?P-256',
  '-P-256',
  'P-256:-P-256',
  'P-256:X25519:-P-256',
  'P-256/X25519',
  'P-256/X25519:X448',
  'P-256//X25519',
  '/',
  'DEFAULT',
  'DEFAULT:-P-256',
  'P-256:DEFAULT',
  '??P-256',
  '**P-256',
  'default',
  '*DEFAULT',
  '?DEFAULT',
  '-DEFAULT',
  '*',
  '?',
  'x'.repeat(100),
  'P-256\0',
  'é',
];

export const curves: Rows = Object.fromEntries(CURVES.map((one) => [`ecdhCurve ${one}`, { ecdhCurve: one }]));

const SIGALGS = [
  'RSA+SHA256',
  'RSA-PSS+SHA256',
  'PSS+SHA384',
  'ECDSA+SHA512',
  'DSA+SHA1',
  'RSA+SHA1',
  'RSA+MD5',
  'RSA+SHA224',
  'rsa_pss_rsae_sha256',
  'rsa_pss_pss_sha256',
  'rsa_pkcs1_sha256',
  'rsa_pkcs1_sha1',
  'ecdsa_secp256r1_sha256',
  'ecdsa_sha1',
  'ed25519',
  'ed448',
  'ED25519',
  'Ed25519',
  'RSA+sha256',
  'rsa+SHA256',
  'RSA+SHA-256',
  'RSA+SHA2-256',
  'RSA+SHA512/256',
  'RSA',
  'RSA+',
  '+SHA256',
  'RSA+SHA256+X',
  'ED25519+SHA256',
  'ECDSA+MD5',
  'PSS+SHA1',
  'PSS+SHA224',
  'RSA+RIPEMD160',
  'nonsense',
  'RSA+nonsense',
  'RSA+SHA256:nonsense',
  'RSA+SHA256:ECDSA+SHA256',
  'RSA+SHA256:RSA+SHA256',
  'rsa_pkcs1_sha256:RSA+SHA256',
  ':',
  ':RSA+SHA256',
  'RSA+SHA256:',
  'RSA+SHA256::ECDSA+SHA256',
  'RSA+SHA256 ',
  'RSA+SHA256,ECDSA+SHA256',
  '?RSA+SHA256',
  '?nonsense',
  '?nonsense:RSA+SHA256',
  'x'.repeat(100),
  'RSA_PSS_RSAE_SHA256',
  'rsa_pss_rsae_sha224',
  'dsa_sha256',
  'DSA+SHA256',
  'ecdsa_brainpoolP256r1tls13_sha256',
  'gost2001',
  'mldsa65',
];

export const sigalgs: Rows = Object.fromEntries(SIGALGS.map((one) => [`sigalgs ${one}`, { sigalgs: one }]));

const all = 'ALL:@SECLEVEL=0';

export function sessions(): Rows {
  return {
    'a session context of 32 octets': { sessionIdContext: 'x'.repeat(32) },
    'a session context of 33 octets': { sessionIdContext: 'x'.repeat(33) },
    'a session context of 17 letters of two octets': { sessionIdContext: 'é'.repeat(17) },
    'no session timeout': { sessionTimeout: 0 },
    'the longest session timeout': { sessionTimeout: 2 ** 31 - 1 },
    'ticket keys': { ticketKeys: Buffer.alloc(48, 1) },
    'ticket keys in a view of words': { ticketKeys: new Uint16Array(24) },
    'ticket keys of 48 words': { ticketKeys: new Uint16Array(48) },
    'ticket keys of 80 octets': { ticketKeys: Buffer.alloc(80) },
    'all options of OpenSSL': { secureOptions: -1 },
    'options in a string': { secureOptions: '4' },
    'options with order': { secureOptions: 4, honorCipherOrder: true },
    'options in a string with order': { secureOptions: '4', honorCipherOrder: true },
    'an engine without a key': { privateKeyEngine: 'x' },
    'an engine and a key': {
      privateKeyEngine: 'x',
      privateKeyIdentifier: 'y',
      key: m.keyPem(m.ec),
      cert: m.pem(m.ec.certificate),
    },
    'a key of no engine': { privateKeyIdentifier: 'x', privateKeyEngine: null },
    'nothing at all': undefined,
    compression: { certificateCompression: ['zlib'] },
    compressions: { certificateCompression: ['zstd', 'brotli', 'zlib'] },
    'compressions twice': { certificateCompression: ['zlib', 'zlib'] },
    'too many compressions': { certificateCompression: ['zstd', 'brotli', 'zlib', 'zlib'] },
    'an unknown compression': { certificateCompression: ['zlib', 'lzma'] },
  };
}

export function credentials(): Rows {
  const { ec, rsa, ed25519, p384, otherEc, middle, root, rsa1024, sha1, selfSha1 } = m;
  const [cert, key] = [m.pem(ec.certificate), m.keyPem(ec)];
  const [rsaCert, rsaKey] = [m.pem(rsa.certificate), m.keyPem(rsa)];
  const broken = cert.replace(/\n([A-Za-z0-9+/]{10})/, '\n!!!!!!!!!!');
  const cut = `${cert.split('\n').slice(0, 5).join('\n')}\n-----END CERTIFICATE-----\n`;
  const damaged = Buffer.from(ec.certificate.der);
  damaged.writeUInt8(0x55, 6);
  const enc = (form: object): string | Buffer => m.keyAs(ec, form as never);
  const pkcs8 = enc({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'sesame' });
  const sec1 = enc({ type: 'sec1', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'sesame' });
  const pkcs1 = m.keyAs(rsa, { type: 'pkcs1', format: 'pem', cipher: 'des-ede3-cbc', passphrase: 'sesame' });
  return {
    'a pair': { cert, key },
    'a pair in buffers': { cert: Buffer.from(cert), key: Buffer.from(key) },
    'a pair in views': {
      cert: new Uint8Array(Buffer.from(cert)),
      key: new DataView(new Uint8Array(Buffer.from(key)).buffer),
    },
    RSA: { cert: rsaCert, key: rsaKey },
    Ed25519: { cert: m.pem(ed25519.certificate), key: m.keyPem(ed25519) },
    SEC1: { cert, key: enc({ type: 'sec1', format: 'pem' }) },
    'PKCS#1': { cert: rsaCert, key: m.keyAs(rsa, { type: 'pkcs1', format: 'pem' }) },
    'a chain': { cert: cert + m.pem(middle.certificate) + m.pem(root.certificate), key },
    'a chain in an array': { cert: [cert + m.pem(middle.certificate)], key: [key] },
    'two pairs': { cert: [cert, rsaCert], key: [key, rsaKey] },
    'two pairs, keys turned round': { cert: [cert, rsaCert], key: [rsaKey, key] },
    'two pairs of one type': { cert: [cert, m.pem(otherEc.certificate)], key: [key, m.keyPem(otherEc)] },
    'two certificates of one type, the key of the last': {
      cert: [cert, m.pem(otherEc.certificate)],
      key: m.keyPem(otherEc),
    },
    'curves are one type': { cert, key: m.keyPem(p384) },
    'a certificate alone': { cert },
    'a key alone': { key },
    'the key of another certificate': { cert, key: m.keyPem(otherEc) },
    'the key of another type': { cert, key: rsaKey },
    'RSA: the key of another certificate': { cert: rsaCert, key: m.keyPem({ ...rsa1024 }) },
    'text around': { cert: `hello\n${cert}bye\n`, key: `hello\n${key}bye\n` },
    CRLF: { cert: cert.replaceAll('\n', '\r\n'), key: key.replaceAll('\n', '\r\n') },
    'no line break at the end': { cert: cert.trimEnd(), key: key.trimEnd() },
    'certificate and key in one text': { cert: key + cert, key: cert + key },
    'base64 that is none': { cert: broken, key },
    'a certificate cut off': { cert: cut, key },
    'no END': { cert: cert.replace(/-----END.*/s, ''), key },
    'no BEGIN': { cert: cert.replace(/-----BEGIN.*\n/, ''), key },
    'a damaged certificate': {
      cert: `-----BEGIN CERTIFICATE-----\n${damaged.toString('base64')}\n-----END CERTIFICATE-----\n`,
    },
    'octets of no certificate': { cert: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' },
    'an empty PEM block': { cert: '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n' },
    'a broken certificate behind a good one': { cert: cert + broken, key },
    'a cut one behind a good one': { cert: cert + cut, key },
    'text behind': { cert: `${cert}-----BEGIN`, key },
    'a key as certificate': { cert: key },
    'a certificate as key': { key: cert },
    'a public key as key': { cert, key: createPublicKey(ec.key.keyObject).export({ type: 'spki', format: 'pem' }) },
    'a trusted certificate': { cert: cert.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE'), key },
    'an X509 CERTIFICATE': { cert: cert.replaceAll('CERTIFICATE', 'X509 CERTIFICATE'), key },
    'a CERTIFICATE of another label': { cert: cert.replaceAll('CERTIFICATE', 'CERT'), key },
    'encrypted PKCS#8': { cert, key: pkcs8, passphrase: 'sesame' },
    'encrypted PKCS#8, wrong passphrase': { cert, key: pkcs8, passphrase: 'wrong' },
    'encrypted PKCS#8, no passphrase': { cert, key: pkcs8 },
    'encrypted PKCS#8, empty passphrase': { cert, key: pkcs8, passphrase: '' },
    'encrypted PKCS#8, null passphrase': { cert, key: pkcs8, passphrase: null },
    'encrypted SEC1': { cert, key: sec1, passphrase: 'sesame' },
    'encrypted SEC1, wrong passphrase': { cert, key: sec1, passphrase: 'wrong' },
    'encrypted SEC1, no passphrase': { cert, key: sec1 },
    'encrypted PKCS#1': { cert: rsaCert, key: pkcs1, passphrase: 'sesame' },
    'encrypted PKCS#1, wrong passphrase': { cert: rsaCert, key: pkcs1, passphrase: 'wrong' },
    'a passphrase of 2000 characters': { cert, key: pkcs8, passphrase: 'x'.repeat(2000) },
    'a passphrase for a plain key': { cert, key, passphrase: 'x' },
    'a passphrase that is a number': { cert, key, passphrase: 5 },
    'an object with pem': { cert, key: [{ pem: key }] },
    'an object with pem and passphrase': { cert, key: [{ pem: pkcs8, passphrase: 'sesame' }] },
    'an object with pem, the common passphrase': { cert, key: [{ pem: pkcs8 }], passphrase: 'sesame' },
    'an object with pem, two passphrases': { cert, key: [{ pem: pkcs8, passphrase: 'sesame' }], passphrase: 'wrong' },
    'an object with a passphrase that is a number': { cert, key: [{ pem: pkcs8, passphrase: 1 }] },
    'an object outside of an array': { cert, key: { pem: key } },
    'an object without pem': { cert, key: [{ passphrase: 'x' }] },
    'an empty list of keys': { cert, key: [] },
    'an empty list of certificates': { cert: [], key },
    'a list with null': { cert: [null], key },
    'keys with undefined': { cert, key: [undefined] },
    'a damaged key': { cert, key: key.replace(/\n.{12}/, '\nAAAAAAAAAAAA') },
    'a key cut off': { cert, key: key.slice(0, 100) },
    'a key that is no base64': { cert, key: key.replace(/\n.{4}/, '\n!!!!') },
    'RSA of 1024 bits': { cert: m.pem(rsa1024.certificate), key: m.keyPem(rsa1024) },
    'RSA of 1024 bits, level 0': { cert: m.pem(rsa1024.certificate), key: m.keyPem(rsa1024), ciphers: all },
    'RSA of 1024 bits, level 1': {
      cert: m.pem(rsa1024.certificate),
      key: m.keyPem(rsa1024),
      ciphers: 'ALL:@SECLEVEL=1',
    },
    'RSA of 1024 bits, level 2': {
      cert: m.pem(rsa1024.certificate),
      key: m.keyPem(rsa1024),
      ciphers: 'ALL:@SECLEVEL=2',
    },
    'RSA of 2048 bits, level 3': { cert: rsaCert, key: rsaKey, ciphers: 'ALL:@SECLEVEL=3' },
    'P-256, level 3': { cert, key, ciphers: 'ALL:@SECLEVEL=3' },
    'P-256, level 4': { cert, key, ciphers: 'ALL:@SECLEVEL=4' },
    'P-384, level 4': { cert: m.pem(p384.certificate), key: m.keyPem(p384), ciphers: 'ALL:@SECLEVEL=4' },
    'P-384, level 5': { cert: m.pem(p384.certificate), key: m.keyPem(p384), ciphers: 'ALL:@SECLEVEL=5' },
    'Ed25519, level 4': { cert: m.pem(ed25519.certificate), key: m.keyPem(ed25519), ciphers: 'ALL:@SECLEVEL=4' },
    'a chain with a weak certificate': { cert: cert + m.pem(rsa1024.certificate), key, ciphers: 'ALL:@SECLEVEL=2' },
    'signed with SHA-1': { cert: m.pem(sha1.certificate), key: m.keyPem(sha1) },
    'signed with SHA-1, level 0': { cert: m.pem(sha1.certificate), key: m.keyPem(sha1), ciphers: all },
    'self-signed with SHA-1': { cert: m.pem(selfSha1.certificate), key: m.keyPem(selfSha1) },
    'a chain with a certificate signed with SHA-1': { cert: cert + m.pem(sha1.certificate), key },
    'a certificate of PKCS#12': { cert: m.text('leaf.pem'), key: m.text('leaf.key') },
    // what Node does not take, and we do
    'a certificate in DER': { cert: ec.certificate.der, key },
    'a key in DER': { cert, key: enc({ type: 'pkcs8', format: 'der' }) },
    'a key in DER, SEC1': { cert, key: enc({ type: 'sec1', format: 'der' }) },
    'a key in DER, PKCS#1': { cert: rsaCert, key: m.keyAs(rsa, { type: 'pkcs1', format: 'der' }) },
    'a key in DER, encrypted': {
      cert,
      key: enc({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: 'sesame' }),
      passphrase: 'sesame',
    },
    'a key in a JWK': { cert, key: JSON.stringify(ec.key.keyObject.export({ format: 'jwk' })) },
    'a key object': { cert, key: createPrivateKey(key) },
    'a key object in an object': { cert, key: [{ pem: createPrivateKey(key) }] },
    'a certificate object': { cert: new X509Certificate(cert), key },
    'the key object of another certificate': { cert, key: m.otherEc.key.keyObject },
    'a public key object': { cert, key: createPublicKey(key) },
  };
}

export function trust(): Rows {
  const [root, middle] = [m.pem(m.root.certificate), m.pem(m.middle.certificate)];
  return {
    'an authority': { ca: root },
    'two in one text': { ca: root + middle },
    'two in an array': { ca: [root, Buffer.from(middle)] },
    'the same twice': { ca: [root, root] },
    'no authority': { ca: [] },
    'authorities of no use': { ca: ['', 'x', Buffer.alloc(0)] },
    'a broken authority': { ca: root.replace(/\n.{10}/, '\n!!!!!!!!!!') },
    'an authority in an array with null': { ca: [root, null] },
    'a weak authority': { ca: m.pem(m.rsa1024.certificate) },
    'partial chains': { ca: root, allowPartialTrustChain: true },
    'a CRL': { crl: m.crl },
    'a CRL in a buffer': { crl: Buffer.from(m.crl), ca: root },
    CRLs: { crl: [m.crl, m.crl] },
    'no CRLs': { crl: [] },
    'a broken CRL': { crl: m.crl.replace(/\n.{10}/, '\n!!!!!!!!!!') },
    'a certificate as CRL': { crl: root },
    'a CRL of null': { crl: [null] },
    'an authority in DER': { ca: m.root.certificate.der },
    'a certificate object as authority': { ca: new X509Certificate(root) },
    'a CRL in DER': { crl: Buffer.from(m.crl.replaceAll(/-----.*-----|\n/g, ''), 'base64') },
  };
}

export function dhParameters(): Rows {
  return {
    'dhparam auto': { dhparam: 'auto' },
    'dhparam of 512 bits': { dhparam: m.dh(512) },
    'dhparam of 1024 bits': { dhparam: m.dh(1024) },
    'dhparam of 1024 bits, level 0': { dhparam: m.dh(1024), ciphers: all },
    'dhparam of 1024 bits, level 2': { dhparam: m.dh(1024), ciphers: 'ALL:@SECLEVEL=2' },
    'dhparam of 1536 bits': { dhparam: m.dh(1536) },
    'dhparam of 2048 bits': { dhparam: m.dh(2048) },
    'dhparam of 2048 bits, level 3': { dhparam: m.dh(2048), ciphers: 'ALL:@SECLEVEL=3' },
    'dhparam in a buffer': { dhparam: Buffer.from(m.dh(2048)) },
    'dhparam with text around': { dhparam: `hello\n${m.dh(2048)}bye` },
    'dhparam of another kind': { dhparam: m.pem(m.root.certificate) },
    'a broken dhparam': { dhparam: m.dh(2048).replace(/\n.{10}/, '\n!!!!!!!!!!') },
  };
}

export function pfxFiles(): Rows {
  const { ec, middle, root, rsa, otherEc } = m;
  const one = m.pfx([ec], [ec]);
  const passphrase = 'sesame';
  const rows: Record<string, Options> = {
    'a PFX file': { pfx: one, passphrase },
    'a PFX file, its chain': { pfx: m.pfx([ec], [ec, middle, root]), passphrase },
    'a PFX file, its chain turned round': { pfx: m.pfx([ec], [root, middle, ec]), passphrase },
    'a wrong passphrase': { pfx: one, passphrase: 'wrong' },
    'no passphrase': { pfx: one },
    'an empty passphrase': { pfx: one, passphrase: '' },
    'a passphrase in a buffer': { pfx: one, passphrase: Buffer.from(passphrase) },
    'an empty password': { pfx: m.pfx([ec], [ec], '') },
    'an empty password, given': { pfx: m.pfx([ec], [ec], ''), passphrase: '' },
    'PFX files in an array': { pfx: [one], passphrase },
    'PFX files in objects': { pfx: [{ buf: one, passphrase }] },
    'PFX files of two types': {
      pfx: [
        { buf: one, passphrase },
        { buf: m.pfx([rsa], [rsa], 'other'), passphrase: 'other' },
      ],
    },
    'an object with the common passphrase': { pfx: [{ buf: one }], passphrase },
    'no PFX files': { pfx: [] },
    'a file without a key': { pfx: m.pfx([], [ec]), passphrase },
    'a file without a certificate': { pfx: m.pfx([ec], []), passphrase },
    'a file with the certificate of another key': { pfx: m.pfx([ec], [otherEc]), passphrase },
    'two keys': { pfx: m.pfx([ec, otherEc], [ec, otherEc]), passphrase },
    'a PFX file beside a pair of another type': {
      pfx: one,
      passphrase,
      cert: m.pem(rsa.certificate),
      key: m.keyPem(rsa),
    },
    'octets of no file': { pfx: Buffer.from('nonsense') },
    'a certificate as PFX': { pfx: ec.certificate.der },
    'a damaged file': { pfx: Buffer.concat([one.subarray(0, 100), Buffer.alloc(8), one.subarray(108)]), passphrase },
    'a file cut off': { pfx: one.subarray(0, one.length - 10), passphrase },
    'a PFX file in a string': { pfx: one.toString('latin1'), passphrase },
  };
  for (const name of [
    'default',
    'legacy',
    'rc4',
    'des',
    'nomac',
    'plain',
    'empty',
    'empty-legacy',
    'utf8',
    'latin1',
    'ms',
    'twopass',
    'widened',
  ]) {
    rows[`openssl-${name}.p12`] = {
      pfx: m.file(`openssl-${name}.p12`),
      passphrase: name.startsWith('empty') ? undefined : 'secret',
    };
  }
  rows['openssl-utf8.p12 with its password'] = { pfx: m.file('openssl-utf8.p12'), passphrase: 'Пароль 🔑' };
  rows['openssl-twopass.p12 with one password'] = { pfx: m.file('openssl-twopass.p12'), passphrase: 'mac' };
  return rows;
}
