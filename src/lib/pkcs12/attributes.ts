/** Attributes of bags and keys (RFC 7292 section 4.2, RFC 2985 section 5.5), read and made. */
import { bmpString, namedBits, octetString, oid, seq, set, TAG, type DerNode } from '../der/index.ts';
import { OID, type BagAttribute } from './model.ts';

/** The first value of the attribute `type`, if there is one. */
function firstValue(attributes: readonly BagAttribute[] | undefined, type: string): DerNode | undefined {
  return attributes?.find((attribute) => attribute.oid === type)?.values[0];
}

/** The friendly name, from a BMPString or (as some write it) a UTF8String. */
export function friendlyName(attributes: readonly BagAttribute[] | undefined): string | undefined {
  const value = firstValue(attributes, OID.friendlyName);
  if (!value) return undefined;
  if (value.is(TAG.bmpString)) return bmpText(value.content);
  return value.constructed ? undefined : value.content.toString('utf8');
}

/** The local key identifier, which ties a certificate to its key. */
export function localKeyId(attributes: readonly BagAttribute[] | undefined): Buffer | undefined {
  const value = firstValue(attributes, OID.localKeyId);
  return value?.is(TAG.octetString) ? value.octets('localKeyID') : undefined;
}

/** A BMPString's content as text; surrogate pairs are joined. */
export function bmpText(content: Uint8Array): string {
  return Buffer.from(content).swap16().toString('utf16le');
}

const attribute = (type: string, ...values: readonly Uint8Array[]): Buffer => seq(oid(type), set(...values));

/** Makers of the attributes that we write, each as one DER `Attribute`. */
export const make = {
  friendlyName: (text: string): Buffer => attribute(OID.friendlyName, bmpString(text)),
  localKeyId: (id: Uint8Array): Buffer => attribute(OID.localKeyId, octetString(id)),
  /** Microsoft's name of the cryptographic service provider that should hold the key. */
  cspName: (text: string): Buffer => attribute(OID.cspName, bmpString(text)),
  /** Microsoft's mark for a key of the machine, not of the user. It has no value. */
  localKeySet: (): Buffer => attribute(OID.localKeySet),
  /** Key usage inside the key itself, as Windows reads it: exchange is keyEncipherment's neighbour dataEncipherment (bit 3), signature bit 0. */
  keyUsage: (usage: 'exchange' | 'signature'): Buffer =>
    attribute(OID.keyUsage, namedBits([usage === 'exchange' ? 3 : 0])),
  /** Java's mark for a certificate that its key store trusts. */
  trustedKeyUsage: (usage: string = OID.anyExtendedKeyUsage): Buffer => attribute(OID.trustedKeyUsage, oid(usage)),
};
