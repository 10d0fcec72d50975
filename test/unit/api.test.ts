import { expect, it } from 'vitest';
import * as tlskit from '../../src/lib/index.ts';

it('the public names of the library change only on purpose', async () => {
  const names = Object.entries(tlskit).map(([name, value]) => `${name}: ${typeof value}`);
  await expect(`${names.sort().join('\n')}\n`).toMatchFileSnapshot('api.snapshot.txt');
});

it('a key, a request, a certificate and a PKCS#12 file with the library alone', async () => {
  const key = await tlskit.generateKey({ type: 'ec', curve: 'prime256v1' });
  const pem = tlskit.writePrivateKey(key, { format: 'pkcs8', form: 'pem' });
  expect(pem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  const again = await tlskit.readPrivateKey(Buffer.from(pem), { source: 'memory' });
  expect(again.publicKey.equals(key.publicKey)).toBe(true);
});

it('a secret does not show itself', async () => {
  const { inspect } = await import('node:util');
  const secret = tlskit.Secret.fromText('hunter2');
  expect([String(secret), JSON.stringify({ secret }), inspect(secret), inspect({ secret })].join()).not.toContain(
    'hunter2',
  );
  expect(secret.text()).toBe('hunter2');
});
