// Runs the tests against other TLS implementations and writes docs/interop.md: who they are, how many cases each has, and what the cases are.
//   node scripts/interop.mjs
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(fileURLToPath(import.meta.url), '../..');
const report = join(tmpdir(), `tlskit-interop-${process.pid}.json`);

// peers in the order of the table: name, test files, where the version comes from
const PEERS = [
  ['openssl s_server', ['openssl-server', 'openssl-server-features'], ['openssl', 'version']],
  ['openssl s_client', ['openssl-client', 'openssl-client-features'], ['openssl', 'version']],
  ['openssl, options and sessions, both sides', ['openssl-options', 'openssl-sessions'], ['openssl', 'version']],
  ['gnutls-serv', ['gnutls-server'], ['gnutls-serv', '--version']],
  ['gnutls-cli', ['gnutls-client'], ['gnutls-cli', '--version']],
  ["Node's tls, both sides", ['node', 'node-bulk'], [process.execPath, '--version']],
  ["Node's tls with ML-KEM, both sides", ['node-mlkem'], [nodeWithMlKem(), '--version']],
  ["Go's crypto/tls, both sides", ['go'], ['go', 'version']],
  ['NSS selfserv and tstclnt', ['nss'], ['dpkg-query', '-W', '-f', 'NSS ${Version}', 'libnss3']],
  ['nginx', ['nginx'], ['nginx', '-v']],
  ['curl', ['curl'], ['curl', '--version']],
  ['Chromium', ['chromium'], ['chromium', '--version']],
];

function nodeWithMlKem() {
  return join(root, 'node_modules/.cache/tlskit-nodes/24/node_modules/node/bin/node');
}

function versionOf([program, ...args]) {
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  const [line = ''] = (stdout || stderr).trim().split('\n');
  return /OpenSSL [\d.]+|\d+\.\d+[\d.]*/.exec(line)?.[0].replace('OpenSSL ', '') ?? '?';
}

const args = ['node_modules/vitest/vitest.mjs', 'run', 'test/interop', '--reporter=json', `--outputFile=${report}`];
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
if (status !== 0) process.exit(1);
const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
rmSync(report);

const rows = [];
const details = [];
let all = 0;
for (const [name, files, version] of PEERS) {
  const results = testResults.filter((one) => files.includes(basename(one.name, '.test.ts')));
  const tests = results.flatMap(({ assertionResults }) => assertionResults).filter((one) => one.status === 'passed');
  all += tests.length;
  rows.push(`| ${name} | ${versionOf(version)} | ${tests.length} |`);
  const parts = new Map();
  for (const { ancestorTitles, title } of tests) {
    const part = ancestorTitles.join(': ');
    parts.set(part, [...(parts.get(part) ?? []), title]);
  }
  details.push(`### ${name}`, '');
  for (const [part, titles] of parts) {
    const shown = titles.length > 24 ? [...titles.slice(0, 3), '…', ...titles.slice(-1)] : titles;
    details.push(`- **${part}** (${titles.length}): ${shown.map((one) => one.replaceAll('|', '\\|')).join('; ')}`);
  }
  details.push('');
}

const text = `# Interoperability

Written by \`npm run test:interop\` from what the tests in \`test/interop\` proved on ${new Date().toISOString().slice(0, 10)} with Node ${process.versions.node}.
A case is one test. Nearly all have a whole connection with data both ways, most have two or more; the others are refusals.

| peer | version | cases |
| --- | --- | --- |
${rows.join('\n')}
| all | | ${all} |

## What a peer cannot do

- openssl 3.0 as Debian builds it has no 3DES, RC4 or SSL 3.0. \`s_server -stateless\` closes the connection after its HelloRetryRequest, whoever the client is.
- gnutls 3.7 negotiates neither SHA-224 nor DSA with SHA-2, and no TLS 1.3 while RSA-PSK or NULL are among its priorities. \`gnutls-cli\` ends by a signal after a
  handshake of DHE-PSK or ECDHE-PSK, with its own server too: there the handshake is all that is compared.
- Go 1.19 has neither early data nor a way to start a KeyUpdate. \`selfserv\` takes no external PSK. Chromium sends no close_notify.

## Cases

${details.join('\n')}`;
writeFileSync(join(root, 'docs/interop.md'), text);
execFileSync(process.execPath, ['node_modules/prettier/bin/prettier.cjs', '--write', 'docs/interop.md'], { cwd: root });
console.log(`${all} cases`);
