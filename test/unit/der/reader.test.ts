import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as asn1js from 'asn1js';
import * as der from '../../../src/lib/der/index.ts';
import { TlskitError } from '../../../src/lib/errors.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const refused = (text: string): string => {
  try {
    walk(der.readDer(hex(text)));
  } catch (error) {
    if (error instanceof TlskitError) return error.message;
    throw error;
  }
  throw new Error(`${text} was accepted`);
};

function walk(node: der.DerNode): void {
  if (node.constructed) for (const child of node.children) walk(child);
}

describe('DER reader (X.690)', () => {
  it('reads nested elements with their offsets', () => {
    const node = der.readDer(hex('30 06 02 01 05 04 01 aa'));
    const [number, octets] = node.sequence('test');
    expect(number?.integer('n')).toBe(5n);
    expect(octets?.octets('o')).toEqual(hex('aa'));
    expect(octets?.start).toBe(5);
  });

  it.each([
    ['30 80 00 00', /indefinite length at offset 0/],
    ['30 81 01 00', /longer form than needed/],
    ['30 82 00 80', /leading zeros/],
    ['30 05 02 01 05', /says it has 5 octets, and 3 are there/],
    ['30', /ends inside the element at offset 0/],
    ['1f 80 01 00', /tag with leading zeros/],
    ['05 00 00', /1 octets are left over/],
    ['30 84 ff ff ff ff', /too large/],
  ])('refuses %s', (text, message) => {
    expect(refused(text)).toMatch(message);
  });

  it.each([
    ['a longer INTEGER', '02 02 00 05', (n: der.DerNode) => n.integer('x')],
    ['an empty INTEGER', '02 00', (n: der.DerNode) => n.integer('x')],
    ['a BOOLEAN of 01', '01 01 01', (n: der.DerNode) => n.boolean('x')],
    ['unused bits that are set', '03 02 01 01', (n: der.DerNode) => n.bitString('x')],
    ['an empty BIT STRING content', '03 00', (n: der.DerNode) => n.bitString('x')],
    ['an OID that ends in a continuation', '06 02 2a 86', (n: der.DerNode) => n.oid('x')],
    ['an OID with leading zeros', '06 03 2a 80 01', (n: der.DerNode) => n.oid('x')],
    ['a time without seconds', '17 0b 32 36 30 31 30 31 30 30 30 30 5a', (n: der.DerNode) => n.time('x')],
    ['the 30th of February', `17 0d ${Buffer.from('260230000000Z').toString('hex')}`, (n: der.DerNode) => n.time('x')],
    ['another type', '04 01 00', (n: der.DerNode) => n.integer('x')],
    ['an integer out of range', '02 05 7f ff ff ff ff', (n: der.DerNode) => n.smallInteger('x')],
  ])('refuses %s', (_, text, read) => {
    expect(() => read(der.readDer(hex(text)))).toThrow(TlskitError);
  });

  it('reads BER where asked to', () => {
    const node = der.readDer(hex('30 80 02 01 05 00 00'), 'ber');
    expect(node.children[0]?.integer('n')).toBe(5n);
    expect(node.end).toBe(7);
    expect(der.readDer(hex('24 80 04 01 61 04 01 62 00 00'), 'ber').octets('o').toString()).toBe('ab');
  });

  it('refuses deep nesting without exhausting the stack', () => {
    const deep = Buffer.concat([Buffer.alloc(3000, '3080', 'hex'), Buffer.alloc(3000)]);
    expect(() => der.readDer(deep, 'ber')).toThrow(/nested/);
  });

  it('throws nothing but its own error on random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.constantFrom('der' as const, 'ber' as const), (bytes, mode) => {
        try {
          walk(der.readDer(bytes, mode));
        } catch (error) {
          expect(error).toBeInstanceOf(TlskitError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('DER writer', () => {
  it('writes integers that read back, of any sign and size', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(1n << 300n), max: 1n << 300n }), (value) => {
        expect(der.readDer(der.integer(value)).integer('n')).toBe(value);
        const oracle = asn1js.fromBER(der.integer(value)).result as asn1js.Integer;
        expect(oracle.toBigInt()).toBe(value);
      }),
    );
  });

  it('writes object identifiers that asn1js reads alike', () => {
    const arc = fc.bigInt({ min: 0n, max: 1n << 80n });
    const dotted = fc.oneof(
      fc.tuple(fc.constantFrom('0', '1'), fc.bigInt({ min: 0n, max: 39n }), arc),
      fc.tuple(fc.constant('2'), arc, arc),
    );
    fc.assert(
      fc.property(dotted, (arcs) => {
        const text = arcs.join('.');
        expect(der.readDer(der.oid(text)).oid('o')).toBe(text);
      }),
    );
    const oracle = asn1js.fromBER(der.oid('2.999.1234')).result as asn1js.ObjectIdentifier;
    expect(oracle.valueBlock.toString()).toBe('2.999.1234');
  });

  it.each(['1', '3.1', '1.40', '1.2.', '1..2', '1.02', 'a.b', '2.-1'])('refuses the identifier "%s"', (text) => {
    expect(() => der.oid(text)).toThrow(TlskitError);
  });

  it.each([
    ['1950-01-01T00:00:00Z', 'utc', '500101000000Z'],
    ['2049-12-31T23:59:59Z', 'utc', '491231235959Z'],
    ['2050-01-01T00:00:00Z', 'generalized', '20500101000000Z'],
    ['1949-12-31T23:59:59Z', 'generalized', '19491231235959Z'],
    ['9999-12-31T23:59:59Z', 'generalized', '99991231235959Z'],
  ])('RFC 5280 4.1.2.5: %s is %s time', (iso, form, text) => {
    const node = der.readDer(der.time(Date.parse(iso)));
    expect(node.time('t')).toEqual({ form, text, ms: Date.parse(iso) });
  });

  it('sorts SET OF and trims named bits', () => {
    expect(der.setOf(der.integer(2), der.integer(1)).toString('hex')).toBe('3106020101020102');
    expect(der.namedBits([5, 6]).toString('hex')).toBe('03020106');
    expect(der.namedBits([8]).toString('hex')).toBe('0303070080');
    expect(der.namedBits([]).toString('hex')).toBe('030100');
  });

  it('tags explicitly and implicitly, with high numbers and long contents', () => {
    expect(der.explicit(3, der.nul()).toString('hex')).toBe('a3020500');
    expect(der.implicit(1, der.seq(der.nul())).toString('hex')).toBe('a1020500');
    expect(
      der
        .implicit(2, der.octetString(Buffer.alloc(200)))
        .subarray(0, 3)
        .toString('hex'),
    ).toBe('8281c8');
    expect(der.readDer(der.explicit(1000, der.nul())).number).toBe(1000);
    expect(der.readDer(der.octetString(Buffer.alloc(70000))).content.length).toBe(70000);
  });
});
