import { mkdtempSync, readFileSync, writeFileSync, existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it } from 'vitest';
import { parseConfig, type ConfigEntry } from '../../../src/lib/conf/index.ts';
import { decodePem } from '../../../src/lib/der/index.ts';
import { Certificate, type Extension } from '../../../src/lib/x509/certificate.ts';
import { buildExtensions, withKeyIds, type ExtensionContext } from '../../../src/lib/x509/extensions/index.ts';
import type { Name } from '../../../src/lib/x509/name.ts';
import { nameFromSection } from '../../../src/lib/x509/name-build.ts';
import { CertificateRequest } from '../../../src/lib/x509/request.ts';
import { expectGolden, type GoldenCase } from '../../support/golden.ts';
import { openssl } from '../../support/peers.ts';
import { AUTHORITY_VALUES, SECTIONS, VALUES } from './table.ts';

const DATA = resolve('test/data/extensions');
const bytes = (name: string): Buffer => readFileSync(join(DATA, name));
const pem = (name: string): Buffer => decodePem(bytes(name).toString('latin1'))[0]!.der;

const SUBJECT =
  '[req]\nprompt=no\ndistinguished_name=dn\n[dn]\nC=DE\nemailAddress=a@b.example\nO=Ex\nCN=leaf\n1.emailAddress=c@d.example\n';
const SERIAL = '1234';

const quote = (value: string): string => (value === '' ? '' : `"${value.replace(/([\\"'`])/g, '\\$1')}"`);

/** A whole configuration with the lines in section [ext]. */
function configuration(lines: readonly ConfigEntry[]): Buffer {
  const section = lines.map(([name, value]) => `${name} = ${quote(value)}\n`).join('');
  return Buffer.concat([Buffer.from(`${SUBJECT}[ext]\n${section}`), bytes('sections.cnf')]);
}

/** The extensions in one line, and the subject, which `email:move` changes. */
function line(subject: Name, extensions: readonly Extension[]): string {
  const parts = extensions.map(
    ({ oid, critical, value }) => `${oid}${critical ? ' critical' : ''}=${value.toString('hex')}`,
  );
  return [...parts, `subject of ${subject.der.length} bytes`].join(' ');
}

/** Whose certificate it becomes. */
type Setup = 'self' | 'ca.crt' | 'ca-without-id.crt' | 'request';

function ours(lines: readonly ConfigEntry[], setup: Setup): string {
  const config = parseConfig(configuration(lines), { env: {} });
  let subject = nameFromSection(config.section('dn')!, 'dn');
  const spki = pem('leaf.pub');
  const onSubjectChange = (changed: Name): void => {
    subject = changed;
  };
  const base: ExtensionContext = {
    config,
    where: '[ext]',
    subject: { subject, spki, issuer: subject, serial: Buffer.from(SERIAL, 'hex') },
    onSubjectChange,
  };
  if (setup === 'request') {
    const made = buildExtensions(config.section('ext')!, { ...base, keepDuplicates: true });
    return line(subject, made);
  }
  const ca = setup === 'self' ? undefined : Certificate.read(pem(setup));
  const context: ExtensionContext = { ...base, issuer: ca ?? 'self', issuerKey: ca?.spki ?? spki };
  const made = withKeyIds(buildExtensions(config.section('ext')!, context), context);
  return line(subject, made);
}

function theirs(lines: readonly ConfigEntry[], setup: Setup): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'tlskit-golden-'));
  try {
    writeFileSync(join(folder, 'c.cnf'), configuration(lines));
    const kind =
      setup === 'request' ? ['-reqexts', 'ext'] : ['-x509', '-extensions', 'ext', '-set_serial', `0x${SERIAL}`];
    const ca = setup.endsWith('.crt') ? ['-CA', join(DATA, setup), '-CAkey', join(DATA, 'ca.key')] : [];
    const args = [
      'req',
      '-new',
      '-key',
      join(DATA, 'leaf.key'),
      '-config',
      'c.cnf',
      '-outform',
      'DER',
      '-out',
      'out.der',
      ...kind,
      ...ca,
    ];
    const { status } = openssl(args, { cwd: folder });
    if (status !== 0 || !existsSync(join(folder, 'out.der'))) return undefined;
    const der = readFileSync(join(folder, 'out.der'));
    const { subject, extensions } = setup === 'request' ? CertificateRequest.read(der) : Certificate.read(der);
    return line(subject, extensions);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const golden = (setup: Setup, sections: readonly (readonly ConfigEntry[])[]): void =>
  expectGolden(
    join(DATA, `${setup}.golden.json`),
    sections.map((lines): GoldenCase => ({
      key: JSON.stringify(lines),
      ours: () => ours(lines, setup),
      theirs: () => theirs(lines, setup),
    })),
  );

const alone = VALUES.flatMap(([names, values]) =>
  names.flatMap((name) => values.map((value): ConfigEntry[] => [[name, value]])),
);

/** What may stand beside authorityKeyIdentifier. */
const withAuthority = AUTHORITY_VALUES.flatMap((value): ConfigEntry[][] => {
  const authority: ConfigEntry = ['authorityKeyIdentifier', value];
  return [
    [authority],
    [['subjectKeyIdentifier', 'hash'], authority],
    [authority, ['subjectKeyIdentifier', 'hash']],
    [['subjectKeyIdentifier', '0a0b'], authority],
    [['subjectKeyIdentifier', '0a0b0c'], authority],
    [['subjectKeyIdentifier', 'none'], authority, ['basicConstraints', 'CA:TRUE']],
  ];
});

describe('K4 extensions are encoded, or refused, as openssl does', () => {
  it('every value, in a self-signed certificate', () => {
    golden('self', [
      ...alone.filter(([entry]) => entry![0] !== 'authorityKeyIdentifier'),
      ...withAuthority,
      ...SECTIONS,
    ]);
  });

  it('key identifiers and copies under a CA', () => {
    golden('ca.crt', [
      ...withAuthority,
      ...SECTIONS,
      [['issuerAltName', 'issuer:copy']],
      [['subjectAltName', 'email:copy']],
    ]);
  });

  it('key identifiers under a CA without one', () => golden('ca-without-id.crt', [...withAuthority, ...SECTIONS]));

  it('requests, which have no issuer', () => {
    const names = ['subjectAltName', 'issuerAltName', 'keyUsage', 'subjectKeyIdentifier', '1.2.3.4.5'];
    golden('request', [
      ...withAuthority,
      ...SECTIONS,
      ...alone.filter(([entry]) => names.includes(entry![0]) && entry![0] !== 'authorityKeyIdentifier'),
    ]);
  });
});
