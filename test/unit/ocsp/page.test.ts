import { expect, it } from 'vitest';
import { checkPage, runPage } from '../../support/doc-program.ts';

it("docs/ocsp.md's program runs", async () => {
  const lines = await runPage('docs/ocsp.md');
  expect(lines).toEqual(['    OCSP Response Status: successful (0x0)', 'good', 'true', 'revoked 1', '']);
});

it('and has the right types', () => {
  expect(checkPage('docs/ocsp.md')).toBe('');
});
