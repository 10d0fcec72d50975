/** `-newkey`: what key to make, and the file it goes to. */
import { fail, TlskitError } from '../../lib/errors.ts';
import { generatedType, type KeyGenParams } from '../../lib/keys/generate.ts';
import type { KeyParameters, PrivateKey } from '../../lib/keys/model.ts';
import { readKeyParameters } from '../../lib/keys/read.ts';
import { writePrivateKey } from '../../lib/keys/write.ts';
import type { Secret } from '../../lib/secret.ts';
import { curveByName } from '../../lib/registry/curves.ts';
import type { Context } from '../context.ts';
import { cipherOf, encryptionPassphrase } from '../flags/encryption.ts';
import { makeKey } from '../flags/generate.ts';
import { keyGenParams, keyOptions } from '../flags/pkeyopt.ts';
import type { ReqConfig } from './config.ts';
import type { ReqOptions } from './options.ts';

type Io = Pick<Context, 'read' | 'write' | 'note' | 'prompter'>;

/** OpenSSL 3.0's cipher for new keys of `req`. */
const DEFAULT_CIPHER = 'des-ede3-cbc';
const DEFAULT_BITS = 2048;
/** The curve of `-newkey ec` where nothing names one, as in genkey; OpenSSL refuses that line. */
const DEFAULT_CURVE = 'prime256v1';

/** Makes the key that the options and the configuration describe, and queues its file. */
export async function newKey(
  io: Io,
  options: ReqOptions,
  config: ReqConfig,
  passphrase: Secret | undefined,
): Promise<PrivateKey> {
  const params = whatToMake(io, options, config);
  const key = await makeKey(params, 'Generating a private key', options.quiet);
  await writeKey(io, options, config, key, passphrase);
  return key;
}

/** Queues the file of a key: -keyout, else `default_keyfile`, else standard output. A key of -key is written too where -keyout is given. */
export async function writeKey(
  io: Io,
  options: ReqOptions,
  config: ReqConfig,
  key: PrivateKey,
  passphrase: Secret | undefined,
): Promise<void> {
  const path = options.keyout ?? config.get('default_keyfile');
  if (options.verbose) io.note(`Writing private key to ${path === undefined ? 'stdout' : `'${path}'`}\n`);
  const encryption = await encryptionOf(io, options, config, passphrase);
  io.write(path, writePrivateKey(key, { format: 'pkcs8', ...(encryption ? { encryption } : {}) }), { secret: true });
  if (!options.quiet) io.note('-----\n');
}

/**
 * Reads `rsa:2048`, `rsa`, `2048`, `ed25519`, `ec`, `P-256`, `ec:P-256`, `ec:file`, `dsa:file`, `param:file`.
 *
 * @throws TlskitError ERR_USAGE for unknown types and options
 */
function whatToMake(io: Io, options: ReqOptions, config: ReqConfig): KeyGenParams {
  const spec = options.newkey ?? 'rsa';
  if (/^\d+$/.test(spec)) return rsaParams('rsa', spec, options);
  const colon = spec.indexOf(':');
  const [name, rest] = colon < 0 ? [spec, undefined] : [spec.slice(0, colon), spec.slice(colon + 1)];
  if (rest === undefined && curveByName(name)) return onCurve(name, options);
  if (name === 'param') return fromFile(io, rest ?? '', undefined, options);
  const type = name.toLowerCase() === 'sm2' ? 'sm2' : generatedType(name);
  if (type === 'rsa' || type === 'rsa-pss') {
    return rsaParams(
      type,
      rest ?? String(config.config.getNumber(config.section, 'default_bits') ?? DEFAULT_BITS),
      options,
    );
  }
  if (type === 'sm2') return { type: 'ec', curve: 'SM2' };
  if (rest !== undefined) return fromFile(io, rest, type, options);
  return type === 'ec' ? onCurve(undefined, options) : keyGenParams(type, keyOptions(type, options.pkeyopt));
}

/** An EC key: the curve of -newkey, else of -pkeyopt, else P-256. */
function onCurve(named: string | undefined, { pkeyopt }: ReqOptions): KeyGenParams {
  const wishes = keyOptions('ec', pkeyopt);
  return keyGenParams('ec', { ...wishes, curve: named ?? wishes.curve ?? DEFAULT_CURVE });
}

function rsaParams(type: 'rsa' | 'rsa-pss', size: string, { pkeyopt }: ReqOptions): KeyGenParams {
  if (!/^\d{1,6}$/.test(size)) fail('ERR_USAGE', `-newkey ${type}:bits needs a number of bits, not "${size}"`);
  const params = keyOptions(type, pkeyopt);
  return keyGenParams(type, { ...params, bits: params.bits ?? Number(size) });
}

function fromFile(io: Io, path: string, type: string | undefined, options: ReqOptions): KeyGenParams {
  const curve = type === 'ec' ? curveByName(path) : undefined;
  const parameters = curve && !readable(io, path) ? undefined : readKeyParameters(io.read(path), { source: path });
  if (!parameters) return onCurve(path, options);
  if (type !== undefined && parameters.type !== type) {
    fail('ERR_KEY', `${path} holds ${parameters.type} parameters, and -newkey asks for ${type}`);
  }
  return paramsOf(parameters, options);
}

function readable(io: Io, path: string): boolean {
  try {
    return io.read(path).length > 0;
  } catch (error) {
    if (error instanceof TlskitError) return false;
    throw error;
  }
}

function paramsOf(parameters: KeyParameters, { pkeyopt }: ReqOptions): KeyGenParams {
  const { type } = parameters;
  const { curveForm } = keyOptions(type, pkeyopt);
  if (type === 'dsa') return { type, parameters };
  if (type !== 'ec') return { type, group: parameters };
  return { type, curve: parameters, ...(curveForm ? { encoding: curveForm } : {}) };
}

/** New keys are encrypted unless -nodes, or `encrypt_key = no`, says otherwise. */
async function encryptionOf(
  io: Io,
  options: ReqOptions,
  config: ReqConfig,
  named: Secret | undefined,
): Promise<{ passphrase: Secret; cipher: ReturnType<typeof cipherOf> } | undefined> {
  const wish = config.get('encrypt_rsa_key') ?? config.get('encrypt_key');
  if (options.nodes || wish === 'no') return undefined;
  return { passphrase: await encryptionPassphrase(io, named), cipher: cipherOf(options.cipher ?? DEFAULT_CIPHER) };
}
