/** What the commands around certificates read: certificates, requests, keys, and the options that say how names are printed. */
import { readCrls, type Crl } from '../../lib/crl/index.ts';
import { fail } from '../../lib/errors.ts';
import { PublicKey, type PrivateKey } from '../../lib/keys/model.ts';
import { readPrivateKey } from '../../lib/keys/read.ts';
import type { Secret } from '../../lib/secret.ts';
import { NAME_COMPAT, ONELINE_DEFAULT, parseNameOptions, type NameOptions } from '../../lib/text/name.ts';
import { readCertificates, type Certificate } from '../../lib/x509/certificate.ts';
import { readRequest, type CertificateRequest } from '../../lib/x509/request.ts';
import type { Context } from '../context.ts';
import { pemOrDer } from './form.ts';

/** What inputs need of a running command. */
export type Io = Pick<Context, 'read' | 'inputName' | 'prompter'>;

/** Reads a command's inputs; one passphrase serves them all, and each that needs another one is asked for. */
export class Inputs {
  readonly #io: Io;
  readonly #secret: Secret | undefined;

  /** @param secret the passphrase that -passin named */
  constructor(io: Io, secret: Secret | undefined) {
    this.#io = io;
    this.#secret = secret;
  }

  /** The private key of a file. */
  privateKey(path: string): Promise<PrivateKey> {
    const source = this.#io.inputName(path);
    return readPrivateKey(this.#io.read(path), { source, passphrase: () => this.#passphrase(source) });
  }

  #passphrase(source: string): Secret | Promise<Secret> {
    return this.#secret ?? this.#io.prompter.passphrase(`Enter pass phrase for ${source}`);
  }

  /** All certificates of a file, at least one; also those of a PKCS#12 file. */
  async certificates(path: string | undefined, form?: 'pem' | 'der'): Promise<Certificate[]> {
    const source = this.#io.inputName(path);
    const bytes = this.#io.read(path);
    checkForm(bytes, form, source);
    try {
      return readCertificates(bytes, source);
    } catch (error) {
      const inside = form === undefined && bytes[0] === 0x30 ? await this.#fromPkcs12(bytes, source) : [];
      if (inside.length > 0) return inside;
      throw error;
    }
  }

  /** The first certificate of a file. */
  async certificate(path: string | undefined, form?: 'pem' | 'der'): Promise<Certificate> {
    return (await this.certificates(path, form))[0] as Certificate;
  }

  async #fromPkcs12(bytes: Buffer, source: string): Promise<Certificate[]> {
    const { isPkcs12, readPkcs12 } = await import('./pkcs12-input.ts');
    if (!isPkcs12(bytes)) return [];
    return readPkcs12(bytes, source, () => this.#passphrase(source));
  }

  /** All CRLs of a file, at least one. */
  crls(path: string | undefined, form?: 'pem' | 'der'): Crl[] {
    const source = this.#io.inputName(path);
    const bytes = this.#io.read(path);
    checkForm(bytes, form, source);
    return readCrls(bytes, source);
  }

  /** The first CRL of a file. */
  crl(path: string | undefined, form?: 'pem' | 'der'): Crl {
    return this.crls(path, form)[0] as Crl;
  }

  /** The request of a file. */
  request(path: string | undefined, form?: 'pem' | 'der'): CertificateRequest {
    const source = this.#io.inputName(path);
    const bytes = this.#io.read(path);
    checkForm(bytes, form, source);
    return readRequest(bytes, source);
  }
}

/** A form that was asked for is a condition, not a hint. */
function checkForm(bytes: Buffer, form: 'pem' | 'der' | undefined, source: string): void {
  if (form === undefined || bytes.length === 0) return;
  const pem = bytes.includes('-----BEGIN ');
  if (form === 'pem' && !pem) fail('ERR_FORMAT', `${source}: PEM was asked for, and there is no PEM block`, { source });
  if (form === 'der' && bytes[0] !== 0x30)
    fail('ERR_FORMAT', `${source}: DER was asked for, and this is no DER`, { source });
}

/** `-keyform` and its like: OpenSSL 3 looks at the key itself, and so do we; only forms that need other software are refused. */
export function checkKeyForm(flag: string, value: string | undefined): void {
  if (value === undefined || /^(pem|der|p12|pkcs12|p|d)$/i.test(value)) return;
  fail('ERR_UNSUPPORTED', `option -${flag} takes PEM, DER or P12, not "${value}"`);
}

/** The public key that a certificate or request holds. */
export const keyOf = (holder: { readonly spki: Buffer }): PublicKey => PublicKey.fromSpki(holder.spki);

/** `-nameopt`, given once or more: options add up. Without it OpenSSL 3.0's default. */
export function nameOptions(values: readonly string[]): NameOptions {
  if (values.length === 0) return ONELINE_DEFAULT;
  return values.reduce<NameOptions>((options, value) => parseNameOptions(value, options), NAME_COMPAT);
}

/** What `-copy_extensions` may say. */
export type CopyMode = 'none' | 'copy' | 'copyall';

/** Reads `-copy_extensions`. */
export function copyMode(value: string | undefined): CopyMode | undefined {
  if (value === undefined || value === 'none' || value === 'copy' || value === 'copyall') return value;
  return fail('ERR_USAGE', `option -copy_extensions takes none, copy or copyall, not "${value}"`);
}

export { pemOrDer };
