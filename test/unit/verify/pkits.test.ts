import { describe, expect, it } from 'vitest';
import { pkitsCases, pkitsCrl, verifyPkits, type PkitsCase } from '../../support/pkits.ts';

/** Tests whose paths are valid, and whose certificates are revoked or lack a CRL that says they are not. */
const BY_CRL: ReadonlySet<string> = new Set([
  ...[1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 15, 18, 20, 21].map((n) => `4.4.${n}`),
  ...[2, 5, 7].map((n) => `4.5.${n}`),
  '4.7.4',
  '4.7.5',
  ...[2, 3, 6, 8, 9, 11, 12, 14, 15, 16, 17, 20, 21, 23, 26, 27, 31, 32, 34, 35].map((n) => `4.14.${n}`),
  ...[1, 3, 4, 6, 9, 10].map((n) => `4.15.${n}`),
]);

const wrong = (cases: readonly PkitsCase[], verdict: (one: PkitsCase) => boolean): string[] =>
  cases.filter((one) => verdict(one) !== (one.expect === 'accept')).map(({ test, name }) => `${test} ${name}`);

describe('NIST PKITS [K10]', () => {
  const cases = pkitsCases();
  const withCrls = (one: PkitsCase, alternatives: boolean): boolean =>
    verifyPkits(one, {
      crls: one.crls.map(pkitsCrl),
      crlCheck: true,
      crlCheckAll: true,
      extendedCrl: true,
      useDeltas: true,
      alternatives,
    }).ok;

  it('gives the verdict of all 249 tests', () => {
    expect(cases.length).toBe(249);
    expect(wrong(cases, (one) => withCrls(one, false))).toEqual([]);
  });

  it('finds no way around them in other chains', () => {
    expect(wrong(cases, (one) => withCrls(one, true))).toEqual([]);
  });

  it('gives the verdict of path validation without CRLs', () => {
    const paths = cases.filter(({ test }) => !BY_CRL.has(test));
    expect(paths.length).toBe(203);
    expect(wrong(paths, (one) => verifyPkits(one).ok)).toEqual([]);
  });
});
