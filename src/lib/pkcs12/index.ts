/** PKCS#12 (RFC 7292): reading files of any program, writing OpenSSL's layout. */
export { friendlyName, localKeyId } from './attributes.ts';
export { macIterations, pbmac1Info, type MacScheme, type Pbmac1Info } from './mac.ts';
export {
  OID as PKCS12_OID,
  type Bag,
  type BagAttribute,
  type CertificateBag,
  type CrlBag,
  type KeyBag,
  type MacData,
  type NestedBag,
  type Pfx,
  type Safe,
  type SecretBag,
  type ShroudedKeyBag,
  type UnknownBag,
} from './model.ts';
export { Opener, type Integrity } from './open.ts';
export { type Password } from './password.ts';
export {
  readPkcs12,
  type CertificateEntry,
  type CrlEntry,
  type EntryNames,
  type KeyEntry,
  type Pkcs12Contents,
  type ReadOptions,
  type SecretEntry,
} from './read.ts';
export { schemeInfo, type SchemeInfo } from './scheme.ts';
export { isPkcs12, keyAttributes, readPfx, readSafeContents } from './structure.ts';
export { writePkcs12, type CertificateInput, type KeyInput, type Pkcs12Input } from './write.ts';
