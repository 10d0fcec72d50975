import { build } from 'esbuild';
import { expect, it } from 'vitest';
import * as tlskit from '../../src/lib/index.ts';
import * as fixtures from '../../src/lib/fixtures/index.ts';
import tls from '../../src/lib/node/index.ts';
import * as engine from '../../src/lib/tls/index.ts';

const namesOf = (entry: object): string =>
  Object.entries(entry)
    .map(([name, value]) => `${name}: ${typeof value}\n`)
    .sort()
    .join('');

it('the public names of the library change only on purpose', async () => {
  await expect(namesOf(tlskit)).toMatchFileSnapshot('api.snapshot.txt');
});

it('and so do those of the engine, tlskit/engine', async () => {
  await expect(namesOf(engine)).toMatchFileSnapshot('engine.snapshot.txt');
});

it('and those of the fixtures, tlskit/fixtures', async () => {
  await expect(namesOf(fixtures)).toMatchFileSnapshot('fixtures.snapshot.txt');
});

it('and those of the drop-in for node:tls, tlskit/tls', async () => {
  await expect(namesOf(tls)).toMatchFileSnapshot('tls.snapshot.txt');
});

it('the library does not load the engine', async () => {
  const { metafile } = await build({
    entryPoints: ['src/lib/index.ts'],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    write: false,
    metafile: true,
  });
  expect(Object.keys(metafile.inputs).filter((path) => path.startsWith('src/lib/tls/'))).toEqual([]);
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
