// Packs the package, installs the tarball globally into an empty folder, and uses it there: the command line and the library.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const windows = process.platform === 'win32';
const folder = mkdtempSync(join(tmpdir(), 'tlskit-package-'));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

function run(command, args, cwd = folder) {
  const result = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    shell: windows,
    env: { ...process.env, npm_config_loglevel: 'error' },
  });
  if (result.error) throw result.error;
  if (result.status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${result.status}: ${result.stderr}`);
  return result.stdout;
}

function expect(what, condition) {
  if (!condition) throw new Error(`not so: ${what}`);
  console.log(`ok: ${what}`);
}

/** Starts s_server of the installed package on a free port, and connects s_client to it. */
async function connect(tlskit, cwd) {
  const identity = ['-cert', 'c.pem', '-key', 'k.pem', '-groups', 'X25519MLKEM768'];
  const server = spawn(tlskit, ['s_server', '-accept', '127.0.0.1:0', ...identity], { cwd, shell: windows });
  try {
    let told = '';
    const port = await new Promise((done, failed) => {
      server.stdout.on('data', (bytes) => {
        told += bytes;
        const found = /^ACCEPT .*:(\d+)$/m.exec(told)?.[1];
        if (found) done(found);
      });
      server.on('exit', () => failed(new Error(`s_server ended: ${told}`)));
    });
    return run(tlskit, ['s_client', '-connect', `127.0.0.1:${port}`, '-groups', 'X25519MLKEM768', '--json'], cwd);
  } finally {
    server.kill();
  }
}

/** A program that has two engines of the installed package talk to each other, with the files that its command line made. */
const HANDSHAKE = `
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { TlsEngine, acceptAny, clientConfig, credential, serverConfig } from 'tlskit/engine';

const chain = [new X509Certificate(readFileSync('c.pem')).raw];
const key = createPrivateKey(readFileSync('k.pem'));
const server = TlsEngine.server(serverConfig({ credentials: [credential({ chain, key })] }));
const client = TlsEngine.client(clientConfig({ verify: acceptAny }));
const data = [];
client.start();
while (client.waiting || server.waiting) {
  for (const bytes of client.take()) server.receive(bytes);
  for (const bytes of server.take()) client.receive(bytes);
  for (const { type } of server.events()) if (type === 'secure') server.send(Buffer.from('hello'));
  for (const event of client.events()) if (event.type === 'data') data.push(event.bytes);
}
console.log(client.info.version.name, Buffer.concat(data).toString());
`;

/** A program that makes certificates in memory, and has the servers of the fixture file's cases. */
const FIXTURES = `
import { caseByName, createCA } from 'tlskit/fixtures';
import { startServers } from 'tlskit/fixtures/servers';
import setup from 'tlskit/fixtures/setup';

await setup();
const ca = await createCA();
const { fullchain } = await ca.issue({ san: ['localhost'], case: 'expired' });
console.log(caseByName('expired').verdicts.node, fullchain.startsWith('-----BEGIN') && typeof startServers === 'function');
`;

/** A fixture file in TypeScript that imports other files, types, and the package. */
const RECIPE = `
import { fixtureCases, type Recipe } from 'tlskit/fixtures';
import { names, type Names } from './names.ts';

const san: Names = names;
const recipe: Recipe = {
  version: 1,
  out: 'typed',
  certs: { root: { ca: true }, good: { issuer: 'root', san }, bad: { from: 'good', case: 'expired' } },
};
export default fixtureCases().length > 0 ? recipe : undefined;
`;

/** The drop-in as modules and by require, where a warning would be one line more; and a program that does not know of it. */
const DROP_IN = `
import tls, { connect } from 'tlskit/tls';
import https from 'tlskit/https';
import http2, { createSecureServer } from 'tlskit/http2';
console.log(tls.connect === connect, typeof https.get, http2.createSecureServer === createSecureServer);
`;
const DROP_IN_REQUIRED = `
const tls = require('tlskit/tls');
const https = require('tlskit/https');
const http2 = require('tlskit/http2');
console.log(typeof tls.connect, tls.DEFAULT_MAX_VERSION, typeof https.Agent, typeof http2.connect);
`;
const REGISTERED = `
const tls = require('node:tls');
const https = require('node:https');
const { readFileSync } = require('node:fs');
const server = https.createServer({ cert: readFileSync('c.pem'), key: readFileSync('k.pem') }, (request, response) => {
  response.end([server, request.socket].every((one, i) => one instanceof [tls.Server, tls.TLSSocket][i]) + ' ' + request.socket.getProtocol());
});
server.listen(0, async () => {
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  process.removeAllListeners('warning').on('warning', () => undefined);
  const { connect } = tls;
  let calls = 0;
  tls.connect = (...all) => (calls++, connect(...all));
  console.log(await (await fetch('https://localhost:' + server.address().port)).text(), calls);
  process.exit();
});
`;

/** Runs a program; what it says, warnings too. */
function says(file, flags = [], cwd = folder) {
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, file], { cwd, encoding: 'utf8' });
  return stdout + stderr;
}

try {
  run('npm', ['pack', '--pack-destination', folder], root);
  const prefix = join(folder, 'global');
  mkdirSync(windows ? prefix : join(prefix, 'lib'), { recursive: true });
  run('npm', [
    'install',
    '--global',
    '--no-audit',
    '--no-fund',
    '--prefix',
    prefix,
    join(folder, `tlskit-${version}.tgz`),
  ]);
  const tlskit = windows ? join(prefix, 'tlskit.cmd') : join(prefix, 'bin/tlskit');
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  expect('--version names the version', run(tlskit, ['--version'], empty) === `tlskit ${version}\n`);
  expect('--help lists the commands', /genkey[^]*x509/.test(run(tlskit, ['--help'], empty)));
  run(tlskit, ['genrsa', '-out', 'k.pem', '2048'], empty);
  expect('the key file is private', windows || (statSync(join(empty, 'k.pem')).mode & 0o777) === 0o600);
  run(tlskit, ['req', '-new', '-x509', '-key', 'k.pem', '-subj', '/CN=packed', '-out', 'c.pem'], empty);
  expect(
    'a certificate is made and read',
    /packed/.test(run(tlskit, ['x509', '-in', 'c.pem', '-noout', '-subject'], empty)),
  );
  // SQLite comes with Node, or by a package with binaries
  run(tlskit, ['ca', 'init', '-yes'], empty);
  run(tlskit, ['ca', 'issue', 'localhost'], empty);
  expect('a CA issues and remembers', /localhost/.test(run(tlskit, ['ca', 'list'], empty)));
  run(tlskit, ['fixtures', 'init', '-yes'], empty);
  run(tlskit, ['fixtures', 'generate'], empty);
  expect('fixtures are made', /up to date/.test(run(tlskit, ['fixtures', 'check'], empty)));
  // on Node 20 and 22 the bundle must find @noble/post-quantum among the package's dependencies
  const handshake = JSON.parse(await connect(tlskit, empty));
  expect('s_client and s_server agree on X25519MLKEM768', handshake.group === 'X25519MLKEM768');
  expect('shell completion answers', /autocomplete|tlskit/i.test(run(tlskit, ['autocomplete', 'bash'], empty)));
  writeFileSync(join(empty, 'package.json'), '{ "type": "module", "private": true }\n');
  run('npm', ['install', '--no-audit', '--no-fund', join(folder, `tlskit-${version}.tgz`)], empty);
  writeFileSync(
    join(empty, 'use.js'),
    "import * as tlskit from 'tlskit';\nconst key = await tlskit.generateKey({ type: 'ed25519' });\nconsole.log(key.type);\n",
  );
  writeFileSync(join(empty, 'engine.js'), HANDSHAKE);
  expect('the engine is imported and shakes hands', run(process.execPath, ['engine.js'], empty) === 'TLSv1.3 hello\n');
  writeFileSync(join(empty, 'fixtures.js'), FIXTURES);
  expect(
    'fixtures are imported and serve',
    run(process.execPath, ['fixtures.js'], empty) === 'CERT_HAS_EXPIRED true\n',
  );
  writeFileSync(
    join(empty, 'there.test.js'),
    "import { accessSync } from 'node:fs';\nimport test from 'node:test';\ntest('there', () => accessSync('fixtures/server-cert.pem'));\n",
  );
  writeFileSync(
    join(empty, 'names.ts'),
    "export type Names = readonly string[];\nexport const names: Names = ['localhost'];\n",
  );
  writeFileSync(join(empty, 'recipe.ts'), RECIPE);
  run(tlskit, ['fixtures', 'generate', '-config', 'recipe.ts'], empty);
  const typed = JSON.parse(readFileSync(join(empty, 'typed/manifest.json'), 'utf8'));
  expect('a fixture file in TypeScript is read', typed.certificates.bad.case === 'expired');
  rmSync(join(empty, 'fixtures'), { recursive: true });
  const registered = ['--import', 'tlskit/fixtures/register', '--test', 'there.test.js'];
  expect('node:test has its fixtures before', /\bpass 1\b/.test(run(process.execPath, registered, empty)));
  writeFileSync(join(empty, 'tls.mjs'), DROP_IN);
  writeFileSync(join(empty, 'tls.cjs'), DROP_IN_REQUIRED);
  writeFileSync(join(empty, 'registered.cjs'), REGISTERED);
  expect('the drop-in is imported', says('tls.mjs', [], empty) === 'true function true\n');
  expect('the drop-in is required', says('tls.cjs', [], empty) === 'function TLSv1.3 function function\n');
  for (const flag of ['--import', '--require']) {
    const said = says('registered.cjs', [flag, 'tlskit/tls/register'], empty);
    expect(`${flag} puts the drop-in below https and fetch`, said === 'true TLSv1.3 1\n');
  }
  expect('the library is imported and makes a key', run(process.execPath, ['use.js'], empty) === 'ed25519\n');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
