import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TAG } from '../../../src/lib/der/index.ts';
import { certificateText, parseTextOptions } from '../../../src/lib/text/certificate.ts';
import { extensionsText } from '../../../src/lib/text/extensions/index.ts';
import { NAME_RFC2253, ONELINE_DEFAULT, nameLine, nameText, parseNameOptions } from '../../../src/lib/text/name.ts';
import { fromOctetText, toOctets } from '../../../src/lib/text/octets.ts';
import { timeText } from '../../../src/lib/text/time.ts';
import { readCertificates, type Certificate } from '../../../src/lib/x509/certificate.ts';
import { fingerprint, nameHash, nameHashOld } from '../../../src/lib/x509/hash.ts';
import { Name } from '../../../src/lib/x509/name.ts';
import { timeOf } from '../../../src/lib/x509/time.ts';

const utf8 = (oid: string, text: string) => ({ oid, tag: TAG.utf8String, value: Buffer.from(text) });
const name = Name.of([
  [utf8('2.5.4.6', 'DE')],
  [utf8('2.5.4.10', 'a, b'), utf8('2.5.4.11', 'ü')],
  [utf8('1.2.3.4', 'x')],
]);

describe('nameText', () => {
  it.each([
    ['oneline', 'C = DE, O = "a, b" + OU = \\C3\\BC, 1.2.3.4 = x'],
    ['compat', '/C=DE/O=a, b+OU=\\xC3\\xBC/1.2.3.4=x'],
    ['RFC2253', '1.2.3.4=#0C0178,OU=\\C3\\BC+O=a\\, b,C=DE'],
    ['RFC2253,-esc_msb', '1.2.3.4=#0C0178,OU=ü+O=a\\, b,C=DE'],
    ['sep_semi_plus_space,lname,utf8', 'countryName=DE; organizationName=a, b + organizationalUnitName=ü; 1.2.3.4=x'],
    ['sname', '/C=DE/O=a, b+OU=\\xC3\\xBC/1.2.3.4=x'],
    ['nofname,dn_rev,utf8', 'x, ü + a, b, DE'],
    [
      'oid,show_type,dump_all',
      '2.5.4.6=UTF8STRING:#4445, 2.5.4.10=UTF8STRING:#612C2062 + 2.5.4.11=UTF8STRING:#C3BC, 1.2.3.4=UTF8STRING:#78',
    ],
  ])('%s', (options, text) => {
    expect(nameText(name, parseNameOptions(options))).toBe(text);
  });

  it('puts a multi-line name under its title', () => {
    expect(nameLine('subject=', Name.of([[utf8('2.5.4.3', 'x')]]), parseNameOptions('multiline'))).toBe(
      'subject=\n    commonName                = x\n',
    );
    expect(nameLine('subject=', Name.empty)).toBe('subject=\n');
  });

  it('adds options up', () => {
    expect(parseNameOptions('oneline')).toBe(ONELINE_DEFAULT);
    expect(parseNameOptions('-dn_rev', parseNameOptions('rfc2253')) & 0x100000).toBe(0);
    expect(parseNameOptions('+RFC2253')).toBe(NAME_RFC2253);
    expect(() => parseNameOptions('RFC2253,foo')).toThrow(/^-nameopt: "foo" is none of esc_2253, /);
    expect(() => parseTextOptions('no_pubkeys')).toThrow(/^-certopt: "no_pubkeys" is none of /);
  });
});

describe('timeText', () => {
  const print = (tag: number, text: string): (string | undefined)[] => {
    const time = timeOf(tag, Buffer.from(text, 'latin1'));
    return [timeText(time), timeText(time, 'iso_8601')];
  };

  it('prints what OpenSSL takes for a time', () => {
    expect(print(TAG.utcTime, '260105070809Z')).toEqual(['Jan  5 07:08:09 2026 GMT', '2026-01-05 07:08:09Z']);
    expect(print(TAG.utcTime, '5001010000+0100')).toEqual(['Dec 31 23:00:00 1949 GMT', '1949-12-31 23:00:00Z']);
    expect(print(TAG.generalizedTime, '20260105070809.25Z')[0]).toBe('Jan  5 07:08:09.25 2026 GMT');
  });

  it.each(['', 'x', '260230000000Z', '260101000000', '26010100000Z', '260101250000Z'])(
    'knows that "%s" is none',
    (text) => {
      expect(print(TAG.utcTime, text)).toEqual([undefined, undefined]);
    },
  );
});

describe('octets', () => {
  it('come back as they were', () => {
    const everything = Buffer.from([...Array(256).keys(), ...Buffer.from('é€𝒳'), 0xc3, 0x28, 0xf0, 0x9f]);
    expect(toOctets(fromOctetText(everything.toString('latin1')))).toEqual(everything);
    expect(fromOctetText(Buffer.from('Köln').toString('latin1'))).toBe('Köln');
    expect(toOctets('Köln 𝒳')).toEqual(Buffer.from('Köln 𝒳'));
  });
});

describe('hashes', () => {
  it('fold case and blanks, and do not depend on the string type', () => {
    const one = Name.of([[{ oid: '2.5.4.3', tag: TAG.printableString, value: Buffer.from('Some  NAME ') }]]);
    const two = Name.of([[utf8('2.5.4.3', ' some name')]]);
    expect(nameHash(one)).toBe(nameHash(two));
    expect(nameHashOld(one)).not.toBe(nameHashOld(two));
  });

  it('do not depend on the unused bits of a BIT STRING', () => {
    const bits = (hex: string): Name =>
      Name.of([[{ oid: '2.5.4.11', tag: TAG.bitString, value: Buffer.from(hex, 'hex') }]]);
    expect(nameHash(bits('045c4f'))).toBe(nameHash(bits('045c40')));
    expect(nameHash(bits('045c40'))).not.toBe(nameHash(bits('005c40')));
  });

  it('are those of openssl', () => {
    const path = join(import.meta.dirname, '../../data/certificates/SANDNSNull.pem');
    const [certificate] = readCertificates(readFileSync(path), path) as [Certificate];
    expect([nameHash(certificate.subject), nameHashOld(certificate.subject)]).toEqual(['7aafaa58', '86c0da0f']);
    expect([nameHash(certificate.issuer), nameHashOld(certificate.issuer)]).toEqual(['69878104', '898896a3']);
    expect(fingerprint(certificate.der, 'sha1')).toBe('7A:97:A0:6D:A8:01:1D:34:D7:15:A2:28:41:9E:65:96:3D:B9:03:F0');
  });
});

describe('parts of a text', () => {
  const path = join(import.meta.dirname, '../../data/certificates/SANCaGood.pem');
  const [certificate] = readCertificates(readFileSync(path), path) as [Certificate];

  it('are left out by certopt', () => {
    const options =
      'no_header,no_version,no_serial,no_signame,no_validity,no_issuer,no_pubkey,no_extensions,no_sigdump';
    expect(
      certificateText(certificate, {
        certopt: parseTextOptions(options),
        nameopt: parseNameOptions('sep_comma_plus_space'),
      }),
    ).toBe(
      '        Subject: C=US, ST=FL, L=Tallahassee, street=3210 Holly Mill Run, postalCode=30062, O=Extreme Discord, OU=Chaos, CN=gov.us\n',
    );
  });

  it('are single extensions by their short names', () => {
    expect(extensionsText(certificate, ['basicConstraints', 'subjectAltName'])).toBe(
      'X509v3 Basic Constraints: critical\n    CA:TRUE\nX509v3 Subject Alternative Name: \n    DNS:*.gov.us, DNS:gov.us\n',
    );
    expect(extensionsText(certificate, ['nameConstraints', '2.5.29.17'])).toBeUndefined();
  });
});
