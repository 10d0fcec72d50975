/** A PKCS#12 file in one call: what is in it, verified and decrypted. */
import { fail } from '../errors.ts';
import { friendlyName, localKeyId } from './attributes.ts';
import { OID, type Bag, type BagAttribute, type Pfx } from './model.ts';
import { Opener, type Integrity } from './open.ts';
import type { Password } from './password.ts';
import { readPfx } from './structure.ts';

/** What every entry may carry. */
export interface EntryNames {
  /** The name that people see: an alias in Java, a nickname in NSS. */
  readonly friendlyName: string | undefined;
  /** Ties a certificate to its private key; mostly the certificate's SHA-1 digest. */
  readonly localKeyId: Buffer | undefined;
  readonly attributes: readonly BagAttribute[];
}

export interface KeyEntry extends EntryNames {
  /** PrivateKeyInfo (RFC 5208). */
  readonly pkcs8: Buffer;
}

export interface CertificateEntry extends EntryNames {
  /** The certificate's DER, not yet read. */
  readonly der: Buffer;
}

export interface CrlEntry extends EntryNames {
  readonly der: Buffer;
}

export interface SecretEntry extends EntryNames {
  /** The secret's type in dotted form. */
  readonly type: string;
  /** The value's DER. */
  readonly der: Buffer;
}

/** What a PKCS#12 file holds. */
export interface Pkcs12Contents {
  /** How the MAC was checked; undefined when it was not (`verifyMac: false`). */
  readonly integrity: Integrity | undefined;
  /** In the file's order. */
  readonly keys: readonly KeyEntry[];
  readonly certificates: readonly CertificateEntry[];
  readonly crls: readonly CrlEntry[];
  readonly secrets: readonly SecretEntry[];
}

export interface ReadOptions {
  /** The password. Left out: no password. An empty one is tried both ways. */
  readonly password?: Password;
  /** The MAC's own password, where it differs from the one of the encryption. */
  readonly macPassword?: Password;
  /** `false`: decrypt without checking the MAC first. */
  readonly verifyMac?: boolean;
  /** `true`: take a file without a MAC though there is a password to check it with; `integrity` is then `absent`. OpenSSL only warns. */
  readonly allowMissingMac?: boolean;
}

/**
 * Reads a PKCS#12 file of any program: checks its MAC, decrypts its parts and sorts their bags. SDSI certificates, bags of unknown types and parts
 * encrypted for a public key are left out.
 *
 * @param bytes DER or BER
 * @throws TlskitError ERR_PASSPHRASE for a wrong password, ERR_VERIFY when there is a password and no MAC, ERR_DER and ERR_FORMAT for what is no PKCS#12 file, ERR_UNSUPPORTED for an
 *   algorithm that we do not have, ERR_LIMIT for excessive iterations or sizes
 */
export function readPkcs12(bytes: Uint8Array, options: ReadOptions = {}): Pkcs12Contents {
  const pfx = readPfx(bytes);
  const opener = new Opener(pfx, options.password, options.macPassword);
  const integrity = options.verifyMac === false ? undefined : opener.verify();
  const hasPassword = (options.macPassword ?? options.password) !== undefined;
  if (integrity === 'absent' && hasPassword && !options.allowMissingMac) {
    fail(
      'ERR_VERIFY',
      'the PKCS#12 file has no MAC, so that nobody can tell whether it was changed; allow that with allowMissingMac',
    );
  }
  return { integrity, ...sorted(allBags(pfx, opener), opener) };
}

function allBags(pfx: Pfx, opener: Opener): Bag[] {
  const flat = (bag: Bag): Bag[] => (bag.kind === 'safeContents' ? bag.bags.flatMap(flat) : [bag]);
  return pfx.safes.flatMap((safe) => opener.openSafe(safe)).flatMap(flat);
}

function sorted(bags: readonly Bag[], opener: Opener): Omit<Pkcs12Contents, 'integrity'> {
  const keys: KeyEntry[] = [];
  const certificates: CertificateEntry[] = [];
  const crls: CrlEntry[] = [];
  const secrets: SecretEntry[] = [];
  for (const bag of bags) {
    const names = entryNames(bag.attributes);
    if (bag.kind === 'key') keys.push({ ...names, pkcs8: bag.pkcs8 });
    else if (bag.kind === 'shroudedKey') keys.push({ ...names, pkcs8: opener.openKey(bag) });
    else if (bag.kind === 'crl') crls.push({ ...names, der: bag.value });
    else if (bag.kind === 'secret') secrets.push({ ...names, type: bag.type, der: bag.value.bytes });
    else if (bag.kind === 'certificate' && bag.type === OID.x509Certificate) {
      certificates.push({ ...names, der: bag.value });
    }
  }
  return { keys, certificates, crls, secrets };
}

/** The names that a bag's attributes give it. */
export function entryNames(attributes: readonly BagAttribute[] | undefined): EntryNames {
  return {
    friendlyName: friendlyName(attributes),
    localKeyId: localKeyId(attributes),
    attributes: attributes ?? [],
  };
}
