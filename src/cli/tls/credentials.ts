/** Certificates with their keys, for both sides. */
import { fail, TlskitError } from '../../lib/errors.ts';
import { credential, TlsFailure, type Credential } from '../../lib/tls/index.ts';
import { parsedCertificate, verifyChain, type TrustStore } from '../../lib/verify/index.ts';
import type { Certificate } from '../../lib/x509/certificate.ts';
import type { Context } from '../context.ts';
import { checkKeyForm, Inputs, pemOrDer } from '../flags/certificates.ts';

/** Where a certificate and its key are. */
export interface CredentialFiles {
  readonly cert: string;
  /** Default: the file of the certificate. */
  readonly key?: string | undefined;
  readonly pass?: string | undefined;
  readonly chain?: string | undefined;
  readonly certform?: string | undefined;
  readonly keyform?: string | undefined;
  /** Completes the chain where no further certificates are named. */
  readonly trusted: TrustStore;
  /** Names of the options, for messages. */
  readonly flags?: { readonly cert: string; readonly key: string };
}

type Io = Pick<Context, 'read' | 'inputName' | 'prompter' | 'passphrase'>;

/**
 * Reads a certificate with its key. As in OpenSSL the first certificate of the file counts; those of -cert_chain are sent after it, or else the
 * trusted ones that it leads to.
 *
 * @throws TlskitError as the readers do, and ERR_KEY_MISMATCH
 */
export async function loadCredential(io: Io, files: CredentialFiles): Promise<Credential> {
  const { cert, key = cert, pass } = files;
  const names = files.flags ?? { cert: 'cert', key: 'key' };
  checkKeyForm(`${names.key}form`, files.keyform);
  const form = /^(p12|pkcs12)$/i.test(files.certform ?? '') ? undefined : pemOrDer(`${names.cert}form`, files.certform);
  const inputs = new Inputs(io, pass === undefined ? undefined : io.passphrase(pass));
  const leaf = await inputs.certificate(cert, form);
  const privateKey = await inputs.privateKey(key);
  if (privateKey.info.postQuantum)
    fail('ERR_UNSUPPORTED', `${key}: ${privateKey.info.label} keys are not supported in TLS yet`);
  const chain = files.chain === undefined ? issuersOf(leaf, files.trusted) : await inputs.certificates(files.chain);
  return makeCredential(leaf, chain, privateKey.keyObject, { cert, key });
}

/** The trusted certificates above this one, whatever a verification finds in them. */
function issuersOf({ der }: Certificate, trusted: TrustStore): Certificate[] {
  const { chain } = verifyChain(parsedCertificate(der, 'ber'), { trusted, time: Date.now(), alternatives: false });
  return chain.slice(1).map(({ certificate }) => certificate);
}

function makeCredential(
  leaf: Certificate,
  chain: readonly Certificate[],
  key: Parameters<typeof credential>[0]['key'],
  names: { cert: string; key: string },
): Credential {
  try {
    return credential({ chain: [leaf, ...chain].map(({ der }) => der), key });
  } catch (error) {
    if (error instanceof TlskitError) throw error;
    if (error instanceof RangeError && /is not that of/.test(error.message))
      fail('ERR_KEY_MISMATCH', `the key of ${names.key} is not that of the certificate of ${names.cert}`);
    if (error instanceof RangeError || error instanceof TlsFailure)
      fail('ERR_KEY', `the certificate of ${names.cert} cannot be used: ${error.message}`);
    throw error;
  }
}
