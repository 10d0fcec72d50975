/** The OCSP response of s_server: from a file, or asked of a responder for each client that wants one (RFC 6066 section 8, RFC 8446 section 4.4.2.1). */
import { fail, TlskitError, within } from '../../lib/errors.ts';
import { buildOcspRequest, certIdOf, OcspResponse, readOcspResponse } from '../../lib/ocsp/index.ts';
import { EXTENSION } from '../../lib/registry/tls-extensions.ts';
import { ocspResponseText } from '../../lib/text/ocsp.ts';
import type { Credential, HelloSeen } from '../../lib/tls/index.ts';
import { parsedCertificate, verifyChain, type CertificateView, type TrustStore } from '../../lib/verify/index.ts';
import { ocspUris } from '../../lib/x509/checks.ts';
import { placeOfUrl, proxyFor } from '../ocsp/place.ts';
import { readFile } from '../source.ts';
import type { FlagValues } from '../spec.ts';
import type { ServerFlags } from './flags.ts';

type Values = Pick<
  FlagValues<ServerFlags>,
  'status' | 'status_all' | 'status_file' | 'status_url' | 'status_timeout' | 'status_verbose' | 'proxy' | 'no_proxy'
>;

/** Gives a credential with what is to be stapled to it for this client. */
export type Stapler = (credential: Credential, seen: HelloSeen) => Promise<Credential>;

/** Seconds that a responder has where -status_timeout says nothing: a client waits meanwhile. */
const PATIENCE = 10;

/**
 * What the options say of stapling; undefined where they say nothing. A file is looked at now and read again for each client, so that it can be
 * replaced; where it cannot be read then, or a responder does not answer, the client gets none.
 *
 * @param say prints on stderr
 * @throws TlskitError for a file that cannot be read or holds no OCSP response, ERR_USAGE for a URL that is none
 */
export function staplerOf(flags: Values, trusted: TrustStore, say: (text: string) => void): Stapler | undefined {
  const { status, status_file: file, status_url: url, status_timeout: timeout, status_verbose: verbose } = flags;
  if (!status && !verbose && !flags.status_all && file === undefined && url === undefined && timeout === undefined)
    return undefined;
  if (timeout !== undefined && timeout <= 0) fail('ERR_USAGE', `option -status_timeout takes seconds, not ${timeout}`);
  if (url !== undefined) placeOfUrl(url, 'Error parsing -status_url argument');
  if (file !== undefined) fromFile(file);
  const tell = verbose ? say : (): void => undefined;
  const attempt = async (get: () => OcspResponse | Promise<OcspResponse>): Promise<Buffer | undefined> => {
    try {
      const response = await get();
      tell(`cert_status: ocsp response sent:\n${ocspResponseText(response)}`);
      return response.der;
    } catch (error) {
      if (!(error instanceof TlskitError)) throw error;
      say(`cert_status: ${error.message}\n`);
      return undefined;
    }
  };
  return async (credential, { hello }) => {
    if (hello.extensions?.some(({ type }) => type === EXTENSION.statusRequest) !== true) return credential;
    tell('cert_status: callback called\n');
    const [first, ...issuers] = credential.chain.map((der) => parsedCertificate(der, 'ber')) as [
      CertificateView,
      ...CertificateView[],
    ];
    const asked = { flags, trusted, tell, pool: issuers };
    const ocsp = await attempt(() => (file === undefined ? fromResponder(first, asked) : fromFile(file)));
    if (!flags.status_all) return { ...credential, ocsp };
    // a root has nobody who could revoke it
    const issuerOcsp = issuers.map(async (one) =>
      one.traits.selfSigned ? undefined : await attempt(() => fromResponder(one, asked)),
    );
    return { ...credential, ocsp, issuerOcsp: await Promise.all(issuerOcsp) };
  };
}

function fromFile(path: string): OcspResponse {
  return readOcspResponse(readFile(path), `${path}: Error reading OCSP response`);
}

interface Asked {
  readonly flags: Values;
  readonly trusted: TrustStore;
  /** Certificates among which the issuer may be. */
  readonly pool: readonly CertificateView[];
  readonly tell: (text: string) => void;
}

/** Asks the responder that a certificate names, or else that of -status_url. */
async function fromResponder(subject: CertificateView, { flags, trusted, pool, tell }: Asked): Promise<OcspResponse> {
  const [named] = ocspUris(subject.certificate);
  if (named !== undefined) tell(`cert_status: AIA URL: ${named}\n`);
  const url = named ?? flags.status_url;
  if (url === undefined) return fail('ERR_USAGE', 'no AIA and no default responder URL');
  const [, issuer] = verifyChain(subject, { trusted, untrusted: pool, time: undefined }).chain;
  if (!issuer) return fail('ERR_NOT_FOUND', "Can't retrieve issuer certificate.");
  const request = buildOcspRequest({ requests: [certIdOf(subject.certificate.serial, issuer.certificate)] });
  const place = placeOfUrl(url, 'the certificate names no URL of a responder');
  const { exchange } = await import('../ocsp/exchange.ts');
  const octets = await exchange(request.der, {
    place,
    headers: [],
    timeout: (flags.status_timeout ?? PATIENCE) * 1000,
    proxy: proxyFor(place, flags, process.env),
  });
  return within('error querying responder', () => OcspResponse.read(octets));
}
