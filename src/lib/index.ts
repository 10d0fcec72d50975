/**
 * tlskit as a library: keys, requests, certificates, PKCS#12, DH parameters and ticket keys, with OpenSSL's formats, languages and texts.
 * Errors are `TlskitError` with a stable `code`; passphrases are `Secret`.
 *
 * @example
 * import { generateKey, writePrivateKey } from 'tlskit';
 * const key = await generateKey({ type: 'ec', curve: 'prime256v1' });
 * writePrivateKey(key, { format: 'pkcs8', form: 'pem' }); // '-----BEGIN PRIVATE KEY-----\n…'
 */
export { TlskitError, type ErrorCode, type ErrorPlace } from './errors.ts';
export { Secret } from './secret.ts';

/** Strict DER, lenient BER, PEM. */
export * as der from './der/index.ts';
export { generateAsn1 } from './der/generate.ts';
export { longName, objectByName, objectByOid, shortName, type ObjectName } from './registry/oids.ts';
export { curveByName, curves, type Curve } from './registry/curves.ts';

export { digestByName, type Digest } from './crypto/digests.ts';
export { cipherByName, type KeyCipher } from './crypto/ciphers.ts';
export { decryptPbe, encryptPbe, type PbeScheme } from './crypto/pbe.ts';

export { KeyParameters, PrivateKey, PublicKey, type KeyType } from './keys/model.ts';
export { generateKey, type KeyGenParams } from './keys/generate.ts';
export {
  readKeyParameters,
  readPrivateKey,
  readPublicKey,
  type ReadKeyOptions,
  type ReadPrivateKeyOptions,
} from './keys/read.ts';
export {
  writeParameters,
  writePrivateKey,
  writePublicKey,
  type KeyEncryption,
  type PrivateKeyOptions,
  type PublicKeyOptions,
} from './keys/write.ts';
export { checkParameters, checkPrivateKey, checkPublicKey } from './keys/check.ts';

export { loadConfig, parseConfig, type Config } from './conf/index.ts';

export { Name } from './x509/name.ts';
export { nameFromSection, parseSubject, type SubjectOptions } from './x509/name-build.ts';
export { Certificate, readCertificates } from './x509/certificate.ts';
export { CertificateRequest, readRequest } from './x509/request.ts';
export { buildCertificate, buildRequest, type CertificateFields, type RequestFields } from './x509/build.ts';
export { buildExtensions, parseSanList, type ExtensionContext } from './x509/extensions/index.ts';
export { signatureFor, verifySignature, type Signer, type SigningOptions } from './x509/sign.ts';
export { fingerprint, nameHash, nameHashOld } from './x509/hash.ts';
export { matchesEmail, matchesHost, matchesIp } from './x509/checks.ts';

export { readPkcs12, writePkcs12, type Pkcs12Contents, type Pkcs12Input } from './pkcs12/index.ts';

export { generateDhParameters } from './dh/generate.ts';
export { namedDhParameters } from './dh/named.ts';
export { checkDhParameters } from './dh/check.ts';
export { pemOfDhParameters, readDhParameters, type DhParameters } from './dh/parameters.ts';

export { TicketKey } from './tickets/key.ts';
export { readTicketKeys, writeTicketKeys, type TicketKeyFile, type TicketKeyFormat } from './tickets/format.ts';
export { rotateTicketKeys } from './tickets/rotate.ts';

export { certificateText } from './text/certificate.ts';
export { requestText } from './text/request.ts';
export { nameText, parseNameOptions } from './text/name.ts';
export { extensionsText } from './text/extensions/index.ts';
export { privateKeyText, publicKeyText } from './text/key.ts';
export { dhParametersText, ecParametersText } from './text/params.ts';

export { makeDemo, type DemoFile, type DemoOptions } from './demo/index.ts';
