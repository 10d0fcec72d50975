/** What `req` prints and writes in the end, in OpenSSL's fixed order. */
import { encodePem } from '../../lib/der/pem.ts';
import { bytesOf } from '../../lib/der/text.ts';
import { certificateText, parseTextOptions } from '../../lib/text/certificate.ts';
import { nameLine } from '../../lib/text/name.ts';
import { requestText } from '../../lib/text/request.ts';
import { Certificate } from '../../lib/x509/certificate.ts';
import type { CertificateRequest } from '../../lib/x509/request.ts';
import type { Context } from '../context.ts';
import { nameOptions, pemOrDer } from '../flags/certificates.ts';
import { toFile, type Output } from '../flags/keys.ts';
import { certificateJson, requestJson } from '../json/certificate.ts';
import { modulusLine, publicKeyPem } from '../text/public.ts';

/** The flags that say what is printed and written. */
export interface ShowOptions {
  readonly pubkey: boolean;
  readonly text: boolean;
  readonly subject: boolean;
  readonly modulus: boolean;
  readonly nameopt: readonly string[];
  readonly reqopt: readonly string[];
  readonly noout: boolean;
  readonly newhdr: boolean;
  readonly out: string | undefined;
  readonly outform: string | undefined;
  readonly keyout: string | undefined;
}

/** Prints what was asked for about a request or certificate, and queues it for its file. */
export function show(
  io: Pick<Context, 'json' | 'printJson' | 'write'>,
  options: ShowOptions,
  made: Certificate | CertificateRequest,
  out: Output,
  verified?: boolean,
): number {
  const der = pemOrDer('outform', options.outform) === 'der';
  const certificate = made instanceof Certificate;
  if (io.json) io.printJson(certificate ? certificateJson(made) : requestJson(made, verified));
  else out.add(bytesOf(printed(options, made)));
  if (!options.noout && (!io.json || toFile(options.out))) {
    const label = certificate ? 'CERTIFICATE' : `${options.newhdr ? 'NEW ' : ''}CERTIFICATE REQUEST`;
    out.add(der ? made.der : encodePem(label, made.der));
  }
  const silent = options.noout && !options.pubkey && !options.text && !options.subject && !options.modulus;
  if (!silent) out.writeTo(io, options.out);
  return 0;
}

function printed(options: ShowOptions, made: Certificate | CertificateRequest): string {
  const nameopt = nameOptions(options.nameopt);
  const parts: string[] = [];
  if (options.pubkey) parts.push(publicKeyPem(made));
  if (options.text) {
    const bits = options.reqopt.reduce((before, text) => parseTextOptions(text, before, '-reqopt'), 0);
    parts.push(
      made instanceof Certificate
        ? certificateText(made, { nameopt, certopt: bits })
        : requestText(made, { nameopt, reqopt: bits }),
    );
  }
  if (options.subject) parts.push(nameLine('subject=', made.subject, nameopt));
  if (options.modulus) parts.push(modulusLine(made, 'Wrong Algorithm type'));
  return parts.join('');
}
