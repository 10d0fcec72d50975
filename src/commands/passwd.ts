import { PROVIDER_FLAGS, RANDOM_FLAGS } from '../cli/flags/keys.ts';
import type { Context } from '../cli/context.ts';
import { bool, defineCommand, text, type CommandSpec } from '../cli/spec.ts';
import { hashPassword, saltLength, saltOf, type PasswordScheme } from '../lib/crypto/password-hash.ts';
import { randomOctets } from '../lib/crypto/random.ts';
import { fail } from '../lib/errors.ts';

/** As many octets of a password count. */
const MAX_LENGTH = 256;
const SCHEMES: readonly PasswordScheme[] = ['1', 'apr1', 'aixmd5', '5', '6'];

const flags = {
  '6': bool('SHA-512 ($6$)'),
  '5': bool('SHA-256 ($5$)'),
  apr1: bool("MD5, Apache's variant ($apr1$)"),
  '1': bool('MD5 ($1$; the default)'),
  aixmd5: bool("MD5, AIX's variant"),
  salt: text('text', 'Use this salt (default: a random one)'),
  stdin: bool('Read passwords from standard input, one a line'),
  in: text('file', 'Read passwords from this file, one a line'),
  noverify: bool('Ask for the password once'),
  table: bool('Print the password, a tab, and the hash'),
  reverse: bool('The other way round'),
  quiet: bool('No warnings'),
  ...RANDOM_FLAGS,
  ...PROVIDER_FLAGS,
};

type Run = Context<typeof flags>;

const command: CommandSpec = defineCommand({
  summary: 'Hash passwords for htpasswd and shadow files',
  description:
    'Hashes passwords as crypt(3) does. Without a password it is asked for; one in the arguments can be seen by others, so -stdin or -in is better.',
  examples: [
    { say: "A line for Apache's or nginx's htpasswd", line: 'passwd -apr1' },
    { say: 'SHA-512 of a password from a pipe', line: 'passwd -6 -stdin' },
  ],
  args: [{ name: 'password', description: 'Passwords', many: true }],
  flags,
  async run(context) {
    const { flags } = context;
    const [scheme = '1', more] = SCHEMES.filter((name) => flags[name]);
    if (more !== undefined) fail('ERR_USAGE', `-${scheme} and -${more} do not go together`);
    const passwords = (await passwordsOf(context)).map((password) => cut(context, password));
    const results = passwords.map((password) => {
      const salt = flags.salt ?? saltOf(randomOctets(saltLength(scheme)));
      return { password, hash: hashPassword(scheme, password, salt) };
    });
    if (context.json) return context.printJson({ scheme, hashes: results.map(({ hash }) => hash) });
    for (const { password, hash } of results) {
      const [left, right] = flags.reverse ? [Buffer.from(hash), password] : [password, Buffer.from(hash)];
      const line = flags.table ? Buffer.concat([left, Buffer.from('\t'), right]) : Buffer.from(hash);
      context.write(undefined, Buffer.concat([line, Buffer.from('\n')]));
    }
  },
});
export default command;

async function passwordsOf(context: Run): Promise<readonly Buffer[]> {
  const { flags, args } = context;
  if ([args.length > 0, flags.stdin, flags.in !== undefined].filter(Boolean).length > 1)
    fail('ERR_USAGE', 'passwords come from the arguments, from -stdin or from -in, not from two of them');
  if (args.length > 0) return args.map((word) => Buffer.from(word, 'utf8'));
  if (flags.stdin || flags.in !== undefined) return linesOf(context.read(flags.in));
  const confirm = flags.salt === undefined && !flags.noverify;
  return [Buffer.from((await context.prompter.passphrase('Password', { confirm })).reveal())];
}

/** Lines up to the largest length; OpenSSL passes over what stands behind it without a word. */
function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(0x0a, at);
    const line = bytes.subarray(at, end < 0 ? bytes.length : end);
    lines.push(line.subarray(0, MAX_LENGTH));
    at += line.length + 1;
  }
  return lines;
}

function cut(context: Run, password: Buffer): Buffer {
  if (password.length <= MAX_LENGTH) return password;
  if (!context.flags.quiet) context.note(`Warning: truncating password to ${MAX_LENGTH} characters\n`);
  return password.subarray(0, MAX_LENGTH);
}
