import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { describeWith, openssl } from '../../support/peers.ts';
import { scratch, tlskit } from '../../support/tlskit.ts';

const CONFIG = `
[ca]
default_ca = CA
[CA]
database = db/index.txt
serial = db/serial
crlnumber = db/crlnumber
new_certs_dir = db/newcerts
certificate = root.pem
private_key = root.key
default_md = sha256
default_days = 30
default_crl_days = 7
policy = any
copy_extensions = copy
x509_extensions = leaf
crl_extensions = crl
[any]
commonName = supplied
[leaf]
basicConstraints = CA:FALSE
authorityKeyIdentifier = keyid
[crl]
authorityKeyIdentifier = keyid
`;

/** A folder with a new CA (P-256), and a request. */
function newCa(): string {
  const cwd = scratch();
  mkdirSync(join(cwd, 'db/newcerts'), { recursive: true });
  const files = { 'ca.cnf': CONFIG, 'db/index.txt': '', 'db/serial': '01\n', 'db/crlnumber': '01\n' };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  const key = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'.split(' ');
  expect(
    tlskit(['req', '-x509', ...key, '-keyout', 'root.key', '-out', 'root.pem', '-subj', '/CN=root'], { cwd }).status,
  ).toBe(0);
  expect(tlskit(['req', ...key, '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', '/CN=leaf'], { cwd }).status).toBe(
    0,
  );
  return cwd;
}

const ca = (line: string): string[] => ['ca', '-config', 'ca.cnf', ...line.split(' ')];
const read = (cwd: string, name: string): string => readFileSync(join(cwd, name), 'utf8');
const entries = (cwd: string): string[][] =>
  read(cwd, 'db/index.txt')
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t'));

/** Every entry has its file and every file its entry; serial numbers are all different, and the next one is new. */
function expectWhole(cwd: string): void {
  const serials = entries(cwd).map((fields) => fields[3] as string);
  expect(new Set(serials).size).toBe(serials.length);
  expect(readdirSync(join(cwd, 'db/newcerts')).sort()).toEqual(serials.map((serial) => `${serial}.pem`).sort());
  expect(serials).not.toContain(read(cwd, 'db/serial').trim());
  const next = Number.parseInt(read(cwd, 'db/serial'), 16);
  for (const serial of serials) expect(Number.parseInt(serial, 16)).toBeLessThan(next);
}

describeWith(['openssl'], 'K4 a CA that openssl and tlskit work on in turn', () => {
  it('stays valid for both, fifty times', () => {
    const cwd = newCa();
    const lines = [
      (i: number): string => `-batch -notext -in leaf.csr -out ${i}.pem -subj /CN=leaf${i}`,
      (i: number): string => `-batch -subj /CN=two${i} -out ${i}.pem -infiles leaf.csr`,
      (i: number): string => `-revoke ${i - 1}.pem${i % 2 ? ' -crl_reason superseded' : ''}`,
      (): string => '-gencrl -out ca.crl',
      (i: number): string =>
        `-batch -notext -startdate 200101000000Z -enddate 210101000000Z -in leaf.csr -out ${i}.pem -subj /CN=old${i}`,
      (): string => '-updatedb',
      (i: number): string => `-revoke ${i - 6}.pem -crl_compromise 20260101000000Z`,
    ];
    for (let i = 0; i < 50; i += 1) {
      const words = ca((lines[i % lines.length] as (i: number) => string)(i));
      const [first, second] = i % 2 === 0 ? [tlskit, openssl] : [openssl, tlskit];
      const { status, stderr } = first(words, { cwd });
      expect(status, `${i}: ${words.join(' ')}: ${stderr}`).toBe(0);
      if (i % 10 === 9) expect(second(ca('-status 01'), { cwd }).stderr).toContain('01=Revoked (R)');
    }
    expectWhole(cwd);
    expect(entries(cwd).filter(([type]) => type === 'R').length).toBe(14);
    expect(entries(cwd).filter(([type]) => type === 'E').length).toBe(7);
    const crls = [openssl, tlskit].map((program) => {
      expect(program(ca('-gencrl -out last.crl'), { cwd }).status).toBe(0);
      expect(openssl(['crl', '-in', 'last.crl', '-noout', '-CAfile', 'root.pem'], { cwd }).stderr).toContain(
        'verify OK',
      );
      const { stdout } = openssl(['crl', '-in', 'last.crl', '-noout', '-text'], { cwd });
      return stdout.split('Revoked Certificates:')[1]?.split('Signature Algorithm')[0];
    });
    expect(crls[0]).toBe(crls[1]);
    const files = entries(cwd)
      .filter(([type]) => type === 'V')
      .map((fields) => `db/newcerts/${fields[3]}.pem`);
    const check = ['verify', '-CAfile', 'root.pem', '-crl_check', '-CRLfile', 'last.crl'];
    expect(openssl([...check, ...files], { cwd }).stdout).toBe(files.map((file) => `${file}: OK\n`).join(''));
  });
});

describe('K4 a CA', () => {
  const RUN = [resolve('bin/run.js'), ...ca('-batch -notext -in leaf.csr -subj')];
  const start = (cwd: string, name: string) =>
    spawn(process.execPath, [...RUN, `/CN=${name}`, '-out', `${name}.pem`], {
      cwd,
      stdio: ['ignore', 'ignore', 'pipe'],
    });

  it('gives several processes different serial numbers', async () => {
    const cwd = newCa();
    const children = Array.from({ length: 6 }, (_, i) => start(cwd, `a${i}`));
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as number));
    expect(codes).toEqual(children.map(() => 0));
    expect(entries(cwd).length).toBe(6);
    expectWhole(cwd);
    expect(existsSync(join(cwd, 'db/index.txt.lock'))).toBe(false);
  });

  it('loses no record when it is killed, and uses no serial number twice', async () => {
    const cwd = newCa();
    const begun = Date.now();
    expect(tlskit([...RUN.slice(1), '/CN=first'], { cwd }).status).toBe(0);
    const took = Date.now() - begun;
    for (let i = 0; i < 16; i += 1) {
      const child = start(cwd, `k${i}`);
      const exit = once(child, 'exit');
      await Promise.race([exit, sleep(took * (0.5 + i / 24))]);
      child.kill('SIGKILL');
      await exit;
      // what somebody could have got is recorded
      const known = new Set(entries(cwd).map((fields) => `${fields[3]}.pem`));
      for (const file of readdirSync(join(cwd, 'db/newcerts')))
        if (!file.startsWith('.')) expect(known).toContain(file);
    }
    expect(tlskit([...RUN.slice(1), '/CN=last'], { cwd }).status).toBe(0);
    expectWhole(cwd);
  });

  it('finishes what a dead process left, and takes its lock', () => {
    const cwd = newCa();
    writeFileSync(join(cwd, 'db/index.txt'), 'V\t491231235959Z\t\t01\tunknown\t/CN=x\n');
    writeFileSync(join(cwd, 'db/serial'), '03\n');
    writeFileSync(join(cwd, 'db/newcerts/.01.pem.tlskit-new'), 'recorded');
    writeFileSync(join(cwd, 'db/newcerts/.02.pem.tlskit-new'), 'never issued');
    const pid = spawnedAndGone();
    writeFileSync(join(cwd, 'db/index.txt.lock'), `${pid} ${hostname()} 1 abc\n`);
    expect(tlskit([...RUN.slice(1), '/CN=new'], { cwd }).status).toBe(0);
    expect(readdirSync(join(cwd, 'db/newcerts')).sort()).toEqual(['01.pem', '03.pem']);
    expect(read(cwd, 'db/newcerts/01.pem')).toBe('recorded');
    expect(readdirSync(join(cwd, 'db')).filter((name) => name.includes('lock'))).toEqual([]);
  });

  it('takes a lock that a process left before it had filled it', () => {
    const cwd = newCa();
    const lock = join(cwd, 'db/index.txt.lock');
    writeFileSync(lock, '');
    utimesSync(lock, new Date(0), new Date(0));
    expect(tlskit([...RUN.slice(1), '/CN=new'], { cwd }).status).toBe(0);
    expectWhole(cwd);
  });

  it('waits for a process that works on it, and says so', async () => {
    const cwd = newCa();
    const lock = join(cwd, 'db/index.txt.lock');
    writeFileSync(lock, `${process.pid} ${hostname()}  abc\n`);
    const child = start(cwd, 'waits');
    const exit = once(child, 'exit');
    let said = '';
    child.stderr.on('data', (data: Buffer) => (said += data.toString()));
    while (!said.includes('waiting')) await sleep(10);
    expect(said).toContain(`waiting for process ${process.pid}, which works on this CA\n`);
    expect(entries(cwd)).toEqual([]);
    rmSync(lock);
    expect((await exit)[0]).toBe(0);
    expect(entries(cwd).length).toBe(1);
  });
});

/** The number of a process that has ended. */
function spawnedAndGone(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}
