/** OpenSSL's trust settings beside a certificate: its TRUSTED CERTIFICATE form. */
import { implicit, octetString, oid, seq, universal } from '../../lib/der/writer.ts';
import { encodePem } from '../../lib/der/pem.ts';
import { TAG } from '../../lib/der/reader.ts';
import { fail } from '../../lib/errors.ts';
import { objectByName } from '../../lib/registry/oids.ts';
import type { Certificate, TrustData } from '../../lib/x509/certificate.ts';
import type { X509Options } from './options.ts';

const purpose = (flag: string, text: string): string =>
  objectByName(text)?.oid ??
  fail('ERR_USAGE', `option -${flag} takes a purpose such as serverAuth or a dotted identifier, not "${text}"`);

/** The certificate with its trust settings changed as the options say. */
export function applyTrust(certificate: Certificate, options: X509Options): Certificate {
  const { setalias, clrtrust, clrreject } = options;
  const trusted = options.addtrust.map((text) => purpose('addtrust', text));
  const rejected = options.addreject.map((text) => purpose('addreject', text));
  if (setalias === undefined && !clrtrust && !clrreject && trusted.length + rejected.length === 0) return certificate;
  const { trust, reject, alias, keyId } = certificate.trust ?? {};
  const add = (before: readonly string[] | undefined, more: readonly string[]): readonly string[] | undefined =>
    more.length === 0 ? before : [...(before ?? []), ...more];
  return certificate.withTrust({
    trust: add(clrtrust ? undefined : trust, trusted),
    reject: add(clrreject ? undefined : reject, rejected),
    alias: setalias === undefined ? alias : Buffer.from(setalias, 'utf8'),
    keyId,
  });
}

/** Whether the options ask for OpenSSL's trusted form: -trustout does, and so does adding trust, but not clearing it. */
export const wantsTrust = (options: X509Options): boolean =>
  options.trustout || options.setalias !== undefined || options.addtrust.length + options.addreject.length > 0;

/** CertAux in DER, as OpenSSL writes it. */
function trustData({ trust, reject, alias, keyId }: TrustData): Buffer {
  return seq(
    ...(trust ? [seq(...trust.map(oid))] : []),
    ...(reject ? [implicit(0, seq(...reject.map(oid)))] : []),
    ...(alias ? [universal(TAG.utf8String, alias)] : []),
    ...(keyId ? [octetString(keyId)] : []),
  );
}

/** The certificate's PEM: plain, or with its trust settings. */
export function certificatePem(certificate: Certificate, trusted: boolean): string {
  if (!trusted) return encodePem('CERTIFICATE', certificate.der);
  const { trust } = certificate;
  const aux = trust ? [trustData(trust)] : [];
  return encodePem('TRUSTED CERTIFICATE', Buffer.concat([certificate.der, ...aux]));
}
