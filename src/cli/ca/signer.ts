/** The CA's key and certificate, and what it signs with. */
import { fail } from '../../lib/errors.ts';
import type { PrivateKey } from '../../lib/keys/model.ts';
import { Secret } from '../../lib/secret.ts';
import type { Certificate } from '../../lib/x509/certificate.ts';
import { signatureFor, type Signer } from '../../lib/x509/sign.ts';
import { checkKeyForm, Inputs, keyOf } from '../flags/certificates.ts';
import { passphrases } from '../flags/encryption.ts';
import type { CaConfig } from './config.ts';
import { refuse, type CaOptions, type Io } from './options.ts';

/** Who signs. */
export interface Authority {
  readonly key: PrivateKey;
  /** Absent where only -selfsign is asked for. */
  readonly certificate: Certificate | undefined;
  readonly inputs: Inputs;
}

/**
 * Reads the key and the certificate.
 *
 * @throws TlskitError, or Refused when they do not belong together
 */
export async function readAuthority(io: Io, options: CaOptions, config: CaConfig): Promise<Authority> {
  checkKeyForm('keyform', options.keyform);
  checkKeyForm('certform', options.certform);
  const keyFile = options.keyfile ?? config.require('private_key', '-keyfile names the key');
  const secret = options.key === undefined ? passphrases(io, options).in : Secret.fromText(options.key);
  const inputs = new Inputs(io, secret);
  const key = await inputs.privateKey(keyFile);
  const needed = !options.selfsign || options.spkac !== undefined || options.ss_cert !== undefined || options.gencrl;
  if (!needed) return { key, certificate: undefined, inputs };
  const certificate = await inputs.certificate(options.cert ?? config.require('certificate', '-cert names it'));
  if (!key.publicKey.equals(keyOf(certificate))) refuse(io, 'CA certificate and CA private key do not match\n');
  return { key, certificate, inputs };
}

/** The digest to sign with: -md, else `default_md`; undefined for the key's own. */
export function digestName(options: CaOptions, config: CaConfig, key: PrivateKey): string | undefined {
  if (key.type === 'ed25519' || key.type === 'ed448') return undefined;
  const name = options.md ?? config.require('default_md', 'default_md = default takes the usual one, and so does -md');
  return name === 'default' ? undefined : name;
}

/** What signs certificates and CRLs. */
export function signerOf(options: CaOptions, config: CaConfig, key: PrivateKey): Signer {
  if (!key.info.signs) fail('ERR_KEY', `a key of type ${key.info.label} cannot sign`);
  return signatureFor(key, { digest: digestName(options, config, key), sigopts: options.sigopt });
}
