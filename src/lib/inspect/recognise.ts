/** Finds out what octets are: every object of a file of any format that tlskit knows, encodings and containers opened. */
import { isEncryptedPem } from '../crypto/pem-encryption.ts';
import { Crl } from '../crl/index.ts';
import { readCms } from '../cms/read.ts';
import { enclosedIn } from '../cms/signed.ts';
import { encodePem, pemBlocks, pemDamage, type PemBlock } from '../der/index.ts';
import { fail, TlskitError } from '../errors.ts';
import { findJwk } from '../keys/jwk.ts';
import type { PublicKey } from '../keys/model.ts';
import { findOpenSsh, readOpenSsh } from '../keys/openssh.ts';
import { readKeyParameters, readPrivateKey, readPublicKey } from '../keys/read.ts';
import { shapeOfDer, shapeOfLabel, type Shape } from '../keys/shapes.ts';
import { OcspRequest, OcspResponse } from '../ocsp/index.ts';
import { readPkcs12 } from '../pkcs12/index.ts';
import type { Secret } from '../secret.ts';
import { readSpkac } from '../spkac/index.ts';
import type { SslSession } from '../tls/session/openssl.ts';
import { CertificateView } from '../verify/certificate.ts';
import { Certificate } from '../x509/certificate.ts';
import { CertificateRequest } from '../x509/request.ts';
import { isKeystore, readKeystore } from './keystore.ts';
import type { Found, Place } from './objects.ts';

export interface RecogniseOptions {
  /** What to call the input in messages. */
  readonly source: string;
  /** Opens what is encrypted; without it encrypted things are found and stay locked. PKCS#12 without a password is opened. */
  readonly passphrase?: Secret | undefined;
  /** Reads TLS sessions in OpenSSL's form (`readSslSession` of tlskit/engine); without it they are not recognised. */
  readonly readSession?: ((der: Buffer, source: string) => SslSession) | undefined;
  /** Also parameters that stand in front of an EC key, which only repeat what is in it. */
  readonly everything?: boolean;
}

/** Objects of one input that are looked at; a bundle of all the world's roots has a few hundred. */
const MAX_OBJECTS = 5000;

/**
 * All objects of an input, in their order.
 *
 * @throws TlskitError ERR_FORMAT when it is nothing that is known
 */
export async function recognise(bytes: Buffer, options: RecogniseOptions): Promise<Found[]> {
  if (bytes.length === 0) return fail('ERR_FORMAT', `${options.source}: the file is empty`, options);
  if (isKeystore(bytes)) return attempt('a Java keystore', {}, () => fromKeystore(bytes));
  const text = bytes.toString('latin1');
  if (isMail(text)) return attempt('an S/MIME message', {}, () => fromCms(bytes, 'S/MIME', {}));
  if (text.includes('-----BEGIN ')) return fromPem(text, options);
  if (bytes[0] === 0x30 || bytes[0] === 0x06) return fromDer(bytes, {}, options);
  const found = await fromText(text, options);
  if (found.length > 0) return found;
  const why = pemDamage(bytes) ?? 'neither PEM nor DER, nor anything else that is known here';
  return fail('ERR_FORMAT', `${options.source}: ${why}`, { source: options.source });
}

const isMail = (text: string): boolean =>
  /^Content-Type:[^\n]*(?:\n[ \t][^\n]*)*(?:pkcs7-mime|multipart\/signed)/im.test(text.slice(0, 65_536)) &&
  /^[A-Za-z][\w-]*:/.test(text);

async function fromPem(text: string, options: RecogniseOptions): Promise<Found[]> {
  const blocks = pemBlocks(text);
  if (blocks.length > MAX_OBJECTS) fail('ERR_LIMIT', `${options.source}: ${blocks.length} PEM blocks`);
  const found: Found[] = [];
  for (const decode of blocks) {
    let block: PemBlock;
    try {
      block = decode();
    } catch (error) {
      found.push(broken('a PEM block', {}, error));
      continue;
    }
    found.push(...(await fromBlock(block, options)));
  }
  const keys = !options.everything && found.some((one) => one.kind === 'privateKey');
  return found.filter((one) => !(keys && one.kind === 'parameters' && one.parameters.type === 'ec'));
}

async function fromBlock(block: PemBlock, options: RecogniseOptions): Promise<Found[]> {
  const { label, der, line } = block;
  const place = { line };
  const what = `a block "${label}"`;
  if (label === 'OPENSSH PRIVATE KEY')
    return attempt('an OpenSSH private key', place, () => [
      {
        kind: 'publicKey',
        place,
        key: publicHalf(der),
        form: 'OpenSSH private key, of which only the public half is read',
      },
    ]);
  if (label === 'SSL SESSION PARAMETERS' && options.readSession) {
    const { readSession, source } = options;
    return attempt(what, place, () => [{ kind: 'session', place, session: readSession(der, source) }]);
  }
  if (label === 'OCSP RESPONSE' || label === 'OCSP REQUEST') return fromDer(der, place, options);
  if (isEncryptedPem(block)) return privateKey(Buffer.from(encodePem(label, der, block.headers)), place, options, true);
  const shape = shapeOfLabel(label);
  if (shape === undefined) return fromDer(der, place, options, what);
  if (label === 'TRUSTED CERTIFICATE')
    return attempt(what, place, () => [certificate(Certificate.readTrusted(der), place)]);
  return fromShape(shape, der, place, options, label);
}

async function fromDer(bytes: Buffer, place: Place, options: RecogniseOptions, what = 'DER'): Promise<Found[]> {
  const shape = shapeOfDer(bytes);
  const likely = shape === undefined ? [] : await fromShape(shape, bytes, place, options);
  if (likely.length > 0 && !likely.some((one) => one.kind === 'broken')) return likely;
  const { readSession } = options;
  const candidates: (() => Found)[] = [
    () => ({ kind: 'ocspResponse', place, response: OcspResponse.read(bytes, { strictness: 'der' }) }),
    () => ({ kind: 'ocspRequest', place, request: OcspRequest.read(bytes, { strictness: 'der' }) }),
    ...(readSession ? [(): Found => ({ kind: 'session', place, session: readSession(bytes, options.source) })] : []),
    () => ({ kind: 'spkac', place, spkac: readSpkac(bytes.toString('base64'), options.source) }),
  ];
  for (const candidate of candidates) {
    try {
      return [candidate()];
    } catch (error) {
      if (!(error instanceof TlskitError)) throw error;
    }
  }
  if (likely.length > 0) return likely;
  return [{ kind: 'broken', place, what, why: 'ASN.1 that is nothing known here; asn1parse shows it' }];
}

const PRIVATE: ReadonlySet<Shape> = new Set<Shape>([
  'pkcs8',
  'encrypted-pkcs8',
  'rsa-private',
  'ec-private',
  'dsa-private',
]);
const FORMS: Partial<Record<Shape, string>> = {
  pkcs8: 'PKCS#8',
  'encrypted-pkcs8': 'PKCS#8',
  'rsa-private': 'PKCS#1',
  'rsa-public': 'PKCS#1',
  'ec-private': 'SEC1',
  'dsa-private': 'OpenSSL DSA',
  spki: 'SubjectPublicKeyInfo',
};
const PEM_LABELS: Partial<Record<Shape, string>> = {
  pkcs8: 'PRIVATE KEY',
  'encrypted-pkcs8': 'ENCRYPTED PRIVATE KEY',
  'rsa-private': 'RSA PRIVATE KEY',
  'ec-private': 'EC PRIVATE KEY',
  'dsa-private': 'DSA PRIVATE KEY',
  spki: 'PUBLIC KEY',
  'rsa-public': 'RSA PUBLIC KEY',
  'ec-parameters': 'EC PARAMETERS',
  'dsa-parameters': 'DSA PARAMETERS',
  'dh-parameters': 'DH PARAMETERS',
  'dhx-parameters': 'X9.42 DH PARAMETERS',
};

async function fromShape(
  shape: Shape,
  der: Buffer,
  place: Place,
  options: RecogniseOptions,
  label = PEM_LABELS[shape] ?? '',
): Promise<Found[]> {
  const pem = (): Buffer => Buffer.from(encodePem(label, der));
  if (PRIVATE.has(shape)) return privateKey(pem(), place, options, shape === 'encrypted-pkcs8', FORMS[shape]);
  switch (shape) {
    case 'certificate':
      return attempt('a certificate', place, () => [certificate(Certificate.read(der), place)]);
    case 'request':
      return attempt('a request', place, () => [{ kind: 'request', place, request: CertificateRequest.read(der) }]);
    case 'crl':
      return attempt('a CRL', place, () => [{ kind: 'crl', place, crl: Crl.read(der) }]);
    case 'pkcs7':
      return attempt('a PKCS#7 or CMS object', place, () => fromCms(der, 'PKCS#7 or CMS', place));
    case 'pkcs12':
      return fromPkcs12(der, place, options);
    case 'spki':
    case 'rsa-public':
      return attempt('a public key', place, () => [
        { kind: 'publicKey', place, key: readPublicKey(pem(), options), form: FORMS[shape] as string },
      ]);
    default:
      return attempt('parameters', place, () => [
        { kind: 'parameters', place, parameters: readKeyParameters(pem(), { source: options.source }) },
      ]);
  }
}

const certificate = (read: Certificate, place: Place): Found => ({
  kind: 'certificate',
  place,
  view: new CertificateView(read),
});

async function privateKey(
  pem: Buffer,
  place: Place,
  { source, passphrase }: RecogniseOptions,
  encrypted: boolean,
  form = 'traditional PEM',
): Promise<Found[]> {
  if (encrypted && !passphrase)
    return [{ kind: 'locked', place, what: `an encrypted private key (${form})`, why: 'no passphrase was given' }];
  try {
    const secret = (): Secret => passphrase ?? fail('ERR_PASSPHRASE', 'no passphrase was given');
    const key = await readPrivateKey(pem, { source, passphrase: secret });
    return [{ kind: 'privateKey', place, key, form, encrypted }];
  } catch (error) {
    if (!(error instanceof TlskitError)) throw error;
    if (encrypted && error.code === 'ERR_PASSPHRASE')
      return [{ kind: 'locked', place, what: `an encrypted private key (${form})`, why: 'the passphrase is wrong' }];
    return [broken('a private key', place, error)];
  }
}

function fromCms(bytes: Buffer, form: 'PKCS#7 or CMS' | 'S/MIME', place: Place): Found[] {
  const { info } = readCms(bytes, form, form === 'S/MIME' ? 'smime' : 'der');
  const { certificates, crls } = enclosedIn(info);
  const inside = { ...place, inside: form === 'S/MIME' ? form : 'PKCS#7' };
  return [
    { kind: 'cms', place, info, form },
    ...certificates.map((one) => certificate(one, inside)),
    ...crls.map((der): Found => ({ kind: 'crl', place: inside, crl: Crl.read(der) })),
  ];
}

async function fromPkcs12(bytes: Buffer, place: Place, options: RecogniseOptions): Promise<Found[]> {
  const { source, passphrase } = options;
  try {
    const contents = readPkcs12(bytes, { ...(passphrase ? { password: passphrase } : {}), allowMissingMac: true });
    const protection = contents.integrity === 'absent' ? 'without a MAC' : 'MAC verified';
    const at = (alias: string | undefined): Place => ({ ...place, inside: 'PKCS#12', alias });
    const keys: Found[] = [];
    for (const { pkcs8, friendlyName: name } of contents.keys)
      keys.push(...(await fromShape('pkcs8', Buffer.from(pkcs8), at(name), { source })));
    return [
      { kind: 'pkcs12', place, protection },
      ...keys,
      ...contents.certificates.map(({ der, friendlyName: name }) => certificate(Certificate.read(der), at(name))),
      ...contents.crls.map(({ der, friendlyName: name }): Found => ({
        kind: 'crl',
        place: at(name),
        crl: Crl.read(der),
      })),
    ];
  } catch (error) {
    if (!(error instanceof TlskitError)) throw error;
    if (error.code !== 'ERR_PASSPHRASE' && error.code !== 'ERR_VERIFY') return [broken('a PKCS#12 file', place, error)];
    const why = passphrase ? 'the password is wrong' : 'no password was given';
    return [{ kind: 'locked', place, what: 'a PKCS#12 file', why }];
  }
}

function fromKeystore(bytes: Buffer): Found[] {
  const { form, version, entries } = readKeystore(bytes);
  return [
    { kind: 'keystore', place: {}, form, version, entries: entries.length },
    ...entries.flatMap(({ alias, certificates }) =>
      certificates.map((der) => certificate(Certificate.read(der), { inside: form, alias })),
    ),
  ];
}

/** JWK, a set of them, OpenSSH public keys, SPKAC, and base64 without its lines of dashes. */
async function fromText(text: string, options: RecogniseOptions): Promise<Found[]> {
  const { source } = options;
  const spkac = /^\s*SPKAC=([A-Za-z0-9+/=\s]+)/.exec(text)?.[1];
  if (spkac !== undefined)
    return attempt('an SPKAC', {}, () => [
      { kind: 'spkac', place: {}, spkac: readSpkac(spkac.replace(/\s+/g, ''), source) },
    ]);
  const sets = jwkTexts(text);
  if (sets.length > 0) {
    const found: Found[] = [];
    for (const jwk of sets) found.push(...(await fromJwk(jwk, options)));
    return found;
  }
  if (findOpenSsh(text))
    return text
      .split('\n')
      .filter((line) => findOpenSsh(line))
      .flatMap((line) =>
        attempt('an OpenSSH public key', {}, () => [
          { kind: 'publicKey', place: {}, key: readPublicKey(Buffer.from(line), { source }), form: 'OpenSSH' },
        ]),
      );
  const compact = text.replace(/\s+/g, '');
  if (/^M[A-Za-z0-9+/]{20,}={0,2}$/.test(compact))
    return fromDer(Buffer.from(compact, 'base64'), {}, options, 'base64');
  return [];
}

/** The JWKs of a text: itself, or those of a set. */
function jwkTexts(text: string): string[] {
  if (findJwk(text)) return [text];
  if (!/^\s*\{/.test(text)) return [];
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown };
    return Array.isArray(keys) ? keys.slice(0, MAX_OBJECTS).map((key) => JSON.stringify(key)) : [];
  } catch {
    return [];
  }
}

async function fromJwk(jwk: string, { source }: RecogniseOptions): Promise<Found[]> {
  const bytes = Buffer.from(jwk);
  try {
    if (/"(?:d|k)"\s*:/.test(jwk)) {
      const key = await readPrivateKey(bytes, { source });
      return [{ kind: 'privateKey', place: {}, key, form: 'JWK', encrypted: false }];
    }
    return [{ kind: 'publicKey', place: {}, key: readPublicKey(bytes, { source }), form: 'JWK' }];
  } catch (error) {
    return [broken('a JWK', {}, error)];
  }
}

/** The public key that stands in front of an OpenSSH private key (PROTOCOL.key: magic, cipher, kdf, its options, count, public keys). */
function publicHalf(bytes: Buffer): PublicKey {
  const magic = 'openssh-key-v1\0';
  if (bytes.toString('latin1', 0, magic.length) !== magic) return fail('ERR_FORMAT', 'no OpenSSH private key');
  let at = magic.length;
  const next = (): Buffer => {
    const length = at + 4 <= bytes.length ? bytes.readUInt32BE(at) : Infinity;
    if (length > bytes.length - at - 4) return fail('ERR_FORMAT', 'an OpenSSH private key that ends too early');
    at += 4 + length;
    return bytes.subarray(at - length, at);
  };
  for (let i = 0; i < 3; i += 1) next();
  at += 4;
  return readOpenSsh(next());
}

function attempt(what: string, place: Place, read: () => Found[]): Found[] {
  try {
    return read();
  } catch (error) {
    return [broken(what, place, error)];
  }
}

function broken(what: string, place: Place, error: unknown): Found {
  if (!(error instanceof TlskitError)) throw error;
  return { kind: 'broken', place, what, why: error.message };
}
