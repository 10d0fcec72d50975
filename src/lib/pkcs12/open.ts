/** Verifying and decrypting a PKCS#12 file with a password. */
import { decryptPbe } from '../crypto/pbe.ts';
import { readDerPrefix, TAG, type DerNode } from '../der/index.ts';
import { TlskitError, fail, type ErrorCode } from '../errors.ts';
import { macMatches, macRounds } from './mac.ts';
import type { Bag, Pfx, Safe, ShroudedKeyBag } from './model.ts';
import { encryptionForms, passwordForms, widen, type Password } from './password.ts';
import { Budget, schemeInfo } from './scheme.ts';
import { readSafeContents } from './structure.ts';

/** How the integrity check ended. `widened`: the password fits only as OpenSSL before 1.1 took passwords outside ASCII. */
export type Integrity = 'verified' | 'widened' | 'absent';

/** Opens the parts of one file; remembers which form of the password has fitted. */
export class Opener {
  readonly #pfx: Pfx;
  readonly #budget = new Budget();
  readonly #macForms: readonly Password[];
  readonly #ownMacPassword: boolean;
  #forms: readonly Password[];
  #verified = false;

  /**
   * @param password for what is encrypted
   * @param macPassword for the MAC, where the two differ (`-twopass`)
   */
  constructor(pfx: Pfx, password: Password, macPassword?: Password) {
    this.#pfx = pfx;
    this.#forms = encryptionForms(password);
    this.#ownMacPassword = macPassword !== undefined;
    this.#macForms = passwordForms(macPassword ?? password);
  }

  /**
   * Checks the MAC.
   *
   * @throws TlskitError ERR_PASSPHRASE, with OpenSSL's words, when it is not the password's; ERR_UNSUPPORTED, ERR_LIMIT
   */
  verify(): Integrity {
    const { mac, authenticated } = this.#pfx;
    if (!mac) return 'absent';
    for (const form of this.#macForms) {
      this.#budget.spendMac(macRounds(mac));
      if (!macMatches(mac, authenticated, form)) continue;
      this.#verified = true;
      if (!this.#ownMacPassword) this.#prefer(form);
      const [first] = this.#macForms;
      return form !== first && first !== undefined && widen(first) ? 'widened' : 'verified';
    }
    return fail('ERR_PASSPHRASE', 'Mac verify error: invalid password?');
  }

  /**
   * The bags of one part. A part that is not data or encrypted with the password has none.
   *
   * @throws TlskitError ERR_PASSPHRASE, ERR_UNSUPPORTED, ERR_LIMIT, ERR_FORMAT, ERR_DER
   */
  openSafe(safe: Safe): Bag[] {
    if (safe.kind === 'other') return [];
    if (safe.kind === 'data') return readSafeContents(safe.content);
    const { algorithm, encrypted } = safe;
    if (!encrypted) return fail('ERR_FORMAT', 'an encrypted part of the PKCS#12 file holds no data');
    return this.#decrypt(algorithm, encrypted, readSafeContents, 'certificates');
  }

  /**
   * The PrivateKeyInfo inside a shrouded key bag.
   *
   * @throws TlskitError as `openSafe`
   */
  openKey(bag: ShroudedKeyBag): Buffer {
    return this.#decrypt(bag.algorithm, bag.encrypted, checkedKey, 'key');
  }

  #prefer(form: Password): void {
    const same = (other: Password): boolean =>
      other === form || (other !== undefined && form !== undefined && other.reveal().equals(form.reveal()));
    this.#forms = [form, ...this.#forms.filter((other) => !same(other))];
  }

  #decrypt<T>(algorithm: DerNode, encrypted: Buffer, read: (plain: Buffer) => T, what: string): T {
    const info = schemeInfo(algorithm);
    for (const form of this.#forms) {
      this.#budget.spendScheme(info);
      const plain = unless(['ERR_PASSPHRASE'], () => decryptPbe(algorithm, encrypted, form));
      // one wrong password in 256 leaves good padding around nonsense
      const value = plain && unless(['ERR_DER', 'ERR_FORMAT'], () => read(plain));
      if (value === undefined) continue;
      if (!this.#ownMacPassword) this.#prefer(form);
      return value;
    }
    return fail(
      'ERR_PASSPHRASE',
      this.#verified && !this.#ownMacPassword
        ? `the ${what} cannot be decrypted: encrypted with another password than the file's MAC, or damaged`
        : `the ${what} cannot be decrypted: wrong password, or damaged data`,
    );
  }
}

/** The PrivateKeyInfo at the start of the octets, after a look at its outline. */
function checkedKey(plain: Buffer): Buffer {
  const node = readDerPrefix(plain, 0, 'ber');
  const [version, algorithm, key] = node.sequence('PrivateKeyInfo');
  if (!version?.is(TAG.integer) || !algorithm?.is(TAG.sequence) || !key?.is(TAG.octetString)) {
    fail('ERR_FORMAT', 'not a PrivateKeyInfo');
  }
  return node.bytes;
}

/** What `open` gives, or undefined when it fails with one of these codes. */
function unless<T>(codes: readonly ErrorCode[], open: () => T): T | undefined {
  try {
    return open();
  } catch (error) {
    if (error instanceof TlskitError && codes.includes(error.code)) return undefined;
    throw error;
  }
}
