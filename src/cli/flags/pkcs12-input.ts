/** Certificates out of PKCS#12 files, where a certificate is asked for; loaded only when there is such a file. */
import { TlskitError } from '../../lib/errors.ts';
import { readPkcs12 as read } from '../../lib/pkcs12/read.ts';
import { shapeOfDer } from '../../lib/keys/shapes.ts';
import { Secret } from '../../lib/secret.ts';
import { Certificate } from '../../lib/x509/certificate.ts';

/** Whether these octets look like a PKCS#12 file. */
export const isPkcs12 = (bytes: Buffer): boolean => shapeOfDer(bytes) === 'pkcs12';

/** The certificates inside: first without a password, then with the one that `passphrase` gives. */
export async function readPkcs12(
  bytes: Buffer,
  source: string,
  passphrase: () => Secret | Promise<Secret>,
): Promise<Certificate[]> {
  const open = (password: Secret): Certificate[] =>
    read(bytes, { password, allowMissingMac: true }).certificates.map(({ der }) => Certificate.read(der));
  try {
    return open(Secret.fromText(''));
  } catch (error) {
    if (!(error instanceof TlskitError) || error.code !== 'ERR_PASSPHRASE') throw error;
    try {
      return open(await passphrase());
    } catch (again) {
      if (!(again instanceof TlskitError)) throw again;
      throw new TlskitError(again.code, `${source}: ${again.message}`, { cause: again });
    }
  }
}
