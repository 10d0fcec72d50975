/** Every call of OpenSSL's verify callback where it goes on after errors, as s_client's and node:tls's do; see test/vectors/verify/callback.c. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ours } from '../../support/verify.ts';
import { cases } from './cases.ts';

const EXPECTED = JSON.parse(readFileSync('test/vectors/verify/callback.json', 'utf8')) as Record<string, string>;

describe('K10: what a verify callback hears that goes on', () => {
  const all = cases();

  it('holds for every case', () => {
    expect(Object.keys(all)).toEqual(Object.keys(EXPECTED));
  });

  it.each(Object.entries(all))('%s', (name, one) => {
    const { steps, code } = ours(one);
    const calls = steps.map((step) => `${step.ok ? 'ok:' : ''}${step.code}@${step.depth}`);
    expect([...calls, '=', String(code)].join(' ')).toBe(EXPECTED[name]);
  });
});
