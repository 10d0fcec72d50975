/** Named groups of key exchange. */
import { CodeTable, words, type CodeRow } from './tls-table.ts';
import { SSL30, TLS12, TLS13 } from './tls-versions.ts';

/** How a group's shares are made. */
export type GroupKind = 'x' | 'ec' | 'ffdhe' | 'hybrid';

/** One named group. */
export interface Group extends CodeRow {
  readonly kind: GroupKind;
  /** node:crypto's name of the curve, or of the group (`ffdhe2048`); for a hybrid the name of its ML-KEM. */
  readonly node: string;
  /** The classical half of a hybrid: the code of its group, and whether its share stands before that of ML-KEM. */
  readonly classical: { readonly code: number; readonly first: boolean } | undefined;
  /** Octets of the client's share, the server's share and the shared secret. */
  readonly clientShare: number;
  readonly serverShare: number;
  readonly secret: number;
  /** Bits of classical security, by NIST SP 800-57. */
  readonly bits: number;
  /** First and last version that has it. */
  readonly first: number;
  readonly last: number;
  /** Other spellings of the name. */
  readonly aliases: readonly string[];
}

// code name kind node client server secret bits versions aliases
const ROWS = `
29   x25519             x   x25519          32   32   32  128 all
30   x448               x   x448            56   56   56  224 all
23   secp256r1          ec  prime256v1      65   65   32  128 all  P-256,prime256v1
24   secp384r1          ec  secp384r1       97   97   48  192 all  P-384
25   secp521r1          ec  secp521r1       133  133  66  256 all  P-521
4588 X25519MLKEM768     hybrid ml-kem-768   1216 1120 64  192 13
4587 SecP256r1MLKEM768  hybrid ml-kem-768   1249 1153 64  192 13
4589 SecP384r1MLKEM1024 hybrid ml-kem-1024  1665 1665 80  256 13
256  ffdhe2048 ffdhe ffdhe2048 256  256  256  103 all
257  ffdhe3072 ffdhe ffdhe3072 384  384  384  125 all
258  ffdhe4096 ffdhe ffdhe4096 512  512  512  150 all
259  ffdhe6144 ffdhe ffdhe6144 768  768  768  175 all
260  ffdhe8192 ffdhe ffdhe8192 1024 1024 1024 192 all
31   brainpoolP256r1tls13 ec brainpoolP256r1 65  65  32 128 13
32   brainpoolP384r1tls13 ec brainpoolP384r1 97  97  48 192 13
33   brainpoolP512r1tls13 ec brainpoolP512r1 129 129 64 256 13
26   brainpoolP256r1 ec brainpoolP256r1 65  65  32 128 12
27   brainpoolP384r1 ec brainpoolP384r1 97  97  48 192 12
28   brainpoolP512r1 ec brainpoolP512r1 129 129 64 256 12
22   secp256k1 ec secp256k1  65 65 32 128 12
20   secp224k1 ec secp224k1  57 57 28 112 12
21   secp224r1 ec secp224r1  57 57 28 112 12 P-224
18   secp192k1 ec secp192k1  49 49 24 80 12
19   secp192r1 ec prime192v1 49 49 24 80 12 P-192,prime192v1
15   secp160k1 ec secp160k1  41 41 20 80 12
16   secp160r1 ec secp160r1  41 41 20 80 12
17   secp160r2 ec secp160r2  41 41 20 80 12
13   sect571k1 ec sect571k1  145 145 72 256 12 K-571
14   sect571r1 ec sect571r1  145 145 72 256 12 B-571
11   sect409k1 ec sect409k1  105 105 52 192 12 K-409
12   sect409r1 ec sect409r1  105 105 52 192 12 B-409
9    sect283k1 ec sect283k1  73 73 36 128 12 K-283
10   sect283r1 ec sect283r1  73 73 36 128 12 B-283
8    sect239k1 ec sect239k1  61 61 30 112 12
6    sect233k1 ec sect233k1  61 61 30 112 12 K-233
7    sect233r1 ec sect233r1  61 61 30 112 12 B-233
4    sect193r1 ec sect193r1  51 51 25 80 12
5    sect193r2 ec sect193r2  51 51 25 80 12
1    sect163k1 ec sect163k1  43 43 21 80 12 K-163
2    sect163r1 ec sect163r1  43 43 21 80 12
3    sect163r2 ec sect163r2  43 43 21 80 12 B-163
`;

// draft-ietf-tls-ecdhe-mlkem: X25519MLKEM768 puts ML-KEM first, the two with NIST curves put the curve first (FIPS wants it so)
const CLASSICAL: Readonly<Record<string, { readonly code: number; readonly first: boolean }>> = {
  X25519MLKEM768: { code: 29, first: false },
  SecP256r1MLKEM768: { code: 23, first: true },
  SecP384r1MLKEM1024: { code: 24, first: true },
};

// RFC 8446 section 4.2.7 keeps the listed curves and ffdhe groups for all versions; RFC 8734 gave brainpool new numbers for TLS 1.3
const RANGE: Readonly<Record<string, readonly [number, number]>> = {
  all: [SSL30, TLS13],
  '12': [SSL30, TLS12],
  '13': [TLS13, TLS13],
};

/** All groups, those recommended first: the first eight are the order to offer them in when nothing else is said. */
export const GROUPS: CodeTable<Group> = new CodeTable<Group>(
  () =>
    words(ROWS).map((row) => {
      const [code = '', name = '', kind, node = '', client, server, secret, bits, versions = '', aliases] = row;
      const [first, last] = RANGE[versions] as readonly [number, number];
      return {
        code: Number(code),
        name,
        kind: kind as GroupKind,
        node,
        classical: CLASSICAL[name],
        clientShare: Number(client),
        serverShare: Number(server),
        secret: Number(secret),
        bits: Number(bits),
        first,
        last,
        aliases: aliases?.split(',') ?? [],
      };
    }),
  (row) => row.aliases,
);
