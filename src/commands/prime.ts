import { PROVIDER_FLAGS } from '../cli/flags/keys.ts';
import { showing } from '../cli/flags/generate.ts';
import type { Context } from '../cli/context.ts';
import { bool, defineCommand, ignored, int, type CommandSpec } from '../cli/spec.ts';
import { bitLength, isPrime, MAX_TESTED_BITS } from '../lib/crypto/primality.ts';
import { randomPrime } from '../lib/crypto/random.ts';
import { fail } from '../lib/errors.ts';

/** A prime beyond this takes minutes and more. */
const MAX_BITS = 8192;

const flags = {
  generate: bool('Make a prime'),
  bits: int('number', 'Its size in bits'),
  safe: bool('One whose half is a prime, too'),
  hex: bool('Numbers are in hexadecimal'),
  checks: ignored('number'),
  ...PROVIDER_FLAGS,
};

const command: CommandSpec = defineCommand({
  summary: 'Make a prime, or tell whether numbers are primes',
  description: 'Tests the numbers that are given, or with -generate makes a prime of as many bits as -bits says.',
  examples: [
    { say: 'Is it a prime?', line: 'prime 2147483647' },
    { say: 'A prime', line: 'prime -generate -bits 256 -hex' },
  ],
  args: [{ name: 'number', description: 'Numbers to test', many: true }],
  flags,
  async run(context) {
    const { flags, args } = context;
    if (flags.generate) return generate(context);
    if (args.length === 0) fail('ERR_USAGE', 'name numbers to test, or say -generate');
    const tested = args.map((word) => ({ word, ...tell(word, flags.hex) }));
    if (context.json)
      return context.printJson(tested.map(({ word, value, prime }) => ({ number: word, value: String(value), prime })));
    for (const { word, value, prime } of tested)
      context.print(`${hexOf(value)} (${word}) ${prime ? 'is' : 'is not'} prime\n`);
  },
});
export default command;

const hexOf = (value: bigint): string => value.toString(16).toUpperCase();

async function generate(context: Context<typeof flags>): Promise<void> {
  const { bits, safe, hex } = context.flags;
  if (context.args.length > 0) fail('ERR_USAGE', 'with -generate there are no numbers to test');
  if (bits === undefined) return fail('ERR_USAGE', 'Specify the number of bits: -bits 256');
  if (bits < 2 || (safe && bits < 6 && bits !== 3))
    fail(
      'ERR_USAGE',
      `Failed to generate prime: there is none of ${bits} bits${safe ? ' that is safe and random' : ''}`,
    );
  if (bits > MAX_BITS) fail('ERR_LIMIT', `a prime of ${bits} bits takes too long; the limit is ${MAX_BITS}`);
  const prime = await showing(() => randomPrime(bits, safe), `Generating a prime of ${bits} bits`);
  // an even number of digits, as OpenSSL prints octets
  const digits = hexOf(prime);
  const text = hex ? digits.padStart(digits.length + (digits.length % 2), '0') : String(prime);
  if (context.json) context.printJson({ bits, safe, prime: String(prime) });
  else context.print(`${text}\n`);
}

/** A number at the beginning of a word, as OpenSSL reads it, and whether it is a prime. */
function tell(word: string, hex: boolean): { value: bigint; prime: boolean } {
  const [, sign = '', digits = ''] = (hex ? /^(-?)([0-9a-fA-F]+)/ : /^(-?)(\d+)/).exec(word) ?? [];
  if (digits === '') fail('ERR_USAGE', `Failed to process value (${word.slice(0, 80)})`);
  const size = BigInt(hex ? `0x${digits}` : digits);
  if (bitLength(size) > 4 * MAX_BITS) fail('ERR_LIMIT', `a number of ${bitLength(size)} bits is too large to test`);
  if (sign !== '') return { value: -size, prime: false };
  const prime = isPrime(size);
  if (prime === undefined)
    fail(
      'ERR_LIMIT',
      `whether a number of ${bitLength(size)} bits is a prime takes too long to tell above ${MAX_TESTED_BITS}`,
    );
  return { value: size, prime };
}
