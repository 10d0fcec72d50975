/** `-x509toreq`: a request for what a certificate says. */
import type { PrivateKey } from '../../lib/keys/model.ts';
import { buildRequest } from '../../lib/x509/build.ts';
import { buildExtensions } from '../../lib/x509/extensions/index.ts';
import type { CertificateRequest } from '../../lib/x509/request.ts';
import { signatureFor } from '../../lib/x509/sign.ts';
import type { Made } from './make.ts';
import type { X509Options } from './options.ts';

/** subjectKeyIdentifier and authorityKeyIdentifier: the issuer's business. */
const NOT_ASKED_FOR = ['2.5.29.14', '2.5.29.35'];

/** The request, signed by the key of -key. */
export function requestOf(
  { certificate, extfile, context }: Made,
  key: PrivateKey,
  options: X509Options,
  digest: string | undefined,
): CertificateRequest {
  const copied = options.copy_extensions !== undefined && options.copy_extensions !== 'none';
  const taken = copied ? certificate.extensions.filter(({ oid }) => !NOT_ASKED_FOR.includes(oid)) : [];
  const extensions = extfile
    ? buildExtensions(extfile.config.section(extfile.section) ?? [], {
        ...context,
        config: extfile.config,
        where: `${extfile.config.source}: [${extfile.section}]`,
        existing: taken,
      })
    : taken;
  const { subject, spki } = certificate;
  const signer = signatureFor(key, { digest, sigopts: options.sigopt });
  return buildRequest({ subject, spki, attributes: [], extensions }, signer);
}
