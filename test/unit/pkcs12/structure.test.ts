import { describe, expect, it } from 'vitest';
import * as der from '../../../src/lib/der/index.ts';
import { PKCS12_OID as OID, readPkcs12, readPfx, readSafeContents, type Bag } from '../../../src/lib/pkcs12/index.ts';
import { attributesText, schemeText } from '../../../src/lib/text/pkcs12.ts';
import { certificate, codeOf } from './data.ts';

const { explicit, integer, octetString, oid, readDer, seq, set, utf8String } = der;

const bag = (type: string, value: Buffer, ...attributes: Buffer[]): Buffer =>
  seq(oid(type), explicit(0, value), ...(attributes.length > 0 ? [set(...attributes)] : []));
const typed = (type: string, value: Buffer): Buffer => seq(oid(type), explicit(0, value));
const pfx = (...bags: Buffer[]): Buffer =>
  seq(integer(3), typed(OID.data, octetString(seq(typed(OID.data, octetString(seq(...bags)))))));

const cert = certificate('leaf.pem').der;
const x509 = bag(OID.certBag, typed(OID.x509Certificate, octetString(cert)));
const attribute = (type: string, ...values: Buffer[]): Buffer => seq(oid(type), set(...values));

describe('bags of every type', () => {
  const nested = bag(OID.safeContentsBag, seq(x509, bag(OID.safeContentsBag, seq(x509))));
  const file = pfx(
    x509,
    bag(OID.certBag, typed(OID.sdsiCertificate, der.ia5String('AAAA'))),
    bag(OID.crlBag, typed(OID.x509Crl, octetString(Buffer.from('crl')))),
    bag(OID.secretBag, typed('1.2.3', octetString(Buffer.from('s')))),
    nested,
    bag('1.2.3.4', integer(5)),
  );

  it('are read, nested ones too', () => {
    const [safe] = readPfx(file).safes;
    const kinds = safe?.kind === 'data' ? readSafeContents(safe.content).map((one: Bag) => one.kind) : [];
    expect(kinds).toEqual(['certificate', 'certificate', 'crl', 'secret', 'safeContents', 'unknown']);
    const contents = readPkcs12(file);
    expect(contents.certificates.map((entry) => entry.der.equals(cert))).toEqual([true, true, true]);
    expect(contents.crls[0]?.der.toString()).toBe('crl');
    expect(contents.secrets[0]?.type).toBe('1.2.3');
  });

  it('parts for other readers are left out, a signed file is refused', () => {
    const enveloped = seq(typed(OID.data, octetString(seq(x509))), typed(OID.envelopedData, seq()));
    expect(readPkcs12(seq(integer(3), typed(OID.data, octetString(enveloped)))).certificates).toHaveLength(1);
    expect(codeOf(() => readPkcs12(seq(integer(3), typed(OID.signedData, seq()))))).toBe('ERR_UNSUPPORTED');
  });

  it('BER: indefinite lengths, strings in pieces, something after the end', () => {
    const indefinite = (tag: number, ...items: Buffer[]): Buffer =>
      Buffer.concat([Buffer.from([tag, 0x80]), ...items, Buffer.alloc(2)]);
    const contents = indefinite(0x30, x509);
    const pieces = indefinite(
      0x24,
      octetString(contents.subarray(0, 5)),
      indefinite(0x24, octetString(contents.subarray(5))),
    );
    const safes = indefinite(0x30, indefinite(0x30, oid(OID.data), indefinite(0xa0, pieces)));
    const outer = indefinite(0x30, integer(3), indefinite(0x30, oid(OID.data), indefinite(0xa0, octetString(safes))));
    const file = Buffer.concat([outer, Buffer.from('left over')]);
    expect(readPkcs12(file).certificates[0]?.der.equals(cert)).toBe(true);
  });
});

describe('what OpenSSL refuses is refused', () => {
  const odd = Buffer.from([30, 3, 0, 65, 0]);
  it.each([
    ['a bag without a value', pfx(seq(oid('1.2.3.5')))],
    [
      'half a character',
      pfx(bag(OID.certBag, typed(OID.x509Certificate, octetString(cert)), attribute(OID.friendlyName, odd))),
    ],
    ['an attribute without its SET', pfx(bag('1.2.3', integer(1), seq(oid('1.2.3'))))],
    ['a bag without a type', pfx(seq())],
  ])('%s', (_, file) => {
    expect(codeOf(() => readPkcs12(file))).toMatch(/ERR_(FORMAT|DER)/);
  });

  it('octets after the parts are not looked at', () => {
    const parts = Buffer.concat([seq(typed(OID.data, octetString(seq(x509)))), Buffer.from('x')]);
    expect(readPkcs12(seq(integer(3), typed(OID.data, octetString(parts)))).certificates).toHaveLength(1);
  });
});

describe('texts', () => {
  const attributes = (...items: Buffer[]) => {
    const [one] = readSafeContents(seq(bag('1.2.3', integer(1), ...items)));
    return attributesText(one?.attributes, 'Bag Attributes');
  };

  it('attributes absent, empty and without values', () => {
    expect(attributesText(undefined, 'Key Attributes')).toBe('Key Attributes: <No Attributes>\n');
    expect(attributesText([], 'Key Attributes')).toBe('Key Attributes: <Empty Attributes>\n');
    expect(attributes(attribute(OID.localKeySet))).toBe('Bag Attributes\n    Microsoft Local Key set: <No Values>\n');
  });

  it('values of every kind, one octet a character', () => {
    const text = attributes(
      attribute(OID.friendlyName, der.bmpString('Übung€')),
      attribute(OID.friendlyName, der.bmpString('A\0B'), utf8String('zwei\0x')),
      attribute(OID.localKeyId, octetString(Buffer.from('00ff', 'hex'))),
      attribute('1.2.3.4', der.bitString(Buffer.from([0x80]), 7), integer(-1), integer(1), seq(), der.boolean(true)),
      attribute('1.2.3.5', der.contextPrimitive(1, Buffer.from('x')), oid('1.2')),
    );
    expect(text.split('\n').slice(1)).toEqual([
      '    friendlyName: \u00dcbung\u00ac',
      '    friendlyName: A',
      'zwei',
      '    localKeyID: 00 FF ',
      '    1.2.3.4: 80 ',
      '<Unsupported tag 2>',
      '<Unsupported tag 2>',
      '<Unsupported tag 16>',
      '<Unsupported tag 1>',
      '    1.2.3.5: <Unsupported tag -3>',
      '<Unsupported tag 6>',
      '',
    ]);
  });

  it('encryption schemes, known and not', () => {
    const text = (...items: Buffer[]) => schemeText(readDer(seq(...items)));
    const kdf = (type: string, ...items: Buffer[]) => seq(oid(type), seq(...items));
    const aes = seq(oid('2.16.840.1.101.3.4.1.42'), octetString(Buffer.alloc(16)));
    const salt = octetString(Buffer.alloc(8));
    expect(text(oid(OID.pbes2), seq(kdf(OID.pbkdf2, salt, integer(9)), aes))).toBe(
      'PBES2, PBKDF2, AES-256-CBC, Iteration 9, PRF hmacWithSHA1\n',
    );
    expect(text(oid(OID.pbes2), seq(kdf(OID.scrypt, salt, integer(16384), integer(8), integer(1)), aes))).toBe(
      'PBES2, scrypt, AES-256-CBC, Salt length: 8, Cost(N): 16384, Block size(r): 8, Parallelism(p): 1\n',
    );
    expect(text(oid('1.2.840.113549.1.12.1.6'), seq(salt, integer(2048)))).toBe(
      'pbeWithSHA1And40BitRC2-CBC, Iteration 2048\n',
    );
    expect(text(oid('1.2.3.4'))).toBe('1.2.3.4, <unsupported parameters>\n');
    expect(text(oid(OID.pbes2), seq())).toBe('PBES2, <unsupported parameters>\n');
  });
});
