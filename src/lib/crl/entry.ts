/** Entries of a CRL: revoked certificates (RFC 5280 section 5.3). */
import { TAG, bigintOf } from '../der/index.ts';
import { enumerated, oid as oidType, readTemplate, string, type Type } from '../der/template.ts';
import { enumerated as writeEnumerated, oid, seq, explicit, universal } from '../der/writer.ts';
import { fail } from '../errors.ts';
import { generalNamesType, type GeneralName } from '../x509/general-names.ts';
import type { Name } from '../x509/name.ts';
import type { Extension } from '../x509/schema.ts';
import { timeOf, type Time } from '../x509/time.ts';
import type { RevokedSyntax } from './schema.ts';

/** The extensions of entries (RFC 5280 section 5.3; holdInstructionCode is of RFC 3280 section 5.3.2). */
export const ENTRY_OID = {
  reasonCode: '2.5.29.21',
  holdInstruction: '2.5.29.23',
  invalidityDate: '2.5.29.24',
  certificateIssuer: '2.5.29.29',
} as const;

/** What an entry of a CRL says. */
export interface RevokedFields {
  /** Content octets of the serial number: two's complement, big endian. */
  readonly serial: Buffer;
  readonly revocationDate: Time;
  readonly extensions: readonly Extension[];
}

/** A revoked certificate in a CRL that was read. */
export class RevokedCertificate implements RevokedFields {
  readonly serial: Buffer;
  readonly revocationDate: Time;
  readonly extensions: readonly Extension[];

  constructor({ serial, date, extensions }: RevokedSyntax) {
    this.serial = serial;
    this.revocationDate = date;
    this.extensions = extensions ?? [];
  }

  /** The first extension of this type (dotted), if there is one. */
  extension(oid: string): Extension | undefined {
    return this.extensions.find((extension) => extension.oid === oid);
  }

  /**
   * The reason's code (RFC 5280 section 5.3.1), undefined without one.
   *
   * @throws TlskitError ERR_DER for an extension that cannot be read
   */
  get reason(): number | undefined {
    const value = this.#read(ENTRY_OID.reasonCode, enumerated(), 'reasonCode');
    return value && Number(bigintOf(value));
  }

  /** Since when the key is known or believed to be bad; undefined where nothing says so. Throws as `reason`. */
  get invalidityDate(): Time | undefined {
    const value = this.#read(ENTRY_OID.invalidityDate, string(TAG.generalizedTime), 'invalidityDate');
    return value && timeOf(value.tag, value.value);
  }

  /** What to do with a certificate on hold (dotted). Throws as `reason`. */
  get holdInstruction(): string | undefined {
    return this.#read(ENTRY_OID.holdInstruction, oidType(), 'holdInstructionCode');
  }

  /** The issuer that this entry and those after it name, in an indirect CRL. Throws as `reason`. */
  get certificateIssuer(): readonly GeneralName[] | undefined {
    return this.#read(ENTRY_OID.certificateIssuer, generalNamesType, 'certificateIssuer');
  }

  #read<T>(id: string, type: Type<T>, what: string): T | undefined {
    const extension = this.extension(id);
    return extension && readTemplate(type, extension.value, what).value;
  }
}

/** What `revokedEntry` puts into an entry besides number and date. */
export interface RevokedDetails {
  /** The reason's code; left out, the entry has none (RFC 5280 section 5.3.1 wants that rather than "unspecified"). */
  readonly reason?: number | undefined;
  /** Milliseconds since 1970 in UTC. */
  readonly invalidityDate?: number | undefined;
  /** Dotted. */
  readonly holdInstruction?: string | undefined;
  /** In an indirect CRL, where the issuer is another one than that of the entry before. */
  readonly certificateIssuer?: Name | undefined;
}

const extension = (id: string, value: Buffer, critical = false): Extension => ({ oid: id, critical, value });

/**
 * The extensions of an entry, in the order in which OpenSSL's `ca` writes them.
 *
 * @throws TlskitError ERR_USAGE for a time outside of the years 0 to 9999
 */
export function entryExtensions(details: RevokedDetails): Extension[] {
  const { reason, invalidityDate, holdInstruction, certificateIssuer } = details;
  const list: Extension[] = [];
  if (reason !== undefined) list.push(extension(ENTRY_OID.reasonCode, writeEnumerated(reason)));
  if (invalidityDate !== undefined) list.push(extension(ENTRY_OID.invalidityDate, generalizedTime(invalidityDate)));
  if (holdInstruction !== undefined) list.push(extension(ENTRY_OID.holdInstruction, oid(holdInstruction)));
  // RFC 5280 section 5.3.3: critical, as whoever passes over it takes the entry for another certificate's
  if (certificateIssuer)
    list.push(extension(ENTRY_OID.certificateIssuer, seq(explicit(4, certificateIssuer.der)), true));
  return list;
}

/** RFC 5280 section 5.3.2 wants this form for every year. */
function generalizedTime(ms: number): Buffer {
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  if (Number.isNaN(year) || year < 0 || year > 9999) fail('ERR_USAGE', 'an invalidity date is of the years 0 to 9999');
  const text = date.toISOString().replace(/[-:T]|\.\d+/g, '');
  return universal(TAG.generalizedTime, Buffer.from(text, 'latin1'));
}

/**
 * An entry for `buildCrl`.
 *
 * @param serial content octets of the serial number
 */
export const revokedEntry = (serial: Buffer, revocationDate: Time, details: RevokedDetails = {}): RevokedFields => ({
  serial,
  revocationDate,
  extensions: entryExtensions(details),
});
