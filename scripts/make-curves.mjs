// Writes src/lib/registry/curve-table.ts from what an OpenSSL 3.0 binary says about its elliptic curves.
//   node scripts/make-curves.mjs [openssl]
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const openssl = process.argv[2] ?? 'openssl';
const run = (...args) => spawnSync(openssl, args).stdout;

/** The curves' names with their comments, in OpenSSL's order; a comment may have several lines. */
function listed() {
  const rows = [];
  for (const line of run('ecparam', '-list_curves').toString().split('\n')) {
    const m = /^ {2}(\S+?) *: ?(.*)$/.exec(line);
    if (m) rows.push([m[1], m[2]]);
    else if (line.startsWith('\t')) rows.at(-1)[1] += `|${line.trim()}`;
  }
  return rows;
}

const lines = listed().map(([name, comment]) => {
  const text = run('ecparam', '-name', name, '-noout', '-text').toString();
  const bits = /\((\d+) bit\)/.exec(text)?.[1] ?? 256;
  const nist = /NIST CURVE: (\S+)/.exec(text)?.[1] ?? '-';
  const der = run('ecparam', '-name', name, '-outform', 'DER');
  const oid = der[0] === 6 ? der.subarray(2).toString('hex') : '-';
  const explicit = run('ecparam', '-name', name, '-param_enc', 'explicit', '-outform', 'DER');
  return `${name} ${bits} ${oid} ${nist} ${explicit.toString('base64')} ${comment}`;
});

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
writeFileSync(
  join(root, 'src/lib/registry/curve-table.ts'),
  `// Made by scripts/make-curves.mjs: the elliptic curves of OpenSSL 3.0, in its order. One line a curve:
// name, bits of the order, content octets of the OID (hex), NIST's name, ECParameters (RFC 3279 section 2.3.5) in base64,
// comment (| where OpenSSL goes to a new line).
export const CURVE_TABLE = \`
${lines.join('\n')}
\`;
`,
);
