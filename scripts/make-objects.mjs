// Writes src/lib/registry/objects.ts from `openssl list -objects` (run by hand when the names of a newer OpenSSL are wanted).
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const groups = new Map();
for (const line of execFileSync('openssl', ['list', '-objects'], { encoding: 'utf8' }).split('\n')) {
  const m = /^(\S.*?) = (?:(.*), )?(\d[\d.]*)$/.exec(line);
  if (!m || !m[3].includes('.')) continue;
  const [, sn, ln = sn, oid] = m;
  const at = oid.lastIndexOf('.');
  const parent = oid.slice(0, at);
  const row = `${oid.slice(at + 1)} ${sn}${ln === sn ? '' : `=${ln}`}`;
  groups.set(parent, [...(groups.get(parent) ?? []), row]);
}
const lines = [];
for (const [parent, rows] of groups) {
  let line = `${parent}:`;
  for (const row of rows) {
    if (line.length + row.length > 150) {
      lines.push(line);
      line = `${parent}:`;
    }
    line += ` ${row};`;
  }
  lines.push(line);
}
writeFileSync(
  'src/lib/registry/objects.ts',
  `// Made by scripts/make-objects.mjs: the object names that OpenSSL 3.0 prints. One line a parent arc: \`arc: last short=long; …\`.
export const OBJECTS = \`
${lines.join('\n').replaceAll('`', '\\`')}
\`;
`,
);
console.log(lines.length, 'lines');
