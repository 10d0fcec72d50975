import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openssl } from '../../support/peers.ts';

/** Keys that openssl makes for a test run: name and `genpkey` arguments. Small ones, for speed. */
export const KINDS: readonly (readonly [name: string, ...args: string[]])[] = [
  ['rsa', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'],
  ['rsa-e3', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:768', '-pkeyopt', 'rsa_keygen_pubexp:3'],
  ['rsa-3primes', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024', '-pkeyopt', 'rsa_keygen_primes:3'],
  ['rsa-pss', '-algorithm', 'RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:1024'],
  [
    'rsa-pss-restricted',
    ...['-algorithm', 'RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:1024', '-pkeyopt', 'rsa_pss_keygen_md:sha256'],
    ...['-pkeyopt', 'rsa_pss_keygen_mgf1_md:sha512', '-pkeyopt', 'rsa_pss_keygen_saltlen:40'],
  ],
  [
    'rsa-pss-defaults',
    '-algorithm',
    'RSA-PSS',
    '-pkeyopt',
    'rsa_keygen_bits:1024',
    '-pkeyopt',
    'rsa_pss_keygen_md:sha1',
  ],
  ...[
    'P-256',
    'P-384',
    'P-521',
    'secp256k1',
    'secp112r2',
    'brainpoolP256t1',
    'sect163k1',
    'sect571r1',
    'SM2',
    'c2pnb208w1',
    'Oakley-EC2N-4',
  ]
    .flatMap(
      (curve) =>
        ['named_curve', 'explicit'].map((form) => [
          `ec-${curve}-${form}`,
          ...['-algorithm', 'EC', '-pkeyopt', `ec_paramgen_curve:${curve}`, '-pkeyopt', `ec_param_enc:${form}`],
        ]) as [string, ...string[]][],
    )
    .filter(([name]) => name !== 'ec-Oakley-EC2N-4-named_curve'),
  ['ed25519', '-algorithm', 'ED25519'],
  ['ed448', '-algorithm', 'ED448'],
  ['x25519', '-algorithm', 'X25519'],
  ['x448', '-algorithm', 'X448'],
  ['dh', '-algorithm', 'DH', '-pkeyopt', 'group:ffdhe2048'],
  ['dhx', '-algorithm', 'DHX', '-pkeyopt', 'dh_rfc5114:1'],
];

let made: Map<string, Buffer> | undefined;

/** PEM of every kind (PKCS#8), made once a run in `dir`. */
export function corpus(dir: string): Map<string, Buffer> {
  if (made) return made;
  made = new Map();
  const add = (name: string, args: readonly string[]): void => {
    const { status, stderr } = openssl([...args, '-out', 'made.pem'], { cwd: dir });
    if (status !== 0) throw new Error(`${name}: ${stderr}`);
    made!.set(name, readFileSync(join(dir, 'made.pem')));
  };
  for (const [name, ...args] of KINDS) add(name, ['genpkey', ...args]);
  openssl(['genpkey', '-genparam', '-algorithm', 'DSA', '-pkeyopt', 'dsa_paramgen_bits:1024', '-out', 'dsa.params'], {
    cwd: dir,
  });
  add('dsa', ['genpkey', '-paramfile', 'dsa.params']);
  return made;
}
