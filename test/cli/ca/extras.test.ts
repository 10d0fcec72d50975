import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeWith, openssl, type Finished } from '../../support/peers.ts';
import { scratch, tlskit } from '../../support/tlskit.ts';
import { configOf } from './case.ts';

function folder(): { cwd: string; run: (line: string, input?: string) => Finished } {
  const cwd = scratch();
  cpSync('test/data/ca', cwd, { recursive: true });
  mkdirSync(join(cwd, 'demo/newcerts'), { recursive: true });
  const config = configOf({ name: '', lines: [], conf: { private_key: 'locked.key' } });
  const files = { 'ca.cnf': config, 'demo/index.txt': '', 'demo/serial': '01\n', 'demo/crlnumber': '0A\n' };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  return { cwd, run: (line, input = '') => tlskit(line.split(' '), { cwd, input }) };
}

describe('K4 ca beyond OpenSSL', () => {
  it('says with --json what it did', () => {
    const { run } = folder();
    const json = (line: string): unknown => JSON.parse(run(`ca -config ca.cnf -key secret --json ${line}`).stdout);
    expect(json('-batch -in leaf.csr')).toMatchObject({
      issued: [{ serial: '01', file: './demo/newcerts/01.pem', certificate: { serial: '01', version: 3 } }],
    });
    expect(json('-revoke demo/newcerts/01.pem -crl_reason superseded')).toMatchObject({
      revoked: { serial: '01', status: 'revoked', reason: 'superseded' },
    });
    expect(json('-status 1')).toMatchObject({ serial: '01', status: 'revoked' });
    expect(json('-status 2')).toEqual({ serial: '02', status: 'unknown' });
    expect(json('-gencrl -out ca.crl')).toEqual({ number: '0A', revoked: 1, file: 'ca.crl' });
    expect(json('-updatedb')).toEqual({ expired: [] });
    expect(json('-batch -policy strict -in fr.csr')).toEqual({
      error: {
        code: 'ERR_USAGE',
        message: 'The countryName field is different between CA certificate (DE) and the request (FR)',
      },
    });
  });

  it('takes requests without -in or -infiles, and asks for the passphrase on the way', () => {
    const { run } = folder();
    const done = run('ca -config ca.cnf -notext leaf.csr fr.csr', 'secret\ny\ny\ny\n');
    expect(done.status, done.stderr).toBe(0);
    expect(done.stderr).toContain(
      '2 out of 2 certificate requests certified, commit? [y/n]Write out database with 2 new entries',
    );
    expect(done.stdout.match(/BEGIN CERTIFICATE/g)?.length).toBe(2);
  });

  it('leaves all as it was where it cannot write', () => {
    const { cwd, run } = folder();
    const done = run('ca -config ca.cnf -key secret -batch -in leaf.csr -out nowhere/o.pem');
    expect(done.status).toBe(1);
    expect(done.stderr).toMatch(/^tlskit ca: cannot write nowhere\/o\.pem[^\n]*\n$/);
    expect(tlskit(['ca', '-config', 'ca.cnf', '-status', '01'], { cwd }).stderr).toContain('not present');
  });

  it('has a configuration of its own, that of OpenSSL', () => {
    const { cwd } = folder();
    const done = tlskit(['ca', '-gencrl'], { cwd, env: { OPENSSL_CONF: '' } });
    expect(done.status).toBe(1);
    expect(done.stderr).toContain('./demoCA/private/cakey.pem');
  });
});

describeWith(['openssl'], 'K4 spkac beyond OpenSSL', () => {
  it('is made with keys that do not sign with MD5', () => {
    const { cwd, run } = folder();
    expect(run('spkac -key ed.key -challenge x -out ed.spkac').status).toBe(0);
    expect(openssl(['spkac', '-in', 'ed.spkac', '-noout', '-pubkey'], { cwd }).stdout).toContain('BEGIN PUBLIC KEY');
    expect(JSON.parse(run('spkac -in ed.spkac -verify --json').stdout)).toMatchObject({
      challenge: 'x',
      signatureAlgorithm: 'ED25519',
      publicKey: { type: 'ed25519' },
      verified: true,
    });
  });
});
