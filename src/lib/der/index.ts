export { CLASS, DerNode, TAG, bigintOf, checkDer, readDer, readDerPrefix, type Strictness } from './reader.ts';
export * from './writer.ts';
export { decodeOid, encodeOid } from './oid.ts';
export { decodePem, encodePem, pemDamage, pemBlocks, type PemBlock } from './pem.ts';
export { decodeTime, encodeTime, utcMs, type Asn1Time } from './time.ts';
