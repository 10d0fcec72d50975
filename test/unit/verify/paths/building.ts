/** Building paths: cross-certificates, loops, renewed and twin authorities, key identifiers, dates, limits. */
import {
  bc,
  ca,
  chainOf,
  eku,
  gn,
  ku,
  leaf,
  nc,
  path,
  san,
  aki,
  ski,
  three,
  type Made,
  type Party,
  type Row,
} from './builder.ts';
import { makeKey } from '../../../support/chains.ts';
import { corruptSignature } from '../../../../src/lib/x509/build.ts';

const BACK = 'OpenSSL takes the first issuer that fits and never turns back';
const spoiled = (party: Party): Party => ({ ...party, certificate: corruptSignature(party.certificate) });

/** Two certificates of one authority, of which only the second is what it should be. */
function twin(name: string, bad: Made, why = BACK): Row[] {
  const made = (order: 'first' | 'last'): Row => ({
    name: `twins: ${name}, the good one ${order}`,
    rfc: 'accept',
    why,
    make: () => {
      const root = ca('/CN=Root');
      const key = makeKey();
      const good = ca('/CN=Twin', root, { key });
      const other = ca('/CN=Twin', root, { key, ...bad });
      const between = order === 'first' ? [good, other] : [other, good];
      return path(leaf(good), root, between, { purpose: 'sslserver' });
    },
  });
  return [made('first'), made('last')];
}

/** A line of authorities below a root, each with what `made` says. */
function line(
  count: number,
  made: (i: number) => Made = () => ({}),
  subject = (i: number): string => `/CN=CA ${i}`,
): Party[] {
  const all = [ca('/CN=Root')];
  for (let i = 1; i <= count; i += 1) all.push(ca(subject(i), all[i - 1], made(i)));
  return all;
}

const pathLengths: Row[] = (
  [
    [0, 0, 'accept'],
    [0, 1, 'reject'],
    [1, 1, 'accept'],
    [1, 2, 'reject'],
    [2, 2, 'accept'],
    [3, 1, 'accept'],
  ] as const
).map(([limit, below, rfc]) => ({
  name: `path length ${limit}, ${below} authorities below`,
  rfc,
  make: () => {
    const [root, first, ...rest] = line(below + 1, (i) => (i === 1 ? { bc: bc(true, limit) } : {})) as [
      Party,
      Party,
      ...Party[],
    ];
    const all = [first, ...rest];
    return path(leaf(all.at(-1)), root, all);
  },
}));

const ROWS: Row[] = [
  { name: 'three certificates', rfc: 'accept', make: () => chainOf() },
  {
    name: 'the root alone',
    rfc: 'accept',
    make: () => {
      const root = ca('/CN=Root');
      return path(leaf(root), root, []);
    },
  },
  {
    name: 'no trusted certificate',
    rfc: 'reject',
    make: () => {
      const { root, middle, end } = three();
      return path(end, [], [middle, root]);
    },
  },
  {
    name: 'another root of the same name',
    rfc: 'reject',
    make: () => {
      const { middle, end } = three();
      return path(end, ca('/CN=Root'), [middle]);
    },
  },
  {
    name: 'no intermediate',
    rfc: 'reject',
    make: () => {
      const { root, end } = three();
      return path(end, root, []);
    },
  },
  {
    name: 'intermediates in another order, with strangers',
    rfc: 'accept',
    make: () => {
      const all = line(4);
      return path(leaf(all[4]), all[0] as Party, [
        all[2] as Party,
        ca('/CN=Stranger'),
        all[4] as Party,
        all[1] as Party,
        all[3] as Party,
      ]);
    },
  },
  {
    name: 'the root among the untrusted, too',
    rfc: 'accept',
    make: () => {
      const { root, middle, end } = three();
      return path(end, root, [root, middle]);
    },
  },
  {
    name: 'trusted intermediate, partial chain',
    rfc: 'accept',
    make: () => {
      const { middle, end } = three();
      return path(end, middle, [], { partialChain: true });
    },
  },
  {
    name: 'a certificate trusted itself, partial chain',
    rfc: 'accept',
    why: 'Go 1.19 takes a root that is the certificate itself',
    make: () => {
      const { end } = three();
      return path(end, end, [], { partialChain: true });
    },
  },
  {
    name: 'self-signed and trusted',
    rfc: 'accept',
    make: () => {
      const end = leaf(undefined);
      return path(end, end, []);
    },
  },
  {
    name: 'self-signed and not trusted',
    rfc: 'reject',
    make: () => {
      const end = leaf(undefined);
      return path(end, [], []);
    },
  },
  {
    name: 'ten authorities',
    rfc: 'accept',
    make: () => {
      const all = line(10);
      return path(leaf(all[10]), all[0] as Party, all.slice(1));
    },
  },
  {
    name: 'depth limit 1, two authorities',
    rfc: 'reject',
    why: "Go has no limit of the caller's",
    make: () => {
      const all = line(2);
      return path(leaf(all[2]), all[0] as Party, all.slice(1), { depth: 1 });
    },
  },
  {
    name: 'depth limit 2, two authorities',
    rfc: 'accept',
    make: () => {
      const all = line(2);
      return path(leaf(all[2]), all[0] as Party, all.slice(1), { depth: 2 });
    },
  },
  {
    name: 'cross-certificate to a trusted root',
    rfc: 'accept',
    make: () => {
      const [old, fresh] = [ca('/CN=Old root'), ca('/CN=New root')];
      const cross = ca('/CN=New root', old, { key: fresh.key });
      const middle = ca('/CN=Middle', fresh);
      return path(leaf(middle), old, [middle, cross]);
    },
  },
  {
    name: 'cross-certificate and root both there',
    rfc: 'accept',
    make: () => {
      const [old, fresh] = [ca('/CN=Old root'), ca('/CN=New root')];
      const cross = ca('/CN=New root', old, { key: fresh.key });
      const middle = ca('/CN=Middle', fresh);
      return path(leaf(middle), fresh, [middle, cross]);
    },
  },
  {
    name: 'cross-certificate whose issuer is not trusted, first',
    rfc: 'accept',
    why: BACK,
    make: () => {
      const [good, strange] = [ca('/CN=Good root'), ca('/CN=Strange root')];
      const key = makeKey();
      const [dead, live] = [ca('/CN=Middle', strange, { key }), ca('/CN=Middle', good, { key })];
      return path(leaf(live), good, [dead, strange, live]);
    },
  },
  {
    name: 'expired root with a cross-certificate by a good one',
    rfc: 'accept',
    why: BACK,
    make: () => {
      const good = ca('/CN=Good root');
      const aged = ca('/CN=Aged root', undefined, { to: -1 });
      const cross = ca('/CN=Aged root', good, { key: aged.key });
      const middle = ca('/CN=Middle', aged);
      return path(leaf(middle), [good, aged], [middle, cross]);
    },
  },
  {
    name: 'two authorities that issue each other, and no root',
    rfc: 'reject',
    make: () => {
      const [a, b] = [makeKey(), makeKey()];
      const [A, B] = [ca('/CN=A', undefined, { key: a }), ca('/CN=B', undefined, { key: b })];
      return path(leaf(A), ca('/CN=Root'), [ca('/CN=A', B, { key: a }), ca('/CN=B', A, { key: b })]);
    },
  },
  {
    name: 'two authorities that issue each other, and a way out',
    rfc: 'accept',
    why: BACK,
    make: () => {
      const [a, b] = [makeKey(), makeKey()];
      const root = ca('/CN=Root');
      const [A, B] = [ca('/CN=A', undefined, { key: a }), ca('/CN=B', undefined, { key: b })];
      return path(leaf(A), root, [
        ca('/CN=A', B, { key: a }),
        ca('/CN=B', A, { key: b }),
        ca('/CN=A', root, { key: a }),
      ]);
    },
  },
  {
    name: 'twenty authorities that all issue each other',
    rfc: 'accept',
    why: `${BACK}; Go gives up after 100 signatures`,
    make: () => {
      const root = ca('/CN=Root');
      const keys = Array.from({ length: 20 }, () => makeKey());
      const self = keys.map((key, i) => ca(`/CN=M ${i}`, undefined, { key }));
      const mesh = self.flatMap((issuer, i) =>
        keys.map((key, j) => ca(`/CN=M ${j}`, issuer, { key })).filter((_, j) => j !== i && (i + j) % 3 === 0),
      );
      return path(leaf(self[0]), root, [...mesh, ca('/CN=M 9', root, { key: keys[9] as never })]);
    },
  },
  ...twin('expired', { to: -1 }),
  ...twin('not yet valid', { from: 1 }),
  ...twin('for clients only', { eku: eku(['1.3.6.1.5.5.7.3.2']) }),
  ...twin('no CA', { bc: bc(false) }),
  ...twin('without keyCertSign', { ku: ku([0]) }),
  ...twin('other names only', { nc: nc([gn.dns('example.org')]) }),
  ...twin('an unknown critical extension', {
    extra: [{ oid: '1.2.3.4', critical: true, value: Buffer.from('0500', 'hex') }],
  }),
  {
    name: 'twins: a spoiled signature first',
    rfc: 'accept',
    why: BACK,
    make: () => {
      const { root, middle, end } = three();
      return path(end, root, [spoiled(middle), middle]);
    },
  },
  {
    name: 'twins: another key, same name and key identifier',
    rfc: 'accept',
    why: BACK,
    make: () => {
      const { root, middle, end } = three();
      const id = middle.certificate.extension('2.5.29.14')?.value.subarray(2) as Buffer;
      return path(end, root, [ca('/CN=Middle', root, { ski: ski(id) }), middle]);
    },
  },
  {
    name: 'key identifiers that do not fit',
    rfc: 'accept',
    why: 'they help to find paths (section 4.2.1.1) and are not looked at in validating one; OpenSSL takes no such issuer',
    make: () => {
      const { root, middle } = three();
      return path(leaf(middle, { aki: aki(Buffer.alloc(20, 7)) }), root, [middle]);
    },
  },
  {
    name: 'spoiled signature of the end',
    rfc: 'reject',
    make: () => {
      const { root, middle, end } = three();
      return path(spoiled(end), root, [middle]);
    },
  },
  {
    name: 'spoiled signature of the intermediate',
    rfc: 'reject',
    make: () => {
      const { root, middle, end } = three();
      return path(end, root, [spoiled(middle)]);
    },
  },
  {
    name: 'spoiled signature of the root',
    rfc: 'accept',
    why: 'a trust anchor is trusted as it is',
    make: () => {
      const { root, middle, end } = three();
      return path(end, spoiled(root), [middle]);
    },
  },
  { name: 'end expired', rfc: 'reject', make: () => chainOf({ leaf: { to: -1 } }) },
  { name: 'end not yet valid', rfc: 'reject', make: () => chainOf({ leaf: { from: 1 } }) },
  { name: 'intermediate expired', rfc: 'reject', make: () => chainOf({ middle: { to: -1 } }) },
  {
    name: 'root expired',
    rfc: 'reject',
    why: 'a trust anchor is no part of the path, but its validity limits what it was trusted for',
    make: () => chainOf({ root: { to: -1 } }),
  },
  {
    name: 'the last second',
    rfc: 'accept',
    why: 'notAfter is inclusive (section 4.1.2.5); OpenSSL ends before it',
    make: () => chainOf({ leaf: { to: 0 } }),
  },
  { name: 'the first second', rfc: 'accept', make: () => chainOf({ leaf: { from: 0 } }) },
  ...pathLengths,
  {
    name: 'path length 0, a self-issued authority below',
    rfc: 'accept',
    why: 'self-issued ones do not count (6.1.4 l); Go counts them',
    make: () => {
      const root = ca('/CN=Root');
      const first = ca('/CN=CA', root, { bc: bc(true, 0) });
      const again = ca('/CN=CA', first);
      return path(leaf(again), root, [first, again]);
    },
  },
  {
    name: 'path length of the root',
    rfc: 'reject',
    make: () => {
      const root = ca('/CN=Root', undefined, { bc: bc(true, 0) });
      const all = [ca('/CN=A', root)];
      all.push(ca('/CN=B', all[0]));
      return path(leaf(all[1]), root, all);
    },
  },
  {
    name: 'path length of an end',
    rfc: 'reject',
    why: 'only with cA (section 4.2.1.9); OpenSSL without -x509_strict and Go do not mind',
    make: () => chainOf({ leaf: { bc: bc(false, 0) } }),
  },
  {
    name: 'names in another case',
    rfc: 'accept',
    why: 'section 7.1; Go compares octets',
    make: () => {
      const root = ca('/CN=Root');
      const middle = ca('/CN=Middle', root);
      return path(leaf(middle, { issuerName: '/CN=MIDDLE' }), root, [middle]);
    },
  },
  {
    name: 'another issuer name',
    rfc: 'reject',
    make: () => {
      const root = ca('/CN=Root');
      const middle = ca('/CN=Middle', root);
      return path(leaf(middle, { issuerName: '/CN=Muddle' }), root, [middle]);
    },
  },
  {
    name: "an authority of the end's own name",
    rfc: 'accept',
    make: () => {
      const root = ca('/CN=leaf');
      return path(leaf(root), root, []);
    },
  },
  {
    name: 'the end is an authority',
    rfc: 'accept',
    make: () => {
      const all = line(2);
      return path(all[2] as Party, all[0] as Party, [all[1] as Party]);
    },
  },
  {
    name: 'san of the intermediate',
    rfc: 'accept',
    make: () => chainOf({ middle: { san: san([gn.dns('ca.example.com')]) } }),
  },
];

export const BUILDING_ROWS: readonly Row[] = ROWS;
