import { getDiffieHellman } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readDer } from '../../../src/lib/der/index.ts';
import { decodePem } from '../../../src/lib/der/pem.ts';
import { DH_GROUPS, dhGroupByName, dhGroupByPrime, dhGroupOf } from '../../../src/lib/registry/dh-groups.ts';
import { describeWith, openssl } from '../../support/peers.ts';

describe('K6 named Diffie-Hellman groups', () => {
  test.each([
    ['modp_1536', 'modp5'],
    ['modp_2048', 'modp14'],
    ['modp_4096', 'modp16'],
    ['modp_8192', 'modp18'],
  ])('%s is RFC 3526 as Node has it (%s)', (name, node) => {
    const group = dhGroupByName(name);
    expect(group?.p.toString(16)).toBe(getDiffieHellman(node).getPrime('hex'));
    expect(group?.g).toBe(2n);
  });

  test('names are found in any case, primes in both forms, others not at all', () => {
    const group = dhGroupByName('FFDHE2048')!;
    expect(group.name).toBe('ffdhe2048');
    expect(dhGroupByPrime(Buffer.from(group.p.toString(16), 'hex'))).toBe(group);
    expect(dhGroupByName('ffdhe1024')).toBeUndefined();
    expect(dhGroupByName('constructor')).toBeUndefined();
    expect(dhGroupByPrime(group.p - 2n ** 70n)).toBeUndefined();
    expect(dhGroupByPrime(new Uint8Array(0))).toBeUndefined();
    expect(dhGroupByPrime(-5n)).toBeUndefined();
  });

  test('a group is its p and g, and its q where there is one', () => {
    const { p, q, g } = dhGroupByName('dh_2048_224')!;
    expect(dhGroupOf({ p, g })?.name).toBe('dh_2048_224');
    expect(dhGroupOf({ p, g, q })?.name).toBe('dh_2048_224');
    expect(dhGroupOf({ p, g, q: q + 2n })).toBeUndefined();
    expect(dhGroupOf({ p, g: 2n })).toBeUndefined();
  });
});

describeWith(['openssl'], 'K6 named groups as OpenSSL writes them', () => {
  test.each(DH_GROUPS)('%s', (name) => {
    const algorithm = name.startsWith('dh_') ? 'DHX' : 'DH';
    const { stdout } = openssl(['genpkey', '-genparam', '-algorithm', algorithm, '-pkeyopt', `group:${name}`]);
    const [p, g, q] = readDer(decodePem(stdout)[0]!.der).children.map((node) => node.integer('a number'));
    const group = dhGroupByName(name)!;
    expect([group.p, group.g]).toEqual([p, g]);
    if (q !== undefined) expect(group.q).toBe(q);
    expect(group.bits).toBe(group.p.toString(2).length);
  });
});
