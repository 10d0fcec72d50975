import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lintCertificate, LINT_RULES, type LintProfile } from '../../../src/lib/lint/index.ts';
import { readCertificates, type Certificate } from '../../../src/lib/x509/certificate.ts';
import { authority, issue } from '../../support/chains.ts';
import { EXPECTED } from './table.ts';

const DATA = join(import.meta.dirname, '../../data/certificates');
const certificate = (name: string): Certificate =>
  readCertificates(readFileSync(join(DATA, `${name}.pem`)), name)[0] as Certificate;

const ids = (one: Certificate, profile?: LintProfile): string[] =>
  lintCertificate(one, { profile }).map(({ id }) => id);

describe('K9 lint', () => {
  it("finds what zlint's test certificates were made to show", () => {
    const wrong: string[] = [];
    for (const [name, expected] of Object.entries(EXPECTED)) {
      const read = certificate(name);
      for (const word of expected.split(' ')) {
        const id = word.replace('!', '');
        const rule = LINT_RULES.find((one) => one.id === id);
        if (!rule) wrong.push(`${name}: there is no rule ${id}`);
        else if (ids(read, rule.profile).includes(id) === word.startsWith('!')) wrong.push(`${name}: ${word}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(Object.keys(EXPECTED).length).toBeGreaterThan(140);
  });

  it('says something in one line about every certificate of the collections, and never fails', () => {
    for (const folder of [DATA, join(DATA, '../certificates-made'), join(DATA, '../pkcs12')]) {
      for (const name of readdirSync(folder).filter((file) => file.endsWith('.pem'))) {
        for (const read of readCertificates(readFileSync(join(folder, name)), name)) {
          for (const profile of ['server', 'ca'] as const) {
            for (const { detail } of lintCertificate(read, { profile })) expect(detail ?? '').not.toMatch(/\n/);
          }
        }
      }
    }
  });

  it('has nothing against a good chain under RFC 5280', () => {
    const root = authority('/C=DE/O=x/CN=root', undefined, {
      extensions: [
        ['basicConstraints', 'critical,CA:TRUE'],
        ['keyUsage', 'critical,keyCertSign,cRLSign'],
        ['subjectKeyIdentifier', 'hash'],
      ],
    });
    const leaf = issue('/CN=www.example.org', root, {
      extensions: [
        ['basicConstraints', 'critical,CA:FALSE'],
        ['keyUsage', 'critical,digitalSignature'],
        ['extendedKeyUsage', 'serverAuth'],
        ['subjectKeyIdentifier', 'hash'],
        ['authorityKeyIdentifier', 'keyid'],
        ['subjectAltName', 'DNS:www.example.org'],
      ],
    });
    expect(ids(root.certificate, 'rfc5280')).toEqual([]);
    expect(ids(leaf.certificate, 'rfc5280')).toEqual([]);
    expect(ids(leaf.certificate)).toEqual([
      'server-policies-missing',
      'server-aia-missing',
      'server-revocation',
      'server-serial-entropy',
    ]);
    const ignore = new Set(['server-revocation', 'server-policies-missing']);
    expect(lintCertificate(leaf.certificate, { ignore }).map(({ id }) => id)).toEqual([
      'server-aia-missing',
      'server-serial-entropy',
    ]);
  });

  it('has a source, one identifier a rule, and a line in the documentation for each', () => {
    const page = readFileSync(join(DATA, '../../../docs/lint.md'), 'utf8');
    const names = LINT_RULES.map(({ id }) => id);
    expect(new Set(names).size).toBe(names.length);
    for (const { id, source, text, profile } of LINT_RULES) {
      expect(source).toMatch(/^(?:RFC \d+|CABF (?:BR|EVG)) \S/);
      expect(page, id).toContain(`| \`${id}\``);
      expect(text).not.toMatch(/[|\n]/);
      expect(id.startsWith(profile === 'rfc5280' ? 'rfc-' : `${profile}-`)).toBe(true);
    }
  });
});
