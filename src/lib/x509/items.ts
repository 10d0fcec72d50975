/** Certificates, CRLs and their parts as items: for the structures that hold them, and to be shown field by field. */
import {
  ANY,
  BITS,
  BOOLEAN,
  expOpt,
  expRowOpt,
  impOpt,
  INTEGER,
  many,
  OBJECT,
  OCTETS,
  one,
  opt,
  rowOpt,
  sequenceItem,
  type Item,
} from '../der/item.ts';
import type { AnyValue } from '../der/template.ts';
import { nameType, type Name } from './name.ts';
import { timeType, type Time } from './time.ts';

export const X509_NAME: Item<Name> = { name: 'X509_NAME', type: nameType, shape: { kind: 'name' } };
export const TIME: Item<Time> = { name: 'ASN1_TIME', type: timeType, shape: { kind: 'time' } };

/** A value with the octets that it was read from. */
export interface WithDer {
  readonly der: Buffer;
}

/** AlgorithmIdentifier (RFC 5280 section 4.1.1.2). */
export interface AlgorithmItem extends WithDer {
  readonly algorithm: string;
  readonly parameter: AnyValue | undefined;
}

/** An attribute (RFC 5652 section 5.3): its type and values. */
export interface AttributeItem extends WithDer {
  readonly object: string;
  readonly set: readonly AnyValue[];
}

export const X509_ALGOR: Item<AlgorithmItem> = sequenceItem('X509_ALGOR', {
  algorithm: one(OBJECT),
  parameter: opt(ANY),
});
export const X509_ATTRIBUTE: Item<AttributeItem> = sequenceItem('X509_ATTRIBUTE', {
  object: one(OBJECT),
  set: many(ANY),
});
const X509_EXTENSION: Item<WithDer> = sequenceItem('X509_EXTENSION', {
  object: one(OBJECT),
  critical: opt(BOOLEAN),
  value: one(OCTETS),
});
const X509_VAL = sequenceItem('X509_VAL', { notBefore: one(TIME), notAfter: one(TIME) });

const KEY = sequenceItem('X509_PUBKEY', { algor: one(X509_ALGOR), public_key: one(BITS) });
export const X509_PUBKEY: Item<WithDer> = { ...KEY, shape: { kind: 'titled', item: KEY } };

export const X509_CINF: Item<WithDer> = sequenceItem('X509_CINF', {
  version: expOpt(0, INTEGER),
  serialNumber: one(INTEGER),
  signature: one(X509_ALGOR),
  issuer: one(X509_NAME),
  validity: one(X509_VAL),
  subject: one(X509_NAME),
  key: one(X509_PUBKEY),
  issuerUID: impOpt(1, BITS),
  subjectUID: impOpt(2, BITS),
  extensions: expRowOpt(3, X509_EXTENSION),
});

/** Certificate. */
export const X509: Item<WithDer> = sequenceItem('X509', {
  cert_info: one(X509_CINF),
  sig_alg: one(X509_ALGOR),
  signature: one(BITS),
});

const X509_REVOKED = sequenceItem('X509_REVOKED', {
  serialNumber: one(INTEGER),
  revocationDate: one(TIME),
  extensions: rowOpt(X509_EXTENSION),
});

export const X509_CRL_INFO: Item<WithDer> = sequenceItem('X509_CRL_INFO', {
  version: opt(INTEGER),
  sig_alg: one(X509_ALGOR),
  issuer: one(X509_NAME),
  lastUpdate: one(TIME),
  nextUpdate: opt(TIME),
  revoked: rowOpt(X509_REVOKED),
  extensions: expRowOpt(0, X509_EXTENSION),
});

/** CertificateList. */
export const X509_CRL: Item<WithDer> = sequenceItem('X509_CRL', {
  crl: one(X509_CRL_INFO),
  sig_alg: one(X509_ALGOR),
  signature: one(BITS),
});
