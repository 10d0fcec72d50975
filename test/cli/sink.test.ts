import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
  mkdirSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratch, tlskit, tlskitUsage } from '../support/tlskit.ts';

const RUN = resolve('bin/run.js');
const mode = (path: string): number => statSync(path).mode & 0o777;
const key = (cwd: string, ...more: string[]): ReturnType<typeof tlskit> =>
  tlskit(['genkey', '-type', 'ed25519', ...more], { cwd });
const shell = (cwd: string, line: string): string =>
  execFileSync('bash', ['-c', `tlskit() { "${process.execPath}" "${RUN}" "$@"; }; ${line}`], { cwd, encoding: 'utf8' });

describe('output files', () => {
  it('what goes to one file under two names is joined', () => {
    const cwd = scratch();
    const args = [
      'req',
      '-x509',
      '-newkey',
      'ed25519',
      '-nodes',
      '-subj',
      '/CN=a',
      '-keyout',
      './s.pem',
      '-out',
      's.pem',
    ];
    expect(tlskit(args, { cwd }).status).toBe(0);
    expect(readFileSync(join(cwd, 's.pem'), 'utf8')).toMatch(/BEGIN PRIVATE KEY[^]*BEGIN CERTIFICATE/);
    if (process.platform !== 'win32') expect(mode(join(cwd, 's.pem'))).toBe(0o600);
    expect(readdirSync(cwd)).toEqual(['s.pem']);
  });

  it('a failure leaves all files as they were', () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'k.pem'), 'old');
    const args = [
      'req',
      '-x509',
      '-newkey',
      'ed25519',
      '-nodes',
      '-subj',
      '/CN=a',
      '-keyout',
      'k.pem',
      '-out',
      'no/such.pem',
    ];
    const { status, stderr } = tlskit(args, { cwd });
    expect(status).toBe(1);
    expect(stderr).toBe('tlskit req: cannot write no/such.pem: no such file or directory\n');
    expect(readFileSync(join(cwd, 'k.pem'), 'utf8')).toBe('old');
    expect(readdirSync(cwd)).toEqual(['k.pem']);
  });

  it.each([
    ['dhparam', '-out', 'no/such.pem', '4096'],
    ['genrsa', '-out', '.', '8192'],
    ['req', '-new', '-newkey', 'rsa:8192', '-keyout', 'no/such.pem', '-out', 'r.pem'],
  ])('a place that cannot be written is told before the work: %s', (...args) => {
    const { stderr, usage } = tlskitUsage(args, { cwd: scratch() });
    expect(stderr).toMatch(/^tlskit [a-z]+: cannot write [^\n]*\n$/);
    // the work itself takes many seconds
    expect(usage.cpu).toBeLessThan(1);
  });
});

describe.runIf(process.platform !== 'win32')('output files of POSIX', () => {
  it('a private file gets 0600 whatever it had, another keeps its mode', () => {
    const cwd = scratch();
    for (const name of ['k.pem', 'p.pem']) {
      writeFileSync(join(cwd, name), '');
      chmodSync(join(cwd, name), 0o664);
    }
    expect(key(cwd, '-out', 'k.pem', '-public', 'p.pem').status).toBe(0);
    expect(mode(join(cwd, 'k.pem'))).toBe(0o600);
    expect(mode(join(cwd, 'p.pem'))).toBe(0o664);
  });

  it('symbolic links are followed, also to a file that is not there yet', () => {
    const cwd = scratch();
    mkdirSync(join(cwd, 'real'));
    symlinkSync('real/k.pem', join(cwd, 'link.pem'));
    for (let i = 0; i < 2; i += 1) {
      expect(key(cwd, '-out', 'link.pem').status).toBe(0);
      expect(lstatSync(join(cwd, 'link.pem')).isSymbolicLink()).toBe(true);
      expect(readFileSync(join(cwd, 'real/k.pem'), 'utf8')).toContain('PRIVATE KEY');
    }
  });

  it.runIf(process.getuid?.() !== 0)('a read-only file is not replaced', () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'k.pem'), 'old', { mode: 0o444 });
    expect(key(cwd, '-out', 'k.pem').stderr).toBe('tlskit genkey: cannot write k.pem: permission denied\n');
    expect(readFileSync(join(cwd, 'k.pem'), 'utf8')).toBe('old');
  });

  it.each(['/dev/stdout', '/dev/fd/1', '-'])(
    '-out %s is standard output: a pipe, or a file that others write too',
    (name) => {
      const cwd = scratch();
      expect(shell(cwd, `tlskit genkey -out ${name} | head -1`)).toBe('-----BEGIN PRIVATE KEY-----\n');
      shell(cwd, `(echo before; tlskit genkey -out ${name}; echo after) > all.txt`);
      expect(readFileSync(join(cwd, 'all.txt'), 'utf8')).toMatch(/^before\n-----BEGIN[^]*-----\nafter\n$/);
    },
  );

  it('-out takes a process substitution and a named pipe', () => {
    const cwd = scratch();
    shell(cwd, 'tlskit genkey -out >(cat > got.pem); for i in {1..300}; do [ -s got.pem ] && break; sleep 0.1; done');
    expect(readFileSync(join(cwd, 'got.pem'), 'utf8')).toContain('BEGIN PRIVATE KEY');
    shell(cwd, 'mkfifo p; cat p > from-pipe.pem & tlskit genkey -out p; wait');
    expect(readFileSync(join(cwd, 'from-pipe.pem'), 'utf8')).toContain('BEGIN PRIVATE KEY');
    expect(existsSync(join(cwd, 'p'))).toBe(true);
  });

  it('a closed standard output is no error', () => {
    const { stderr } = spawnSync('bash', ['-c', `"${process.execPath}" "${RUN}" ecparam -list_curves | head -1`], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
  });
});
