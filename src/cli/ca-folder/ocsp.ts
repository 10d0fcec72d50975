/** `ca ocsp-serve`: answers from the database, signed by a certificate that the CA issues for it. */
import { randomBytes } from 'node:crypto';
import { commonName, type Issued, type RecordedAuthority } from '../../lib/ca/index.ts';
import { generateKey } from '../../lib/keys/generate.ts';
import { crlReasonByName } from '../../lib/registry/crl-reasons.ts';
import {
  invalidityDate,
  ocspResponder,
  type KnownStatus,
  type OcspAnswer,
  type OcspResponder,
  type OcspSigner,
} from '../../lib/ocsp/index.ts';
import { serialHex } from '../../lib/x509/serial.ts';
import type { OpenCa } from './folder.ts';

/** What the database says of a serial number: nothing of one that the CA has not issued. */
export async function knownStatus(
  ca: Pick<OpenCa, 'store' | 'stored'>,
  serial: Buffer,
): Promise<KnownStatus | undefined> {
  const record = await ca.store.bySerial(ca.stored.id, serialHex(serial));
  if (!record) return undefined;
  const { revocation } = record;
  if (!revocation) return { status: 'good' };
  const { at, reason, invalidSince } = revocation;
  return {
    status: 'revoked',
    time: at,
    // as in CRLs: no reason rather than "unspecified"
    reason: crlReasonByName(reason)?.code || undefined,
    extensions: invalidSince === undefined ? [] : [invalidityDate(invalidSince)],
  };
}

/** The signer is followed by another one when it has less time left than this. */
const RENEW_BEFORE = 2 * 86_400_000;

/** A responder whose signer is renewed in time. */
export function caResponder(
  ca: OpenCa,
  options: {
    /** A signer that is there, or what makes one: asked again when the last one is about to end. */
    readonly signer: OcspSigner | (() => Promise<OcspSigner>);
    readonly validity: number | undefined;
    readonly onError: (error: unknown) => void;
  },
): (request: Uint8Array, now: number) => Promise<OcspAnswer> {
  let current: { readonly respond: OcspResponder; readonly until: number } | undefined;
  let coming: Promise<void> | undefined;
  const renew = async (): Promise<void> => {
    const made = typeof options.signer === 'function';
    const signer = typeof options.signer === 'function' ? await options.signer() : options.signer;
    const respond = ocspResponder({
      issuers: [ca.certificate],
      lookup: (serial) => knownStatus(ca, serial),
      signer,
      validity: options.validity,
      onError: options.onError,
    });
    const end = made ? (signer.certificate.notAfter.ms ?? Infinity) : Infinity;
    current = { respond, until: end - RENEW_BEFORE };
  };
  return async (request, now) => {
    if (!current || now >= current.until) {
      coming ??= renew().finally(() => (coming = undefined));
      await coming;
    }
    return (current as { respond: OcspResponder }).respond(request, now);
  };
}

/** Days that a certificate of the responder's own is good for. */
const SIGNER_DAYS = 14;

/** Makes signers: each with a new key and a certificate that the CA issues for it, and records. */
export async function newSigner(authority: RecordedAuthority): Promise<OcspSigner> {
  const key = await generateKey({ type: 'ec', curve: 'prime256v1' });
  const subject = commonName(`OCSP responder ${randomBytes(4).toString('hex')}`);
  const [issued] = await authority.issue([{ publicKey: key.publicKey, template: 'ocsp', subject, days: SIGNER_DAYS }]);
  return { certificate: (issued as Issued).certificate, key };
}
