/**
 * Keys from whatever others wrote: PEM with text around it and several objects in it, DER, the algorithms' own structures, PKCS#8 plain and
 * encrypted, traditional PEM encryption, PKCS#12, JWK, OpenSSH public keys.
 */
import { decryptPbe } from '../crypto/pbe.ts';
import { decryptPem, isEncryptedPem } from '../crypto/pem-encryption.ts';
import { pemBlocks, pemDamage, type PemBlock } from '../der/pem.ts';
import { readDer, TAG, type DerNode } from '../der/reader.ts';
import { fail, named, TlskitError } from '../errors.ts';
import { Secret } from '../secret.ts';
import { readRsaPrivate, readRsaPublic, readSec1, unsigned } from './components.ts';
import { findJwk, readPrivateJwk, readPublicJwk } from './jwk.ts';
import { KeyParameters, PrivateKey, PublicKey, type KeyType } from './model.ts';
import { findOpenSsh, readOpenSsh } from './openssh.ts';
import { shapeName, shapeOfDer, shapeOfLabel, type Shape } from './shapes.ts';
import { keyTypeInfo } from './types.ts';

/** The form that the caller says the input has; `any` looks for itself. */
export type InputForm = 'pem' | 'der' | 'p12' | 'any';

export interface ReadKeyOptions {
  /** A file name or `standard input`, for errors. */
  readonly source: string;
  readonly form?: InputForm;
}

export interface ReadPrivateKeyOptions extends ReadKeyOptions {
  /** Asked when the key turns out to be encrypted, and only then. */
  readonly passphrase?: () => Promise<Secret> | Secret;
  /** The types that will do. */
  readonly type?: readonly KeyType[];
}

/** A candidate in the input: octets of DER with the shape that its label or its structure says. */
interface Found {
  readonly shape: Shape | undefined;
  readonly der: Buffer;
  readonly block?: PemBlock;
  /** What is wrong with a PEM block that cannot be decoded. */
  readonly broken?: unknown;
}

const PRIVATE: ReadonlySet<Shape | undefined> = new Set<Shape>([
  'pkcs8',
  'encrypted-pkcs8',
  'rsa-private',
  'ec-private',
  'dsa-private',
]);
const PUBLIC: ReadonlySet<Shape | undefined> = new Set<Shape>(['spki', 'rsa-public']);

/**
 * The first private key of an input, in any format.
 *
 * @throws TlskitError ERR_KEY when the input holds something else (the error says what), ERR_PASSPHRASE for a missing or wrong passphrase,
 *   ERR_DER, ERR_PEM, ERR_FORMAT for damage, ERR_LIMIT, ERR_UNSUPPORTED
 */
export async function readPrivateKey(bytes: Uint8Array, options: ReadPrivateKeyOptions): Promise<PrivateKey> {
  const { source } = options;
  try {
    const secret = onePassphrase(options);
    const found = await asking(secret, (known) => findPrivateKey(bytes, options, known));
    return accepted(found instanceof PrivateKey ? found : await fromPkcs12(found, secret, source), options);
  } catch (error) {
    throw named(source, error);
  }
}

/**
 * As `readPrivateKey`, at once: for callers that have the passphrase already. PKCS#12 files, of which more than a key is wanted, are none here.
 *
 * @throws TlskitError as `readPrivateKey`
 */
export function readPrivateKeySync(
  bytes: Uint8Array,
  options: Omit<ReadPrivateKeyOptions, 'passphrase'> & { readonly passphrase?: Secret | undefined },
): PrivateKey {
  const { source, passphrase } = options;
  try {
    const found = findPrivateKey(bytes, options, () => passphrase ?? noPassphrase(source));
    return accepted(found instanceof PrivateKey ? found : wrong(source, 'a PKCS#12 file', 'a private key'), options);
  } catch (error) {
    throw named(source, error);
  }
}

function accepted(key: PrivateKey, { source, type }: Pick<ReadPrivateKeyOptions, 'source' | 'type'>): PrivateKey {
  void key.components; // a wrong structure is found here, not where the key is used
  if (type && !type.includes(key.type)) {
    const wanted = type.map((one) => keyTypeInfo(one).label).join(' or ');
    fail('ERR_KEY', `${source} holds ${article(key.info.label)} key, not ${article(wanted)} key`, { source });
  }
  return key;
}

/** A noun with the article that its sound wants; names of algorithms are spelled out. */
const article = (noun: string): string => (/^(RSA|EC|ED|X|SM|ML|SLH)/.test(noun) ? `an ${noun}` : `a ${noun}`);

/** The first private key, or the octets of a PKCS#12 file that stands before any. */
function findPrivateKey(bytes: Uint8Array, options: ReadKeyOptions, secret: () => Secret): PrivateKey | Uint8Array {
  const { source, form = 'any' } = options;
  if (form === 'p12') return bytes;
  const text = textOf(bytes);
  const jwk = form === 'any' && text ? findJwk(text) : undefined;
  if (jwk) return readPrivateJwk(jwk) ?? wrong(source, 'a public key (JWK)', 'a private key');
  const found = candidates(bytes, text, options);
  let failure: unknown;
  for (const [i, item] of found.entries()) {
    if (item.shape === 'pkcs12' && form !== 'pem') return item.der;
    if (!PRIVATE.has(item.shape)) continue;
    try {
      return privateKeyOf(item, secret, i > 0 ? found[i - 1] : undefined);
    } catch (error) {
      // a damaged object does not hide a good one after it; a wrong passphrase is final
      if (!(error instanceof TlskitError) || error.code === 'ERR_PASSPHRASE') throw error;
      failure ??= error;
    }
  }
  if (failure) throw failure;
  return nothing(found, text, options, 'a private key');
}

/** Asks for the passphrase once at most. */
function onePassphrase({ passphrase, source }: ReadPrivateKeyOptions): () => Promise<Secret> {
  let asked: Promise<Secret> | undefined;
  return () => {
    if (!passphrase) return noPassphrase(source);
    return (asked ??= Promise.resolve(passphrase()));
  };
}

const noPassphrase = (source: string): never =>
  fail('ERR_PASSPHRASE', `${source} is encrypted, and no passphrase was given (-passin)`, { source });

/** Thrown through a search that comes to need the passphrase before anybody was asked for it. */
const ASK = new Error('the passphrase is needed');

/** What a search finds; where it needs the passphrase it is asked for, and the search starts again. */
async function asking<T>(secret: () => Promise<Secret>, find: (known: () => Secret) => T): Promise<T> {
  try {
    return find(() => {
      throw ASK;
    });
  } catch (error) {
    if (error !== ASK) throw error;
  }
  const known = await secret();
  return find(() => known);
}

/** The input as text when it can be some: JSON, PEM and OpenSSH keys are ASCII. */
function textOf(bytes: Uint8Array): string | undefined {
  const head = bytes.subarray(0, 512);
  if (head.includes(0) && !utf16(bytes)) {
    // DER is no text, but a PEM block may follow octets of any kind
    const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf('-----BEGIN ');
    if (at < 0) return undefined;
  }
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return (utf16(bytes) ? buffer.toString('utf16le') : buffer.toString('latin1')).replace(
    /^(\ufeff|\u00ef\u00bb\u00bf)/,
    '',
  );
}

/** Windows' PowerShell writes text as UTF-16 with a byte order mark. */
const utf16 = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xfe;

/** Everything in the input that could be something, in its order. */
function candidates(bytes: Uint8Array, text: string | undefined, { form = 'any', source }: ReadKeyOptions): Found[] {
  if (bytes.length === 0) fail('ERR_FORMAT', `${source} is empty`, { source });
  if (form !== 'der' && text?.includes('-----BEGIN ')) {
    return pemBlocks(text).map(candidate);
  }
  if (form === 'pem') return [];
  const der = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return [{ der, shape: shapeOfDer(der) }];
}

/** A PEM block; one that is no base64 does not hide the others. */
function candidate(decode: () => PemBlock): Found {
  try {
    const block = decode();
    return { block, der: block.der, shape: shapeOfLabel(block.label) };
  } catch (broken) {
    return { broken, der: Buffer.alloc(0), shape: undefined };
  }
}

const wrong = (source: string, found: string, expected: string): never =>
  fail('ERR_KEY', `${source} holds ${found}, not ${expected}`, { source });

/** Says what the input holds instead of what was looked for. */
function nothing(found: readonly Found[], text: string | undefined, options: ReadKeyOptions, expected: string): never {
  const { source, form = 'any' } = options;
  const broken = found.find((item) => item.broken !== undefined)?.broken;
  if (broken !== undefined) throw broken;
  const shapes = found.map((item) => item.shape);
  if (shapes.includes('openssh-private') && expected === 'a private key') {
    fail(
      'ERR_UNSUPPORTED',
      `${source} holds a private key in OpenSSH's own format; "ssh-keygen -p -m PKCS8 -f ${source}" converts it`,
      { source },
    );
  }
  const shape = shapes.find((item) => item !== undefined);
  if (shape) return wrong(source, shapeName(shape), expected);
  const label = found[0]?.block?.label;
  if (label !== undefined) return wrong(source, `"${label.slice(0, 60)}"`, expected);
  if (form === 'pem') return fail('ERR_PEM', `${source} holds no PEM block, so not ${expected}`, { source });
  if (form === 'der' && text?.includes('-----BEGIN ')) {
    return fail('ERR_FORMAT', `${source} is PEM, and DER was asked for`, { source });
  }
  const first = found[0]?.der;
  // a SEQUENCE that does not read as DER: say where it breaks
  if (first?.[0] === 0x30) readDer(first, 'ber');
  const why =
    (text && pemDamage(Buffer.from(text.slice(0, 4096), 'latin1'))) ??
    'neither PEM nor DER of a kind that tlskit knows';
  return fail('ERR_FORMAT', `${source} is not ${expected}: ${why}`, {
    source,
  });
}

function privateKeyOf(item: Found, secret: () => Secret, before: Found | undefined): PrivateKey {
  const { block, shape } = item;
  if (block && isEncryptedPem(block)) {
    const der = decryptPem(block, secret());
    return plainKey(shape as Shape, decrypted(der), before);
  }
  if (shape !== 'encrypted-pkcs8') return plainKey(shape as Shape, item.der, before);
  const [algorithm, encrypted] = readDer(item.der, 'ber').sequence('encrypted private key');
  if (!algorithm || !encrypted) return fail('ERR_DER', 'encrypted private key: elements are missing');
  const plain = decryptPbe(algorithm, encrypted.octets('encrypted private key'), secret());
  return plainKey('pkcs8', decrypted(plain), before);
}

/** What came out of decryption, which is no DER at all when the passphrase was wrong and the padding right by chance. */
function decrypted(der: Buffer): Buffer {
  try {
    if (readDer(der, 'ber').sequence('private key').length > 0) return der;
  } catch {
    // falls through
  }
  return fail('ERR_PASSPHRASE', 'wrong passphrase, or damaged data');
}

function plainKey(shape: Shape, der: Buffer, before: Found | undefined): PrivateKey {
  const node = readDer(der, 'ber');
  if (shape === 'rsa-private') return checked(PrivateKey.fromComponents('rsa', readRsaPrivate(node)));
  if (shape === 'dsa-private') return checked(dsaKey(node));
  if (shape === 'ec-private') {
    const parameters = before?.shape === 'ec-parameters' ? readDer(before.der, 'ber') : undefined;
    const own = node.children.some((item) => item.isContext(0));
    return checked(PrivateKey.fromComponents('ec', readSec1(node, own ? undefined : parameters)));
  }
  return checked(PrivateKey.fromPkcs8(node));
}

function checked<T extends PrivateKey | PublicKey>(key: T): T {
  void key.components;
  return key;
}

/** DSA's traditional structure: version, p, q, g, y, x. */
function dsaKey(node: DerNode): PrivateKey {
  const [version, p, q, g, y, x] = node
    .sequence('DSA private key')
    .map((item) => unsigned(item.expect(TAG.integer, 'DSA private key').content));
  if (p === undefined || q === undefined || g === undefined || y === undefined || x === undefined || version !== 0n) {
    return fail('ERR_DER', 'DSA private key: the structure is not version, p, q, g, y, x');
  }
  const shared = PublicKey.fromComponents('dsa', { kind: 'dsa', p, q, g, y });
  return PrivateKey.fromComponents('dsa', { kind: 'dsa', p, q, g, x }, shared);
}

/** MAC iterations up to which an empty password is tried unasked: more would cost seconds. */
const CHEAP_MAC = 100_000;

/** The first key of a PKCS#12 file. No password and an empty one are tried before anybody is asked, as OpenSSL does. */
async function fromPkcs12(bytes: Uint8Array, secret: () => Promise<Secret>, source: string): Promise<PrivateKey> {
  const { readPkcs12, readPfx, macIterations } = await import('../pkcs12/index.ts');
  const { mac } = readPfx(bytes);
  const empty = (): ReturnType<typeof readPkcs12> | undefined => {
    if (mac && macIterations(mac) > CHEAP_MAC) return undefined;
    try {
      return readPkcs12(bytes, { password: Secret.fromText(''), allowMissingMac: true });
    } catch (error) {
      if (error instanceof TlskitError && error.code === 'ERR_PASSPHRASE') return undefined;
      throw error;
    }
  };
  const contents = empty() ?? readPkcs12(bytes, { password: await secret(), allowMissingMac: true });
  const [first] = contents.keys;
  if (!first) return wrong(source, 'a PKCS#12 file without a private key', 'a private key');
  return checked(PrivateKey.fromPkcs8(first.pkcs8));
}

/**
 * The first public key of an input: SPKI, RSAPublicKey, JWK, OpenSSH's line or file. Private keys and certificates are no public keys here, as
 * they are none for OpenSSL's -pubin.
 *
 * @throws TlskitError ERR_KEY when the input holds something else, ERR_DER, ERR_PEM, ERR_FORMAT, ERR_UNSUPPORTED
 */
export function readPublicKey(bytes: Uint8Array, options: ReadKeyOptions): PublicKey {
  try {
    return findPublicKey(bytes, options);
  } catch (error) {
    throw named(options.source, error);
  }
}

function findPublicKey(bytes: Uint8Array, options: ReadKeyOptions): PublicKey {
  const { form = 'any' } = options;
  const text = textOf(bytes);
  if (form === 'any' && text && !text.includes('-----BEGIN ')) {
    const jwk = findJwk(text);
    if (jwk) return checked(readPublicJwk(jwk));
    const blob = findOpenSsh(text);
    if (blob) return checked(readOpenSsh(blob));
  }
  const found = candidates(bytes, text, options);
  let failure: unknown;
  for (const { shape, der } of found) {
    if (!PUBLIC.has(shape)) continue;
    try {
      const node = readDer(der, 'ber');
      if (shape === 'spki') return checked(PublicKey.fromSpki(node));
      return PublicKey.fromComponents('rsa', readRsaPublic(node));
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure) throw failure;
  return nothing(found, text, options, 'a public key');
}

const PARAMETERS: Readonly<Partial<Record<Shape, KeyParameters['type']>>> = {
  'ec-parameters': 'ec',
  'dsa-parameters': 'dsa',
  'dh-parameters': 'dh',
  'dhx-parameters': 'dhx',
};

/**
 * The first key parameters of an input.
 *
 * @param options.type the types that will do. In DER the structures of DSA and DH look alike, and the first of `type` decides
 * @throws TlskitError ERR_KEY when the input holds something else, ERR_DER, ERR_PEM, ERR_FORMAT
 */
export function readKeyParameters(
  bytes: Uint8Array,
  options: ReadKeyOptions & { readonly type?: readonly KeyParameters['type'][] },
): KeyParameters {
  try {
    return findParameters(bytes, options);
  } catch (error) {
    throw named(options.source, error);
  }
}

function findParameters(
  bytes: Uint8Array,
  options: ReadKeyOptions & { readonly type?: readonly KeyParameters['type'][] },
): KeyParameters {
  const text = textOf(bytes);
  const found = candidates(bytes, text, options);
  const expected = `${(options.type ?? []).map((type) => keyTypeInfo(type).label).join(' or ')} parameters`.trim();
  for (const { shape, der, block } of found) {
    let type = shape && PARAMETERS[shape];
    if (!block && type !== 'ec' && (type || shape === 'rsa-public'))
      type = options.type?.find((wanted) => wanted !== 'ec') ?? type;
    if (!type || (options.type && !options.type.includes(type))) continue;
    const parameters = new KeyParameters(type, der);
    void parameters.components;
    return parameters;
  }
  return nothing(found, text, options, expected);
}
