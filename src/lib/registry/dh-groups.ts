/** The Diffie-Hellman groups that have a name: RFC 7919, RFC 3526 and RFC 5114. */

/** A group with a name. */
export interface DhGroup {
  /** OpenSSL's name, e.g. `ffdhe2048`, `modp_2048`, `dh_2048_256`. */
  readonly name: string;
  readonly bits: number;
  readonly p: bigint;
  /** Order of the generator. */
  readonly q: bigint;
  readonly g: bigint;
  /** Bits of a private key, as OpenSSL chooses them for this group (RFC 7919 appendix A; RFC 3526 section 8). */
  readonly privateBits: number;
}

/**
 * The safe-prime groups are given by a formula in both RFCs: p = 2^b - 2^(b-64) + (floor(2^(b-130) c) + x) 2^64 - 1, where c is e (RFC 7919)
 * or pi (RFC 3526) and x the least number that makes a safe prime with generator 2.
 */
const SAFE_PRIME_GROUPS: readonly (readonly [name: string, constant: 'e' | 'pi', x: number, privateBits: number])[] = [
  ['ffdhe2048', 'e', 560316, 225],
  ['ffdhe3072', 'e', 2625351, 275],
  ['ffdhe4096', 'e', 5736041, 325],
  ['ffdhe6144', 'e', 15705020, 375],
  ['ffdhe8192', 'e', 10965728, 400],
  ['modp_1536', 'pi', 741804, 200],
  ['modp_2048', 'pi', 124476, 225],
  ['modp_3072', 'pi', 1690314, 275],
  ['modp_4096', 'pi', 240904, 325],
  ['modp_6144', 'pi', 929484, 375],
  ['modp_8192', 'pi', 4743158, 400],
];

/** RFC 5114 section 2: groups with a subgroup of prime order (p, g and q in hex). OpenSSL knows them; new uses are discouraged. */
const RFC_5114_GROUPS: Readonly<Record<string, readonly [p: string, g: string, q: string]>> = {
  // section 2.1
  dh_1024_160: [
    'b10b8f96a080e01dde92de5eae5d54ec52c99fbcfb06a3c69a6a9dca52d23b616073e28675a23d189838ef1e2ee652c013ecb4aea90611' +
      '2324975c3cd49b83bfaccbdd7d90c4bd7098488e9c219a73724effd6fae5644738faa31a4ff55bccc0a151af5f0dc8b4bd45bf37df365c' +
      '1a65e68cfda76d4da708df1fb2bc2e4a4371',
    'a4d1cbd5c3fd34126765a442efb99905f8104dd258ac507fd6406cff14266d31266fea1e5c41564b777e690f5504f213160217b4b01b88' +
      '6a5e91547f9e2749f4d7fbd7d3b9a92ee1909d0d2263f80a76a6a24c087a091f531dbf0a0169b6a28ad662a4d18e73afa32d779d5918d0' +
      '8bc8858f4dcef97c2a24855e6eeb22b3b2e5',
    'f518aa8781a8df278aba4e7d64b7cb9d49462353',
  ],
  // section 2.2
  dh_2048_224: [
    'ad107e1e9123a9d0d660faa79559c51fa20d64e5683b9fd1b54b1597b61d0a75e6fa141df95a56dbaf9a3c407ba1df15eb3d688a309c18' +
      '0e1de6b85a1274a0a66d3f8152ad6ac2129037c9edefda4df8d91e8fef55b7394b7ad5b7d0b6c12207c9f98d11ed34dbf6c6ba0b2c8bbc' +
      '27be6a00e0a0b9c49708b3bf8a317091883681286130bc8985db1602e714415d9330278273c7de31efdc7310f7121fd5a07415987d9adc' +
      '0a486dcdf93acc44328387315d75e198c641a480cd86a1b9e587e8be60e69cc928b2b9c52172e413042e9b23f10b0e16e79763c9b53dcf' +
      '4ba80a29e3fb73c16b8e75b97ef363e2ffa31f71cf9de5384e71b81c0ac4dffe0c10e64f',
    'ac4032ef4f2d9ae39df30b5c8ffdac506cdebe7b89998caf74866a08cfe4ffe3a6824a4e10b9a6f0dd921f01a70c4afaab739d7700c29f' +
      '52c57db17c620a8652be5e9001a8d66ad7c17669101999024af4d027275ac1348bb8a762d0521bc98ae247150422ea1ed409939d54da74' +
      '60cdb5f6c6b250717cbef180eb34118e98d119529a45d6f834566e3025e316a330efbb77a86f0c1ab15b051ae3d428c8f8acb70a813715' +
      '0b8eeb10e183edd19963ddd9e263e4770589ef6aa21e7f5f2ff381b539cce3409d13cd566afbb48d6c019181e1bcfe94b30269edfe72fe' +
      '9b6aa4bd7b5a0f1c71cfff4c19c418e1f6ec017981bc087f2a7065b384b890d3191f2bfa',
    '801c0d34c58d93fe997177101f80535a4738cebcbf389a99b36371eb',
  ],
  // section 2.3
  dh_2048_256: [
    '87a8e61db4b6663cffbbd19c651959998ceef608660dd0f25d2ceed4435e3b00e00df8f1d61957d4faf7df4561b2aa3016c3d91134096f' +
      'aa3bf4296d830e9a7c209e0c6497517abd5a8a9d306bcf67ed91f9e6725b4758c022e0b1ef4275bf7b6c5bfc11d45f9088b941f54eb1e5' +
      '9bb8bc39a0bf12307f5c4fdb70c581b23f76b63acae1caa6b7902d52526735488a0ef13c6d9a51bfa4ab3ad8347796524d8ef6a167b5a4' +
      '1825d967e144e5140564251ccacb83e6b486f6b3ca3f7971506026c0b857f689962856ded4010abd0be621c3a3960a54e710c375f26375' +
      'd7014103a4b54330c198af126116d2276e11715f693877fad7ef09cadb094ae91e1a1597',
    '3fb32c9b73134d0b2e77506660edbd484ca7b18f21ef205407f4793a1a0ba12510dbc15077be463fff4fed4aac0bb555be3a6c1b0c6b47' +
      'b1bc3773bf7e8c6f62901228f8c28cbb18a55ae31341000a650196f931c77a57f2ddf463e5e9ec144b777de62aaab8a8628ac376d282d6' +
      'ed3864e67982428ebc831d14348f6f2f9193b5045af2767164e1dfc967c1fb3f2e55a4bd1bffe83b9c80d052b985d182ea0adb2a3b7313' +
      'd3fe14c8484b1e052588b9b7d2bbd2df016199ecd06e1557cd0915b3353bbb64e0ec377fd028370df92b52c7891428cdc67eb6184b523d' +
      '1db246c32f63078490f00ef8d647d148d47954515e2327cfef98c582664b4c0f6cc41659',
    '8cf83642a709a097b447997640129da299b1a47d1eb3750ba308b0fe64f5fbd3',
  ],
};

/** The names of all groups. */
export const DH_GROUPS: readonly string[] = [
  ...SAFE_PRIME_GROUPS.map(([name]) => name),
  ...Object.keys(RFC_5114_GROUPS),
];

const known = new Map<string, DhGroup>();

/** The group of this name, in any case of letters. */
export function dhGroupByName(name: string): DhGroup | undefined {
  const key = name.toLowerCase();
  const ready = known.get(key);
  if (ready) return ready;
  const row = SAFE_PRIME_GROUPS.find(([group]) => group === key);
  const group = row ? safePrimeGroup(...row) : rfc5114Group(key);
  if (group) known.set(key, group);
  return group;
}

/** The group with this prime. */
export function dhGroupByPrime(p: bigint | Uint8Array): DhGroup | undefined {
  const prime = typeof p === 'bigint' ? p : bigintOf(p);
  const bits = prime.toString(2).length;
  // the safe primes begin and end with 64 one bits
  const ones = (1n << 64n) - 1n;
  const formula = (prime & ones) === ones && prime >> BigInt(Math.max(0, bits - 64)) === ones;
  const names = formula
    ? SAFE_PRIME_GROUPS.map(([name]) => name).filter((name) => name.endsWith(String(bits)))
    : Object.keys(RFC_5114_GROUPS);
  return names.map(dhGroupByName).find((group) => group?.p === prime);
}

/** The named group that these parameters are, by OpenSSL's rule: p and g are equal, and q where there is one. */
export function dhGroupOf(params: {
  readonly p: bigint;
  readonly g: bigint;
  readonly q?: bigint | undefined;
}): DhGroup | undefined {
  const group = dhGroupByPrime(params.p);
  return group && group.g === params.g && (params.q === undefined || params.q === group.q) ? group : undefined;
}

function bigintOf(octets: Uint8Array): bigint {
  return octets.length === 0 ? 0n : BigInt(`0x${Buffer.from(octets).toString('hex')}`);
}

function rfc5114Group(name: string): DhGroup | undefined {
  const row = Object.hasOwn(RFC_5114_GROUPS, name) ? RFC_5114_GROUPS[name] : undefined;
  if (!row) return undefined;
  const [p, g, q] = row.map((hex) => BigInt(`0x${hex}`)) as [bigint, bigint, bigint];
  return { name, bits: p.toString(2).length, p, q, g, privateBits: q.toString(2).length };
}

function safePrimeGroup(name: string, constant: 'e' | 'pi', x: number, privateBits: number): DhGroup {
  const bits = Number(name.replace(/^\D+/, ''));
  const b = BigInt(bits);
  const middle = (constant === 'e' ? eulersNumber(bits - 130) : pi(bits - 130)) + BigInt(x);
  const p = (1n << b) - (1n << (b - 64n)) + (middle << 64n) - 1n;
  return { name, bits, p, q: (p - 1n) / 2n, g: 2n, privateBits };
}

/** Binary places beyond those asked for, so that rounding inside the series does not reach the result. */
const GUARD = 64n;

/** floor(2^places * e), by the series of 1/k!. */
function eulersNumber(places: number): bigint {
  let sum = 0n;
  let term = 1n << (BigInt(places) + GUARD);
  for (let k = 1n; term > 0n; k += 1n) {
    sum += term;
    term /= k;
  }
  return sum >> GUARD;
}

/** floor(2^places * pi), by Machin's formula: pi = 16 arctan(1/5) - 4 arctan(1/239). */
function pi(places: number): bigint {
  const one = 1n << (BigInt(places) + GUARD);
  return (16n * arctanInverse(5n, one) - 4n * arctanInverse(239n, one)) >> GUARD;
}

/** one * arctan(1/x), by Gregory's series. */
function arctanInverse(x: bigint, one: bigint): bigint {
  const square = x * x;
  let power = one / x;
  let sum = power;
  for (let k = 3n, sign = -1n; power > 0n; k += 2n, sign = -sign) {
    power /= square;
    sum += (sign * power) / k;
  }
  return sum;
}
