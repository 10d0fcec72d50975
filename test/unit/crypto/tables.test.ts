import { createCipheriv, createHash } from 'node:crypto';
import { expect, it, describe } from 'vitest';
import { allKeyCiphers, cipherByName, cipherByOid } from '../../../src/lib/crypto/ciphers.ts';
import { allDigests, digestByName, digestByOid } from '../../../src/lib/crypto/digests.ts';
import { longName, shortName } from '../../../src/lib/registry/oids.ts';

describe('digests', () => {
  it.each(allDigests().map((digest) => [digest.name, digest] as const))(
    '%s has the size that Node says',
    (_, digest) => {
      const length = digest.name.startsWith('shake') ? { outputLength: digest.size } : {};
      expect(createHash(digest.node, length).digest().length).toBe(digest.size);
      if (digest.oid) expect(digestByOid(digest.oid)).toBe(digest);
      if (digest.oid) expect(digestByName(longName(digest.oid))).toBe(digest);
    },
  );

  it.each(['sha256', 'SHA256', 'SHA-256', 'sha2-256', 'RSA-SHA256', '2.16.840.1.101.3.4.2.1'])(
    '%s is SHA-256',
    (name) => {
      expect(digestByName(name)?.name).toBe('sha256');
    },
  );
});

describe('ciphers', () => {
  it.each(allKeyCiphers().map((cipher) => [cipher.name, cipher] as const))(
    '%s fits Node and its own identifiers',
    (_, cipher) => {
      if (cipher.node)
        createCipheriv(
          cipher.node,
          Buffer.alloc(cipher.keyLength, 1),
          cipher.ivLength ? Buffer.alloc(cipher.ivLength) : null,
        );
      if (cipher.oid) {
        expect(cipherByOid(cipher.oid)).toBe(cipher);
        expect(shortName(cipher.oid)).toBe(cipher.pemName);
        expect(longName(cipher.oid)).toBe(cipher.name);
      }
    },
  );

  it.each([
    ['aes256', 'aes-256-cbc'],
    ['AES-256-CBC', 'aes-256-cbc'],
    ['des3', 'des-ede3-cbc'],
    ['aria256', 'aria-256-cbc'],
    ['camellia128', 'camellia-128-cbc'],
    ['sm4', 'sm4-cbc'],
    ['DES-CBC', 'des-cbc'],
  ])('%s is %s', (name, canonical) => {
    expect(cipherByName(name)?.name).toBe(canonical);
  });
});
