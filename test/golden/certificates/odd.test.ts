/** Texts of certificates and requests that no program makes, against openssl's recorded output and refusals. */
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { expectGolden } from '../../support/golden.ts';
import { ODD_CERTIFICATES, ODD_REQUESTS } from './odd.ts';
import { textCase } from './texts.ts';

const DATA = join(import.meta.dirname, '../../data/certificates-made');

describe('K4 odd encodings', () => {
  it('of certificates: text and refusal as openssl', () => {
    const cases = ODD_CERTIFICATES.map(([label, der]) => textCase('x509', label, der));
    expectGolden(join(DATA, 'odd-certificates.json'), cases);
  }, 600_000);

  it('of requests: text and refusal as openssl', () => {
    expectGolden(
      join(DATA, 'odd-requests.json'),
      ODD_REQUESTS.map(([label, der]) => textCase('req', label, der)),
    );
  }, 600_000);
});
