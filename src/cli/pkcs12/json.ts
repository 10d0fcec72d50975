/** The JSON documents of `pkcs12`. */
import { createHash } from 'node:crypto';
import type { PbeScheme } from '../../lib/crypto/pbe.ts';
import type { DerNode } from '../../lib/der/index.ts';
import type { PrivateKey } from '../../lib/keys/model.ts';
import {
  PKCS12_OID,
  friendlyName,
  localKeyId,
  macIterations,
  schemeInfo,
  type Bag,
  type BagAttribute,
  type CertificateInput,
  type Integrity,
  type Pfx,
} from '../../lib/pkcs12/index.ts';
import { longName, shortName } from '../../lib/registry/oids.ts';
import { nameText } from '../../lib/text/name.ts';
import { Certificate } from '../../lib/x509/certificate.ts';
import type { Protection } from './protection.ts';

/** A JSON object; undefined members are left out. */
export type Json = Record<string, unknown>;

/** What was written by -export. */
export function exportReport(
  file: string,
  certificates: readonly CertificateInput[],
  key: PrivateKey | undefined,
  protection: Protection,
): Json {
  const { mac } = protection;
  return {
    file,
    key: key ? { type: key.type, encryption: schemeName(protection.keyScheme) } : null,
    certificates: certificates.map((one) => ({
      ...certificateFacts(Certificate.read(one.der)),
      friendlyName: one.friendlyName,
      localKeyId: one.localKeyId && hex(one.localKeyId),
    })),
    certificateEncryption: certificates.length > 0 ? schemeName(protection.certificateScheme) : null,
    mac:
      mac === 'none' ? null : { digest: mac.digest.name, iterations: mac.iterations, pbmac1: mac.pbkdf2 !== undefined },
  };
}

function schemeName(scheme: PbeScheme | 'none'): Json | null {
  if (scheme === 'none') return null;
  if (scheme.kind === 'fixed') return { algorithm: scheme.scheme.longName, iterations: scheme.iterations };
  const rounds = scheme.kind === 'pbes2' ? scheme.iterations : undefined;
  return { algorithm: 'PBES2', cipher: scheme.cipher.name, iterations: rounds };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const isoTime = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());

/** The facts about a certificate that help to tell it from others. */
export function certificateFacts(certificate: Certificate): Json {
  return {
    subject: nameText(certificate.subject),
    issuer: nameText(certificate.issuer),
    serial: hex(certificate.serial),
    notBefore: isoTime(certificate.notBefore.ms),
    notAfter: isoTime(certificate.notAfter.ms),
    sha256: createHash('sha256').update(certificate.der).digest('hex'),
  };
}

/** The outline of a file that is read. */
export function fileFacts(pfx: Pfx, integrity: Integrity | undefined): Json {
  const { mac } = pfx;
  return {
    version: pfx.version,
    integrity: integrity === undefined ? 'unchecked' : integrity === 'widened' ? 'verified' : integrity,
    mac: mac
      ? {
          algorithm: mac.oid === PKCS12_OID.pbmac1 ? 'pbmac1' : longName(mac.oid),
          iterations: macIterations(mac),
          length: mac.digest.length,
          saltLength: mac.salt.length,
        }
      : null,
  };
}

/** An encryption scheme as it stands in a file. */
export function schemeFacts(algorithm: DerNode): Json {
  const { oid, iterations, kdf, cipher, prf, scrypt } = schemeInfo(algorithm);
  return {
    algorithm: longName(oid),
    kdf: kdf && longName(kdf),
    cipher: cipher && shortName(cipher),
    prf: prf && shortName(prf),
    iterations: iterations === undefined ? undefined : Number(iterations),
    scrypt: scrypt && { n: Number(scrypt.N), r: Number(scrypt.r), p: Number(scrypt.p), saltLength: scrypt.saltLength },
  };
}

/** What all bags have in common. */
export function bagFacts(bag: Bag): Json {
  const id = localKeyId(bag.attributes);
  return {
    type: bag.kind === 'unknown' ? bag.oid : bag.kind,
    friendlyName: friendlyName(bag.attributes) ?? null,
    localKeyId: id ? hex(id) : null,
    attributes: attributeFacts(bag.attributes),
  };
}

/** Attributes by name, each value as the hex of its DER. */
export function attributeFacts(attributes: readonly BagAttribute[] | undefined): Json[] {
  return (attributes ?? []).map(({ oid, values }) => ({
    oid,
    name: longName(oid),
    values: values.map((value) => hex(value.bytes)),
  }));
}
