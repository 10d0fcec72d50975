// Writes what is generated from the code: docs/commands/*.md from the commands' definitions, the JSON schema of fixture files, and README's table of proved contract rows from the
// names of the tests. `--check` changes nothing and fails when something is not current.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toJsonSchema } from '@valibot/to-json-schema';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const check = process.argv.includes('--check');
if (!existsSync(join(root, 'oclif.manifest.json'))) {
  console.error('there is no oclif.manifest.json: run "npm run build" first');
  process.exit(1);
}
const { commands } = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8'));

/** The contract's rows, in the words of a user. */
const ROWS = {
  K1: '`genrsa -out key.pem 2048`',
  K2: '`req -new`: subject by prompts, lines, `-subj`, `-config`, `-addext`',
  K3: '`x509 -req -signkey`: self-signed certificates',
  K4: "CAs: `x509 -req -CA …`, `ca -config` on OpenSSL's own files, `ca init`, `ca issue` with a database, revocation, CRLs, OCSP",
  K5: '`pkcs12 -export` and reading any PKCS#12 back',
  K6: '`dhparam`: safe primes with progress, DSA-style, named groups',
  K7: 'session ticket keys: generate, inspect, rotate',
  K8: 'every key type of Node, every key file format',
  K9: 'inspection as OpenSSL prints it, and `--json`',
  K10: '`verify`: RFC 5280 path validation with name constraints, policies, CRLs, purposes, hostnames, partial chains',
  K11: '`fixtures`: one file describes a whole test PKI, good and deliberately bad certificates included',
  K12: '`ciphers`: the OpenSSL cipher list language, answered from our own tables',
  S1: '`s_client -connect`: our own TLS engine, output that scripts written for OpenSSL can grep, data both ways',
  S2: '`R`, `Q`, `K` and `k` typed into `s_client`',
  S3: '`s_server`: `-www`, `-WWW`, `-HTTP`, `-rev`, echo, client certificates, tickets, OCSP stapling, SNI, ALPN, many clients at once',
  S4: 'TLS 1.3, 1.2, 1.1 and 1.0, the last two off unless asked for; every suite, signature scheme and record form, and the alert that a fault deserves',
  S5: 'resumption (`-reconnect`, `-sess_out`, `-sess_in`), early data, `-status`, `-alpn`, `-trace`, `-keylogfile`, `-psk`',
  A1: '`tlskit/tls`: `createServer` with all options of `node:tls`',
  A2: '`connect` in all its call forms and with all its options, over any Duplex',
  A3: '`new TLSSocket` over an existing stream, client or server side',
  A4: '`createSecureContext`, `createSecurePair`, `getCiphers`, `rootCertificates`, defaults that may be assigned, `checkServerIdentity`, `convertALPNProtocols`',
  A5: 'events and methods of the server: `tlsClientError`, `newSession`, `resumeSession`, `OCSPRequest`, `addContext`, ticket keys, and the old names',
  A6: 'events and methods of the socket: `OCSPResponse`, `session`, `keylog`, certificates, ciphers, keying material, renegotiation, traces',
  A7: 'error codes as Node and OpenSSL name them',
  A8: 'renegotiation by clients is limited: 3 in 600 seconds',
  A9: 'forward secrecy: DHE, ECDHE, and the groups of TLS 1.3 with X25519MLKEM768, SecP256r1MLKEM768 and SecP384r1MLKEM1024',
  A10: 'types: the module is assignable to `typeof import("node:tls")` of @types/node 20 to 26',
  A11: "Node's HTTP/1.1 and HTTP/2 run over it, both sides",
};

function output(path, text) {
  const now = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  if (now === text) return;
  if (check) {
    console.error(`${path} is not current: run "npm run docs"`);
    process.exitCode = 1;
  } else writeFileSync(path, text);
}

function tests(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? tests(path) : entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

function featureTable() {
  const proofs = new Map();
  for (const path of tests(join(root, 'test'))) {
    const names = readFileSync(path, 'utf8').match(/\b(?:describe|describeWith|it|test)(?:\.each)?\([^\n]*/g) ?? [];
    for (const row of Object.keys(ROWS)) {
      if (!names.some((name) => new RegExp(`\\b${row}\\b`).test(name))) continue;
      const shown = path.slice(root.length + 1).replaceAll('\\', '/');
      proofs.set(row, [...(proofs.get(row) ?? []), `[${shown.replace(/^test\/|\.test\.ts$/g, '')}](${shown})`]);
    }
  }
  const lines = Object.entries(ROWS).flatMap(([row, promise]) =>
    proofs.has(row) ? [`| ${row} | ${promise} | ${proofs.get(row).sort().join(', ')} |`] : [],
  );
  return `<!-- prettier-ignore -->\n| row | what | proved by |\n| --- | --- | --- |\n${lines.join('\n')}\n\n`;
}

// what editors complete a fixture file from
const { recipeSchema } = await import('../dist/lib/fixtures/recipe/schema.js');
const schema = { title: 'tlskit fixtures', ...toJsonSchema(recipeSchema, { ignoreActions: ['check'] }) };
output(join(root, 'schemas/fixtures.schema.json'), `${JSON.stringify(schema, null, 2)}\n`);

const folder = join(root, 'docs/commands');
mkdirSync(folder, { recursive: true });
for (const id of Object.keys(commands)) {
  const name = id.replace(':', ' ');
  const { stdout, status } = spawnSync(process.execPath, [join(root, 'bin/run.js'), ...name.split(' '), '-help'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${name} -help ended with ${status}`);
  output(join(folder, `${name.replace(' ', '-')}.md`), `# tlskit ${name}\n\n\`\`\`text\n${stdout}\`\`\`\n`);
}
const readme = readFileSync(join(root, 'README.md'), 'utf8');
output(
  join(root, 'README.md'),
  readme.replace(/(<!-- features -->\n)[^]*(<!-- \/features -->)/, `$1${featureTable()}$2`),
);
