/** `enc` and `base64`. */
import { cipherByName, type KeyCipher } from '../lib/crypto/ciphers.ts';
import { digestByName } from '../lib/crypto/digests.ts';
import { decodeBase64, encodeBase64 } from '../lib/enc/base64.ts';
import {
  DEFAULT_ITERATIONS,
  deriveKey,
  randomSalt,
  runCipher,
  SALT_SIZE,
  splitSalt,
  withSalt,
  type KeyAndIv,
} from '../lib/enc/cipher.ts';
import { fail } from '../lib/errors.ts';
import { Secret } from '../lib/secret.ts';
import type { Context } from './context.ts';
import { PROVIDER_FLAGS, RANDOM_FLAGS } from './flags/keys.ts';
import { bool, defineCommand, ignored, int, text, type CommandSpec } from './spec.ts';

const flags = {
  in: text('file', 'Read from this file (default: standard input)'),
  out: text('file', 'Write to this file (default: standard output)'),
  e: bool('Encrypt or encode (the default)'),
  d: bool('Decrypt or decode'),
  a: bool('Base64 after encryption, or before decryption', { aliases: ['base64'] }),
  A: bool('Base64 on one line'),
  none: bool('Do not encrypt'),
  pass: text('source', 'Where the password comes from', { group: 'Encryption' }),
  k: text('password', 'The password itself', { group: 'Encryption' }),
  kfile: text('file', 'The password is the first line of this file', { group: 'Encryption' }),
  pbkdf2: bool('Make the key from the password with PBKDF2', { group: 'Encryption' }),
  iter: int('number', `Rounds of PBKDF2 (default ${DEFAULT_ITERATIONS})`, { group: 'Encryption' }),
  md: text('digest', 'Digest for making the key (default sha256)', { group: 'Encryption' }),
  salt: bool('Use a random salt (the default)', { group: 'Encryption' }),
  nosalt: bool('Use no salt', { group: 'Encryption' }),
  S: text('hex', 'Use this salt, which is then not written', { group: 'Encryption' }),
  K: text('hex', 'The key itself', { group: 'Encryption' }),
  iv: text('hex', 'The initialisation vector', { group: 'Encryption' }),
  nopad: bool('No padding', { group: 'Encryption' }),
  p: bool('Print salt, key and IV', { group: 'Encryption' }),
  P: bool('Print salt, key and IV, and do nothing else', { group: 'Encryption' }),
  v: ignored(),
  debug: ignored(),
  bufsize: ignored('size'),
  ...PROVIDER_FLAGS,
  ...RANDOM_FLAGS,
};

type Run = Context<typeof flags>;

/** The command `enc`, or `base64`, which has -base64 set. */
export function encCommand(base64: boolean): CommandSpec {
  return defineCommand({
    summary: base64 ? 'Encode or decode base64' : 'Encrypt or decrypt with a password, or encode base64',
    description: base64
      ? 'Lines of 64 characters; with -A one line. Decoding takes lines of any length.'
      : 'Without a cipher (-aes256, …) the data pass through, so that "enc -base64" encodes. Keys made without -pbkdf2 or -iter are weak.',
    examples: base64
      ? [
          { say: 'Encode', line: 'base64 -in file' },
          { say: 'Decode', line: 'base64 -d -in file.b64 -out file' },
        ]
      : [
          { say: 'Encrypt', line: 'enc -aes-256-cbc -pbkdf2 -in file -out file.enc' },
          { say: 'Decrypt', line: 'enc -d -aes-256-cbc -pbkdf2 -in file.enc -out file' },
        ],
    algorithms: ['cipher'],
    flags,
    run: (context) => run(context, base64),
  });
}

async function run(context: Run, always: boolean): Promise<void> {
  const { flags, order } = context;
  if (context.json) fail('ERR_USAGE', 'there is no --json for this: the output is the data');
  const decrypt = order.findLast((name) => name === 'd' || name === 'e') === 'd';
  const base64 = always || flags.a;
  const cipher = context.cipher === undefined || flags.none ? undefined : cipherByName(context.cipher);
  if (cipher === undefined && (flags.p || flags.P)) fail('ERR_USAGE', 'there is no key to print without a cipher');
  const read = (): Buffer => {
    const bytes = context.read(flags.in);
    return decrypt && base64 ? decodeBase64(bytes.toString('latin1')) : bytes;
  };
  const output = cipher ? await crypt(context, cipher, decrypt, read) : read();
  if (output === undefined) return;
  context.write(flags.out, base64 && !decrypt ? encodeBase64(output, flags.A) : output);
}

/** Undefined when only the key was asked for. */
async function crypt(
  context: Run,
  cipher: KeyCipher,
  decrypt: boolean,
  read: () => Buffer,
): Promise<Buffer | undefined> {
  const { flags } = context;
  const { K, S, nosalt } = flags;
  const given = S === undefined || nosalt ? undefined : hex(context, 'S', S, SALT_SIZE);
  // a salt that was given is not written and not expected in the input, nor is any with a key that was given
  const salted = K === undefined && !nosalt && given === undefined;
  const input = flags.P && !(salted && decrypt) ? undefined : read();
  const split = salted && decrypt ? splitSalt(input as Buffer) : undefined;
  const salt = K === undefined && !nosalt ? (given ?? split?.salt ?? randomSalt()) : undefined;
  const key = K === undefined ? await keyOfPassword(context, cipher, salt, decrypt) : keyGiven(context, cipher, K);
  if (flags.p || flags.P) printKey(context, key, cipher, salt);
  if (flags.P) return undefined;
  const output = runCipher(
    decrypt ? 'decrypt' : 'encrypt',
    cipher,
    key,
    split?.data ?? (input as Buffer),
    !flags.nopad,
  );
  return salted && !decrypt && salt ? withSalt(salt, output) : output;
}

async function keyOfPassword(
  context: Run,
  cipher: KeyCipher,
  salt: Buffer | undefined,
  decrypt: boolean,
): Promise<KeyAndIv> {
  const { flags } = context;
  const digest =
    digestByName(flags.md ?? 'sha256') ?? fail('ERR_USAGE', `option -md: there is no digest "${flags.md}"`);
  const password = await passwordOf(context, cipher, decrypt);
  const iterations = flags.iter ?? (flags.pbkdf2 ? DEFAULT_ITERATIONS : undefined);
  if (iterations === undefined) {
    context.note('*** WARNING : deprecated key derivation used.\nUsing -iter or -pbkdf2 would be better.\n');
  }
  const derived = deriveKey(cipher, { password, digest, iterations, salt });
  return flags.iv === undefined ? derived : { key: derived.key, iv: hex(context, 'iv', flags.iv, cipher.ivLength) };
}

function passwordOf(context: Run, cipher: KeyCipher, decrypt: boolean): Promise<Secret> | Secret {
  const { pass, k, kfile } = context.flags;
  if (pass !== undefined) return context.passphrase(pass);
  if (k !== undefined) return Secret.fromText(k);
  if (kfile !== undefined) return context.passphrase(`file:${kfile}`);
  const message = `enter ${cipher.name.toUpperCase()} ${decrypt ? 'decryption' : 'encryption'} password`;
  return context.prompter.passphrase(message, { confirm: !decrypt });
}

function keyGiven(context: Run, cipher: KeyCipher, key: string): KeyAndIv {
  const { iv } = context.flags;
  if (iv === undefined && cipher.ivLength > 0)
    fail('ERR_USAGE', 'iv undefined: with -K, -iv names the initialisation vector');
  return {
    key: hex(context, 'K', key, cipher.keyLength),
    iv: iv === undefined ? Buffer.alloc(0) : hex(context, 'iv', iv, cipher.ivLength),
  };
}

/** Hex digits as octets of a fixed length: zeros are added, or what is too much is left out, with a word on stderr as OpenSSL has it. */
function hex(context: Run, flag: string, digits: string, size: number): Buffer {
  if (!/^[0-9a-fA-F]*$/.test(digits)) fail('ERR_USAGE', `option -${flag} takes hexadecimal digits`);
  if (digits.length < 2 * size) context.note('hex string is too short, padding with zero bytes to length\n');
  if (digits.length > 2 * size) context.note('hex string is too long, ignoring excess\n');
  return Buffer.from(digits.slice(0, 2 * size).padEnd(2 * size, '0'), 'hex');
}

function printKey(context: Run, { key, iv }: KeyAndIv, cipher: KeyCipher, salt: Buffer | undefined): void {
  const upper = (bytes: Buffer): string => bytes.toString('hex').toUpperCase();
  if (salt) context.print(`salt=${upper(salt)}\n`);
  context.print(`key=${upper(key)}\n`);
  if (cipher.ivLength > 0) context.print(`iv =${upper(iv)}\n`);
}
