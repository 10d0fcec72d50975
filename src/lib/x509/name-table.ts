import { DIRECTORY_STRING, STRING_BIT } from '../der/strings.ts';
import { fail } from '../errors.ts';
import { shown } from '../der/text.ts';

/** How the value of an attribute type is written. */
export interface AttributeRule {
  readonly min?: number;
  readonly max?: number;
  readonly mask: number;
  /** True when `string_mask` narrows the types further. */
  readonly masked: boolean;
}

const directory = (max?: number): AttributeRule => ({
  min: 1,
  ...(max === undefined ? {} : { max }),
  mask: DIRECTORY_STRING,
  masked: true,
});
const pkcs9: AttributeRule = { min: 1, mask: DIRECTORY_STRING | STRING_BIT.ia5, masked: true };
const fixed = (mask: number, min?: number, max?: number): AttributeRule => ({
  mask,
  masked: false,
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
});

const { printable, ia5, bmp, numeric, utf8 } = STRING_BIT;

/** Upper bounds of RFC 5280 appendix A.1 and the types that OpenSSL 3.0 writes. */
const RULES: Readonly<Record<string, AttributeRule>> = {
  '2.5.4.3': directory(64), // commonName
  '2.5.4.4': directory(32768), // surname
  '2.5.4.5': fixed(printable, 1, 64), // serialNumber
  '2.5.4.6': fixed(printable, 2, 2), // countryName
  '2.5.4.7': directory(128), // localityName
  '2.5.4.8': directory(128), // stateOrProvinceName
  '2.5.4.10': directory(64), // organizationName
  '2.5.4.11': directory(64), // organizationalUnitName
  '2.5.4.41': directory(32768), // name
  '2.5.4.42': directory(32768), // givenName
  '2.5.4.43': directory(32768), // initials
  '2.5.4.46': fixed(printable), // dnQualifier
  '2.5.4.98': fixed(printable, 3, 3), // countryCode3c
  '2.5.4.99': fixed(numeric, 3, 3), // countryCode3n
  '2.5.4.100': fixed(utf8), // dnsName
  '0.9.2342.19200300.100.1.3': fixed(ia5, 1), // rfc822Mailbox
  '0.9.2342.19200300.100.1.25': fixed(ia5, 1), // domainComponent
  '1.2.840.113549.1.9.1': fixed(ia5, 1, 128), // emailAddress
  '1.2.840.113549.1.9.2': pkcs9, // unstructuredName
  '1.2.840.113549.1.9.7': pkcs9, // challengePassword
  '1.2.840.113549.1.9.8': directory(), // unstructuredAddress
  '1.2.840.113549.1.9.20': fixed(bmp), // friendlyName
  '1.3.6.1.4.1.311.17.1': fixed(bmp), // Microsoft CSP name
  '1.3.6.1.5.5.7.8.9': fixed(utf8, 1, 128), // SmtpUTF8Mailbox
  '1.3.6.1.4.1.311.60.2.1.3': fixed(printable, 2, 2), // jurisdictionCountryName
  '1.2.643.100.1': fixed(numeric, 1, 13), // OGRN
  '1.2.643.100.3': fixed(numeric, 1, 11), // SNILS
  '1.2.643.3.131.1.1': fixed(numeric, 1, 12), // INN
};

/** The rule of an attribute type; types without a row take any DirectoryString. */
export const attributeRule = (oid: string): AttributeRule => RULES[oid] ?? { mask: DIRECTORY_STRING, masked: true };

/** `string_mask` when none is set. */
export const DEFAULT_MASK: number = STRING_BIT.utf8;

const MASKS: Readonly<Record<string, number>> = {
  default: 0xffffffff,
  pkix: 0xffffffff & ~STRING_BIT.t61,
  nombstr: 0xffffffff & ~(bmp | utf8),
  utf8only: utf8,
};

/**
 * The string types that a `string_mask` value allows, as bits of `STRING_BIT`.
 *
 * @throws TlskitError ERR_CONFIG
 */
export function parseStringMask(text: string): number {
  const named = Object.hasOwn(MASKS, text) ? MASKS[text] : undefined;
  if (named !== undefined) return named;
  const [, sign, number] = /^MASK:\s*([+-]?)(0[xX][0-9a-fA-F]{1,16}|0[0-7]{0,21}|[1-9][0-9]{0,19})$/.exec(text) ?? [];
  if (number === undefined) {
    return fail('ERR_CONFIG', `string_mask = ${shown(text)} should be default, pkix, utf8only, nombstr or MASK:number`);
  }
  // a leading 0 means octal, as in C
  const magnitude = BigInt(/^0[0-7]+$/.test(number) ? `0o${number.slice(1)}` : number);
  const value = sign === '-' ? -magnitude : magnitude;
  return Number(value & 0xffffffffn) | 0;
}
