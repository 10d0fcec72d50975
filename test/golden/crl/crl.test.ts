/** Texts and lines of CRLs against openssl's recorded output. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { printedRows } from '../../../src/cli/crl/print.ts';
import { digestByName, type Digest } from '../../../src/lib/crypto/digests.ts';
import { readCrls, recodeCrl, type Crl } from '../../../src/lib/crl/index.ts';
import { parseNameOptions } from '../../../src/lib/text/name.ts';
import { toOctets } from '../../../src/lib/text/octets.ts';
import { expectGolden, type GoldenCase } from '../../support/golden.ts';
import { openssl } from '../../support/openssl.ts';
import { filesOf, textCase, textCases } from '../certificates/texts.ts';
import { ODD_CRLS } from './odd.ts';

const DATA = join(import.meta.dirname, '../../data');
const PKITS = filesOf(join(DATA, 'pkits/crls'), /\.crl$/);

const ROWS = ['issuer', 'crlnumber', 'hash', 'hash_old', 'lastupdate', 'nextupdate', 'fingerprint'];

/** One case: all lines of `crl`, in two styles. */
function lineCase(key: string, bytes: Buffer): GoldenCase {
  return {
    key,
    ours: () => {
      const crl = recodeCrl(readCrls(bytes, 'file')[0] as Crl);
      const digest = (name: string): Digest => digestByName(name) as Digest;
      const first = { nameopt: parseNameOptions('oneline'), dateopt: 'rfc_822', digest: digest('sha1') } as const;
      const second = { nameopt: parseNameOptions('compat'), dateopt: 'iso_8601', digest: digest('sha256') } as const;
      return toOctets(printedRows(crl, ROWS, first) + printedRows(crl, ROWS, second)).toString('latin1');
    },
    theirs: () => {
      const args = ['crl', '-noout', ...ROWS.map((row) => `-${row}`)];
      const more = ['-nameopt', 'compat', '-dateopt', 'iso_8601', '-sha256'];
      const [a, b] = [args, [...args, ...more]].map((line) => openssl(line, { input: bytes }));
      return a?.status === 0 && b?.status === 0 ? a.stdout + b.stdout : undefined;
    },
  };
}

describe('K9 text of CRLs equal to openssl 3.0', () => {
  it('of PKITS', () => {
    expect(PKITS.length).toBe(173);
    expectGolden(join(DATA, 'pkits/openssl-crl-text.json'), textCases('crl', PKITS));
  }, 600_000);

  it('with every extension, algorithm and odd encoding', () => {
    const cases = ODD_CRLS.map(([label, der]) => textCase('crl', label, der));
    expectGolden(join(DATA, 'crls/openssl-text.json'), cases);
  }, 600_000);

  it('in single lines', () => {
    const pkits = PKITS.slice(0, 20).map((file) => lineCase(file.slice(file.lastIndexOf('/') + 1), readFileSync(file)));
    const odd = ODD_CRLS.map(([label, der]) => lineCase(label, der));
    expectGolden(join(DATA, 'crls/openssl-lines.json'), [...pkits, ...odd]);
  }, 600_000);
});
