/** Keys as files: PKCS#8, the algorithms' own structures, SPKI, JWK and OpenSSH, in PEM and DER, byte for byte as OpenSSL 3.0 writes them. */
import { encryptPbe, type PbeScheme } from '../crypto/pbe.ts';
import { encryptPem } from '../crypto/pem-encryption.ts';
import type { KeyCipher } from '../crypto/ciphers.ts';
import { encodePem } from '../der/pem.ts';
import { octetString, seq } from '../der/writer.ts';
import { fail } from '../errors.ts';
import type { Secret } from '../secret.ts';
import type { EcPrivate, PrivateComponents } from './components.ts';
import {
  encodeDhDomain,
  encodeDsaDomain,
  encodeDsaPrivate,
  encodeEcParameters,
  encodePkcs8,
  encodeRsaPrivate,
  encodeRsaPublic,
  encodeSec1,
  encodeSpki,
  wrapPkcs8,
  type EcEncoding,
} from './encode.ts';
import { privateJwk, publicJwk } from './jwk.ts';
import { KeyParameters, type PrivateKey, type PublicKey } from './model.ts';
import { openSshPublic } from './openssh.ts';
import { inForm, type SeededForm } from './private-forms.ts';

/** How a private key is encrypted. */
export type KeyEncryption =
  /** PKCS#8's way: a scheme of lib/crypto/pbe. */
  | { readonly passphrase: Secret; readonly scheme: PbeScheme }
  /** The traditional PEM headers, for `traditional` in PEM. */
  | { readonly passphrase: Secret; readonly cipher: KeyCipher };

export interface PrivateKeyOptions {
  /** `traditional` is PKCS#1 for RSA, SEC 1 for EC, and OpenSSL's own structure for DSA; other types have none. */
  readonly format: 'pkcs8' | 'traditional' | 'jwk';
  /** Default `pem`; a JWK is text either way. */
  readonly form?: 'pem' | 'der';
  readonly encryption?: KeyEncryption;
  readonly ec?: EcEncoding;
  /** For ML-KEM and ML-DSA in PKCS#8: the first form that the key can have is taken. Default: with seed and key, as OpenSSL 3.5, or what there is. */
  readonly seeded?: readonly SeededForm[];
}

/**
 * A private key's file: text for PEM and JWK, octets for DER. A PKCS#8 is made anew from the key's numbers, without attributes.
 *
 * @throws TlskitError ERR_UNSUPPORTED for a format that the type does not have, ERR_USAGE for encryption where there is none
 */
export function writePrivateKey(key: PrivateKey, options: PrivateKeyOptions): string | Buffer {
  const { format, encryption } = options;
  if (format === 'jwk') {
    if (encryption) fail('ERR_USAGE', 'a JWK is not encrypted; leave out the cipher, or write PKCS#8');
    return `${JSON.stringify(privateJwk(key), null, 2)}\n`;
  }
  return format === 'pkcs8' ? writePkcs8(key, options) : writeTraditional(key, options);
}

function writePkcs8(key: PrivateKey, options: PrivateKeyOptions): string | Buffer {
  const { form = 'pem', encryption, ec, seeded = ['seed-priv', 'priv-only'] } = options;
  const inner = inForm(key.type, complete(key, ec), seeded);
  const der = Buffer.isBuffer(inner) ? wrapPkcs8(key.type, inner) : encodePkcs8(key.type, inner, ec);
  if (!encryption) return form === 'der' ? der : encodePem('PRIVATE KEY', der);
  const { passphrase } = encryption;
  const scheme: PbeScheme = 'scheme' in encryption ? encryption.scheme : { kind: 'pbes2', cipher: encryption.cipher };
  const { algorithm, encrypted } = encryptPbe(der, passphrase, scheme);
  const outer = seq(algorithm, octetString(encrypted));
  return form === 'der' ? outer : encodePem('ENCRYPTED PRIVATE KEY', outer);
}

function writeTraditional(key: PrivateKey, { form = 'pem', encryption, ec }: PrivateKeyOptions): string | Buffer {
  const label = key.info.traditional;
  if (!label) {
    return fail(
      'ERR_UNSUPPORTED',
      `${key.info.label} keys have no traditional format; write PKCS#8 (without -traditional)`,
    );
  }
  const der = traditionalDer(key, ec);
  if (!encryption) return form === 'der' ? der : encodePem(label, der);
  if (form === 'der' || !('cipher' in encryption)) {
    return fail(
      'ERR_USAGE',
      'a traditional key can be encrypted in PEM only, with a plain cipher; write PKCS#8 for more',
    );
  }
  return encryptPem(label, der, encryption.passphrase, encryption.cipher);
}

/** The numbers, with a computed public point where `noPublic: false` asks for it. A file without one is otherwise written without one. */
function complete(key: PrivateKey, ec: EcEncoding | undefined): PrivateComponents {
  const { components } = key;
  if (components.kind !== 'ec' || components.point || ec?.noPublic !== false) return components;
  return { ...components, ...key.publicKey.components } as EcPrivate;
}

function traditionalDer(key: PrivateKey, ec: EcEncoding | undefined): Buffer {
  const components = complete(key, ec);
  if (components.kind === 'rsa') return encodeRsaPrivate(components);
  if (components.kind === 'ec') return encodeSec1(components, ec);
  const shared = key.publicKey.components;
  if (components.kind !== 'dsa' || shared.kind !== 'dsa')
    return fail('ERR_UNSUPPORTED', `${key.info.label} keys have no traditional format`);
  return encodeDsaPrivate({ ...components, y: shared.y });
}

export interface PublicKeyOptions {
  /** Default `spki`; `pkcs1` is RSAPublicKey; `openssh` is one line of authorized_keys. */
  readonly format?: 'spki' | 'pkcs1' | 'jwk' | 'openssh';
  /** Default `pem`; JWK and OpenSSH are text either way. */
  readonly form?: 'pem' | 'der';
  readonly ec?: EcEncoding;
}

/**
 * A public key's file: text for PEM, JWK and OpenSSH, octets for DER.
 *
 * @throws TlskitError ERR_UNSUPPORTED for a format that the type does not have
 */
export function writePublicKey(key: PublicKey, options: PublicKeyOptions = {}): string | Buffer {
  const { format = 'spki', form = 'pem', ec } = options;
  if (format === 'jwk') return `${JSON.stringify(publicJwk(key), null, 2)}\n`;
  if (format === 'openssh') return `${openSshPublic(key)}\n`;
  if (format === 'spki') return pemOrDer('PUBLIC KEY', encodeSpki(key.type, key.components, ec), form);
  const { components } = key;
  if (key.type !== 'rsa' || components.kind !== 'rsa') {
    return fail('ERR_UNSUPPORTED', `RSAPublicKey is a format for RSA keys, and this is ${key.info.label}`);
  }
  return pemOrDer('RSA PUBLIC KEY', encodeRsaPublic(components), form);
}

const pemOrDer = (label: string, der: Buffer, form: 'pem' | 'der'): string | Buffer =>
  form === 'der' ? der : encodePem(label, der);

/** The parameters of a key, for types that have any. */
export function parametersOf(key: PublicKey | PrivateKey): KeyParameters | undefined {
  const { components, type } = key;
  if (components.kind === 'ec') return new KeyParameters('ec', encodeEcParameters(components.group));
  if (components.kind === 'dsa') return new KeyParameters('dsa', encodeDsaDomain(components));
  if (type !== 'dh' && type !== 'dhx') return undefined;
  return components.kind === 'dh' ? new KeyParameters(type, encodeDhDomain(type, components)) : undefined;
}

/** A parameter file, as `genpkey -genparam` and `ecparam` write it. */
export function writeParameters(
  parameters: KeyParameters,
  options: { form?: 'pem' | 'der'; ec?: EcEncoding } = {},
): string | Buffer {
  const { components, type } = parameters;
  const der =
    components.kind === 'ec'
      ? encodeEcParameters(components.group, options.ec)
      : components.kind === 'dsa'
        ? encodeDsaDomain(components)
        : encodeDhDomain(type === 'dhx' ? 'dhx' : 'dh', components);
  return pemOrDer(LABELS[type], der, options.form ?? 'pem');
}

const LABELS: Readonly<Record<KeyParameters['type'], string>> = {
  ec: 'EC PARAMETERS',
  dsa: 'DSA PARAMETERS',
  dh: 'DH PARAMETERS',
  dhx: 'X9.42 DH PARAMETERS',
};
