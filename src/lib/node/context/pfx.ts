/** PKCS#12 files: a key with its certificate, and the others. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readPkcs12, type Pkcs12Contents } from '../../pkcs12/index.ts';
import { Secret } from '../../secret.ts';
import { peerKey } from '../../tls/peer-key.ts';
import { PrivateKey } from '../../keys/model.ts';
import { Certificate } from '../../x509/certificate.ts';
import { Kept } from './kept.ts';
import { nameOf, octetsOf, unusable } from './material.ts';
import { refusal } from './refusal.ts';

/** What a file holds: the certificate of the key, then all others. */
export interface Bundle {
  readonly chain: readonly Certificate[];
  readonly key: KeyObject;
}

/**
 * Reads a file.
 *
 * @throws the error of this Node's OpenSSL
 */
export function readPfx(file: NodeJS.ArrayBufferView, passphrase?: NodeJS.ArrayBufferView): Bundle {
  const pfx = octetsOf(file);
  const secret = passphrase && new Secret(octetsOf(passphrase));
  const name = `${nameOf(pfx)} ${secret ? nameOf(secret.reveal()) : ''}`;
  const known = bundles.get(name, () => {
    const { chain, key } = readBundle(pfx, secret);
    return { chain, key: new WeakRef(key) };
  });
  const key = known.key.deref();
  if (key) return { chain: known.chain, key };
  const made = readBundle(pfx, secret);
  bundles.set(name, { chain: made.chain, key: new WeakRef(made.key) });
  return made;
}

// a password is made slow to try; the key is held only as long as a context has it
const bundles = new Kept<{ readonly chain: Bundle['chain']; readonly key: WeakRef<KeyObject> }>(64);

function readBundle(pfx: Buffer, secret: Secret | undefined): Bundle {
  try {
    return bundleOf(contentsOf(pfx, secret));
  } catch (error) {
    throw refusal({ pfx, passphrase: secret?.text() }) ?? unusable('the PFX file cannot be read', error);
  }
}

/** As OpenSSL: no passphrase is an empty one or none at all. */
function contentsOf(pfx: Buffer, password: Secret | undefined): Pkcs12Contents {
  return readPkcs12(pfx, { password: password ?? Secret.fromText(''), allowMissingMac: true });
}

function bundleOf({ keys: [first], certificates }: Pkcs12Contents): Bundle {
  if (!first) throw unusable('Unable to load private key from PFX data');
  const key = keyOf(first.pkcs8);
  const all = certificates.map(({ der }) => Certificate.read(der));
  const leaf = all.find((one) => isOf(one, key));
  if (!leaf) throw unusable('Unable to load PFX certificate');
  return { chain: [leaf, ...all.filter((one) => one !== leaf)], key };
}

function keyOf(pkcs8: Buffer): KeyObject {
  try {
    return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  } catch {
    return PrivateKey.fromPkcs8(pkcs8).keyObject;
  }
}

function isOf(certificate: Certificate, key: KeyObject): boolean {
  try {
    return peerKey(certificate.der).key.equals(createPublicKey(key));
  } catch {
    return false;
  }
}
