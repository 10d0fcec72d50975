/** Name hashes, fingerprints, OCSP identifiers and name lines of certificates that others made, against openssl's recorded output. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { nameLine } from '../../../src/lib/text/name.ts';
import { toOctets } from '../../../src/lib/text/octets.ts';
import { timeText } from '../../../src/lib/text/time.ts';
import { readCertificates, type Certificate } from '../../../src/lib/x509/certificate.ts';
import { fingerprint, nameHash, nameHashOld, ocspIdText } from '../../../src/lib/x509/hash.ts';
import { expectGolden } from '../../support/golden.ts';
import { openssl } from '../../support/openssl.ts';
import { filesOf } from './texts.ts';

const DATA = join(import.meta.dirname, '../../data/certificates');
const ARGS =
  'x509 -noout -subject_hash -subject_hash_old -issuer_hash -issuer_hash_old -ocspid -fingerprint -sha256 -subject -issuer -dates -dateopt iso_8601';

function ours(bytes: Buffer): string {
  const [certificate] = readCertificates(bytes, 'file') as [Certificate];
  const { subject, issuer } = certificate;
  const hashes = [nameHash(subject), nameHashOld(subject), nameHash(issuer), nameHashOld(issuer)].join('\n');
  const dates = [certificate.notBefore, certificate.notAfter].map((time) => timeText(time, 'iso_8601'));
  const text =
    `${hashes}\n${ocspIdText(certificate)}sha256 Fingerprint=${fingerprint(certificate.der, 'sha256')}\n` +
    `${nameLine('subject=', subject)}${nameLine('issuer=', issuer)}notBefore=${dates[0]}\nnotAfter=${dates[1]}\n`;
  return toOctets(text).toString('latin1');
}

describe('K4 hashes and lines equal to openssl 3.0', () => {
  it('of the certificates of zlint', () => {
    const cases = filesOf(DATA).map((file) => {
      const bytes = readFileSync(file);
      return {
        key: file.slice(file.lastIndexOf('/') + 1),
        ours: () => ours(bytes),
        theirs: () => openssl(ARGS.split(' '), { input: bytes }).stdout,
      };
    });
    expectGolden(join(DATA, 'openssl-lines.json'), cases);
  }, 600_000);
});
