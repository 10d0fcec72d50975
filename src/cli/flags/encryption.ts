/** Passphrase sources and the encryption of written keys. */
import { cipherByName, type KeyCipher } from '../../lib/crypto/ciphers.ts';
import { fail } from '../../lib/errors.ts';
import type { Secret } from '../../lib/secret.ts';
import type { Context } from '../context.ts';
import { text, type Flag } from '../spec.ts';

/** OpenSSL's least length of a passphrase that is typed in. */
export const MIN_PASSPHRASE = 4;

const SOURCES = 'pass:text, env:name, file:path, fd:number or stdin';

/** `-passin`. */
export const passinFlag = (): Flag<string | undefined> =>
  text('source', `Passphrase of the input: ${SOURCES}`, { group: 'Passphrases and encryption' });

/** `-passout`, under whatever name a command gives it. */
export const passoutFlag = (): Flag<string | undefined> =>
  text('source', `Passphrase for the output: ${SOURCES}`, { group: 'Passphrases and encryption' });

/** The passphrases that sources named, read before anything else takes lines from the same place. */
export interface Passphrases {
  readonly in: Secret | undefined;
  readonly out: Secret | undefined;
}

/** Reads both sources, input first, as OpenSSL does. */
export function passphrases(
  context: Pick<Context, 'passphrase'>,
  sources: { readonly passin?: string | undefined; readonly passout?: string | undefined },
): Passphrases {
  const read = (source: string | undefined): Secret | undefined =>
    source === undefined ? undefined : context.passphrase(source);
  const input = read(sources.passin);
  return { in: input, out: read(sources.passout) };
}

/** The cipher of a name that the parser has accepted, or of a flag's value. */
export function cipherOf(name: string): KeyCipher {
  return cipherByName(name) ?? fail('ERR_USAGE', `"${name}" is not a cipher for keys; try aes256`);
}

/** The passphrase to encrypt with: the one that was named, or what is typed in, twice, at least four characters. */
export async function encryptionPassphrase(
  context: Pick<Context, 'prompter'>,
  named: Secret | undefined,
  message = 'Enter PEM pass phrase',
): Promise<Secret> {
  return named ?? context.prompter.passphrase(message, { confirm: true, min: MIN_PASSPHRASE });
}

/** How to encrypt a key when a cipher was given as a flag (`-aes256`); undefined when none was. */
export async function cipherEncryption(
  context: Pick<Context, 'prompter' | 'cipher'>,
  passphrase: Secret | undefined,
): Promise<{ readonly passphrase: Secret; readonly cipher: KeyCipher } | undefined> {
  if (context.cipher === undefined) return undefined;
  const cipher = cipherOf(context.cipher);
  return { passphrase: await encryptionPassphrase(context, passphrase), cipher };
}
