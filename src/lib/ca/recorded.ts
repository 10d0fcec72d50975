/** A CA whose certificates are recorded: nothing leaves it that the database does not know. */
import { fail } from '../errors.ts';
import { PublicKey } from '../keys/model.ts';
import { Certificate } from '../x509/certificate.ts';
import type { CertificateRequest } from '../x509/request.ts';
import { parseSerial, serialHex } from '../x509/serial.ts';
import { issueCertificate, type CertificateOrder, type Issuer } from './issue.ts';
import { issuingLimits } from './limits.ts';
import { namesOf } from './names.ts';
import { recordOf, type CertificateRecord, type Revocation } from './record.ts';
import { requestOrder, type SignOptions } from './request.ts';
import type { CaStore, RecordFilter, StoredAuthority } from './store.ts';
import { templateByName, type TemplateName } from './templates.ts';

/** A certificate that is to be made, for this key. */
export interface KeyedOrder extends CertificateOrder {
  readonly publicKey: PublicKey;
  /** The serial number of the certificate that the new one replaces. */
  readonly replaces?: string | undefined;
}

/** A new certificate, and what was recorded of it. */
export interface Issued {
  readonly certificate: Certificate;
  readonly record: CertificateRecord;
}

/** How often a new serial number is tried: two random ones are equal once in many universes, ones that were given may well be. */
const TRIES = 3;

/** What can be done with a CA's records without its key. */
export class CaRecords {
  readonly store: CaStore;
  readonly stored: StoredAuthority;

  constructor(store: CaStore, stored: StoredAuthority) {
    this.store = store;
    this.stored = stored;
  }

  /** The records that a filter finds, oldest first. */
  find(filter?: RecordFilter): Promise<CertificateRecord[]> {
    return this.store.find(this.stored.id, filter);
  }

  /** The record of a certificate's serial number. */
  async recordOf(serial: string): Promise<CertificateRecord> {
    const found = await this.store.bySerial(this.stored.id, serial);
    return found ?? fail('ERR_NOT_FOUND', `this CA has issued no certificate with the serial number ${serial}`);
  }

  /**
   * Revokes a certificate.
   *
   * @throws TlskitError ERR_NOT_FOUND for a serial number that the CA has not issued, ERR_USAGE for one that is revoked already
   */
  async revoke(serial: string, revocation: Revocation): Promise<void> {
    if (await this.store.revoke(this.stored.id, serial, revocation)) return;
    const { revocation: before } = await this.recordOf(serial);
    const when = before ? ` since ${new Date(before.at).toISOString()} (${before.reason})` : '';
    fail('ERR_USAGE', `the certificate ${serial} is revoked already${when}`);
  }

  /**
   * Takes a certificate off hold: the next CRL is without it.
   *
   * @throws TlskitError ERR_NOT_FOUND, ERR_USAGE
   */
  async release(serial: string): Promise<void> {
    if (await this.store.release(this.stored.id, serial)) return;
    await this.recordOf(serial);
    fail('ERR_USAGE', `the certificate ${serial} is not on hold; any other revocation is final`);
  }
}

/** A CA with its key, all of whose certificates are recorded. */
export class RecordedAuthority extends CaRecords {
  readonly issuer: Issuer;
  readonly #check: (certificate: Certificate) => void;

  /** @param above the certificates above the issuer's as far as they are known, the nearest first: what they forbid is not issued */
  constructor(store: CaStore, stored: StoredAuthority, issuer: Issuer, above: readonly Certificate[] = []) {
    super(store, stored);
    this.issuer = issuer;
    this.#check = issuingLimits([issuer.certificate, ...above]);
  }

  /**
   * Issues certificates and records them, in one transaction: when this returns, they are in the database.
   *
   * @throws TlskitError ERR_USAGE also where a serial number that an order names has been used, and for what the CA's own certificate or one above
   *   it forbids: names beyond their constraints, a CA beyond their path length
   */
  async issue(orders: readonly KeyedOrder[], now: number = Date.now()): Promise<Issued[]> {
    const made = orders.map((order) => this.#make(order, now));
    let open = orders.map((_, i) => i);
    for (let tries = 0; open.length > 0; tries += 1) {
      if (tries === TRIES) fail('ERR_IO', 'no serial number was free; is the random generator broken?');
      const records = open.map((i) => (made[i] as Issued).record);
      const taken = await this.store.add(this.stored.id, records);
      open = open.filter((i) => taken.has((made[i] as Issued).record.serial));
      for (const i of open) {
        const order = orders[i] as KeyedOrder;
        if (order.serial !== undefined)
          fail('ERR_USAGE', `the CA has issued a certificate with the serial number ${serialHex(order.serial)} before`);
        made[i] = this.#make(order, now);
      }
    }
    return made;
  }

  #make(order: KeyedOrder, now: number): Issued {
    const { urls, days } = this.stored.settings;
    const leaf = templateNameOf(order) !== 'ca' && templateNameOf(order) !== 'ocsp';
    const defaults = { urls, ...(leaf && days !== undefined ? { days } : {}) };
    const whole = { ...defaults, ...withoutUndefined(order) };
    const certificate = issueCertificate(this.issuer, order.publicKey, whole, now);
    this.#check(certificate);
    const { replaces } = order;
    return { certificate, record: recordOf(certificate, { issuedAt: now, template: templateNameOf(order), replaces }) };
  }

  /** Issues the certificate that a request asks for. */
  async sign(request: CertificateRequest, options: SignOptions = {}, now: number = Date.now()): Promise<Issued> {
    const { publicKey, order } = requestOrder(request, options);
    const [issued] = await this.issue([{ ...order, publicKey }], now);
    return issued as Issued;
  }

  /**
   * Issues a certificate like a recorded one, from now on, for the same key or another one.
   *
   * @throws TlskitError ERR_NOT_FOUND where only the number of the old certificate is known
   */
  async renew(
    record: CertificateRecord,
    options: { readonly publicKey?: PublicKey | undefined; readonly days?: number | undefined } = {},
    now: number = Date.now(),
  ): Promise<Issued> {
    const [issued] = await this.issue([renewalOrder(record, options)], now);
    return issued as Issued;
  }
}

const templateNameOf = ({ template = 'server' }: CertificateOrder): TemplateName =>
  typeof template === 'string' ? templateByName(template).name : template.name;

const withoutUndefined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;

/** What the issuer computes anew. */
const OWN_EXTENSIONS: ReadonlySet<string> = new Set([
  '2.5.29.14', // subjectKeyIdentifier
  '2.5.29.35', // authorityKeyIdentifier
  '2.5.29.31', // cRLDistributionPoints
  '1.3.6.1.5.5.7.1.1', // authorityInfoAccess
]);

/** The order for a certificate that says the same: subject, extensions, and as many days, unless others are wanted. */
export function renewalOrder(
  record: CertificateRecord,
  options: { readonly publicKey?: PublicKey | undefined; readonly days?: number | undefined },
): KeyedOrder {
  if (!record.certificate)
    return fail('ERR_NOT_FOUND', `the certificate ${record.serial} itself is not in the database, only its number`);
  const old = Certificate.read(record.certificate);
  const { template } = record;
  return {
    publicKey: options.publicKey ?? PublicKey.fromSpki(old.spki),
    template: template ?? 'server',
    subject: old.subject,
    names: namesOf(old),
    copied: old.extensions.filter(({ oid }) => !OWN_EXTENSIONS.has(oid)),
    days: options.days ?? Math.max(1, Math.round((record.notAfter - record.notBefore) / 86_400_000)),
    replaces: record.serial,
  };
}

/** The content octets of a recorded serial number. */
export const serialOctets = (hex: string): Buffer =>
  parseSerial(hex.startsWith('-') ? `-0x${hex.slice(1)}` : `0x${hex}`);

/** A serial number as people write it, as the database keeps it: hexadecimal digits, `:` between them, `0x` before them. */
export function serialText(text: string): string | undefined {
  const digits = text.replace(/^0x/i, '').replaceAll(':', '');
  return /^[0-9a-f]{1,80}$/i.test(digits) ? serialHex(parseSerial(`0x${digits}`)) : undefined;
}
