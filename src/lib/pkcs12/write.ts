/** Making PKCS#12 files, in OpenSSL 3.0's layout: certificates in one encrypted part, then the key, shrouded, in one in the clear. */
import { cipherByName } from '../crypto/ciphers.ts';
import { digestByName } from '../crypto/digests.ts';
import { encryptPbe, PBE_DEFAULTS, type PbeScheme } from '../crypto/pbe.ts';
import { contextPrimitive, explicit, integer, octetString, oid, readDer, seq, setOf } from '../der/index.ts';
import { fail } from '../errors.ts';
import { make } from './attributes.ts';
import { makeMac, type MacScheme } from './mac.ts';
import { OID } from './model.ts';
import type { Password } from './password.ts';

/** A certificate to put in. */
export interface CertificateInput {
  readonly der: Uint8Array;
  readonly friendlyName?: string | undefined;
  readonly localKeyId?: Uint8Array | undefined;
  /** Java's trust mark: the extended key usage (dotted) that the certificate is trusted for. */
  readonly trustedFor?: string | undefined;
}

/** A private key to put in. */
export interface KeyInput {
  /** PrivateKeyInfo. */
  readonly pkcs8: Uint8Array;
  readonly friendlyName?: string | undefined;
  readonly localKeyId?: Uint8Array | undefined;
  /** Microsoft's kind of key, which becomes a key usage inside the key. */
  readonly usage?: 'exchange' | 'signature' | undefined;
  /** Microsoft's cryptographic service provider. */
  readonly csp?: string | undefined;
  /** Microsoft's mark for a key of the machine. */
  readonly localMachine?: boolean | undefined;
}

/** What to write and how. */
export interface Pkcs12Input {
  readonly certificates: readonly CertificateInput[];
  readonly keys: readonly KeyInput[];
  /** undefined: an empty one, which protects nothing. */
  readonly password: Password;
  /** The MAC's own password, where it differs. */
  readonly macPassword?: Password;
  /** Left out: PBES2 with AES-256-CBC, OpenSSL 3.0's default. `none`: in the clear. */
  readonly certificateScheme?: PbeScheme | 'none' | undefined;
  /** Left out: PBES2 with AES-256-CBC. `none`: in the clear. */
  readonly keyScheme?: PbeScheme | 'none' | undefined;
  /** Left out: HMAC with SHA-256, derived in 2048 iterations. `none`: no MAC, and nobody notices a changed file. */
  readonly mac?: MacScheme | 'none' | undefined;
}

/**
 * A PKCS#12 file (RFC 7292) in DER, encrypted and with a MAC unless the input says otherwise.
 *
 * @example
 * const pfx = writePkcs12({
 *   certificates: [{ der: certificate.der, friendlyName: 'server' }, { der: ca.der }],
 *   keys: [{ pkcs8: key.pkcs8, friendlyName: 'server' }],
 *   password: Secret.fromText('correct horse'),
 * });
 *
 * @throws TlskitError ERR_USAGE when there is nothing to put in, ERR_UNSUPPORTED or ERR_LIMIT for schemes that cannot be done
 */
export function writePkcs12(input: Pkcs12Input): Buffer {
  if (input.certificates.length === 0 && input.keys.length === 0) {
    fail('ERR_USAGE', 'a PKCS#12 file needs a key or a certificate to hold');
  }
  const safes: Buffer[] = [];
  if (input.certificates.length > 0) {
    const contents = seq(...input.certificates.map(certificateBag));
    const scheme = input.certificateScheme ?? defaultScheme();
    safes.push(scheme === 'none' ? data(contents) : encryptedData(contents, input.password, scheme));
  }
  if (input.keys.length > 0) safes.push(data(seq(...input.keys.map((key) => keyBag(key, input)))));
  const authenticated = seq(...safes);
  const macPassword = 'macPassword' in input ? input.macPassword : input.password;
  const mac = input.mac ?? defaultMac();
  const macData = mac === 'none' ? [] : [makeMac(authenticated, macPassword, mac)];
  return seq(integer(3), data(authenticated), ...macData);
}

/** OpenSSL 3.0's defaults. */
function defaultScheme(): PbeScheme {
  return { kind: 'pbes2', cipher: cipherByName('aes-256-cbc') ?? fail('ERR_UNSUPPORTED', 'no AES-256-CBC here') };
}

function defaultMac(): MacScheme {
  const digest = digestByName('sha256') ?? fail('ERR_UNSUPPORTED', 'no SHA-256 here');
  return { digest, iterations: PBE_DEFAULTS.iterations };
}

const data = (content: Uint8Array): Buffer => seq(oid(OID.data), explicit(0, octetString(content)));

/** EncryptedData (RFC 2315 section 13). */
function encryptedData(contents: Uint8Array, password: Password, scheme: PbeScheme): Buffer {
  const { algorithm, encrypted } = encryptPbe(contents, password, scheme);
  const info = seq(oid(OID.data), algorithm, contextPrimitive(0, encrypted));
  return seq(oid(OID.encryptedData), explicit(0, seq(integer(0), info)));
}

function safeBag(type: string, value: Uint8Array, attributes: readonly Uint8Array[]): Buffer {
  return seq(oid(type), explicit(0, value), ...(attributes.length > 0 ? [setOf(...attributes)] : []));
}

function names({ friendlyName, localKeyId }: Pick<CertificateInput, 'friendlyName' | 'localKeyId'>): Buffer[] {
  return [
    ...(friendlyName === undefined ? [] : [make.friendlyName(friendlyName)]),
    ...(localKeyId === undefined ? [] : [make.localKeyId(localKeyId)]),
  ];
}

function certificateBag(certificate: CertificateInput): Buffer {
  const value = seq(oid(OID.x509Certificate), explicit(0, octetString(certificate.der)));
  const { trustedFor } = certificate;
  return safeBag(OID.certBag, value, [
    ...names(certificate),
    ...(trustedFor === undefined ? [] : [make.trustedKeyUsage(trustedFor)]),
  ]);
}

function keyBag(key: KeyInput, { password, keyScheme = defaultScheme() }: Pkcs12Input): Buffer {
  const attributes = [
    ...(key.csp === undefined ? [] : [make.cspName(key.csp)]),
    ...(key.localMachine ? [make.localKeySet()] : []),
    ...names(key),
  ];
  const pkcs8 = key.usage ? withAttribute(key.pkcs8, make.keyUsage(key.usage)) : key.pkcs8;
  if (keyScheme === 'none') return safeBag(OID.keyBag, pkcs8, attributes);
  const { algorithm, encrypted } = encryptPbe(pkcs8, password, keyScheme);
  return safeBag(OID.shroudedKeyBag, seq(algorithm, octetString(encrypted)), attributes);
}

/** The PrivateKeyInfo with this one attribute and no others. */
function withAttribute(pkcs8: Uint8Array, attribute: Uint8Array): Buffer {
  const parts = readDer(pkcs8, 'ber').sequence('PrivateKeyInfo').slice(0, 3);
  return seq(...parts.map((part) => part.bytes), explicit(0, attribute));
}
