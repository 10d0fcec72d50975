import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readKeyParameters, readPrivateKey } from '../../../src/lib/keys/read.ts';
import { privateKeyText, publicKeyText, publicText } from '../../../src/lib/text/key.ts';
import { keyParametersText } from '../../../src/lib/text/params.ts';

interface GoldenKey {
  readonly origin: string;
  readonly name: string;
  readonly pem: string;
  readonly text: string;
  readonly public: string;
}

const load = <T>(file: string): T[] => JSON.parse(readFileSync(`test/data/keys/${file}`, 'utf8')) as T[];

describe('K9 the text of keys is openssl 3.0’s, byte for byte', () => {
  const keys = load<GoldenKey>('golden.json');

  it('has at least 60 keys of five makers', () => {
    expect(keys.length).toBeGreaterThan(60);
    expect(new Set(keys.map((key) => key.origin)).size).toBe(5);
  });

  it.each(keys.map((key) => [`${key.origin}: ${key.name}`, key] as const))('%s', async (_, golden) => {
    const key = await readPrivateKey(Buffer.from(golden.pem), { source: 'key' });
    expect(privateKeyText(key)).toBe(golden.text);
    expect(publicText(key.publicKey)).toBe(golden.public);
    expect(publicKeyText(key.publicKey.spki, 0)).toBe(golden.public);
  });

  it('moves every line inside a certificate', async () => {
    const key = await readPrivateKey(Buffer.from(keys[0]!.pem), { source: 'key' });
    const lines = publicKeyText(key.publicKey.spki, 16)!.trimEnd().split('\n');
    expect(lines.every((line) => line.startsWith(' '.repeat(16)))).toBe(true);
  });
});

describe('K9 the text of parameters is openssl 3.0’s, byte for byte', () => {
  const all = load<{ name: string; pem: string; text: string }>('parameters.json');
  it.each(all.map((row) => [row.name, row] as const))('%s', (_, { pem, text }) => {
    expect(keyParametersText(readKeyParameters(Buffer.from(pem), { source: 'parameters' }))).toBe(text);
  });
});

describe('odd public keys print as in openssl 3.0, or are refused as there', () => {
  const odd = load<{ name: string; spki: string; text: string | null }>('odd-spki.json');
  it.each(odd.map((row) => [row.name, row] as const))('%s', (_, { spki, text }) => {
    expect(publicKeyText(Buffer.from(spki, 'base64'), 0) ?? null).toBe(text);
  });
});
