// Records what OpenSSL 3.5 makes of post-quantum keys and certificates, for test/golden/post-quantum.
//   node scripts/make-post-quantum-golden.mjs <openssl 3.5's command> <the source tree of OpenSSL 3.5, for the vectors among its tests>
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [command, source] = process.argv.slice(2);
const cwd = mkdtempSync(join(tmpdir(), 'pq-'));

function openssl(...args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  return stdout;
}
const file = (name) => join(cwd, name);
const sha256 = (data) => createHash('sha256').update(data).digest('hex');
const counted = (length) => Buffer.from(Array.from({ length }, (_, i) => i)).toString('hex');

// the seeds are those of the examples of RFC 9881 and RFC 9935: 00 01 02 …
const SLH = ['sha2', 'shake'].flatMap((hash) =>
  ['128', '192', '256'].flatMap((n) => ['s', 'f'].map((v) => [hash, n, v])),
);
const TYPES = [
  ...['44', '65', '87'].map((n) => [`ML-DSA-${n}`, 32]),
  ...['512', '768', '1024'].map((n) => [`ML-KEM-${n}`, 64]),
  ...SLH.map(([hash, n, v]) => [`SLH-DSA-${hash.toUpperCase()}-${n}${v}`, (Number(n) / 8) * 3]),
];
const FORMS = ['seed-priv', 'priv-only', 'seed-only', 'oqskeypair', 'bare-seed', 'bare-priv'];

function key([type, length]) {
  const seed = counted(length);
  openssl('genpkey', '-algorithm', type, '-pkeyopt', `hexseed:${seed}`, '-out', 'key.pem');
  const family = type.slice(0, 6).toLowerCase();
  const forms = type.startsWith('SLH') ? [] : FORMS;
  const written = (form) => {
    openssl('pkey', '-in', 'key.pem', '-provparam', `${family}.output_formats=${form}`, '-out', 'form.pem');
    return Buffer.from(readFileSync(file('form.pem'), 'utf8').replace(/-----[^-]*-----/g, ''), 'base64');
  };
  return {
    type: type.toLowerCase(),
    seed,
    // a seed is made into a key at some cost; SLH-DSA's key is short enough to stand here
    ...(forms.length > 0 ? {} : { pem: readFileSync(file('key.pem'), 'latin1') }),
    forms: Object.fromEntries(forms.map((form) => [form, sha256(written(form))])),
    spki: sha256(openssl('pkey', '-in', 'key.pem', '-pubout', '-outform', 'DER')),
    text: sha256(openssl('pkey', '-in', 'key.pem', '-text', '-noout')),
    publicText: sha256(openssl('pkey', '-in', 'key.pem', '-text_pub', '-noout')),
  };
}

function signature(type) {
  openssl('genpkey', '-algorithm', type, '-out', 'key.pem');
  writeFileSync(file('data'), 'hello\n');
  openssl('dgst', '-sign', 'key.pem', '-out', 'sig', 'data');
  const publicKey = openssl('pkey', '-in', 'key.pem', '-pubout').toString('latin1');
  return { type: type.toLowerCase(), publicKey, signature: readFileSync(file('sig')).toString('base64') };
}

/** Deterministic signatures over the public key's own DER, among OpenSSL's tests. */
function reference(n) {
  const folder = join(source, 'test/recipes/15-test_ml_dsa_codecs_data');
  const publicKey = readFileSync(join(folder, `pub-${n}.pem`), 'latin1');
  return { type: `ml-dsa-${n}`, publicKey, signature: readFileSync(join(folder, `sig-${n}.dat`)).toString('base64') };
}

const EXTENSIONS = {
  ca: 'basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n',
  leaf: 'subjectAltName=DNS:pq.example\nkeyUsage=digitalSignature\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n',
  kem: 'keyUsage=keyEncipherment\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n',
};

/** A certificate on a new key; `signed` are the words that say by whom. */
function issue(name, type, extensions, ...signed) {
  openssl('genpkey', '-algorithm', type, '-out', `${name}.key`);
  openssl('pkey', '-in', `${name}.key`, '-pubout', '-out', `${name}.pub`);
  writeFileSync(file('ext'), EXTENSIONS[extensions]);
  const subject = ['-subj', `/CN=${name}`, '-force_pubkey', `${name}.pub`];
  openssl('x509', '-new', ...subject, ...signed, '-extfile', 'ext', '-days', '36500', '-out', `${name}.pem`);
}

function chain() {
  issue('root', 'SLH-DSA-SHA2-128s', 'ca', '-key', 'root.key');
  issue('ca', 'ML-DSA-65', 'ca', '-CA', 'root.pem', '-CAkey', 'root.key');
  issue('leaf', 'ML-DSA-44', 'leaf', '-CA', 'ca.pem', '-CAkey', 'ca.key');
  issue('kem', 'ML-KEM-768', 'kem', '-CA', 'ca.pem', '-CAkey', 'ca.key');
  for (const name of ['leaf', 'kem']) openssl('verify', '-CAfile', 'root.pem', '-untrusted', 'ca.pem', `${name}.pem`);
  return ['root', 'ca', 'leaf', 'kem'].map((name) => described(name, file(`${name}.pem`)));
}

/** A certificate with its text: without the lines of hex, and a hash of all of it. */
function described(name, path) {
  const text = openssl('x509', '-in', path, '-text', '-noout', '-nameopt', 'oneline').toString('latin1');
  const outline = text.replace(/^ +([0-9a-f]{2}:)*[0-9a-f]{2}:?\n/gm, '');
  const pem = openssl('x509', '-in', path).toString('latin1');
  return { name, pem, outline, text: sha256(text) };
}

try {
  const theirs = ['root', 'server'].map((name) =>
    described(`openssl-${name}`, join(source, `test/certs/${name}-ml-dsa-44-cert.pem`)),
  );
  const golden = {
    version: openssl('version').toString('latin1').trim(),
    keys: TYPES.map(key),
    references: ['44', '65', '87'].map(reference),
    signatures: ['SLH-DSA-SHA2-128s', 'SLH-DSA-SHAKE-192s', 'SLH-DSA-SHA2-256s'].map(signature),
    certificates: [...chain(), ...theirs],
  };
  writeFileSync(
    join(import.meta.dirname, '../test/golden/post-quantum/openssl-3.5.json'),
    `${JSON.stringify(golden, null, 1)}\n`,
  );
} finally {
  rmSync(cwd, { recursive: true, force: true });
}
