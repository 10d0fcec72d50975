import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodePem, encodePem } from '../../../src/lib/der/index.ts';
import { readSslSession, writeSslSession } from '../../../src/lib/tls/index.ts';
import { readSslSessionParts, writeSslSessionParts } from '../../../src/lib/tls/session/structure.ts';
import { expectGolden } from '../../support/golden.ts';
import { describeWith, openssl } from '../../support/peers.ts';
import { scratch, tlskit } from '../../support/tlskit.ts';

const folder = join(import.meta.dirname, '../../data/sessions');
const files = readdirSync(folder).filter((name) => name.endsWith('.pem'));
const OPTIONS = [
  '-text -noout',
  '-text -cert -noout',
  '-cert',
  '-context abc -outform DER',
  '-outform NSS',
  '-cert -outform DER',
];
const env = { OPENSSL_CONF: '/dev/null' };

const derOf = (name: string): Buffer => {
  const [block] = decodePem(readFileSync(join(folder, name), 'latin1'), () => true);
  return block!.der;
};

describe('S5 sess_id', () => {
  test('says and writes what openssl does, for sessions that openssl saved', () => {
    const cases = files.flatMap((name) =>
      OPTIONS.map((options) => {
        const args = ['sess_id', '-in', join(folder, name), ...options.split(' ')];
        return {
          key: `${name} ${options}`,
          ours: () => tlskit(args).stdout,
          theirs: () => openssl(args, { env }).stdout,
        };
      }),
    );
    expect(cases.length).toBeGreaterThan(30);
    expectGolden(join(import.meta.dirname, 'sessions.json'), cases);
  });

  test('every part is written as it was read', () => {
    for (const name of files) {
      const der = derOf(name);
      expect(writeSslSessionParts(readSslSessionParts(der)), name).toEqual(der);
    }
  });

  test('--json has no secret', () => {
    const { stdout } = tlskit(['sess_id', '--json', '-in', join(folder, 'tls13-early.pem')]);
    expect(JSON.parse(stdout)).toMatchObject({ version: 'TLSv1.3', alpn: 'http/1.1', maxEarlyData: 4096 });
    const { secret, ticket } = readSslSessionParts(derOf('tls13-early.pem'));
    for (const octets of [secret, ticket!]) expect(stdout).not.toContain(octets.toString('hex'));
  });

  test.each([
    [['-context', 'x'.repeat(33)], '', 'Context too long: 33 octets, not up to 32'],
    [[], 'nothing', 'standard input: no TLS session ("BEGIN SSL SESSION PARAMETERS")'],
    [['-inform', 'DER'], '\x30\x03\x02\x01\x01', 'standard input: an SSL session with parts missing'],
    [['-outform', 'NSS', '-cert'], '', '-outform NSS is no format of certificates'],
  ])('%j is one line', (args, input, line) => {
    const given = input === '' ? readFileSync(join(folder, files[0]!)) : input;
    const { status, stdout, stderr } = tlskit(['sess_id', ...args], { input: given });
    expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: `tlskit sess_id: ${line}\n` });
  });
});

describeWith(['openssl'], 'S5 sessions of ours in openssl sess_id', () => {
  test('are read and shown alike', () => {
    const cwd = scratch();
    for (const name of files.filter((one) => /ticket|early|psk/.test(one))) {
      const der = writeSslSession(readSslSession(derOf(name), name));
      writeFileSync(join(cwd, name), encodePem('SSL SESSION PARAMETERS', der));
      for (const options of ['-text -noout', '-outform DER']) {
        const args = ['sess_id', '-in', name, ...options.split(' ')];
        const [ours, theirs] = [tlskit(args, { cwd }), openssl(args, { cwd, env })];
        expect([ours.status, ours.stdout], args.join(' ')).toEqual([theirs.status, theirs.stdout]);
      }
    }
  });
});
