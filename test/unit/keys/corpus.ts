import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openssl } from '../../support/peers.ts';

const CURVES = 'P-256 P-384 P-521 secp256k1 secp112r2 brainpoolP256t1 sect163k1 sect571r1 SM2 c2pnb208w1'.split(' ');

/** Keys that openssl makes for a test run: name, then algorithm and options of `genpkey`. Small ones, for speed. */
export const KINDS: readonly (readonly [name: string, args: string])[] = [
  ['rsa', 'RSA rsa_keygen_bits:1024'],
  ['rsa-e3', 'RSA rsa_keygen_bits:768 rsa_keygen_pubexp:3'],
  ['rsa-3primes', 'RSA rsa_keygen_bits:1024 rsa_keygen_primes:3'],
  ['rsa-pss', 'RSA-PSS rsa_keygen_bits:1024'],
  [
    'rsa-pss-restricted',
    'RSA-PSS rsa_keygen_bits:1024 rsa_pss_keygen_md:sha256 rsa_pss_keygen_mgf1_md:sha512 rsa_pss_keygen_saltlen:40',
  ],
  ['rsa-pss-defaults', 'RSA-PSS rsa_keygen_bits:1024 rsa_pss_keygen_md:sha1'],
  ...CURVES.flatMap((curve): [string, string][] => [
    [`ec-${curve}-named`, `EC ec_paramgen_curve:${curve} ec_param_enc:named_curve`],
    [`ec-${curve}-explicit`, `EC ec_paramgen_curve:${curve} ec_param_enc:explicit`],
  ]),
  ['ec-Oakley-EC2N-4-explicit', 'EC ec_paramgen_curve:Oakley-EC2N-4 ec_param_enc:explicit'],
  ['ed25519', 'ED25519'],
  ['ed448', 'ED448'],
  ['x25519', 'X25519'],
  ['x448', 'X448'],
  ['dh', 'DH group:ffdhe2048'],
  ['dhx', 'DHX dh_rfc5114:1'],
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
  for (const [name, text] of KINDS) {
    const [algorithm, ...options] = text.split(' ') as [string, ...string[]];
    add(name, ['genpkey', '-algorithm', algorithm, ...options.flatMap((option) => ['-pkeyopt', option])]);
  }
  openssl(['genpkey', '-genparam', '-algorithm', 'DSA', '-pkeyopt', 'dsa_paramgen_bits:1024', '-out', 'dsa.params'], {
    cwd: dir,
  });
  add('dsa', ['genpkey', '-paramfile', 'dsa.params']);
  return made;
}
