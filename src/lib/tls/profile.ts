/** What differs between TLS 1.0, 1.1 and 1.2: one row a version. SSLv3 becomes another one. */
import { SIGNATURE_SCHEMES, type SignatureKey } from '../registry/tls-signatures.ts';
import type { CipherSuite } from '../registry/tls-suites.ts';
import { TLS10, TLS11, TLS12 } from '../registry/tls-versions.ts';
import type { PrfHash } from './schedule/index.ts';
import { RSA_MD5_SHA1, type SigningScheme } from './signatures.ts';

export interface Profile {
  readonly version: number;
  /** The hash of the PRF and of the transcript. */
  hash(suite: CipherSuite): PrfHash;
  /** How CBC gets its IVs. */
  readonly ivMode: 'explicit' | 'chained';
  /** Whether the first octet of application data has a record of its own. */
  readonly split: boolean;
  /** The scheme of a key's signatures where none is negotiated; undefined where they are. */
  readonly fixedScheme: ((key: SignatureKey) => SigningScheme | undefined) | undefined;
  /** Octets of verify_data. */
  readonly verifyData: number;
}

const sha1 = (name: string): SigningScheme | undefined => SIGNATURE_SCHEMES.named(name);

/** RFC 4346 section 7.4.3, RFC 4492 section 5.4. */
function schemeBefore12(key: SignatureKey): SigningScheme | undefined {
  if (key === 'rsa') return RSA_MD5_SHA1;
  return key === 'ec' ? sha1('ecdsa_sha1') : key === 'dsa' ? sha1('dsa_sha1') : undefined;
}

const before12 = (version: number, ivMode: Profile['ivMode']): Profile => ({
  version,
  hash: () => 'md5-sha1',
  ivMode,
  split: ivMode === 'chained',
  fixedScheme: schemeBefore12,
  verifyData: 12,
});

const PROFILES: ReadonlyMap<number, Profile> = new Map([
  [TLS10, before12(TLS10, 'chained')],
  [TLS11, before12(TLS11, 'explicit')],
  [
    TLS12,
    {
      version: TLS12,
      hash: (suite: CipherSuite) => suite.hash,
      ivMode: 'explicit' as const,
      split: false,
      fixedScheme: undefined,
      verifyData: 12,
    },
  ],
]);

/** The row of a version. Throws RangeError for one that has none: TLS 1.3. */
export function profileOf(version: number): Profile {
  const profile = PROFILES.get(version);
  if (!profile) throw new RangeError(`no profile for 0x${version.toString(16)}`);
  return profile;
}
