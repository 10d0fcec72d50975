import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tlskit } from '../support/tlskit.ts';

const DATA = join(import.meta.dirname, '../data/certificates');
const lint = (...args: string[]) => tlskit(['lint', ...args], { cwd: DATA });

describe('K9 lint, the command', () => {
  it('names rules with their sources, and exits with 1 for errors', () => {
    const { status, stdout } = lint('serialNumberNegative.pem', '-profile', 'rfc5280');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^serialNumberNegative\.pem: .+\n/);
    expect(stdout).toContain(
      '  error    the serial number is positive\n           rfc-serial-positive, RFC 5280 4.1.2.2\n',
    );
    const ignored = lint('serialNumberNegative.pem', '-profile', 'rfc5280', '-ignore', 'rfc-serial-positive');
    expect([ignored.status, ignored.stdout.includes('error')]).toEqual([0, false]);
    expect(lint('serialNumberNegative.pem', '-profile', 'rfc5280', '-level', 'error').stdout).not.toContain('warning');
  });

  it('lists its rules, and tells findings as JSON', () => {
    expect(lint('-list').stdout.split('\n').length).toBeGreaterThan(130);
    const rules = JSON.parse(lint('-list', '--json').stdout) as Record<string, unknown>[];
    expect(Object.keys(rules[0] ?? {})).toEqual(['id', 'severity', 'profile', 'source', 'scope', 'text', 'since']);
    const { status, stdout } = lint('badRsaExp.pem', 'html_entity_ko2.pem', '--json');
    const documents = JSON.parse(stdout) as { file: string; findings: { id: string; severity: string }[] }[];
    expect(status).toBe(1);
    expect(documents.map(({ file, findings }) => [file, findings.map(({ id }) => id)])).toEqual([
      ['badRsaExp.pem', ['server-rsa-exponent']],
      ['html_entity_ko2.pem', ['rfc-name-html']],
    ]);
  });

  it('refuses rules that there are not', () => {
    const { status, stderr } = lint('badRsaExp.pem', '-ignore', 'rfc-serial-positiv');
    expect([status, stderr]).toEqual([
      1,
      'tlskit lint: option -ignore: there is no rule rfc-serial-positiv; did you mean rfc-serial-positive?\n',
    ]);
  });
});
