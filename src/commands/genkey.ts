import { cipherEncryption, passoutFlag, passphrases } from '../cli/flags/encryption.ts';
import { makeKey } from '../cli/flags/generate.ts';
import { keyOutputForm, printKeyJson, RANDOM_FLAGS, toFile, written } from '../cli/flags/keys.ts';
import type { Context } from '../cli/context.ts';
import { bool, defineCommand, int, text, type CommandSpec } from '../cli/spec.ts';
import { fail } from '../lib/errors.ts';
import { generatedType, type KeyGenParams } from '../lib/keys/generate.ts';
import type { PrivateKey } from '../lib/keys/model.ts';
import { writePrivateKey, writePublicKey, type KeyEncryption } from '../lib/keys/write.ts';
import { postQuantum } from '../lib/registry/post-quantum.ts';

const FORMATS = ['pkcs8', 'pkcs1', 'sec1', 'traditional', 'jwk', 'seed', 'expanded'] as const;
const PUBLIC_FORMATS = ['spki', 'pkcs1', 'jwk', 'openssh'] as const;
const DEFAULT_CURVE = 'P-256';
const DEFAULT_GROUP = 'ffdhe2048';

const flags = {
  type: text(
    'type',
    'rsa, rsa-pss, ec (default), ed25519, ed448, x25519, x448, dsa, dh, dhx, ml-dsa-65, ml-kem-768, slh-dsa-sha2-128s, …; or a curve such as P-384',
  ),
  bits: int('number', 'Size of an RSA or DSA key (default 2048)'),
  curve: text('name', 'Curve of an EC key (default P-256); "ecparam -list_curves" shows all'),
  group: text('name', 'Group of a DH key (default ffdhe2048)'),
  format: text(
    'format',
    'How to write the private key (default pkcs8); seed and expanded: PKCS#8 of ML-DSA and ML-KEM with one of the two only',
    {
      values: FORMATS,
    },
  ),
  outform: text('PEM|DER', 'PEM (default) or DER'),
  out: text('file', 'Write the private key to this file, mode 0600 (default: standard output)'),
  public: text('file', 'Also write the public key to this file', { group: 'Public key' }),
  'public-format': text('format', 'How to write the public key (default spki)', {
    values: PUBLIC_FORMATS,
    group: 'Public key',
  }),
  passout: passoutFlag(),
  quiet: bool('Show no progress'),
  ...RANDOM_FLAGS,
};

type Run = Context<typeof flags>;

const command: CommandSpec = defineCommand({
  summary: 'Generate a key: any type, any format, sensible defaults',
  description:
    'Without options, a private key on P-256 in PKCS#8. A cipher such as -aes256 encrypts it with a passphrase, which is asked for on a terminal.',
  examples: [
    { say: 'A P-256 key', line: 'genkey -out key.pem' },
    {
      say: 'RSA with its public half for ssh',
      line: 'genkey --type rsa --bits 3072 --out id_rsa --public id_rsa.pub --public-format openssh',
    },
    { say: 'Ed25519 as JWK', line: 'genkey --type ed25519 --format jwk' },
    { say: 'With a passphrase', line: 'genkey --type ec --curve P-384 -aes256 -passout pass:secret -out locked.pem' },
  ],
  flags,
  algorithms: ['cipher'],
  async run(context) {
    const { flags } = context;
    const pass = passphrases(context, { passout: flags.passout });
    const form = keyOutputForm(flags.outform);
    const params = whatToMake(flags);
    checkFormat(params.type, flags.format);
    if (flags['public-format'] !== undefined && flags.public === undefined)
      fail('ERR_USAGE', '--public-format needs a file: --public key.pub');
    if (flags.format === 'jwk' && context.cipher !== undefined)
      fail('ERR_USAGE', 'a JWK is not encrypted; leave out the cipher');
    const encryption = await cipherEncryption(context, pass.out);
    const key = await makeKey(params, `Generating ${describe(params)}`, flags.quiet);
    const file = privateFile(key, flags.format, form, encryption);
    if (flags.public !== undefined) {
      const format = (flags['public-format'] ?? 'spki') as (typeof PUBLIC_FORMATS)[number];
      context.write(flags.public, writePublicKey(key.publicKey, { format, form }));
    }
    if (context.json) printKeyJson(context, key, written(flags.out, file));
    if (!context.json || toFile(flags.out)) context.write(flags.out, file, { secret: true });
  },
});

export default command;

function whatToMake(flags: Run['flags']): KeyGenParams {
  const { bits, curve, group } = flags;
  const named = flags.type ?? 'ec';
  // `--type P-384` and `--type secp256k1` say the curve at once
  const type = /^(p-?\d|secp|prime|brainpool|sect|c2|sm2)/i.test(named) ? 'ec' : generatedType(named);
  const size = bits === undefined ? {} : { bits };
  const misplaced = (flag: string): never => fail('ERR_USAGE', `--${flag} has no meaning for ${type} keys`);
  if (bits !== undefined && !['rsa', 'rsa-pss', 'dsa'].includes(type)) misplaced('bits');
  if (curve !== undefined && type !== 'ec') misplaced('curve');
  if (group !== undefined && type !== 'dh' && type !== 'dhx') misplaced('group');
  if (type === 'rsa' || type === 'rsa-pss') return { type, ...size };
  if (type === 'dsa') return { type, ...size };
  if (type === 'dh' || type === 'dhx') return { type, group: group ?? DEFAULT_GROUP };
  const set = postQuantum(type);
  if (set) return { type: set.type };
  if (type !== 'ec') return { type: type as 'ed25519' | 'ed448' | 'x25519' | 'x448' };
  return { type, curve: curve ?? (named.toLowerCase() === 'ec' ? DEFAULT_CURVE : named) };
}

function describe(params: KeyGenParams): string {
  return 'bits' in params ? `a ${params.type} key of ${params.bits} bits` : `a key of type ${params.type}`;
}

/** `pkcs1` and `sec1` are the traditional formats of one type each. */
function checkFormat(type: string, format: string | undefined): void {
  if (format === 'pkcs1' && type !== 'rsa') fail('ERR_USAGE', `pkcs1 is a format for RSA keys, not for ${type}`);
  if (format === 'sec1' && type !== 'ec') fail('ERR_USAGE', `sec1 is a format for EC keys, not for ${type}`);
  if ((format === 'seed' || format === 'expanded') && !type.startsWith('ml-'))
    fail('ERR_USAGE', `${format} is a format for ML-DSA and ML-KEM keys, not for ${type}`);
}

function privateFile(
  key: PrivateKey,
  format: string | undefined,
  form: 'pem' | 'der',
  encryption: KeyEncryption | undefined,
): string | Buffer {
  const how = { form, ...(encryption ? { encryption } : {}) };
  if (format === undefined || format === 'pkcs8') return writePrivateKey(key, { format: 'pkcs8', ...how });
  if (format === 'seed' || format === 'expanded')
    return writePrivateKey(key, { format: 'pkcs8', seeded: [format === 'seed' ? 'seed-only' : 'priv-only'], ...how });
  return writePrivateKey(key, { format: format === 'jwk' ? 'jwk' : 'traditional', ...how });
}
