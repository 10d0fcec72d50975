import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TrustStore, verifyChain } from '../../../src/lib/verify/index.ts';
import { NOW } from '../../support/chains.ts';
import { expectGolden } from '../../support/golden.ts';
import { found, opensslGoesOn, ours, theirs } from '../../support/verify.ts';
import { CRL_CASES } from './cases.ts';

const FILE = join(import.meta.dirname, '../../data/crls/verify.json');

/** In place of OpenSSL's verdict where the case says what is found instead. */
const DIFFERENT = 'different';

describe('revocation by CRLs [K10]', () => {
  it('finds the errors that openssl verify finds', () => {
    expect(CRL_CASES.length).toBeGreaterThan(100);
    expect(new Set(CRL_CASES.map(({ label }) => label)).size).toBe(CRL_CASES.length);
    expectGolden(
      FILE,
      CRL_CASES.map((one) => ({
        key: one.label,
        ours: () => (one.ours ? DIFFERENT : found(ours(one, opensslGoesOn)).join(' ')),
        theirs: () => (one.ours ? DIFFERENT : theirs(one).found.join(' ')),
      })),
    );
  }, 600_000);

  it('takes CRLs in octets, from what can be walked once, and looks through them once', () => {
    const one = CRL_CASES.find(({ label }) => label === 'indirect, every certificate');
    if (!one) throw new Error('there is no such case');
    let walked = 0;
    function* octets(): Generator<Uint8Array> {
      for (const crl of one?.crls ?? []) {
        walked += 1;
        yield crl.der;
      }
    }
    const { leaf, trusted = [], untrusted = [] } = one;
    const options = { untrusted, time: NOW, crlCheckAll: true, extendedCrl: true, crls: octets() };
    const { errors } = verifyChain(leaf, { trusted: new TrustStore(trusted), ...options });
    expect([errors, walked]).toEqual([[], one.crls?.length]);
  });

  it('finds what a case says where openssl misses it', () => {
    for (const one of CRL_CASES)
      if (one.ours) expect(found(ours(one, opensslGoesOn)), one.label).toEqual(one.ours.found);
  });

  it("gives RFC 5280's verdict with strict, which is the same but for the cases that say why not", () => {
    const different = CRL_CASES.flatMap((one) => {
      const wanted = one.rfc?.found ?? found(ours(one, opensslGoesOn));
      const strict = found(ours({ ...one, strict: true }, opensslGoesOn));
      return strict.join() === wanted.join() ? [] : [`${one.label}: ${strict.join(' ')}, not ${wanted.join(' ')}`];
    });
    expect(different).toEqual([]);
  });
});
