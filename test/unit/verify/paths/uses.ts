/** Uses of keys (RFC 5280 sections 4.2.1.3, 4.2.1.9, 4.2.1.12), for servers, clients and mail. */
import type { Purpose } from '../../../../src/lib/verify/index.ts';
import { bc, chainOf, eku, ku, type Made, type Row } from './builder.ts';

const PKIX = '1.3.6.1.5.5.7.3.';
const [SERVER, CLIENT, CODE, EMAIL, TIME, OCSP] = ['1', '2', '3', '4', '8', '9'].map((n) => PKIX + n) as [
  string,
  string,
  string,
  string,
  string,
  string,
];
const ANY = '2.5.29.37.0';
const ANY_WHY = 'anyExtendedKeyUsage is for every use (section 4.2.1.12); OpenSSL asks for the use itself';
const CHAINED = 'RFC 5280 leaves the uses of CAs open; they are taken as limits here, as OpenSSL and Go take them';

const PURPOSES: readonly (readonly [Purpose, string])[] = [
  ['sslserver', SERVER],
  ['sslclient', CLIENT],
  ['smimesign', EMAIL],
];
const SETS: readonly (readonly [string, readonly string[]])[] = [
  ['server', [SERVER]],
  ['client', [CLIENT]],
  ['mail', [EMAIL]],
  ['code', [CODE]],
  ['any', [ANY]],
  ['server and client', [SERVER, CLIENT]],
  ['code and any', [CODE, ANY]],
  ['unknown', ['1.2.3.4']],
];

const matrix: Row[] = PURPOSES.flatMap(([purpose, use]) =>
  SETS.flatMap(([label, uses]) => {
    const rfc = uses.includes(use) || uses.includes(ANY) ? 'accept' : 'reject';
    const row = (of: 'end' | 'intermediate', parts: { leaf?: Made; middle?: Made }): Row => ({
      name: `uses ${label} of the ${of}: ${purpose}`,
      rfc,
      why: uses.includes(ANY) ? ANY_WHY : CHAINED,
      make: () => chainOf(parts, { purpose }),
    });
    return [row('end', { leaf: { eku: eku(uses) } }), row('intermediate', { middle: { eku: eku(uses) } })];
  }),
);

const GO_KU = 'Go does not look at the keyUsage of ends';
const simple = (
  name: string,
  rfc: Row['rfc'],
  parts: Parameters<typeof chainOf>[0],
  purpose?: Purpose,
  why?: string,
): Row => ({
  name,
  rfc,
  ...(why === undefined ? {} : { why }),
  make: () => chainOf(parts, purpose ? { purpose } : {}),
});

export const USE_ROWS: readonly Row[] = [
  ...matrix,
  simple('critical uses', 'accept', { leaf: { eku: eku([SERVER], true) } }, 'sslserver'),
  simple('no uses', 'reject', { leaf: { eku: eku([]) } }, undefined, 'one at least (section 4.2.1.12)'),
  simple('time stamps', 'accept', { leaf: { eku: eku([TIME], true) } }, 'timestampsign'),
  simple(
    'time stamps, not critical',
    'reject',
    { leaf: { eku: eku([TIME]) } },
    'timestampsign',
    'RFC 3161 section 2.3 wants it critical; Go does not',
  ),
  simple(
    'time stamps and more',
    'reject',
    { leaf: { eku: eku([TIME, OCSP], true) } },
    'timestampsign',
    'RFC 3161 section 2.3 wants it alone; Go does not',
  ),
  simple('OCSP signing, any use of the end', 'accept', { leaf: { eku: eku([OCSP]) } }),
  simple('uses of the root: clients', 'reject', { root: { eku: eku([CLIENT]) } }, 'sslserver', CHAINED),
  simple('keyUsage of the end: keyEncipherment', 'accept', { leaf: { ku: ku([2]) } }, 'sslserver'),
  simple('keyUsage of the end: keyAgreement', 'accept', { leaf: { ku: ku([4]) } }, 'sslserver'),
  simple('keyUsage of the end: cRLSign, server', 'reject', { leaf: { ku: ku([6]) } }, 'sslserver', GO_KU),
  simple('keyUsage of the end: keyEncipherment, client', 'reject', { leaf: { ku: ku([2]) } }, 'sslclient', GO_KU),
  simple('keyUsage of the end: keyEncipherment, mail to sign', 'reject', { leaf: { ku: ku([2]) } }, 'smimesign', GO_KU),
  simple('keyUsage of the end: keyEncipherment, mail to encrypt', 'accept', { leaf: { ku: ku([2]) } }, 'smimeencrypt'),
  simple(
    'keyUsage of the end: keyCertSign, no CA',
    'reject',
    { leaf: { ku: ku([0, 5]) } },
    undefined,
    'not without cA (section 4.2.1.9); OpenSSL without -x509_strict and Go do not mind',
  ),
  simple('no keyUsage of the end', 'accept', { leaf: { ku: null } }, 'sslserver'),
  simple('no bit of keyUsage', 'reject', { leaf: { ku: ku([]) } }, undefined, 'one bit at least (section 4.2.1.3)'),
  simple(
    'intermediate without keyUsage',
    'reject',
    { middle: { ku: null } },
    undefined,
    'a CA must have it (section 4.2.1.3); OpenSSL without -x509_strict and Go do not mind',
  ),
  simple('intermediate: cRLSign alone', 'reject', { middle: { ku: ku([6]) } }),
  simple('intermediate: keyCertSign alone', 'accept', { middle: { ku: ku([5]) } }),
  simple('intermediate: no basicConstraints', 'reject', { middle: { bc: null } }),
  simple('intermediate: CA:FALSE', 'reject', { middle: { bc: bc(false) } }),
  simple(
    'intermediate: basicConstraints not critical',
    'reject',
    { middle: { bc: bc(true, undefined, false) } },
    undefined,
    'must be critical in a CA (section 4.2.1.9); OpenSSL without -x509_strict and Go do not mind',
  ),
  simple(
    'root: no basicConstraints',
    'reject',
    { root: { bc: null } },
    undefined,
    'a version 3 CA must have it (6.1.4 k); OpenSSL takes keyCertSign for it in a root',
  ),
  simple('root: CA:FALSE', 'reject', { root: { bc: bc(false) } }),
  simple('root: cRLSign alone', 'reject', { root: { ku: ku([6]) } }, undefined, 'no keyCertSign (6.1.4 n)'),
  simple('end: basicConstraints of nothing', 'accept', { leaf: { bc: bc(false) } }),
];
