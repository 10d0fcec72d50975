import { fail } from '../errors.ts';
import { verifyChain, type TrustStore } from '../verify/index.ts';
import type { Certificate } from '../x509/certificate.ts';

/**
 * The chain of `leaf`, itself first and a trusted self-signed root last, as OpenSSL's `pkcs12 -chain` builds and verifies it before it goes into
 * a file. Neither policies nor revocation are looked at.
 *
 * @param options.untrusted further certificates that may stand in between
 * @param options.now milliseconds since 1970
 * @throws TlskitError ERR_VERIFY: `Error getting chain: …` with OpenSSL's words for the first thing that is wrong
 */
export function buildChain(
  leaf: Certificate,
  options: { trusted: TrustStore; untrusted?: readonly Certificate[]; now?: number },
): Certificate[] {
  const { trusted, untrusted, now = Date.now() } = options;
  const { chain, errors } = verifyChain(leaf, { trusted, untrusted, time: now, goOn: () => false });
  const [first] = errors;
  if (first) fail('ERR_VERIFY', `Error getting chain: ${first.text}`);
  return chain.map(({ certificate }) => certificate);
}
