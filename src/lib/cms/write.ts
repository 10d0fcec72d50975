import { CLASS } from '../der/reader.ts';
import { element, explicit, integer, oid, seq, set } from '../der/writer.ts';
import { CONTENT } from './items.ts';

/**
 * A PKCS#7 that only carries certificates and CRLs: signed data without content and signers (RFC 2315 section 9, "degenerate").
 *
 * @param certificates undefined: the field is absent; an empty list gives an empty one, as OpenSSL's crl2pkcs7 does
 */
export function carrierOf(certificates: readonly Uint8Array[] | undefined, crls: readonly Uint8Array[]): Buffer {
  const tagged = (tag: number, items: readonly Uint8Array[]): Buffer =>
    element(CLASS.context, true, tag, Buffer.concat(items));
  const signed = seq(
    integer(1),
    set(),
    seq(oid(CONTENT.data)),
    ...(certificates ? [tagged(0, certificates)] : []),
    ...(crls.length > 0 ? [tagged(1, crls.toSorted(Buffer.compare))] : []),
    set(),
  );
  return seq(oid(CONTENT.signedData), explicit(0, signed));
}
