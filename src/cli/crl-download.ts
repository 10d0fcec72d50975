/** -crl_download: CRLs from where certificates say they are (RFC 5280 sections 4.2.1.13 and 4.2.1.15), over HTTP as OpenSSL has it. */
import { readCrls, type Crl } from '../lib/crl/index.ts';
import { readTemplate } from '../lib/der/template.ts';
import { shown } from '../lib/der/text.ts';
import { TlskitError } from '../lib/errors.ts';
import type { CertificateView } from '../lib/verify/index.ts';
import type { Certificate } from '../lib/x509/certificate.ts';
import { distributionPointsType } from '../lib/x509/distribution-points.ts';
import { networkReason } from './tls/network.ts';

const POINTS = '2.5.29.31';
const FRESHEST = '2.5.29.46';

/** Milliseconds for one CRL, and more octets than any has that is of use. */
const TIMEOUT = 15_000;
const MAX_SIZE = 64 * 1024 * 1024;

/**
 * Downloads the CRLs of certificates, complete ones and deltas: of each list of distribution points the first that HTTP leads to. What cannot be
 * had is told and left out.
 *
 * @param warn takes a line
 */
export async function downloadCrls(chain: readonly CertificateView[], warn: (line: string) => void): Promise<Crl[]> {
  const places = chain.flatMap(({ certificate }) => [firstUrl(certificate, POINTS), firstUrl(certificate, FRESHEST)]);
  const urls = [...new Set(places.filter((url) => url !== undefined))];
  const found = await Promise.all(urls.map((url) => download(url, warn)));
  return found.flat();
}

function firstUrl(certificate: Certificate, oid: string): string | undefined {
  const extension = certificate.extension(oid);
  if (!extension) return undefined;
  try {
    const points = readTemplate(distributionPointsType, extension.value, 'distribution points').value;
    const names = points.flatMap(({ name }) => (name?.kind === 'full' ? name.value : []));
    const uris = names.flatMap((name) => (name.kind === 'uri' ? name.value.value.toString('latin1') : []));
    return uris.find((uri) => /^http:\/\//i.test(uri));
  } catch (error) {
    if (error instanceof TlskitError) return undefined;
    throw error;
  }
}

async function download(url: string, warn: (line: string) => void): Promise<Crl[]> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT) });
    if (!response.ok) throw new TlskitError('ERR_CONNECT', `it answers ${response.status} ${response.statusText}`);
    return readCrls(await take(response), url);
  } catch (error) {
    warn(`Could not read CRL via CDP from ${shown(url, 200)}: ${reason(error as Error)}\n`);
    return [];
  }
}

async function take(response: Response): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body ?? []) {
    size += piece.length;
    if (size > MAX_SIZE) throw new TlskitError('ERR_LIMIT', `more than ${MAX_SIZE} octets`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function reason(error: Error): string {
  if (error instanceof TlskitError) return error.message;
  if (error.name === 'TimeoutError') return `no answer in ${TIMEOUT / 1000} seconds`;
  return networkReason((error.cause ?? error) as NodeJS.ErrnoException);
}
