import { describe, expect, it } from 'vitest';
import { parseAnySubject, parseDistinguishedName } from '../../../src/lib/x509/name-people.ts';
import { parseSubject } from '../../../src/lib/x509/name-build.ts';

describe('K3 names as people write them', () => {
  it.each([
    ['C=DE, O=Example\\, Inc., CN=www', '/C=DE/O=Example, Inc./CN=www'],
    ['cn = a , ou= b+ou=c', '/CN=a/OU=b+OU=c'],
    ['O="a, b+c", CN=x', '/O=a, b\\+c/CN=x'],
    ['CN=M\\C3\\BCller', '/CN=Müller'],
    ['CN=\\ a\\ ', '/CN= a '],
    ['commonName=a=b', '/CN=a=b'],
    ['CN=a\\\\', '/CN=a\\\\'],
    ['emailaddress=x@y', '/emailAddress=x@y'],
  ])('%s is %s', (text, slashes) => {
    expect(parseAnySubject(text).der).toEqual(parseSubject(slashes, { utf8: true }).der);
  });

  it('takes a value in DER', () => {
    expect(parseDistinguishedName('CN=#130161').attributes).toEqual([
      { oid: '2.5.4.3', tag: 19, value: Buffer.from('a') },
    ]);
  });

  it.each([
    ['foo=a', '"foo" is no attribute type'],
    ['CN=a,', '"CN=a," ends in ","'],
    ['CN=a,b', 'there is no "=" after "b" in "CN=a,b"'],
    ['CN="a', 'a quotation mark is open'],
    ['CN=#1', 'should be pairs of hexadecimal digits'],
    ['C=DEU', 'C (countryName) "DEU" has 3 characters; at most 2 are allowed'],
    ['CN=', 'CN (commonName) "" has 0 characters; at least 1 are needed'],
    ['www.example.org', 'should read /type=value/type=value'],
  ])('refuses %s', (text, message) => {
    expect(() => parseAnySubject(text)).toThrow(message);
  });
});
