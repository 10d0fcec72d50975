/** RSASSA-PSS-params (RFC 4055 section 3.1, RFC 8017 appendix A.2.3): the restrictions that an RSA-PSS key carries. */
import { digestByName, digestByOid } from '../crypto/digests.ts';
import { explicit, integer, nul, oid, seq } from '../der/writer.ts';
import type { DerNode } from '../der/reader.ts';
import { fail } from '../errors.ts';

const MGF1 = '1.2.840.113549.1.1.8';

/** What an RSA-PSS key or signature says about padding; what is left out in the encoding has its default here. */
export interface PssRestrictions {
  /** The digest's name: default `sha1`. */
  readonly digest: string;
  /** The digest of MGF1: default `sha1`. */
  readonly mgf1Digest: string;
  /** Octets of salt, default 20: in a key the least, in a signature the exact number. */
  readonly saltLength: number;
  /** 1 stands for the octet 0xbc; there is no other. */
  readonly trailerField: number;
}

/** RFC 4055's defaults. */
export const PSS_DEFAULTS: PssRestrictions = { digest: 'sha1', mgf1Digest: 'sha1', saltLength: 20, trailerField: 1 };

/**
 * Reads RSASSA-PSS-params.
 *
 * @throws TlskitError ERR_DER for a wrong structure, ERR_KEY for digests that are not known
 */
export function readPss(node: DerNode): PssRestrictions {
  const out = { ...PSS_DEFAULTS };
  let last = -1;
  for (const field of node.sequence('RSA-PSS parameters')) {
    if (field.cls !== 2 || field.number <= last || field.number > 3)
      fail('ERR_DER', 'RSA-PSS parameters: an unknown element');
    last = field.number;
    const value = field.only('RSA-PSS parameters');
    if (last === 0) out.digest = digestOf(value);
    else if (last === 1) out.mgf1Digest = maskDigest(value);
    else if (last === 2) out.saltLength = saltLength(value);
    else out.trailerField = value.smallInteger('RSA-PSS trailer field');
  }
  return out;
}

/** A salt length; a negative one makes no sense, and OpenSSL reads it all the same. */
function saltLength(value: DerNode): number {
  const length = value.integer('RSA-PSS salt length');
  return length >= -(2n ** 31n) && length < 2n ** 31n
    ? Number(length)
    : fail('ERR_KEY', 'an impossible RSA-PSS salt length');
}

function digestOf(algorithm: DerNode): string {
  const id = algorithm.sequence('RSA-PSS digest')[0]?.oid('RSA-PSS digest') ?? '';
  return digestByOid(id)?.name ?? fail('ERR_KEY', `RSA-PSS parameters name a digest that is not known: ${id}`);
}

function maskDigest(algorithm: DerNode): string {
  const [id, parameter] = algorithm.sequence('RSA-PSS mask generation');
  const name = id?.oid('RSA-PSS mask generation');
  if (name !== MGF1 || !parameter)
    fail('ERR_KEY', `RSA-PSS parameters name a mask generation that is not MGF1: ${name}`);
  return digestOf(parameter);
}

const noOid = (name: string): never => fail('ERR_UNSUPPORTED', `"${name}" has no identifier for RSA-PSS parameters`);

const algorithm = (name: string): Buffer => seq(oid(digestByName(name)?.oid ?? noOid(name)), nul());

/** Writes RSASSA-PSS-params as OpenSSL does: defaults left out, digests with NULL parameters. */
export function writePss(pss: PssRestrictions): Buffer {
  const items: Buffer[] = [];
  if (pss.digest !== PSS_DEFAULTS.digest) items.push(explicit(0, algorithm(pss.digest)));
  if (pss.mgf1Digest !== PSS_DEFAULTS.mgf1Digest) items.push(explicit(1, seq(oid(MGF1), algorithm(pss.mgf1Digest))));
  if (pss.saltLength !== PSS_DEFAULTS.saltLength) items.push(explicit(2, integer(pss.saltLength)));
  if (pss.trailerField !== PSS_DEFAULTS.trailerField) items.push(explicit(3, integer(pss.trailerField)));
  return seq(...items);
}
