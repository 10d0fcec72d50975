// Leaf certificates, each with a new P-256 key, from a P-256 CA and from an RSA-2048 CA: `ca issue -batch` and the library beside other programs,
// in turn, in one run.
//   node scripts/build.mjs --release && node bench/issue.mjs [rounds] [ours] [theirs]
// A row: leaves a second (wall clock), and CPU milliseconds a leaf of all processes together; medians of the rounds. A peer that is not installed
// is left out (Debian: openssl, gnutls-bin, golang-cfssl, mkcert).
import { rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { file, folder, has, timed } from './shell.mjs';

const [rounds = 3, ours = 1000, theirs = 40] = process.argv.slice(2).map(Number);
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const run = join(root, 'bin/run.js');

const loop = (line) => `for i in $(seq 1 ${theirs}); do ${line}; done`;

file('names', Array.from({ length: ours }, (_, i) => `h${i}.example.org\n`).join(''));
file(
  'certtool.tmpl',
  'cn = h.example.org\ndns_name = h.example.org\ntls_www_server\nsigning_key\nexpiration_days = 365\n',
);
file('csr.json', JSON.stringify({ CN: 'h.example.org', hosts: ['h.example.org'], key: { algo: 'ecdsa', size: 256 } }));
file('ext', 'subjectAltName=DNS:h.example.org\nextendedKeyUsage=serverAuth\n');
file(
  'library.mjs',
  `import { readFileSync } from 'node:fs';
   import { Authority, certificatePem, readCertificates, readPrivateKey, writePrivateKey } from ${JSON.stringify(join(root, 'dist/lib/index.js'))};
   const [ca] = process.argv.slice(2);
   const read = (name) => readFileSync(ca + '/' + name);
   const key = await readPrivateKey(read('root-key.pem'), { source: 'key' });
   const issuer = new Authority({ certificate: readCertificates(read('root.pem'), 'ca')[0], key });
   for (let i = 0; i < ${ours}; i += 1) {
     const leaf = await issuer.issue({ names: ['h' + i + '.example.org'] });
     certificatePem(leaf.certificate);
     writePrivateKey(leaf.key, { format: 'pkcs8' });
   }`,
);

const tlskit = `'${process.execPath}' '${run}'`;
/** Each: name, program that has to be there, how many leaves, the script for the CA in a folder. */
const peers = [
  [
    'tlskit ca issue -batch',
    undefined,
    ours,
    (ca) => `rm -rf out; ${tlskit} ca issue -ca ${ca} -batch names -outdir out`,
  ],
  ['tlskit, the library', undefined, ours, (ca) => `'${process.execPath}' library.mjs ${ca}`],
  [
    'openssl req + x509 -req',
    'openssl',
    theirs,
    (ca) =>
      loop(
        `openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k.pem -subj /CN=h.example.org -out r.pem; openssl x509 -req -in r.pem -CA ${ca}/root.pem -CAkey ${ca}/root-key.pem -extfile ext -days 365 -out c.pem`,
      ),
  ],
  [
    'certtool',
    'certtool',
    theirs,
    (ca) =>
      loop(
        `certtool --generate-privkey --key-type ecdsa --curve secp256r1 --outfile k.pem; certtool --generate-certificate --load-privkey k.pem --load-ca-certificate ${ca}/root.pem --load-ca-privkey ${ca}/root-key.pem --template certtool.tmpl --outfile c.pem`,
      ),
  ],
  [
    'cfssl gencert',
    'cfssl',
    theirs,
    (ca) =>
      loop(`cfssl gencert -loglevel 5 -ca ${ca}/root.pem -ca-key ${ca}/cfssl-key.pem csr.json | cfssljson -bare leaf`),
  ],
  [
    'mkcert',
    'mkcert',
    theirs,
    (ca) => loop(`CAROOT=${ca} mkcert -ecdsa -cert-file c.pem -key-file k.pem h.example.org`),
  ],
].filter(([, program]) => program === undefined || has(program));

/** A CA in the forms that all of them read. */
function makeCa(name, type) {
  timed(`${tlskit} ca init -yes -ca ${name} -key-type ${type} -name 'Bench ${name}'`);
  timed(
    `cd ${name}; cp root.pem rootCA.pem; cp root-key.pem rootCA-key.pem; ${tlskit} pkey -in root-key.pem -traditional -out cfssl-key.pem`,
  );
}

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

try {
  console.log(
    `Leaf certificates with new P-256 keys; Node ${process.versions.node}, ${cpus().length} cores, medians of ${rounds} rounds`,
  );
  for (const [name, type] of [
    ['p256', 'P-256'],
    ['rsa2048', 'rsa:2048'],
  ]) {
    makeCa(name, type);
    const results = new Map(peers.map(([label]) => [label, []]));
    for (let i = 0; i < rounds; i += 1) {
      for (const [label, , count, script] of peers) {
        const { wall, cpu } = timed(script(name));
        results.get(label).push({ rate: count / wall, cpu: (1000 * cpu) / count });
      }
    }
    console.log(`\n${type} CA`.padEnd(28) + 'leaves/s   CPU ms a leaf');
    for (const [label, list] of results) {
      const rate = median(list.map((one) => one.rate));
      const cpu = median(list.map((one) => one.cpu));
      console.log(`${label.padEnd(25)} ${rate.toFixed(1).padStart(9)} ${cpu.toFixed(2).padStart(13)}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
