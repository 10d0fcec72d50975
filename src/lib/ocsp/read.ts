/** Requests and responses from files: DER, or PEM with the labels that OpenSSL and GnuTLS write. */
import { decodePem } from '../der/index.ts';
import { fail, within } from '../errors.ts';
import { OcspRequest } from './request.ts';
import { OcspResponse } from './response.ts';

/**
 * The request in a file: DER, or PEM labelled `OCSP REQUEST`.
 *
 * @param source names the file in messages
 * @throws TlskitError ERR_DER, ERR_PEM, ERR_FORMAT (PEM of something else)
 */
export const readOcspRequest = (bytes: Uint8Array, source: string): OcspRequest =>
  within(source, () => OcspRequest.read(octetsOf(bytes, 'OCSP REQUEST')));

/**
 * The response in a file: DER, or PEM labelled `OCSP RESPONSE`.
 *
 * @param source names the file in messages
 * @throws TlskitError ERR_DER, ERR_PEM, ERR_FORMAT (PEM of something else)
 */
export const readOcspResponse = (bytes: Uint8Array, source: string): OcspResponse =>
  within(source, () => OcspResponse.read(octetsOf(bytes, 'OCSP RESPONSE')));

const SEQUENCE = 0x30;

function octetsOf(bytes: Uint8Array, wanted: string): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes[0] === SEQUENCE || !buffer.includes('-----BEGIN ')) return bytes;
  const [block] = decodePem(buffer.toString('latin1'), (label) => label === wanted);
  return block?.der ?? fail('ERR_FORMAT', `PEM without a block "${wanted}"`);
}
