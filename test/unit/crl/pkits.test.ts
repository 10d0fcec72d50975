import { describe, expect, it } from 'vitest';
import type { VerifyOptions } from '../../../src/lib/verify/index.ts';
import { pkitsCases, pkitsCrl, verifyPkits, type PkitsCase } from '../../support/pkits.ts';

const ALL: Partial<VerifyOptions> = { crlCheck: true, crlCheckAll: true, extendedCrl: true, useDeltas: true };

/** The tests with another verdict than NIST's, with the errors that were found. */
function wrong(cases: readonly PkitsCase[], more: Partial<VerifyOptions>): string[] {
  return cases.flatMap((one) => {
    const { ok, errors } = verifyPkits(one, { crls: one.crls.map(pkitsCrl), ...ALL, ...more });
    const found = errors.map(({ name, depth }) => `${name}@${depth}`).join(' ');
    return ok === (one.expect === 'accept') ? [] : [`${one.test} ${one.name}: ${found}`];
  });
}

describe('NIST PKITS with its CRLs [K10]', () => {
  const cases = pkitsCases();

  it('gives all 249 verdicts', () => {
    expect(cases.length).toBe(249);
    expect(wrong(cases, { alternatives: false })).toEqual([]);
  });

  it('finds no way around them in other chains', () => {
    expect(wrong(cases, {})).toEqual([]);
  });

  it("gives those about CRLs by RFC 5280's stricter rules, too", () => {
    const about = cases.filter(({ test }) => /^4\.(?:4|5|7|14|15)\./.test(test));
    expect(wrong(about, { strict: true, alternatives: false })).toEqual([]);
  });
});
