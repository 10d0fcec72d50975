import { describe, expect, test } from 'vitest';
import { describeWith, openssl } from '../support/peers.ts';
import { tlskit } from '../support/tlskit.ts';

const env = { OPENSSL_CONF: '/dev/null' };

describe('ciphers', () => {
  test('[K12] --json says what a suite is made of, what the engine runs, and which words mean nothing', () => {
    const { stdout } = tlskit(['ciphers', '--json', '-ciphersuites', '', 'SRP-AES-128-CBC-SHA:AES128-SHA:nothing']);
    const { ciphers, unknown } = JSON.parse(stdout);
    expect(unknown).toEqual(['nothing']);
    expect(ciphers[0]).toMatchObject({ openssl: 'SRP-AES-128-CBC-SHA', supported: false });
    expect(ciphers[1]).toEqual({
      code: '0x002F',
      name: 'TLS_RSA_WITH_AES_128_CBC_SHA',
      openssl: 'AES128-SHA',
      first: 'SSLv3',
      last: 'TLSv1.2',
      keyExchange: 'rsa',
      authentication: 'rsa',
      cipher: 'AES_128_CBC',
      bits: 128,
      mac: 'sha1',
      forwardSecret: false,
      supported: true,
    });
  });

  test.each([
    [['nothing'], 'Error in cipher list: no cipher match for "nothing"'],
    [['AES:@STRENGHT'], 'invalid command "@STRENGHT"; there are @STRENGTH and @SECLEVEL=n'],
    [['AES:@SECLEVEL=7'], '@SECLEVEL takes 0 to 5, not "@SECLEVEL=7"'],
    [['AES:!'], 'invalid command at character 6 of "AES:!"'],
    [['-ciphersuites', 'AES128-SHA'], 'Error setting TLSv1.3 ciphersuites: no cipher match for "AES128-SHA"'],
  ])('[K12] %j is one line and exit code 1', (args, line) => {
    const { status, stdout, stderr } = tlskit(['ciphers', ...args]);
    expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: `tlskit ciphers: ${line}\n` });
  });
});

describeWith(['openssl'], 'ciphers beside openssl', () => {
  test('[K12] output octet for octet', () => {
    for (const line of [
      '',
      '-v',
      '-V HIGH:!aNULL',
      '-V -stdname ALL:COMPLEMENTOFALL',
      '-stdname PSK',
      '-v -s -tls1_2 -psk ALL',
      '-s -tls1_1 -tls1_3',
      '-s -tls1_3 -ciphersuites : AES128-SHA',
      '-v -ciphersuites TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256:nothing AES128',
      '-ciphersuites TLS_RSA_WITH_AES_128_CBC_SHA AES256-SHA',
      '-convert TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
      '-convert TLS_RSA_WITH_IDEA_CBC_SHA',
      '-convert TLS_RSA_WITH_3DES_EDE_CBC_SHA',
      '-convert TLS_FALLBACK_SCSV',
      '-convert AES128-SHA',
    ]) {
      const args = ['ciphers', ...line.split(' ').filter((word) => word !== '')];
      const [ours, theirs] = [tlskit(args, { env }), openssl(args, { env })];
      expect([ours.status, ours.stdout], line).toEqual([theirs.status, theirs.stdout]);
    }
  });
});
