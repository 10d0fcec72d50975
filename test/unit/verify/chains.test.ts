/** Chains verified by us and by `openssl verify` 3.0: the same errors at the same depths in the same order, with the same words. */
import { expect, it } from 'vitest';
import { describeWith } from '../../support/peers.ts';
import { found, opensslGoesOn, ours, theirs } from '../../support/verify.ts';
import { cases } from './cases.ts';

describeWith(['openssl'], 'K10: chains as openssl verify judges them', () => {
  it.each(Object.entries(cases()))('%s', (_name, one) => {
    const expected = theirs(one);
    const result = ours(one, opensslGoesOn);
    expect(found(result)).toEqual(expected.found);
    expect(result.errors.map(({ text }) => text)).toEqual(expected.texts);
    expect(result.ok).toBe(expected.status === 0);
  });
});
