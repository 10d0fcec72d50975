// 200 P-256 leaf certificates with their keys, each in files of its own: `fixtures generate` (the whole command, CA and manifest included) beside
// an openssl shell loop, certtool, mkcert, and the npm packages selfsigned and node-forge, in turn, in one run.
//   node scripts/build.mjs --release && node bench/fixtures.mjs [rounds] [leaves] [loops]
// A row: leaves a second (wall clock), CPU milliseconds a leaf of all processes together, both as medians of the rounds, and the rate over the
// openssl loop's. Shell loops make `loops` leaves a round. A peer that is not installed is left out (Debian: openssl, gnutls-bin, mkcert); the npm
// packages are installed into a temporary folder. node-forge makes no EC certificates: it signs with RSA keys of 2048 bits, the least that is of use.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { file, folder, has, timed } from './shell.mjs';

const [rounds = 3, leaves = 200, loops = 40] = process.argv.slice(2).map(Number);
const run = join(dirname(fileURLToPath(import.meta.url)), '../bin/run.js');

const loop = (line) => `for i in $(seq 1 ${loops}); do ${line}; done`;
const tlskit = `'${process.execPath}' '${run}'`;
const host = (i) => `h${i}.example.org`;

/** Whether the npm packages can be had. */
function installed(...names) {
  const at = join(folder, 'npm');
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, 'package.json'), '{ "private": true }\n');
  const words = ['install', '--no-audit', '--no-fund', '--no-save', '--prefix', at, ...names];
  return spawnSync('npm', words, { cwd: at, timeout: 100_000 }).status === 0;
}

const entries = Array.from({ length: leaves }, (_, i) => `  h${i}: {issuer: root, san: [${host(i)}]}\n`);
file('tlskit.yml', `version: 1\ncerts:\n  root: {ca: true}\n${entries.join('')}`);
file(
  'certtool.tmpl',
  'cn = h.example.org\ndns_name = h.example.org\ntls_www_server\nsigning_key\nexpiration_days = 365\n',
);
file('ext', 'subjectAltName=DNS:h.example.org\nextendedKeyUsage=serverAuth\n');
mkdirSync(join(folder, 'out'));
mkdirSync(join(folder, 'npm'));

file(
  'npm/selfsigned.mjs',
  `import { readFileSync, writeFileSync } from 'node:fs';
   import selfsigned from 'selfsigned';
   const ca = { cert: readFileSync('root.pem', 'utf8'), key: readFileSync('root-key.pem', 'utf8') };
   for (let i = 0; i < ${leaves}; i += 1) {
     const name = 'h' + i + '.example.org';
     const made = await selfsigned.generate([{ name: 'commonName', value: name }], {
       keyType: 'ec', curve: 'P-256', algorithm: 'sha256', days: 365, ca,
       extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
     });
     writeFileSync('out/' + name + '-cert.pem', made.cert);
     writeFileSync('out/' + name + '-key.pem', made.private, { mode: 0o600 });
   }`,
);
file(
  'npm/forge.mjs',
  `import { writeFileSync } from 'node:fs';
   import forge from 'node-forge';
   const { pki } = forge;
   const root = pki.rsa.generateKeyPair(2048);
   for (let i = 0; i < ${loops}; i += 1) {
     const name = 'h' + i + '.example.org';
     const keys = pki.rsa.generateKeyPair(2048);
     const made = pki.createCertificate();
     made.publicKey = keys.publicKey;
     made.serialNumber = '01' + i.toString(16).padStart(6, '0');
     made.validity.notBefore = new Date();
     made.validity.notAfter = new Date(Date.now() + 365 * 86_400_000);
     made.setSubject([{ name: 'commonName', value: name }]);
     made.setIssuer([{ name: 'commonName', value: 'root' }]);
     made.setExtensions([{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }]);
     made.sign(root.privateKey, forge.md.sha256.create());
     writeFileSync('out/' + name + '-cert.pem', pki.certificateToPem(made));
     writeFileSync('out/' + name + '-key.pem', pki.privateKeyToPem(keys.privateKey), { mode: 0o600 });
   }`,
);

const packages = installed('selfsigned', 'node-forge');

/** Each: name, whether it is there, leaves a round, the script. */
const peers = [
  ['tlskit fixtures generate', () => true, leaves, `rm -rf fixtures; ${tlskit} fixtures generate`],
  [
    'openssl genpkey, req, x509',
    () => has('openssl'),
    loops,
    loop(
      'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out out/$i-key.pem; openssl req -new -key out/$i-key.pem -subj /CN=h.example.org -out r.pem; openssl x509 -req -in r.pem -CA root.pem -CAkey root-key.pem -extfile ext -days 365 -out out/$i-cert.pem',
    ),
  ],
  [
    'certtool',
    () => has('certtool'),
    loops,
    loop(
      'certtool --generate-privkey --key-type ecdsa --curve secp256r1 --outfile out/$i-key.pem; certtool --generate-certificate --load-privkey out/$i-key.pem --load-ca-certificate root.pem --load-ca-privkey root-key.pem --template certtool.tmpl --outfile out/$i-cert.pem',
    ),
  ],
  [
    'mkcert -ecdsa',
    () => has('mkcert'),
    loops,
    loop('CAROOT=$PWD mkcert -ecdsa -cert-file out/$i-cert.pem -key-file out/$i-key.pem h.example.org'),
  ],
  ['selfsigned (npm)', () => packages, leaves, `'${process.execPath}' npm/selfsigned.mjs`],
  ['node-forge (npm), RSA', () => packages, loops, `'${process.execPath}' npm/forge.mjs`],
];

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

try {
  timed(`${tlskit} ca init -yes -ca ca -key-type P-256 -name Bench`);
  timed('for name in root rootCA; do cp ca/root.pem $name.pem; cp ca/root-key.pem $name-key.pem; done');
  const here = peers.filter(([, isHere]) => isHere());
  const results = new Map(here.map(([label]) => [label, []]));
  for (let i = 0; i < rounds; i += 1) {
    for (const [label, , count, script] of here) {
      const { wall, cpu } = timed(script);
      results.get(label).push({ rate: count / wall, cpu: (1000 * cpu) / count });
    }
  }
  const rates = new Map([...results].map(([label, list]) => [label, median(list.map(({ rate }) => rate))]));
  const base = rates.get('openssl genpkey, req, x509') ?? NaN;
  console.log(
    `P-256 leaf certificates with keys, in files; Node ${process.versions.node}, ${cpus().length} cores, medians of ${rounds} rounds, ${leaves} leaves (shell loops and node-forge: ${loops})`,
  );
  console.log(`${''.padEnd(28)} leaves/s   CPU ms a leaf   rate over openssl's`);
  for (const [label, list] of results) {
    const cpu = median(list.map((one) => one.cpu)).toFixed(2);
    const rate = rates.get(label);
    console.log(
      `${label.padEnd(28)} ${rate.toFixed(1).padStart(8)} ${cpu.padStart(15)} ${(rate / base).toFixed(1).padStart(21)}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
