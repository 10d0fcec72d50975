/** SPKAC (Netscape's SignedPublicKeyAndChallenge, HTML's old `keygen` element): a public key and a challenge, signed with the key. */
import { TAG } from '../der/index.ts';
import { bitString as bitStringType, readTemplate, sequence, string, withDer, type Type } from '../der/template.ts';
import { bitString, seq, universal } from '../der/writer.ts';
import { bytesOf } from '../der/text.ts';
import { fail } from '../errors.ts';
import { PublicKey, type PrivateKey } from '../keys/model.ts';
import { longName } from '../registry/oids.ts';
import { publicKeyText } from '../text/key.ts';
import { fromOctetText, octetText } from '../text/octets.ts';
import { algorithmType, spkiType, type AlgorithmIdentifier, type SubjectPublicKeyInfo } from '../x509/schema.ts';
import { signatureFor, verifySignature, type SigningOptions } from '../x509/sign.ts';

/** A SignedPublicKeyAndChallenge. */
export interface Spkac {
  /** PublicKeyAndChallenge, which is signed. */
  readonly tbs: {
    readonly spki: SubjectPublicKeyInfo;
    /** An IA5String's octets. */
    readonly challenge: Buffer;
    readonly der: Buffer;
  };
  readonly algorithm: AlgorithmIdentifier;
  readonly signature: Buffer;
  readonly der: Buffer;
}

const spkacType: Type<Spkac> = (() => {
  const tbs = withDer(sequence({ spki: spkiType, challenge: string(TAG.ia5String) }));
  const whole = withDer(sequence({ tbs, algorithm: algorithmType, signature: bitStringType() }));
  return {
    read(input, limit, tag, optional) {
      const value = whole.read(input, limit, tag, optional);
      if (typeof value === 'symbol') return value;
      const { spki, challenge, der } = value.tbs;
      return {
        tbs: { spki, challenge: challenge.value, der },
        algorithm: value.algorithm,
        signature: value.signature.bytes,
        der: value.der,
      };
    },
  };
})();

/**
 * Reads an SPKAC from its base64.
 *
 * @param source names where it stands, for messages
 * @throws TlskitError ERR_FORMAT, ERR_DER
 */
export function readSpkac(base64: string, source: string): Spkac {
  const text = base64.replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0) {
    fail('ERR_FORMAT', `${source}: the SPKAC is not base64`, { source });
  }
  return readTemplate(spkacType, Buffer.from(text, 'base64'), `${source}: SPKAC`).value;
}

/**
 * Makes an SPKAC.
 *
 * @param challenge a text, in ASCII by the standard
 * @param options OpenSSL's default digest is MD5, which only RSA keys sign with; without one given that is taken for RSA, and the key's own default else
 */
export function makeSpkac(key: PrivateKey, challenge: string, options: SigningOptions = {}): Spkac {
  const rsa = key.type === 'rsa' || key.type === 'rsa-pss';
  const signer = signatureFor(key, rsa ? { digest: 'md5', ...options } : options);
  const tbs = seq(key.publicKey.spki, universal(TAG.ia5String, bytesOf(challenge)));
  const der = seq(tbs, signer.algorithm, bitString(signer.sign(tbs)));
  return readTemplate(spkacType, der, 'SPKAC').value;
}

/** The base64 that stands behind `SPKAC=`. */
export const spkacBase64 = (spkac: Spkac): string => spkac.der.toString('base64');

/** The key of an SPKAC. */
export const spkacKey = (spkac: Spkac): PublicKey => PublicKey.fromSpki(spkac.tbs.spki.der);

/** Whether the key in it made its signature. */
export const isSpkacSigned = (spkac: Spkac): boolean =>
  verifySignature(spkac.algorithm, spkac.tbs.der, spkac.signature, spkacKey(spkac));

const PER_LINE = 18;

/** The text that `openssl spkac` prints. */
export function spkacText({ tbs, algorithm, signature }: Spkac): string {
  const key = publicKeyText(tbs.spki.der, 4) ?? '  Unable to load public key\n';
  const challenge = tbs.challenge.length > 0 ? `  Challenge String: ${octetText(tbs.challenge)}\n` : '';
  const pairs = Array.from(signature, (octet) => octet.toString(16).padStart(2, '0'));
  let dump = '';
  for (let at = 0; at < pairs.length; at += PER_LINE) {
    dump += `\n      ${pairs.slice(at, at + PER_LINE).join(':')}${at + PER_LINE < pairs.length ? ':' : ''}`;
  }
  return fromOctetText(
    `Netscape SPKI:\n  Public Key Algorithm: ${longName(tbs.spki.algorithm.oid)}\n${key}${challenge}` +
      `  Signature Algorithm: ${longName(algorithm.oid)}${dump}\n`,
  );
}
