// Runs `tlskit test-client` with the clients that are installed and writes the table of docs/test-client.md.
//   node scripts/build.mjs && node scripts/test-client.mjs
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';

const folder = mkdtempSync(join(tmpdir(), 'tlskit-clients-'));
const DOC = 'docs/test-client.md';
const [BEGIN, END] = ['<!-- table: scripts/test-client.mjs -->', '<!-- end of table -->'];

const GO = `package main

import ("context"; "crypto/tls"; "crypto/x509"; "net"; "net/http"; "os")

func main() {
	pem, _ := os.ReadFile(os.Getenv("TLSKIT_CA"))
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	address := net.JoinHostPort(os.Getenv("TLSKIT_ADDRESS"), os.Getenv("TLSKIT_PORT"))
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) { return net.Dial(network, address) }
	client := http.Client{Transport: &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: roots}}}
	if _, err := client.Get(os.Getenv("TLSKIT_URL")); err != nil {
		println(err.Error())
		os.Exit(1)
	}
}
`;

function goClient() {
  writeFileSync(join(folder, 'client.go'), GO);
  const program = join(folder, 'go-client');
  execFileSync('go', ['build', '-o', program, join(folder, 'client.go')], {
    env: { ...process.env, GOCACHE: process.env.GOCACHE ?? join(folder, 'cache') },
  });
  return program;
}

const NODE = `node -e "require('https').get(process.env.TLSKIT_URL,{ca:require('fs').readFileSync(process.env.TLSKIT_CA),lookup:(h,o,c)=>o.all?c(null,[{address:'127.0.0.1',family:4}]):c(null,'127.0.0.1',4)},r=>r.resume()).on('error',()=>process.exit(1))"`;
const PYTHON = `python3 -c "import os,socket,ssl;e=os.environ;c=ssl.create_default_context(cafile=e['TLSKIT_CA']);c.wrap_socket(socket.create_connection((e['TLSKIT_ADDRESS'],int(e['TLSKIT_PORT']))),server_hostname=e['TLSKIT_HOST'])"`;
/** openssl and gnutls-cli have an option for hosts and one for addresses. */
const OPENSSL =
  'case {host} in *[a-z]*) v=-verify_hostname;; *) v=-verify_ip;; esac; openssl s_client -connect {address}:{port} -servername {host} $v {host} -CAfile {ca} -verify_return_error';
const GNUTLS =
  'case {host} in *[a-z]*) v="--sni-hostname={host} --verify-hostname={host}";; *) v=;; esac; gnutls-cli --x509cafile={ca} $v -p {port} {address}';

/** glibc does not know *.localhost and wget takes no address: a proxy knows it. */
const proxy = createServer().on('connect', (request, socket) => {
  const server = connect(Number(request.url.split(':')[1]), '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    socket.pipe(server).pipe(socket);
  });
  for (const one of [server, socket]) one.on('error', () => [server, socket].forEach((each) => each.destroy()));
});
await once(proxy.listen(0, '127.0.0.1'), 'listening');
const WGET = `wget -q -t 1 -O /dev/null -e use_proxy=yes -e https_proxy=http://127.0.0.1:${proxy.address().port} --ca-certificate={ca} {url}`;

const first = (program, ...words) => {
  const { stdout, error } = spawnSync(program, words, { encoding: 'utf8' });
  return error ? undefined : stdout.split('\n')[0].trim();
};

const CLIENTS = [
  ['curl', first('curl', '--version')?.replace(/ \(.*?\)| zlib.*/g, ''), () => 'curl -sS --cacert {ca} {url}'],
  ['openssl', first('openssl', 'version')?.replace(/ \(.*/, ''), () => OPENSSL],
  ['gnutls-cli', first('gnutls-cli', '--version'), () => GNUTLS],
  ['wget', first('wget', '--version')?.replace(/,? built.*/, ''), () => WGET],
  ['Node', `Node ${process.version} (OpenSSL ${process.versions.openssl})`, () => NODE],
  [
    'Python',
    first('python3', '-c', 'import sys,ssl;print("Python",sys.version.split()[0],"with",ssl.OPENSSL_VERSION)'),
    () => PYTHON,
  ],
  ['Go', first('go', 'version'), goClient],
  // each case starts a browser
  [
    'Chromium',
    first('chromium', '--version')?.replace(/ built on.*/, ''),
    () => 'scripts/chromium-client.sh',
    ['-timeout', '120', '-jobs', '3'],
  ],
];

const env = { ...process.env };
delete env.NODE_EXTRA_CA_CERTS;
const results = [];
const tally = ({ right, wrong, either }) => `${right} right, ${wrong} wrong, ${either} either way`;
for (const [name, version, make, more = []] of CLIENTS) {
  if (version === undefined) {
    process.stderr.write(`${name} is not installed\n`);
    continue;
  }
  const words = ['bin/run.js', 'test-client', '--cmd', make(), '--json', '-timeout', '60', ...more];
  const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [output, [status]] = await Promise.all([textOf(child.stdout), once(child, 'exit')]);
  if (status !== 0 && status !== 1) throw new Error(`${name}: exit code ${status}`);
  results.push({ name, version, ...JSON.parse(output) });
  process.stderr.write(`${name}: ${tally(results.at(-1))}\n`);
}

const DUTIES = {
  accept: 'accept',
  refuse: 'refuse',
  may: 'accept or refuse',
  'refuse-when-checked': 'refuse if checked',
};
const cell = ({ did, right }) => (right === false ? `**${did}**` : did);
const rows = results[0].cases.map((one, i) => [
  one.name,
  one.about,
  DUTIES[one.duty],
  ...results.map(({ cases }) => cell(cases[i])),
]);
const table = [
  ['case', 'what is special', 'a client must', ...results.map(({ name }) => name)],
  Array.from({ length: 3 + results.length }, () => '-'),
  ...rows,
  ['', '', 'right, wrong, either way', ...results.map(({ right, wrong, either }) => `${right}, ${wrong}, ${either}`)],
].map((row) => `| ${row.join(' | ')} |`);
const text = `${BEGIN}

Made by \`scripts/test-client.mjs\` on ${new Date().toISOString().slice(0, 10)}, with ${results.map(({ version }) => version).join('; ')}. Bold: wrong. The command lines are in that script; wget goes through a proxy that knows the names, Chromium is started by \`scripts/chromium-client.sh\`.

${table.join('\n')}

${END}`;
const before = readFileSync(DOC, 'utf8');
const [head, rest] = before.split(BEGIN);
writeFileSync(DOC, `${head}${text}${rest.split(END)[1]}`);
spawnSync('npx', ['prettier', '--write', DOC]);
proxy.close();
rmSync(folder, { recursive: true, force: true });
