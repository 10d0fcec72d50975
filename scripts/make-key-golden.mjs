// Makes test/data/keys: keys of openssl, certtool, keytool, ssh-keygen and Node, with what openssl 3.0 prints about them.
//   node scripts/make-key-golden.mjs          makes all keys anew, asks openssl about them and about the odd public keys
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const data = join(dirname(fileURLToPath(import.meta.url)), '../test/data/keys');
const work = mkdtempSync(join(tmpdir(), 'keys-'));
const run = (program, args, input) => {
  const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: 'latin1', cwd: work });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return stdout;
};
const openssl = (line, input) => run('openssl', line.split(' '), input);

const keys = [];
const add = (origin, name, pem) => keys.push({ origin, name, pem });
const made = (name, line) => add('openssl', name, openssl(line));

for (const bits of [512, 515, 768, 1024, 1025, 1031, 2048]) made(`rsa ${bits}`, `genrsa ${bits}`);
made('rsa e=3', 'genrsa -3 1024');
made('rsa PKCS#1', 'genrsa -traditional 1024');
made('rsa three primes', 'genrsa -primes 3 1024');
const exponents = { 17: '17', '2^33+1': '8589934593', '2^70+25': '1180591620717411303449' };
for (const [name, e] of Object.entries(exponents))
  made(`rsa e=${name}`, `genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -pkeyopt rsa_keygen_pubexp:${e}`);
const pss = {
  unrestricted: '',
  'sha1 with defaults': ' -pkeyopt rsa_pss_keygen_md:sha1',
  sha256: ' -pkeyopt rsa_pss_keygen_md:sha256',
  'sha256 mgf1 sha256 salt 32':
    ' -pkeyopt rsa_pss_keygen_md:sha256 -pkeyopt rsa_pss_keygen_mgf1_md:sha256 -pkeyopt rsa_pss_keygen_saltlen:32',
  'sha512 mgf1 sha384 salt 0':
    ' -pkeyopt rsa_pss_keygen_md:sha512 -pkeyopt rsa_pss_keygen_mgf1_md:sha384 -pkeyopt rsa_pss_keygen_saltlen:0',
  'sha512-256': ' -pkeyopt rsa_pss_keygen_md:sha512-256',
};
for (const [name, options] of Object.entries(pss))
  made(`rsa-pss ${name}`, `genpkey -quiet -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:1024${options}`);
const curves = [...openssl('ecparam -list_curves').matchAll(/^ {2}(\S+?) *:/gm)].map((m) => m[1]);
for (const curve of curves) {
  made(`ec ${curve}`, `ecparam -genkey -noout -name ${curve}`);
  made(`ec ${curve} explicit`, `ecparam -genkey -noout -name ${curve} -param_enc explicit`);
}
const compressed = openssl('ecparam -genkey -noout -name secp256k1');
add('openssl', 'ec secp256k1 compressed', openssl('ec -conv_form compressed', compressed));
add('openssl', 'ec secp256k1 hybrid', openssl('ec -conv_form hybrid', compressed));
add('openssl', 'ec secp256k1 without point', openssl('ec -no_public', compressed));
const dsa = openssl('dsaparam 1024');
writeFileSync(join(work, 'dsa.pem'), dsa);
made('dsa 1024', 'gendsa dsa.pem');
made('dsa 2048', 'dsaparam -genkey -noout 2048');
add('openssl', 'dsa traditional', openssl('dsa', keys.at(-1).pem));
for (const group of ['ffdhe2048', 'ffdhe3072', 'modp_1536', 'modp_2048'])
  made(`dh ${group}`, `genpkey -algorithm DH -pkeyopt group:${group}`);
made('dh with private length', 'genpkey -algorithm DH -pkeyopt group:ffdhe2048 -pkeyopt priv_len:300');
for (const number of [1, 2, 3]) made(`dhx rfc5114 ${number}`, `genpkey -algorithm DHX -pkeyopt dh_rfc5114:${number}`);
writeFileSync(join(work, 'dh.pem'), openssl('dhparam 512'));
made('dh own prime', 'genpkey -paramfile dh.pem');
writeFileSync(
  join(work, 'dhx.pem'),
  openssl('genpkey -quiet -genparam -algorithm DHX -pkeyopt dh_paramgen_prime_len:1024'),
);
made('dhx own prime', 'genpkey -paramfile dhx.pem');
for (const type of ['ed25519', 'ed448', 'x25519', 'x448']) made(type, `genpkey -algorithm ${type}`);

const certtool = {
  rsa: '--bits 2048',
  ecdsa: '--curve secp384r1',
  ed25519: '',
  ed448: '',
  dsa: '--bits 2048',
  'rsa-pss': '--bits 2048',
};
for (const [type, more] of Object.entries(certtool)) {
  const options = [
    '--generate-privkey',
    `--key-type=${type}`,
    '--outfile',
    'c.pem',
    ...more.split(' ').filter(Boolean),
  ];
  run('certtool', options);
  add('certtool', type, readFileSync(join(work, 'c.pem'), 'latin1'));
  run('certtool', [...options, '--pkcs8', '--password=', '--no-text']);
  add('certtool', `${type} PKCS#8`, readFileSync(join(work, 'c.pem'), 'latin1'));
}
for (const [type, bits] of [
  ['rsa', 1024],
  ['ecdsa', 256],
  ['ecdsa', 521],
]) {
  for (const format of ['PEM', 'PKCS8']) {
    rmSync(join(work, 's'), { force: true });
    run('ssh-keygen', ['-q', '-t', type, '-b', String(bits), '-m', format, '-N', '', '-f', 's']);
    add('ssh-keygen', `${type} ${bits} ${format}`, readFileSync(join(work, 's'), 'latin1'));
  }
}
const stores = {
  'RSA 2048': '-keyalg RSA -keysize 2048',
  'EC secp256r1': '-keyalg EC -groupname secp256r1',
  'EC secp521r1': '-keyalg EC -groupname secp521r1',
  'DSA 1024': '-keyalg DSA -keysize 1024',
  Ed25519: '-keyalg Ed25519',
};
for (const [name, options] of Object.entries(stores)) {
  rmSync(join(work, 'k.p12'), { force: true });
  const store = '-alias a -dname CN=a -keystore k.p12 -storetype PKCS12 -storepass changeit';
  run('keytool', `-genkeypair ${options} ${store}`.split(' '));
  const pem = openssl('pkcs12 -in k.p12 -nocerts -nodes -passin pass:changeit');
  add('keytool', name, pem.slice(pem.indexOf('-----BEGIN')));
}
const node = {
  rsa: ['rsa', { modulusLength: 1536, publicExponent: 5 }],
  'rsa-pss': ['rsa-pss', { modulusLength: 1024, hashAlgorithm: 'sha256', mgf1HashAlgorithm: 'sha256', saltLength: 16 }],
  'ec P-256 explicit': ['ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }],
  'ec brainpool': ['ec', { namedCurve: 'brainpoolP512t1' }],
  ed25519: ['ed25519', {}],
  x448: ['x448', {}],
  dsa: ['dsa', { modulusLength: 1024, divisorLength: 160 }],
  'dh modp5': ['dh', { group: 'modp5' }],
  'dh own prime': ['dh', { primeLength: 512 }],
};
for (const [name, [type, options]] of Object.entries(node))
  add(
    'node',
    name,
    generateKeyPairSync(type, {
      ...options,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    }).privateKey,
  );

const golden = keys.map((key) => ({
  ...key,
  text: openssl('pkey -noout -text', key.pem),
  public: openssl('pkey -noout -text_pub', key.pem),
}));
const json = (rows) => `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`;
writeFileSync(join(data, 'golden.json'), json(golden));

// the Oakley curves have no identifier to be named by
const parameters = curves.flatMap((curve) =>
  (curve.startsWith('Oakley') ? ['explicit'] : ['named_curve', 'explicit']).map((form) => [
    `ec ${curve} ${form}`,
    openssl(`ecparam -name ${curve} -param_enc ${form}`),
  ]),
);
for (const form of ['compressed', 'hybrid'])
  parameters.push([`ec P-384 ${form}`, openssl(`ecparam -name P-384 -param_enc explicit -conv_form ${form}`)]);
parameters.push(['ec P-521 without seed', openssl('ecparam -name P-521 -param_enc explicit -no_seed')], ['dsa', dsa]);
parameters.push(...['dh.pem', 'dhx.pem'].map((file) => [file, readFileSync(join(work, file), 'latin1')]));
const groups = ['ffdhe2048', 'ffdhe8192', 'modp_1536', 'modp_4096'];
for (const group of groups)
  parameters.push([`dh ${group}`, openssl(`genpkey -genparam -algorithm DH -pkeyopt group:${group}`)]);
parameters.push(['dhx 2', openssl('genpkey -genparam -algorithm DHX -pkeyopt dh_rfc5114:2')]);
const readable = parameters.filter(([, pem]) => !pem.includes('SM2'));
writeFileSync(
  join(data, 'parameters.json'),
  json(readable.map(([name, pem]) => ({ name, pem, text: openssl('pkeyparam -noout -text', pem) }))),
);

const odd = JSON.parse(readFileSync(join(data, 'odd-spki.json'), 'utf8'));
for (const row of odd) {
  const { status, stdout } = spawnSync('openssl', ['pkey', '-pubin', '-inform', 'DER', '-noout', '-text_pub'], {
    input: Buffer.from(row.spki, 'base64'),
    encoding: 'latin1',
  });
  row.text = status === 0 ? stdout : null;
}
writeFileSync(join(data, 'odd-spki.json'), json(odd));
rmSync(work, { recursive: true });
console.log(golden.length, 'keys,', readable.length, 'parameters,', odd.length, 'odd public keys');
