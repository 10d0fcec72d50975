import { expect, it } from 'vitest';
import { checkPage, runPage } from '../support/doc-program.ts';

it("docs/library.md's program runs", async () => {
  const lines = await runPage('docs/library.md');
  expect(lines.slice(0, 3)).toEqual(['verified 2', 'true', '-----BEGIN CERTIFICATE-----']);
  expect(lines).toContain('certificate revoked');
});

it('and has the right types', () => {
  expect(checkPage('docs/library.md')).toBe('');
});
