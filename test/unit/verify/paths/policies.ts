/** Certificate policies (RFC 5280 sections 6.1.3 to 6.1.5). Go 1.19 does not process them. */
import { ca, cp, iap, leaf, path, pc, pm, type Made, type PathCase, type Party, type Row } from './builder.ts';

const ANY = '2.5.29.32.0';
const [A, B, C, D] = ['1.2.3.1', '1.2.3.2', '1.2.3.3', '1.2.3.4'] as [string, string, string, string];
const GO = 'Go does not process policies';

/** A root, authorities with these extensions, and an end. */
function line(parts: readonly Made[], more: Partial<PathCase> = {}): PathCase {
  const root = ca('/CN=Root');
  let issuer = root;
  const between: Party[] = parts.slice(0, -1).map((made, i) => (issuer = ca(`/CN=CA ${i}`, issuer, made)));
  return path(leaf(issuer, parts.at(-1)), root, between, { policyCheck: true, ...more });
}

const want = (policies: readonly string[]): Partial<PathCase> => ({ policies, explicitPolicy: true });
const EMPTY_SET = 'OpenSSL without -policy finds no policy to take; the RFC takes any (6.1.1 c)';

type Short = readonly [
  name: string,
  rfc: Row['rfc'],
  parts: readonly Made[],
  more?: Partial<PathCase>,
  why?: string | undefined,
];

const SHORT: readonly Short[] = [
  ['none anywhere, none asked for', 'accept', [{}, {}]],
  ['none anywhere, one asked for', 'reject', [{}, {}], want([A])],
  ['the same everywhere', 'accept', [{ cp: cp([A]) }, { cp: cp([A]) }], want([A])],
  ['the same everywhere, another asked for', 'reject', [{ cp: cp([A]) }, { cp: cp([A]) }], want([B])],
  ['the same everywhere, any asked for', 'accept', [{ cp: cp([A]) }, { cp: cp([A]) }], want([ANY])],
  [
    'the same everywhere, explicit, none named',
    'accept',
    [{ cp: cp([A]) }, { cp: cp([A]) }],
    { explicitPolicy: true },
    EMPTY_SET,
  ],
  ['different ones', 'reject', [{ cp: cp([A]) }, { cp: cp([B]) }], want([A])],
  ['different ones, nothing needed', 'accept', [{ cp: cp([A]) }, { cp: cp([B]) }], { policies: [A] }],
  ['the end has none', 'reject', [{ cp: cp([A]) }, {}], want([A])],
  ['the authority has none', 'reject', [{}, { cp: cp([A]) }], want([A])],
  ['two and one', 'accept', [{ cp: cp([A, B]) }, { cp: cp([B]) }], want([B])],
  ['two and one, the lost one asked for', 'reject', [{ cp: cp([A, B]) }, { cp: cp([B]) }], want([A])],
  ['one of two asked for', 'accept', [{ cp: cp([A]) }, { cp: cp([A]) }], want([B, A])],
  ['anyPolicy above', 'accept', [{ cp: cp([ANY]) }, { cp: cp([A]) }], want([A])],
  ['anyPolicy below', 'accept', [{ cp: cp([A]) }, { cp: cp([ANY]) }], want([A])],
  ['anyPolicy below, another asked for', 'reject', [{ cp: cp([A]) }, { cp: cp([ANY]) }], want([B])],
  ['anyPolicy everywhere', 'accept', [{ cp: cp([ANY]) }, { cp: cp([ANY]) }], want([A])],
  [
    'anyPolicy, inhibited by the caller',
    'reject',
    [{ cp: cp([ANY]) }, { cp: cp([A]) }],
    { ...want([A]), inhibitAnyPolicy: true },
  ],
  [
    'anyPolicy of the end, inhibited by the caller',
    'reject',
    [{ cp: cp([A]) }, { cp: cp([ANY]) }],
    { ...want([A]), inhibitAnyPolicy: true },
  ],
  [
    'anyPolicy inhibited at once by the authority',
    'reject',
    [{ cp: cp([A]), iap: iap(0) }, { cp: cp([ANY]) }],
    want([A]),
  ],
  ['anyPolicy inhibited after one more', 'accept', [{ cp: cp([A]), iap: iap(1) }, { cp: cp([ANY]) }], want([A])],
  [
    'anyPolicy inhibited after one more, two below',
    'reject',
    [{ cp: cp([A]), iap: iap(1) }, { cp: cp([A]) }, { cp: cp([ANY]) }],
    want([A]),
  ],
  ['explicit policy of the authority at once, none', 'reject', [{ pc: pc(0) }, {}]],
  [
    'explicit policy of the authority at once, one',
    'accept',
    [{ pc: pc(0), cp: cp([A]) }, { cp: cp([A]) }],
    { policies: [ANY] },
  ],
  [
    'explicit policy of the authority at once, none named',
    'accept',
    [{ pc: pc(0), cp: cp([A]) }, { cp: cp([A]) }],
    {},
    EMPTY_SET,
  ],
  ['explicit policy after one', 'reject', [{ pc: pc(1) }, {}]],
  ['explicit policy after two', 'accept', [{ pc: pc(2) }, {}]],
  ['explicit policy of the end', 'reject', [{}, { pc: pc(0) }]],
  ['explicit policy of the end after one', 'accept', [{}, { pc: pc(1) }]],
  ['mapped', 'accept', [{ cp: cp([A]), pm: pm([A, B]) }, { cp: cp([B]) }], want([A])],
  ['mapped, the end has the first', 'reject', [{ cp: cp([A]), pm: pm([A, B]) }, { cp: cp([A]) }], want([A])],
  ["mapped, the end's asked for", 'reject', [{ cp: cp([A]), pm: pm([A, B]) }, { cp: cp([B]) }], want([B])],
  ['mapped to two', 'accept', [{ cp: cp([A]), pm: pm([A, B], [A, C]) }, { cp: cp([C]) }], want([A])],
  ['two mapped to one', 'accept', [{ cp: cp([A, B]), pm: pm([A, C], [B, C]) }, { cp: cp([C]) }], want([B])],
  [
    'mapped twice on the way',
    'accept',
    [{ cp: cp([A]), pm: pm([A, B]) }, { cp: cp([B]), pm: pm([B, C]) }, { cp: cp([C]) }],
    want([A]),
  ],
  ['mapped out of anyPolicy', 'accept', [{ cp: cp([ANY]), pm: pm([A, B]) }, { cp: cp([B]) }], want([A])],
  [
    'mapped out of anyPolicy, then anyPolicy',
    'accept',
    [{ cp: cp([ANY]), pm: pm([A, B]) }, { cp: cp([ANY]) }],
    want([A]),
  ],
  [
    'mapped out of an inhibited anyPolicy',
    'reject',
    [{ cp: cp([ANY]), pm: pm([A, B]) }, { cp: cp([B]) }],
    { ...want([A]), inhibitAnyPolicy: true },
    'anyPolicy is not valid there (6.1.3 d 2), so nothing is mapped out of it; OpenSSL maps',
  ],
  ['mapped without a policy', 'reject', [{ cp: cp([A]), pm: pm([B, C]) }, { cp: cp([C]) }], want([B])],
  [
    'mapping inhibited by the caller',
    'reject',
    [{ cp: cp([A]), pm: pm([A, B]) }, { cp: cp([B]) }],
    { ...want([A]), inhibitPolicyMapping: true },
  ],
  [
    'mapping inhibited by an authority',
    'reject',
    [{ cp: cp([A]), pc: pc(undefined, 0) }, { cp: cp([A]), pm: pm([A, B]) }, { cp: cp([B]) }],
    want([A]),
  ],
  [
    'mapping inhibited after one more',
    'accept',
    [{ cp: cp([A]), pc: pc(undefined, 1) }, { cp: cp([A]), pm: pm([A, B]) }, { cp: cp([B]) }],
    want([A]),
  ],
  ['mapping anyPolicy away', 'reject', [{ cp: cp([ANY]), pm: pm([ANY, B]) }, { cp: cp([B]) }], { policies: [A] }],
  ['mapping to anyPolicy', 'reject', [{ cp: cp([A]), pm: pm([A, ANY]) }, { cp: cp([A]) }], { policies: [A] }],
  ['the same policy twice', 'reject', [{ cp: cp([A, A]) }, { cp: cp([A]) }], { policies: [A] }],
  ['policyConstraints of nothing', 'reject', [{ pc: pc() }, {}]],
  [
    'policyConstraints that are not critical',
    'reject',
    [{ pc: pc(5, undefined, false) }, {}],
    {},
    'they must be (section 4.2.1.11); OpenSSL obeys them without',
  ],
  [
    'inhibitAnyPolicy that is not critical',
    'reject',
    [{ cp: cp([A]), iap: iap(5, false) }, { cp: cp([A]) }],
    {},
    'it must be (section 4.2.1.14); OpenSSL obeys it without',
  ],
  [
    'four authorities, one policy',
    'accept',
    [{ cp: cp([A, B]) }, { cp: cp([A, C]) }, { cp: cp([A, D]) }, { cp: cp([A]) }, { cp: cp([A]) }],
    want([A]),
  ],
  ['critical policies', 'accept', [{ cp: cp([A], true) }, { cp: cp([A], true) }], want([A])],
];

const many = (count: number): string[] => Array.from({ length: count }, (_, i) => `1.3.9.${i}`);

/** CVE-2023-0464: every policy mapped to every other one, at each step. */
function thicket(steps: number, width: number): readonly Made[] {
  const names = many(width);
  const all = names.flatMap((from) => names.map((to) => [from, to] as const));
  return [...Array.from({ length: steps }, () => ({ cp: cp(names), pm: pm(...all) })), { cp: cp(names) }];
}

const ROWS: Row[] = SHORT.map(([name, rfc, parts, more, why]) => ({
  name: `policies: ${name}`,
  rfc,
  why: why === undefined ? GO : `${why}; ${GO}`,
  make: () => line(parts, more),
}));
ROWS.push({
  name: 'policies: a tree of millions of nodes',
  rfc: 'accept',
  why: `the tree has more nodes than OpenSSL allows (CVE-2023-0464), the graph of RFC 9618 has 120; ${GO}`,
  make: () => line(thicket(8, 12), want(['1.3.9.3'])),
});

export const POLICY_ROWS: readonly Row[] = ROWS;
