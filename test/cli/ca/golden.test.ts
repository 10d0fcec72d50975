import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { batch, type BatchResult } from '../../support/batch.ts';
import { run } from '../../support/peers.ts';
import { configOf, type CaCase } from './case.ts';
import { CASES } from './cases.ts';

/*
 * What OpenSSL 3.0 says, writes and leaves behind for each case, recorded in golden.json: UPDATE_GOLDEN=1 runs openssl and records it anew. Keys
 * are RSA or Ed25519 and dates are given, so that certificates and CRLs are compared octet for octet, by their hashes.
 */
const GOLDEN = 'test/cli/ca/golden.json';
const DATA = 'test/data/ca';

interface Outcome {
  readonly lines: readonly { readonly status: number; readonly stdout: string; readonly stderr: string }[];
  readonly files: Readonly<Record<string, string>>;
}

function prepare(folder: string, one: CaCase): void {
  cpSync(DATA, folder, { recursive: true });
  const files: Record<string, string | null> = {
    'ca.cnf': configOf(one),
    'demo/index.txt': one.index ?? '',
    'demo/serial': '01\n',
    'demo/crlnumber': '01\n',
    ...one.files,
  };
  mkdirSync(join(folder, 'demo/newcerts'), { recursive: true });
  for (const [name, text] of Object.entries(files)) if (text !== null) writeFileSync(join(folder, name), text);
}

const wordsOf = (line: string): string[] => {
  const words = line.split(' ');
  return words[0] === 'ca' && !words.includes('-config') ? ['ca', '-config', 'ca.cnf', ...words.slice(1)] : words;
};

const digest = (text: string): string => `${text.length}:${createHash('sha256').update(text, 'latin1').digest('hex')}`;

/** Random numbers and the present time are no difference. */
const normal = (text: string): string =>
  text
    .replace(/\b[0-9A-F]{36,40}\b/g, 'RANDOM')
    .replace(/\b2[6-9]\d{10}Z(?=[,\t])/g, 'NOW')
    .replace(/\((-?\d+) days\)/g, '(N days)')
    .replace(/\bV\t2\d{11}Z\t\t/g, 'V\tSOON\t\t')
    .replace(/until \w{3} [ \d]\d [\d:]{8} 20(2\d|3[0-8]) GMT/g, 'until SOON');

const shortened = (text: string): string => (text.length > 300 ? digest(text) : text);
/** Lines of OpenSSL's error queue, which name places in its source. */
const withoutQueue = (text: string): string => text.replace(/^[0-9A-F]{12,16}:error:.*\n/gm, '');

function filesOf(folder: string, certificatesVary: boolean): Record<string, string> {
  const known = new Set(readdirSync(DATA));
  const found: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(folder, entry);
    if (known.has(entry) || entry === 'ca.cnf' || !statSync(path).isFile()) continue;
    const text = readFileSync(path, 'latin1');
    const name = normal(entry.replaceAll('\\', '/').replace('.pem', ' .pem')).replace(' .pem', '.pem');
    const pem = /BEGIN CERT/.test(text);
    found[name] = pem ? (certificatesVary ? 'varies' : digest(text)) : shortened(normal(text));
  }
  return found;
}

function outcomeOf(folder: string, one: CaCase, results: readonly BatchResult[]): Outcome {
  const lines = results.map(({ status, stdout, stderr }) => ({
    status,
    stdout: shortened(normal(stdout)),
    stderr: normal(withoutQueue(stderr)),
  }));
  return { lines, files: filesOf(folder, one.varies === true) };
}

function openssl(folder: string, one: CaCase): BatchResult[] {
  return one.lines.map((line) => {
    const options = { cwd: folder, input: one.input ?? '', env: { OPENSSL_CONF: '/dev/null' } };
    const { status, stdout, stderr } = run('openssl', wordsOf(line), options);
    return { status: status ?? -1, stdout, stderr };
  });
}

const folderOf = (root: string, i: number): string => join(root, String(i));

describe('K4 ca and spkac do as OpenSSL 3.0 does', () => {
  it(`in ${CASES.length} cases`, () => {
    const root = mkdtempSync(join(tmpdir(), 'tlskit-ca-'));
    try {
      const cases = CASES;
      for (const [i, one] of cases.entries()) prepare(folderOf(root, i), one);
      if (process.env['UPDATE_GOLDEN'] !== undefined) {
        const recorded = cases.map((one, i) => [
          one.name,
          outcomeOf(folderOf(root, i), one, openssl(folderOf(root, i), one)),
        ]);
        writeFileSync(GOLDEN, `${JSON.stringify(Object.fromEntries(recorded), null, 2)}\n`);
        for (const [i, one] of cases.entries()) {
          rmSync(folderOf(root, i), { recursive: true });
          prepare(folderOf(root, i), one);
        }
      }
      const golden = JSON.parse(readFileSync(GOLDEN, 'utf8')) as Record<string, Outcome>;
      const jobs = cases.flatMap((one, i) =>
        one.lines.map((line) => ({
          cwd: folderOf(root, i),
          args: wordsOf(line),
          input: one.input ?? '',
          alone: one.top?.includes('oid_') === true, // gives names to identifiers
        })),
      );
      const results = batch(jobs);
      const wrong: string[] = [];
      for (const [i, one] of cases.entries()) {
        const ours = outcomeOf(folderOf(root, i), one, results.splice(0, one.lines.length));
        wrong.push(...differences(one, ours, golden[one.name]));
      }
      expect(wrong.join('\n')).toBe('');
      expect(Object.keys(golden).length).toBe(cases.length);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});

function differences(one: CaCase, ours: Outcome, theirs: Outcome | undefined): string[] {
  if (!theirs) return [`${one.name}: not recorded`];
  const wrong: string[] = [];
  const differ = (what: string, a: unknown, b: unknown): void => {
    const [x, y] = [JSON.stringify(a), JSON.stringify(b)];
    if (x !== y) wrong.push(`${one.name}: ${what}\n  ours    ${x}\n  openssl ${y}`);
  };
  for (const [i, line] of ours.lines.entries()) {
    const wanted = theirs.lines[i];
    differ(`line ${i + 1}, exit code`, line.status, wanted?.status);
    differ(`line ${i + 1}, stdout`, line.stdout, wanted?.stdout);
    if (one.says === undefined) differ(`line ${i + 1}, stderr`, line.stderr, wanted?.stderr);
    else if (line.status !== 0 && !(line.stderr.includes(one.says) && /^tlskit \w+: [^\n]+\n$/.test(line.stderr))) {
      wrong.push(`${one.name}: says ${line.stderr}`);
    }
  }
  if (one.says === undefined) differ('files', ours.files, theirs.files);
  return wrong;
}
