/** What `req` does to a request that it has read. */
import type { PrivateKey } from '../../lib/keys/model.ts';
import { TlskitError, fail } from '../../lib/errors.ts';
import { nameLine } from '../../lib/text/name.ts';
import { replaceRequestSubject } from '../../lib/x509/build.ts';
import type { CertificateRequest } from '../../lib/x509/request.ts';
import { requestSignedBy } from '../../lib/x509/verify-signed.ts';
import type { Context } from '../context.ts';
import { keyOf, nameOptions } from '../flags/certificates.ts';
import type { ReqConfig } from './config.ts';
import type { ReqOptions } from './options.ts';
import { subjectOf } from './subject.ts';

/**
 * Checks the request's signature with its own key, or with the one of -key, and says the result on stderr. As with OpenSSL 3.0 a signature
 * that does not fit leaves the exit code as it is.
 *
 * @throws TlskitError ERR_SIGNATURE when the key is of another type than the signature wants, or the algorithm is unknown
 */
export function verifyRequest(
  io: Pick<Context, 'note' | 'inputName'>,
  options: ReqOptions,
  request: CertificateRequest,
  key: PrivateKey | undefined,
): boolean {
  let good: boolean;
  try {
    good = requestSignedBy(request, key?.publicKey ?? keyOf(request), options.vfyopt);
  } catch (error) {
    if (!(error instanceof TlskitError) || error.code === 'ERR_USAGE') throw error;
    return fail('ERR_SIGNATURE', `the signature of the certificate request cannot be verified: ${error.message}`);
  }
  io.note(`Certificate request self-signature verify ${good ? 'OK' : 'failure'}\n`);
  return good;
}

/** The request with the subject of -subj. Its signature stays as it was and does not fit any more, as with OpenSSL. */
export function replaceSubject(
  io: Pick<Context, 'note'>,
  options: ReqOptions & { readonly nameopt: readonly string[] },
  config: ReqConfig,
  request: CertificateRequest,
): CertificateRequest {
  const changed = replaceRequestSubject(request, subjectOf(io, options.subj ?? '/', config.names));
  if (options.verbose) {
    const nameopt = nameOptions(options.nameopt);
    io.note('Modifying subject of certificate request\n');
    io.note(nameLine('Old subject=', request.subject, nameopt) + nameLine('New subject=', changed.subject, nameopt));
  }
  return changed;
}
