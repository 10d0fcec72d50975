import { describe, expect, it } from 'vitest';
import { Crl } from '../../../src/lib/crl/index.ts';
import type { VerifyOptions } from '../../../src/lib/verify/index.ts';
import { Certificate } from '../../../src/lib/x509/certificate.ts';
import { expectGolden } from '../../support/golden.ts';
import {
  PKITS_TIME,
  pkitsCases,
  pkitsCertificate,
  pkitsCrl,
  verifyPkits,
  type PkitsCase,
} from '../../support/pkits.ts';
import { found, opensslGoesOn, ours, theirs, type ChainCase } from '../../support/verify.ts';

const ALL: Partial<VerifyOptions> = { crlCheck: true, crlCheckAll: true, extendedCrl: true, useDeltas: true };

/** The tests with another verdict than NIST's, with the errors that were found. */
function wrong(cases: readonly PkitsCase[], more: Partial<VerifyOptions>): string[] {
  return cases.flatMap((one) => {
    const { ok, errors } = verifyPkits(one, { crls: one.crls.map(pkitsCrl), ...ALL, ...more });
    const found = errors.map(({ name, depth }) => `${name}@${depth}`).join(' ');
    return ok === (one.expect === 'accept') ? [] : [`${one.test} ${one.name}: ${found}`];
  });
}

const ABOUT_CRLS = /^4\.(?:4|5|7|14|15)\./;

/** Its CRL's issuer is itself in the CRL's scope, for which OpenSSL would have to verify it while it verifies it. */
const OPENSSL_REFUSES = '4.14.30';

describe('NIST PKITS with its CRLs [K10]', () => {
  const cases = pkitsCases();

  it('finds the errors that openssl verify finds, in the tests about CRLs', () => {
    const about = cases.filter(({ test }) => ABOUT_CRLS.test(test) && test !== OPENSSL_REFUSES);
    const read = (name: string): Certificate => Certificate.read(pkitsCertificate(name));
    const chains = about.map((one): [PkitsCase, ChainCase] => [
      one,
      {
        leaf: read(one.target),
        trusted: [read(one.anchor)],
        untrusted: one.intermediates.map(read),
        crls: one.crls.map((name) => Crl.read(pkitsCrl(name))),
        time: PKITS_TIME,
        crlCheck: true,
        crlCheckAll: true,
        extendedCrl: true,
        useDeltas: true,
      },
    ]);
    expectGolden(
      'test/data/crls/pkits-verify.json',
      chains.map(([{ test, name }, one]) => ({
        key: `${test} ${name}`,
        ours: () => found(ours(one, opensslGoesOn)).join(' '),
        theirs: () => theirs(one).found.join(' '),
      })),
    );
  }, 600_000);

  it('gives all 249 verdicts', () => {
    expect(cases.length).toBe(249);
    expect(wrong(cases, { alternatives: false })).toEqual([]);
  });

  it('finds no way around them in other chains', () => {
    expect(wrong(cases, {})).toEqual([]);
  });

  it("gives those about CRLs by RFC 5280's stricter rules, too", () => {
    const about = cases.filter(({ test }) => ABOUT_CRLS.test(test));
    expect(wrong(about, { strict: true, alternatives: false })).toEqual([]);
  });
});
