/** One table that knows everything about a type of key. Readers, writers, generators and checks take what they need from its row. */
import { POST_QUANTUM, type PostQuantumInfo, type PostQuantumType } from '../registry/post-quantum.ts';

/** A type of key that tlskit has. An SM2 key is an `ec` key whose curve is SM2. */
export type KeyType =
  'rsa' | 'rsa-pss' | 'ec' | 'dsa' | 'dh' | 'dhx' | 'ed25519' | 'ed448' | 'x25519' | 'x448' | PostQuantumType;

/** What is known about a type of key. */
export interface KeyTypeInfo {
  readonly type: KeyType;
  /** The algorithm's object identifier in SPKI and PKCS#8. */
  readonly oid: string;
  /** As OpenSSL calls it: `RSA`, `RSA-PSS`, `EC`, `DSA`, `DH`, `X9.42 DH`, `ED25519`, … */
  readonly label: string;
  /** What stands in the AlgorithmIdentifier's parameters. */
  readonly parameters: 'null' | 'absent' | 'pss' | 'domain';
  /** The label of the algorithm's own private key structure in PEM, where it has one. */
  readonly traditional?: string;
  /** The label of the algorithm's parameters in PEM. */
  readonly parametersLabel?: string;
  /** Octets of a raw public and private key (RFC 8410). */
  readonly rawLength?: number;
  /** The parameter set of a post-quantum key. */
  readonly postQuantum?: PostQuantumInfo;
  /** Whether the key can sign. The others agree on keys. */
  readonly signs: boolean;
}

const ROWS: readonly KeyTypeInfo[] = [
  {
    type: 'rsa',
    oid: '1.2.840.113549.1.1.1',
    label: 'RSA',
    parameters: 'null',
    traditional: 'RSA PRIVATE KEY',
    signs: true,
  },
  { type: 'rsa-pss', oid: '1.2.840.113549.1.1.10', label: 'RSA-PSS', parameters: 'pss', signs: true },
  {
    type: 'ec',
    oid: '1.2.840.10045.2.1',
    label: 'EC',
    parameters: 'domain',
    traditional: 'EC PRIVATE KEY',
    parametersLabel: 'EC PARAMETERS',
    signs: true,
  },
  {
    type: 'dsa',
    oid: '1.2.840.10040.4.1',
    label: 'DSA',
    parameters: 'domain',
    traditional: 'DSA PRIVATE KEY',
    parametersLabel: 'DSA PARAMETERS',
    signs: true,
  },
  {
    type: 'dh',
    oid: '1.2.840.113549.1.3.1',
    label: 'DH',
    parameters: 'domain',
    parametersLabel: 'DH PARAMETERS',
    signs: false,
  },
  {
    type: 'dhx',
    oid: '1.2.840.10046.2.1',
    label: 'X9.42 DH',
    parameters: 'domain',
    parametersLabel: 'X9.42 DH PARAMETERS',
    signs: false,
  },
  { type: 'x25519', oid: '1.3.101.110', label: 'X25519', parameters: 'absent', rawLength: 32, signs: false },
  { type: 'x448', oid: '1.3.101.111', label: 'X448', parameters: 'absent', rawLength: 56, signs: false },
  { type: 'ed25519', oid: '1.3.101.112', label: 'ED25519', parameters: 'absent', rawLength: 32, signs: true },
  { type: 'ed448', oid: '1.3.101.113', label: 'ED448', parameters: 'absent', rawLength: 57, signs: true },
  ...POST_QUANTUM.map((row): KeyTypeInfo => {
    const { type, oid, label, family } = row;
    return { type, oid, label, parameters: 'absent', postQuantum: row, signs: family !== 'ml-kem' };
  }),
];

/** Other spellings of algorithm OIDs that OpenSSL reads as one of the types. */
const OTHER_OIDS: Readonly<Record<string, KeyType>> = {
  '2.5.8.1.1': 'rsa', // X.500's own RSA
  '1.3.14.3.2.12': 'dsa', // dsaEncryption-old
};

/** All types. */
export const keyTypes = (): readonly KeyTypeInfo[] => ROWS;

/** The row of a type. */
export function keyTypeInfo(type: KeyType): KeyTypeInfo {
  return ROWS.find((row) => row.type === type) as KeyTypeInfo;
}

/** The row for an algorithm's object identifier in dotted form. */
export function keyTypeByOid(oid: string): KeyTypeInfo | undefined {
  const other = OTHER_OIDS[oid];
  return other ? keyTypeInfo(other) : ROWS.find((row) => row.oid === oid);
}

/** The type with this name, as `genpkey -algorithm` takes it: `RSA`, `rsa-pss`, `EC`, `X25519`, `DHX`, `ML-DSA-65`, … in any case. */
export function keyTypeByName(name: string): KeyTypeInfo | undefined {
  const wanted = name.toLowerCase();
  const alias: Readonly<Record<string, KeyType>> = {
    rsaencryption: 'rsa',
    rsassapss: 'rsa-pss',
    'rsassa-pss': 'rsa-pss',
    'id-ecpublickey': 'ec',
    dsaencryption: 'dsa',
    dhkeyagreement: 'dh',
    'x9.42 dh': 'dhx',
    dhpublicnumber: 'dhx',
  };
  // OpenSSL's other names: MLDSA65, id-ml-dsa-65, id-alg-ml-kem-768
  const newer = wanted.replace(/^id-(alg-)?(?=ml-|slh-)/, '').replace(/^(ml)(dsa|kem)(\d+)$/, '$1-$2-$3');
  return ROWS.find((row) => row.type === (alias[wanted] ?? newer));
}
