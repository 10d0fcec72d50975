/** Texts of certificates and requests that others made, against openssl's recorded output. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectGolden } from '../../support/golden.ts';
import { describeWith } from '../../support/peers.ts';
import { filesOf, ourText, textCases, theirText } from './texts.ts';

const DATA = join(import.meta.dirname, '../../data');

describe('K4 text equal to openssl 3.0', () => {
  it('of the certificates of zlint', () => {
    const files = filesOf(join(DATA, 'certificates'));
    expect(files.length).toBeGreaterThanOrEqual(270);
    expectGolden(join(DATA, 'certificates/openssl-text.json'), textCases('x509', files));
  }, 600_000);

  it('of the certificates of PKITS', () => {
    const files = filesOf(join(DATA, 'pkits/certs'));
    expect(files.length).toBe(405);
    expectGolden(join(DATA, 'pkits/openssl-text.json'), textCases('x509', files));
  }, 600_000);

  it('of a certificate with every extension', () => {
    const files = filesOf(join(DATA, 'certificates-made'));
    expectGolden(join(DATA, 'certificates-made/openssl-text.json'), textCases('x509', files));
  }, 600_000);

  it('of requests made by five tools', () => {
    const files = filesOf(join(DATA, 'requests'));
    expect(files.length).toBeGreaterThanOrEqual(60);
    expectGolden(join(DATA, 'requests/openssl-text.json'), textCases('req', files));
  }, 600_000);
});

const DEBIAN = '/usr/share/ca-certificates/mozilla';

describeWith(['openssl'], 'K4 text equal to the openssl that is here', () => {
  it.skipIf(!existsSync(DEBIAN))("of Debian's ca-certificates", () => {
    for (const file of filesOf(DEBIAN)) {
      const bytes = readFileSync(file);
      for (const options of [{}, { nameopt: 'RFC2253', textopt: 'no_pubkey,ext_parse' }]) {
        expect(ourText('x509', bytes, options).toString('latin1'), file).toBe(
          theirText('x509', bytes, options)?.toString('latin1'),
        );
      }
    }
  });
});
