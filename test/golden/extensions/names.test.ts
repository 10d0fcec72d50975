import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it } from 'vitest';
import { parseConfig } from '../../../src/lib/conf/index.ts';
import { fail } from '../../../src/lib/errors.ts';
import { nameFromSection, parseStringMask, parseSubject } from '../../../src/lib/x509/name-build.ts';
import { CertificateRequest } from '../../../src/lib/x509/request.ts';
import { expectGolden } from '../../support/golden.ts';
import { openssl } from '../../support/peers.ts';

const DATA = resolve('test/data/extensions');

/** A subject on the command line, or as lines of a section. */
interface Case {
  readonly subject: string | readonly (readonly [string, string])[];
  readonly mask?: string;
  readonly utf8?: boolean;
}

const TYPES =
  'C CN L ST O OU SN GN initials serialNumber title description name dnQualifier pseudonym street postalCode emailAddress unstructuredName challengePassword unstructuredAddress DC UID mail c3 n3 dnsName organizationIdentifier jurisdictionC INN OGRN SNILS OGRNIP friendlyName CSPName telephoneNumber id-on-SmtpUTF8Mailbox commonName cn E 1.2.3.4 2.5.4.3 2.5.4.99999 serverAuth';
const TEXTS = [
  'DE',
  'x',
  '123',
  'Müller',
  '😀',
  'a'.repeat(64),
  'a'.repeat(65),
  'a'.repeat(129),
  'é'.repeat(64),
  'a@b',
  'a*b',
  '12345678901234',
];
const MASKS =
  'default pkix utf8only nombstr MASK:2 MASK:0 MASK:0x2002 MASK:0x800 MASK:0x100 MASK:4 MASK:16 MASK:020 MASK:089 MASK: MASK:x MASK:-1 MASK:0xFFFFFFFFFF foo';
const SUBJECTS = [
  '/',
  '//',
  '/CN',
  '/CN=',
  '/CN=a/',
  '/CN=a//',
  '/CN=a\\/b',
  '/CN=a+OU=b',
  '/CN=a\\+OU=b',
  '/CN=a+',
  '/CN=+OU=b',
  '/XX=a+OU=b',
  '/CN=a+XX=b',
  '/CN=a+XX=b+O=c',
  '/CN=a/XX=b+O=c',
  '/O=z/CN=a+O=',
  '/C=DE/CN=',
  'CN=a',
  '/CN=a\\',
  '/CN=a\\\\',
  '/CN=a=b',
  '/=a',
  '/ CN=a',
  '/CN = a',
  '/CN= a ',
  '/C=DE/O=a\\/b/OU=x+CN=y',
  '/OU=b+CN=a',
  '/CN=b+CN=a',
  '/CN=a,O=b',
  '',
  '/CN="a"',
  '/CN=a\tb',
  '/O=a/O=b/OU=c+OU=d/CN=e+serialNumber=1+dnQualifier=x',
];
const SECTIONS: readonly (readonly (readonly [string, string])[])[] = [
  [['C', 'DE'], ['CN', 'x']], // prettier-ignore
  [['0.OU', 'a'], ['1.OU', 'b']], // prettier-ignore
  [['CN', '']],
  [['description', '']],
  [['foo', 'x']],
  [['1.foo', 'x']],
  [['CN', 'x'], ['+OU', 'y']], // prettier-ignore
  [['1.CN', 'x'], ['2.+OU', 'y'], ['+O', 'z']], // prettier-ignore
  [['+CN', 'x']],
  [['a.b.CN', 'x']],
  [['CN.', 'x']],
  [['1,CN', 'x']],
  [['1.2.3.4', 'x']],
  [['0.1.2.3.4', 'x']],
  [['2.5.4.3', 'x']],
  [['C', 'DEU']],
  [['CN', 'Müller']],
  [['CN', 'a/b+c']],
  [],
  [['CN_default', 'x']],
  [['CN', 'a'], ['CN', 'b']], // prettier-ignore
  [['.CN', 'x']],
];

const cases: Case[] = [
  ...TYPES.split(' ').flatMap((type) =>
    TEXTS.flatMap((text) => [true, false].map((utf8) => ({ subject: `/${type}=${text}`, utf8 }))),
  ),
  ...MASKS.split(' ').flatMap((mask) =>
    ['CN', 'emailAddress', 'unstructuredName', 'DC'].flatMap((type) =>
      ['abc', 'Müller', '日本', '😀', 'a@b', '12'].flatMap((text) =>
        [true, false].map((utf8) => ({ subject: `/${type}=${text}`, utf8, mask })),
      ),
    ),
  ),
  ...SUBJECTS.map((subject) => ({ subject })),
  ...SECTIONS.flatMap((subject) =>
    ['utf8only', 'default'].flatMap((mask) => [true, false].map((utf8) => ({ subject, utf8, mask }))),
  ),
];

function configuration({ subject, mask }: Case): string {
  const lines = typeof subject === 'string' ? [] : subject.map(([name, value]) => `${name} = ${value}\n`);
  return `[req]\ndistinguished_name = dn\nprompt = no\n${mask === undefined ? '' : `string_mask = ${mask}\n`}[dn]\n${lines.join('')}`;
}

function ours(one: Case): string {
  const config = parseConfig(configuration(one), { env: {} });
  const mask = config.get('req', 'string_mask');
  const options = { utf8: one.utf8 ?? false, ...(mask === undefined ? {} : { stringMask: parseStringMask(mask) }) };
  if (typeof one.subject === 'string') return parseSubject(one.subject, options).der.toString('hex');
  const name = nameFromSection(config.section('dn')!, 'dn', options);
  // the commands refuse a configuration that gives no name
  return name.isEmpty ? fail('ERR_NAME', 'empty') : name.der.toString('hex');
}

function theirs(one: Case): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'tlskit-golden-'));
  try {
    writeFileSync(join(folder, 'c.cnf'), configuration(one));
    const subject = typeof one.subject === 'string' ? ['-subj', one.subject] : [];
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
    ];
    const { status } = openssl([...args, ...subject, ...(one.utf8 ? ['-utf8'] : [])], { cwd: folder });
    const out = join(folder, 'out.der');
    return status === 0 && existsSync(out)
      ? CertificateRequest.read(readFileSync(out)).subject.der.toString('hex')
      : undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('K3 distinguished names are built, or refused, as openssl does', () => {
  it('from -subj and from sections, under every string_mask', () => {
    expectGolden(
      join(DATA, 'names.golden.json'),
      cases.map((one) => ({ key: JSON.stringify(one), ours: () => ours(one), theirs: () => theirs(one) })),
    );
  });
});
