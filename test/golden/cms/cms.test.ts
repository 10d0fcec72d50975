/** CMS and PKCS#7 objects field by field, and X.509 structures, against openssl's recorded output. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { certificatesText } from '../../../src/cli/cms/certificates.ts';
import { CMS_ContentInfo } from '../../../src/lib/cms/items.ts';
import { PKCS7 } from '../../../src/lib/cms/pkcs7-items.ts';
import { readCms } from '../../../src/lib/cms/read.ts';
import { enclosedIn } from '../../../src/lib/cms/signed.ts';
import { decodePem } from '../../../src/lib/der/index.ts';
import { readTemplate } from '../../../src/lib/der/template.ts';
import { itemText } from '../../../src/lib/text/item.ts';
import { NAME_MULTILINE } from '../../../src/lib/text/name.ts';
import { toOctets } from '../../../src/lib/text/octets.ts';
import { X509 } from '../../../src/lib/x509/items.ts';
import { expectGolden, type GoldenCase } from '../../support/golden.ts';
import { openssl } from '../../support/openssl.ts';

const DATA = join(import.meta.dirname, '../../data');
const CMS = join(DATA, 'cms');

const digest = (octets: Buffer | string): string =>
  createHash('sha256')
    .update(typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets)
    .digest('hex')
    .slice(0, 16);

const theirs = (args: readonly string[], input: Buffer): string | undefined => {
  const { status, stdout } = openssl(args, { input });
  return status === 0 ? digest(stdout) : undefined;
};

const messages = readdirSync(CMS)
  .filter((name) => /\.(?:der|eml|p7b|p7c)$|^(?:signed|enveloped).*\.pem$/.test(name))
  .map((name) => ({ name, bytes: readFileSync(join(CMS, name)) }));

const formOf = (name: string): string => (name.endsWith('.eml') ? 'SMIME' : /\.p7b|\.pem/.test(name) ? 'PEM' : 'DER');

describe('K9 CMS and PKCS#7 as openssl 3.0 shows them', () => {
  it('prints all fields, and writes DER', () => {
    const shown = (
      name: string,
      bytes: Buffer,
      how: string,
      args: string[],
      ours: () => Buffer | string,
    ): GoldenCase => ({
      key: `${name} ${how}`,
      ours: () => digest(ours()),
      theirs: () => theirs(['cms', '-cmsout', '-inform', formOf(name), ...args], bytes),
    });
    const cases = messages.flatMap(({ name, bytes }) => [
      shown(name, bytes, 'print', ['-print'], () => toOctets(itemText(CMS_ContentInfo, readCms(bytes, name).info))),
      shown(name, bytes, 'multiline', ['-print', '-nameopt', 'multiline'], () =>
        toOctets(itemText(CMS_ContentInfo, readCms(bytes, name).info, { nameopt: NAME_MULTILINE })),
      ),
      shown(name, bytes, 'der', ['-outform', 'DER'], () => readCms(bytes, name).der),
    ]);
    expect(cases.length).toBeGreaterThan(80);
    expectGolden(join(CMS, 'openssl-text.json'), cases);
  }, 600_000);

  it('prints PKCS#7, and the certificates and CRLs in it', () => {
    const flags = { text: false, noout: false, quiet: false };
    const files = messages.filter(({ name }) => /^(?:pkcs7|chain|signed).*\.(?:der|p7b|p7c)$/.test(name));
    const cases = files.flatMap(({ name, bytes }): GoldenCase[] => {
      const args = ['pkcs7', '-inform', formOf(name)];
      return [
        {
          key: `${name} print`,
          ours: () => {
            const { der } = readCms(bytes, name).info;
            return digest(toOctets(itemText(PKCS7, readTemplate(PKCS7.type, der, 'PKCS7').value)));
          },
          theirs: () => theirs([...args, '-print', '-noout'], bytes),
        },
        {
          key: `${name} certificates`,
          ours: () => digest(certificatesText(enclosedIn(readCms(bytes, name).info), flags)),
          theirs: () => theirs([...args, '-print_certs'], bytes),
        },
        {
          key: `${name} text`,
          ours: () =>
            digest(certificatesText(enclosedIn(readCms(bytes, name).info), { ...flags, text: true, noout: true })),
          theirs: () => theirs([...args, '-print_certs', '-text', '-noout'], bytes),
        },
      ];
    });
    expectGolden(join(CMS, 'openssl-pkcs7.json'), cases);
  }, 600_000);

  it('prints certificates field by field', () => {
    const folder = join(DATA, 'certificates');
    const cases = readdirSync(folder)
      .filter((name) => name.endsWith('.pem'))
      .map((name): GoldenCase => {
        const bytes = readFileSync(join(folder, name));
        const der = decodePem(bytes.toString('latin1'))[0]?.der as Buffer;
        return {
          key: name,
          ours: () => digest(toOctets(itemText(X509, readTemplate(X509.type, der, 'X509').value))),
          theirs: () => theirs(['asn1parse', '-item', 'X509'], bytes),
        };
      });
    expectGolden(join(CMS, 'openssl-item-x509.json'), cases);
  }, 600_000);
});
