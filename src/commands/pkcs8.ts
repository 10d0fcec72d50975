import {
  cipherOf,
  encryptionPassphrase,
  passinFlag,
  passoutFlag,
  passphrases,
  type Passphrases,
} from '../cli/flags/encryption.ts';
import {
  keyOutputForm,
  olderFormat,
  printKeyJson,
  PROVIDER_FLAGS,
  RANDOM_FLAGS,
  toFile,
  written,
} from '../cli/flags/keys.ts';
import { pemOrDer } from '../cli/flags/form.ts';
import type { Context } from '../cli/context.ts';
import { bool, defineCommand, int, text, type CommandSpec } from '../cli/spec.ts';
import { fixedSchemeByName, prfByName } from '../lib/crypto/pbe-schemes.ts';
import type { PbeScheme } from '../lib/crypto/pbe.ts';
import { fail } from '../lib/errors.ts';
import type { PrivateKey } from '../lib/keys/model.ts';
import { readPrivateKey } from '../lib/keys/read.ts';
import { writePrivateKey, type KeyEncryption } from '../lib/keys/write.ts';

const group = 'Passphrases and encryption';

const flags = {
  in: text('file', 'Read the key from this file (default: standard input)'),
  inform: text('PEM|DER', 'Format of the input (default: what it looks like)'),
  out: text('file', 'Write to this file (default: standard output)'),
  outform: text('PEM|DER', 'Format of the output (default PEM)'),
  topk8: bool('Turn any private key into PKCS#8, encrypted unless -nocrypt is given'),
  nocrypt: bool('With -topk8: do not encrypt. Without: the PKCS#8 to read is not encrypted', { group }),
  traditional: bool("Write the key's own older structure (PKCS#1, SEC 1)"),
  v1: text('scheme', 'Encrypt by a scheme of PKCS#5 1.5 or PKCS#12, e.g. PBE-SHA1-3DES', { group }),
  v2: text('cipher', 'Encrypt with PBES2 and this cipher (default aes256)', { group }),
  v2prf: text('name', 'PRF of PBKDF2 (default hmacWithSHA256)', { group }),
  iter: int('count', 'Rounds of PBKDF2 (default 2048)', { group }),
  noiter: bool('One round: only for programs that cannot do better', { group }),
  scrypt: bool('Derive the key with scrypt (N=16384, r=8, p=1)', { group }),
  scrypt_N: int('N', 'scrypt: cost, a power of 2', { group }),
  scrypt_r: int('r', 'scrypt: block size', { group }),
  scrypt_p: int('p', 'scrypt: parallelization', { group }),
  passin: passinFlag(),
  passout: passoutFlag(),
  ...RANDOM_FLAGS,
  ...PROVIDER_FLAGS,
};

type Run = Context<typeof flags>;

const command: CommandSpec = defineCommand({
  summary: 'Encrypt and decrypt private keys in PKCS#8',
  description:
    'With -topk8, reads any private key and writes it as PKCS#8, encrypted with a passphrase (AES-256, PBKDF2 with HMAC-SHA-256) unless -nocrypt is given. ' +
    'Without, reads an encrypted PKCS#8 key and writes it plain.',
  examples: [
    { say: 'Put a passphrase on a key', line: 'pkcs8 -topk8 -in key.pem -passout pass:secret -out locked.pem' },
    { say: 'Take it off', line: 'pkcs8 -in locked.pem -passin pass:secret -out plain.pem' },
    { say: 'PKCS#1 or SEC 1 to plain PKCS#8', line: 'pkcs8 -topk8 -nocrypt -in key.pem -out key-pkcs8.pem' },
  ],
  flags,
  async run(context) {
    const { flags } = context;
    const pass = passphrases(context, flags);
    const scheme = schemeOf(flags);
    const form = keyOutputForm(flags.outform);
    const key = await load(context, pass);
    let encryption: KeyEncryption | undefined;
    if (flags.topk8 && !flags.nocrypt)
      encryption = { scheme, passphrase: await encryptionPassphrase(context, pass.out, 'Enter Encryption Password') };
    const older = !flags.topk8 && (flags.traditional || form === 'der');
    const how = older ? olderFormat(key, form) : { format: 'pkcs8' as const };
    const file = writePrivateKey(key, { form, ...how, ...(encryption ? { encryption } : {}) });
    if (context.json) printKeyJson(context, key, written(flags.out, file));
    if (!context.json || toFile(flags.out)) context.write(flags.out, file, { secret: true });
  },
});

export default command;

async function load(context: Run, pass: Passphrases): Promise<PrivateKey> {
  const { flags } = context;
  let encrypted = false;
  const source = context.inputName(flags.in);
  const form = pemOrDer('inform', flags.inform) ?? 'any';
  const key = await readPrivateKey(context.read(flags.in), {
    source,
    form,
    passphrase: () => {
      encrypted = true;
      if (flags.nocrypt && !flags.topk8)
        return fail('ERR_PASSPHRASE', `${source} is encrypted; leave out -nocrypt and give its passphrase (-passin)`);
      return pass.in ?? context.prompter.passphrase(flags.topk8 ? `Enter pass phrase for ${source}` : 'Enter Password');
    },
  });
  // as OpenSSL: without -topk8 and -nocrypt the input has to be encrypted
  if (!encrypted && !flags.topk8 && !flags.nocrypt)
    fail('ERR_KEY', `${source} is not encrypted; add -nocrypt, or -topk8 to encrypt it`);
  return key;
}

/** The scheme that the flags choose. As in OpenSSL, one of the three scrypt numbers alone does not choose scrypt. */
function schemeOf(flags: Run['flags']): PbeScheme {
  for (const name of ['iter', 'scrypt_N', 'scrypt_r', 'scrypt_p'] as const) {
    if ((flags[name] ?? 1) < 1) fail('ERR_USAGE', `option -${name} needs a number above 0`);
  }
  const cipher = cipherOf(flags.v2 ?? 'aes-256-cbc');
  if (flags.scrypt) {
    const { scrypt_N: N, scrypt_r: r, scrypt_p: p } = flags;
    return { kind: 'scrypt', cipher, ...(N ? { N } : {}), ...(r ? { r } : {}), ...(p ? { p } : {}) };
  }
  const iterations = flags.noiter ? 1 : (flags.iter ?? 2048);
  if (flags.v1 !== undefined) {
    const scheme = fixedSchemeByName(flags.v1);
    return scheme
      ? { kind: 'fixed', scheme, iterations }
      : fail('ERR_USAGE', `there is no scheme "${flags.v1}" for -v1; try PBE-SHA1-3DES`);
  }
  const prf = prfByName(flags.v2prf ?? 'hmacWithSHA256');
  if (!prf) fail('ERR_USAGE', `there is no PRF "${flags.v2prf}" for -v2prf; try hmacWithSHA256`);
  return { kind: 'pbes2', cipher, prf: prf.digest.name, iterations };
}
