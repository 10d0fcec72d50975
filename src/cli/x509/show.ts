/** What `x509` says about one certificate, or about every certificate of a file. */
import { bytesOf } from '../../lib/der/text.ts';
import type { Certificate } from '../../lib/x509/certificate.ts';
import type { Context } from '../context.ts';
import { Inputs, pemOrDer } from '../flags/certificates.ts';
import { passphrases } from '../flags/encryption.ts';
import { Output } from '../flags/keys.ts';
import { certificateJson } from '../json/certificate.ts';
import type { X509Options } from './options.ts';
import { checkEnd, checkNames, checks, printed, type PrintOptions } from './print.ts';
import { applyTrust, certificatePem, wantsTrust } from './trust.ts';

interface ShowOptions extends X509Options, PrintOptions {
  readonly out: string | undefined;
  readonly noout: boolean;
  readonly nocert: boolean;
}

type Io = Omit<Context, 'flags'>;

/**
 * Adds everything that was asked for; the result is the exit code, 1 when -checkend finds that the certificate ends.
 *
 * @param written the certificate that is written, where it is not the one that is printed: fingerprints are of it
 */
export function show(
  io: Io,
  options: PrintOptions,
  certificate: Certificate,
  out: Output,
  written: Certificate = certificate,
): number {
  if (io.json) io.printJson(certificateJson(certificate, checks(certificate, options)));
  else out.add(bytesOf(printed(certificate, written, io, options)));
  if (options.checkend !== undefined) {
    const { line, ends } = checkEnd(certificate, options.checkend);
    if (!io.json) out.add(line);
    return ends ? 1 : 0;
  }
  if (!io.json) out.add(checkNames(certificate, options));
  return 0;
}

/** `-multi`: shows each certificate of the input and writes it in PEM. */
export async function showAll(io: Io, options: ShowOptions): Promise<number> {
  const out = new Output();
  const all = await new Inputs(io, passphrases(io, options).in).certificates(
    options.in,
    pemOrDer('inform', options.inform),
  );
  const codes = all.map((read) => {
    const certificate = applyTrust(read, options);
    const code = show(io, options, certificate, out);
    if (!options.noout && !options.nocert && !io.json) out.add(certificatePem(certificate, wantsTrust(options)));
    return code;
  });
  out.writeTo(io, options.out);
  return Math.max(...codes);
}
