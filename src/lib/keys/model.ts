/** Keys as values: the exact DER with its type, and lazily its numbers and the `node:crypto` object. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readDer, type DerNode } from '../der/reader.ts';
import { fail } from '../errors.ts';
import {
  privateComponents,
  publicComponents,
  readDhDomain,
  readDhxDomain,
  readDsaDomain,
  readPkcs8,
  readSpki,
  type DhDomain,
  type Pkcs8Parts,
  type PrivateComponents,
  type PublicComponents,
  type SpkiParts,
} from './components.ts';
import { encodePkcs8, encodeSpki } from './encode.ts';
import { readEcGroup, type EcGroup } from './ec-group.ts';
import { derivePublic } from './public-of.ts';
import { keyTypeInfo, type KeyType, type KeyTypeInfo } from './types.ts';

export type { KeyType, KeyTypeInfo } from './types.ts';

/** A public key. */
export class PublicKey {
  readonly type: KeyType;
  /** SubjectPublicKeyInfo, exactly as read or made. */
  readonly spki: Buffer;
  readonly #parts: SpkiParts;
  #components: PublicComponents | undefined;
  #keyObject: KeyObject | undefined;

  private constructor(spki: Buffer, parts: SpkiParts) {
    this.spki = spki;
    this.type = parts.info.type;
    this.#parts = parts;
  }

  /**
   * A key from its SubjectPublicKeyInfo. The numbers are read (and checked for structure) when first asked for.
   *
   * @throws TlskitError ERR_DER, or ERR_UNSUPPORTED for an unknown algorithm
   */
  static fromSpki(spki: Uint8Array | DerNode): PublicKey {
    const node = spki instanceof Uint8Array ? readDer(spki, 'ber') : spki;
    return new PublicKey(node.bytes, readSpki(node));
  }

  /** A key from its numbers. */
  static fromComponents(type: KeyType, components: PublicComponents): PublicKey {
    return PublicKey.fromSpki(encodeSpki(type, components));
  }

  get info(): KeyTypeInfo {
    return keyTypeInfo(this.type);
  }

  /** The key's numbers. Throws ERR_DER or ERR_KEY when the structure is wrong or an EC point is not on its curve. */
  get components(): PublicComponents {
    return (this.#components ??= publicComponents(this.#parts));
  }

  /** The key for `node:crypto`. Throws ERR_KEY when Node cannot use it. */
  get keyObject(): KeyObject {
    return (this.#keyObject ??= imported(this.info, () =>
      createPublicKey({ key: encodeSpki(this.type, this.components), format: 'der', type: 'spki' }),
    ));
  }

  /** Whether both are the same key: numbers count, not how a point or a curve is written. */
  equals(other: PublicKey): boolean {
    if (this.type !== other.type) return false;
    return this.spki.equals(other.spki) || comparable(this).equals(comparable(other));
  }
}

/** A public key in one form: named curves by name, points uncompressed, nothing that may be left out. */
function comparable(key: PublicKey): Buffer {
  const { components } = key;
  if (components.kind === 'dh') {
    const { kind, p, g, q, y } = components;
    return encodeSpki(key.type, { kind, p, g, y, ...(q === undefined ? {} : { q }) });
  }
  return encodeSpki(key.type, components, { pointForm: 'uncompressed', curveForm: 'named_curve' });
}

function imported(info: KeyTypeInfo, make: () => KeyObject): KeyObject {
  try {
    return make();
  } catch {
    if (info.postQuantum)
      return fail('ERR_KEY', `this Node does not take the ${info.label} key: Node 24 and newer have such keys`);
    return fail(
      'ERR_KEY',
      `Node's OpenSSL does not take this ${info.label} key: it is malformed, or of a size or curve that it does not have`,
    );
  }
}

/** A private key. */
export class PrivateKey {
  readonly type: KeyType;
  /** PrivateKeyInfo, exactly as read (outside encryption) or made. */
  readonly pkcs8: Buffer;
  readonly #parts: Pkcs8Parts;
  #components: PrivateComponents | undefined;
  #keyObject: KeyObject | undefined;
  #publicKey: PublicKey | undefined;

  private constructor(pkcs8: Buffer, parts: Pkcs8Parts, publicKey: PublicKey | undefined) {
    this.pkcs8 = pkcs8;
    this.type = parts.info.type;
    this.#parts = parts;
    this.#publicKey = publicKey;
  }

  /**
   * A key from its PrivateKeyInfo.
   *
   * @param publicKey the public half, where the source held it (it is not compared with the private one)
   * @throws TlskitError ERR_DER, or ERR_UNSUPPORTED for an unknown algorithm
   */
  static fromPkcs8(pkcs8: Uint8Array | DerNode, publicKey?: PublicKey): PrivateKey {
    const node = pkcs8 instanceof Uint8Array ? readDer(pkcs8, 'ber') : pkcs8;
    return new PrivateKey(node.bytes, readPkcs8(node), publicKey);
  }

  /** A key from its numbers. */
  static fromComponents(type: KeyType, components: PrivateComponents, publicKey?: PublicKey): PrivateKey {
    return PrivateKey.fromPkcs8(encodePkcs8(type, components), publicKey);
  }

  get info(): KeyTypeInfo {
    return keyTypeInfo(this.type);
  }

  /** The key's numbers. Throws ERR_DER or ERR_KEY when the structure is wrong. */
  get components(): PrivateComponents {
    return (this.#components ??= privateComponents(this.#parts));
  }

  /** The key for `node:crypto`. Throws ERR_KEY when Node cannot use it. */
  get keyObject(): KeyObject {
    return (this.#keyObject ??= imported(this.info, () =>
      createPrivateKey({ key: encodePkcs8(this.type, this.components), format: 'der', type: 'pkcs8' }),
    ));
  }

  /** The public half: as the source held it, else computed. */
  get publicKey(): PublicKey {
    return (this.#publicKey ??= PublicKey.fromComponents(this.type, derivePublic(this.type, this.components)));
  }
}

/** The numbers of key parameters. */
export type ParameterComponents =
  | { readonly kind: 'ec'; readonly group: EcGroup }
  | { readonly kind: 'dsa'; readonly p: bigint; readonly q: bigint; readonly g: bigint }
  | ({ readonly kind: 'dh' } & DhDomain);

/** Parameters that keys share: an EC curve, or a DSA, DH or X9.42 group. */
export class KeyParameters {
  readonly type: 'ec' | 'dsa' | 'dh' | 'dhx';
  /** The parameters as an AlgorithmIdentifier holds them, exactly as read or made. */
  readonly der: Buffer;
  #components: ParameterComponents | undefined;

  constructor(type: KeyParameters['type'], der: Buffer) {
    this.type = type;
    this.der = der;
  }

  get components(): ParameterComponents {
    return (this.#components ??= this.#read());
  }

  #read(): ParameterComponents {
    if (this.type === 'ec') return { kind: 'ec', group: readEcGroup(this.der) };
    const node = readDer(this.der, 'ber');
    if (this.type === 'dsa') return readDsaDomain(node);
    return { kind: 'dh', ...(this.type === 'dh' ? readDhDomain(node) : readDhxDomain(node)) };
  }
}
