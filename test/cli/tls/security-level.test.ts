/** `@SECLEVEL=n` in -cipher: what chains and groups must have. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../support/peers.ts';
import { OPENSSL, TLSKIT, client, makePki, ourServer } from '../../support/tls-programs.ts';
import { tlskit } from '../../support/tlskit.ts';

let pki: Awaited<ReturnType<typeof makePki>>;
beforeAll(async () => {
  pki = await makePki({ server: 'rsa' });
});
afterAll(() => pki.remove());

const SERVER = ['-cert', 'server.pem', '-key', 'server.key'];
const PROGRAMS = { ours: TLSKIT, openssl: OPENSSL };

describeWith(['openssl'], 'S1 S3 @SECLEVEL', () => {
  it.each(
    (['ours', 'openssl'] as const).flatMap((name) =>
      [0, 1, 2, 3].map((level) => [level, name, level > 2 ? 66 : 0] as const),
    ),
  )('S1 level %i (%s): a verification of an RSA key of 2048 bits gives %i', async (level, name, code) => {
    const { port } = await ourServer(pki.folder, SERVER);
    const cipher = ['-cipher', `DEFAULT:@SECLEVEL=${level}`];
    const running = client(PROGRAMS[name], pki.folder, port, ['-CAfile', 'ca.pem', ...cipher]);
    await running.end().finish();
    expect(running.text).toMatch(new RegExp(`Verify return code: ${code} `));
  });

  it.each([
    ['ours', 2, true],
    ['ours', 3, false],
    ['openssl', 2, true],
    ['openssl', 3, false],
  ] as const)('S1 DHE of 2048 bits (%s) at level %i: %s', async (name, level, done) => {
    const { port } = await ourServer(pki.folder, SERVER);
    const cipher = ['-cipher', `DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=${level}`, '-groups', 'P-256'];
    const running = client(PROGRAMS[name], pki.folder, port, ['-tls1_2', '-CAfile', 'ca.pem', ...cipher]);
    await running.end().finish();
    expect(running.text.includes('Cipher is DHE-RSA-AES128-GCM-SHA256')).toBe(done);
    expect(running.status).toBe(done ? 0 : 1);
  });

  it('S1 S3 -auth_level counts more for chains', async () => {
    const { port } = await ourServer(pki.folder, SERVER);
    const cipher = ['-cipher', 'DEFAULT:@SECLEVEL=3', '-auth_level', '2'];
    const running = client(TLSKIT, pki.folder, port, ['-CAfile', 'ca.pem', ...cipher]);
    await running.end().finish();
    expect(running.text).toMatch(/Verify return code: 0 /);
  });

  it.each(['9', 'x', '', '10'])('S1 S3 a level of "%s" is an error', (level) => {
    for (const [command, words] of [
      ['s_client', ['-connect', '127.0.0.1:9']],
      ['s_server', ['-accept', '127.0.0.1:0', ...SERVER]],
    ] as const) {
      const { stderr, status } = tlskit([command, ...words, '-cipher', `DEFAULT:@SECLEVEL=${level}`], {
        cwd: pki.folder,
      });
      expect(stderr).toContain('option -cipher: @SECLEVEL takes 0 to 5');
      expect(status).toBe(1);
    }
  });
});
