/** Java keystores of the formats JKS and JCEKS, as far as they are readable without their password: names and certificates. */
import { fail } from '../errors.ts';

/** One entry of a keystore. */
export interface KeystoreEntry {
  readonly alias: string;
  readonly kind: 'key' | 'certificate' | 'secret';
  /** In DER: a key's chain, or the one trusted certificate. */
  readonly certificates: readonly Buffer[];
}

export interface Keystore {
  readonly form: 'JKS' | 'JCEKS';
  readonly version: number;
  readonly entries: readonly KeystoreEntry[];
}

const MAGIC: ReadonlyMap<number, Keystore['form']> = new Map([
  [0xfeedfeed, 'JKS'],
  [0xcececece, 'JCEKS'],
]);
const KINDS = ['', 'key', 'certificate', 'secret'] as const;
const MAX_ENTRIES = 10_000;

/** Whether octets begin as a Java keystore does. */
export const isKeystore = (bytes: Uint8Array): boolean =>
  bytes.length >= 12 && MAGIC.has(Buffer.from(bytes.subarray(0, 4)).readUInt32BE());

/**
 * Reads a keystore. Entries after a secret key, which is a serialised Java object, are not reached.
 *
 * @throws TlskitError ERR_FORMAT
 */
export function readKeystore(bytes: Uint8Array): Keystore {
  const input = new JavaInput(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  const form = MAGIC.get(input.int()) ?? fail('ERR_FORMAT', 'no Java keystore');
  const version = input.int();
  const count = input.int();
  if (version !== 1 && version !== 2) fail('ERR_FORMAT', `a ${form} keystore of the unknown version ${version}`);
  if (count > MAX_ENTRIES) fail('ERR_LIMIT', `a ${form} keystore of ${count} entries`);
  const entries: KeystoreEntry[] = [];
  for (let i = 0; i < count; i += 1) {
    const kind = KINDS[input.int()];
    if (kind === undefined || kind === '') return fail('ERR_FORMAT', `a ${form} keystore with an unknown entry`);
    const alias = input.text();
    input.skip(8); // when it was made
    if (kind === 'secret') {
      entries.push({ alias, kind, certificates: [] });
      break;
    }
    if (kind === 'key') input.skip(input.int()); // the encrypted key
    const certificates = Array.from({ length: kind === 'key' ? input.count() : 1 }, () => {
      if (version === 2) input.text(); // X.509
      return input.octets(input.int());
    });
    entries.push({ alias, kind, certificates });
  }
  return { form, version, entries };
}

/** Java's DataInput. */
class JavaInput {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  octets(length: number): Buffer {
    if (length > this.#bytes.length - this.#at) return fail('ERR_FORMAT', 'a Java keystore that ends too early');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  skip(length: number): void {
    this.octets(length);
  }

  int(): number {
    return this.octets(4).readUInt32BE();
  }

  count(): number {
    const count = this.int();
    return count <= MAX_ENTRIES ? count : fail('ERR_LIMIT', `a chain of ${count} certificates`);
  }

  text(): string {
    return this.octets(this.octets(2).readUInt16BE()).toString('utf8');
  }
}
