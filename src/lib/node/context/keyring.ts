/** The certificates and keys of a context: as in OpenSSL one pair for each type of key, the later one in place of the earlier. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { credential, type Credential } from '../../tls/credential.ts';
import { TlsFailure } from '../../tls/failure.ts';
import { peerKey } from '../../tls/peer-key.ts';
import type { Certificate } from '../../x509/certificate.ts';
import { opensslError } from '../errors/openssl.ts';
import { unusable } from './material.ts';
import { checkOwnChain, securityOf } from './security.ts';

interface Slot {
  chain?: readonly Certificate[];
  key?: KeyObject;
}

/** Which one is first where a peer takes several: as OpenSSL's signature algorithms are ordered. */
const ORDER = ['ec', 'ed25519', 'ed448', 'rsa-pss', 'rsa', 'dsa'];

// parsing and the comparison of key and certificate cost more than the rest of a context
const pairs = new WeakMap<KeyObject, WeakMap<Certificate, Credential | null>>();

export class KeyRing {
  readonly #slots = new Map<string, Slot>();
  #latest: readonly Certificate[] = [];

  /** The certificate that was set last, with those behind it. */
  get latest(): readonly Certificate[] {
    return this.#latest;
  }

  /** Bits of security of the certificate that was set last; 0 without one. */
  get security(): number {
    const [leaf] = this.#latest;
    return leaf ? securityOf(leaf) : 0;
  }

  /**
   * Sets a certificate with its chain.
   *
   * @throws ERR_SSL_EE_KEY_TOO_SMALL and others where it is too weak for the security level, ERR_CRYPTO_OPERATION_FAILED for a key that we cannot use
   */
  setChain(chain: readonly Certificate[], securityLevel: number): void {
    const [leaf] = chain as [Certificate];
    const { key } = publicKeyOf(leaf);
    checkOwnChain(chain, securityLevel);
    const slot = this.#slot(key);
    slot.chain = chain;
    // as OpenSSL does: another certificate takes the place of the old one with its key
    if (slot.key && !isPair(slot.key, leaf)) delete slot.key;
    this.#latest = chain;
  }

  /**
   * Sets a key.
   *
   * @throws ERR_OSSL_X509_KEY_VALUES_MISMATCH where it is not that of the certificate of its type
   */
  setKey(key: KeyObject): void {
    if (key.type !== 'private') throw unusable('a private key is needed, not a public or secret one');
    const slot = this.#slot(key);
    const leaf = slot.chain?.[0];
    if (leaf && !isPair(key, leaf)) throw opensslError('x509', 116, 'key values mismatch');
    slot.key = key;
  }

  #slot(key: KeyObject): Slot {
    const type = key.asymmetricKeyType ?? '';
    let slot = this.#slots.get(type);
    if (!slot) this.#slots.set(type, (slot = {}));
    return slot;
  }

  /** The pairs that are complete; `complete` adds to a chain what its certificates lack. */
  credentials(complete: (chain: readonly Certificate[]) => readonly Certificate[]): readonly Credential[] {
    const types = [...this.#slots.keys()].toSorted((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
    return types.flatMap((type) => {
      const { chain, key } = this.#slots.get(type) as Slot;
      if (!chain || !key) return [];
      const one = pairOf(key, chain[0] as Certificate);
      return one ? [{ ...one, chain: complete(chain).map(({ der }) => der) }] : [];
    });
  }
}

/** Whether a key is that of a certificate. */
const isPair = (key: KeyObject, leaf: Certificate): boolean => pairOf(key, leaf) !== undefined;

/** A key with its certificate; undefined where it is not its own. */
function pairOf(key: KeyObject, leaf: Certificate): Credential | undefined {
  let ofKey = pairs.get(key);
  if (!ofKey) pairs.set(key, (ofKey = new WeakMap()));
  let found = ofKey.get(leaf);
  if (found === undefined) {
    found = createPublicKey(key).equals(publicKeyOf(leaf).key) ? credential({ chain: [leaf.der], key }) : null;
    ofKey.set(leaf, found);
  }
  return found ?? undefined;
}

function publicKeyOf(leaf: Certificate): ReturnType<typeof peerKey> {
  try {
    return peerKey(leaf.der);
  } catch (error) {
    throw error instanceof TlsFailure ? unusable(error.message, error) : error;
  }
}
