import { cipherEncryption, passoutFlag, passphrases } from '../cli/flags/encryption.ts';
import { makeKey } from '../cli/flags/generate.ts';
import { printKeyJson, PROVIDER_FLAGS, RANDOM_FLAGS, toFile, written } from '../cli/flags/keys.ts';
import { bool, defineCommand, int, text, type CommandSpec } from '../cli/spec.ts';
import { fail } from '../lib/errors.ts';
import { writePrivateKey } from '../lib/keys/write.ts';

const EXPONENTS: Readonly<Record<string, bigint>> = { 3: 3n, F4: 65537n, f4: 65537n };
const DEFAULT_BITS = 2048;
/** OpenSSL warns from here on: few programs take such keys. */
const LARGE_BITS = 16384;

const command: CommandSpec = defineCommand({
  summary: 'Generate an RSA private key',
  description:
    'Makes an RSA key of 2048 bits, or of the size given, and writes it as PKCS#8 in PEM. With a cipher such as -aes256 it is encrypted with a passphrase.',
  examples: [
    { say: 'A key in a file', line: 'genrsa -out ryans-key.pem 2048' },
    { say: 'The same with a passphrase', line: 'genrsa -aes256 -passout pass:secret -out locked-key.pem 3072' },
    { say: 'PKCS#1, for programs that know nothing newer', line: 'genrsa -traditional -out key.pem 2048' },
  ],
  flags: {
    out: text('file', 'Write the key to this file, mode 0600 (default: standard output)'),
    primes: int('number', 'Number of primes (default 2)'),
    3: bool('Use 3 as public exponent'),
    F4: bool('Use 65537 as public exponent (default)', { aliases: ['f4'] }),
    traditional: bool('Write PKCS#1 instead of PKCS#8'),
    verbose: bool('Say what is made on stderr'),
    passout: passoutFlag(),
    ...PROVIDER_FLAGS,
    ...RANDOM_FLAGS,
  },
  algorithms: ['cipher'],
  args: [{ name: 'numbits', description: 'Size of the key in bits (default 2048)' }],
  async run(context) {
    const { flags, args } = context;
    const pass = passphrases(context, flags);
    const bits = args[0] === undefined ? DEFAULT_BITS : sizeOf(args[0]);
    if (bits > LARGE_BITS) {
      context.note(
        `Warning: It is not recommended to use more than ${LARGE_BITS} bit for RSA keys.\n` +
          `         Your key size is ${bits}! Larger key size may behave not as expected.\n`,
      );
    }
    const encryption = await cipherEncryption(context, pass.out);
    const exponent = EXPONENTS[context.order.findLast((name) => name in EXPONENTS) ?? 'F4'] as bigint;
    const { primes = 2 } = flags;
    if (flags.verbose) context.note(`Generating RSA key with ${bits} bits\n`);
    const key = await makeKey({ type: 'rsa', bits, exponent, primes }, `Generating an RSA key of ${bits} bits`);
    if (flags.verbose) context.note(`e is ${exponent} (0x0${exponent.toString(16)})\n`);
    const format = flags.traditional ? 'traditional' : 'pkcs8';
    const file = writePrivateKey(key, { format, ...(encryption ? { encryption } : {}) });
    if (context.json) printKeyJson(context, key, written(flags.out, file));
    if (!context.json || toFile(flags.out)) context.write(flags.out, file, { secret: true });
  },
});

export default command;

function sizeOf(word: string): number {
  if (!/^\d{1,6}$/.test(word)) fail('ERR_USAGE', `the size must be a number of bits, not "${word}"`);
  return Number(word);
}
