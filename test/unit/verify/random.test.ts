/** Random graphs of four names and four keys, verified by us and by `openssl verify` 3.0. SEED and RUNS in the environment look further. */
import { expect, it } from 'vitest';
import { authority, CA_EXTENSIONS, issue, makeKey, type Party } from '../../support/chains.ts';
import { describeWith } from '../../support/peers.ts';
import { found, opensslGoesOn, ours, theirs, type ChainCase } from '../../support/verify.ts';

const RUNS = Number(process.env['RUNS'] ?? 150);

/** Mulberry32. */
function randomOf(start: number): (below: number) => number {
  let seed = start;
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

const KEYS = [makeKey(), makeKey(), makeKey('rsa1024'), makeKey('secp384r1')];
const NAMES = ['/CN=A', '/CN=B', '/O=Test/CN=C', '/CN=D'];

type Random = (below: number) => number;
const pick = <T>(random: Random, from: readonly T[]): T => from[random(from.length)] as T;

function party(random: Random, parties: readonly Party[]): Party {
  const extensions = CA_EXTENSIONS.filter(() => random(8) > 0);
  const add = (one: number, name: string, ...values: readonly string[]): void => {
    if (random(one) === 0) extensions.push([name, pick(random, values)]);
  };
  const issuer = random(3) > 0 && parties.length > 0 ? pick(random, parties) : undefined;
  if (random(2) > 0) extensions.push(['subjectKeyIdentifier', 'hash']);
  add(8, 'extendedKeyUsage', 'serverAuth', 'clientAuth', 'serverAuth,clientAuth', 'anyExtendedKeyUsage');
  const keyId = issuer
    ? issuer.certificate.extension('2.5.29.14') !== undefined
    : extensions.some(([name]) => name === 'subjectKeyIdentifier');
  add(
    2,
    'authorityKeyIdentifier',
    'issuer:always',
    keyId ? 'keyid' : 'issuer:always',
    keyId ? 'keyid,issuer' : 'issuer',
  );
  add(12, 'nameConstraints', 'permitted;DNS:example.org', 'excluded;DNS:example.org', 'permitted;email:x.org');
  add(5, 'subjectAltName', 'DNS:a.example.org', 'DNS:example.com', 'email:a@x.org');
  if (random(8) === 0) extensions.splice(0, 1, ['basicConstraints', `critical,CA:TRUE,pathlen:${random(3)}`]);
  return authority(pick(random, NAMES), issuer, {
    key: pick(random, KEYS),
    extensions,
    ...(random(8) > 0 ? {} : { to: -1 - random(5) }),
    ...(random(12) > 0 ? {} : { digest: 'sha1' }),
    ...(random(10) > 0 ? {} : { version1: true, extensions: [] }),
  });
}

function graph(random: Random): ChainCase {
  const parties: Party[] = [];
  for (let i = 0; i < 8; i += 1) parties.push(party(random, parties));
  const leaf = random(2) > 0 ? (parties.at(-1) as Party) : issue('/CN=leaf.example.org', pick(random, parties));
  const some = (one: number): Party['certificate'][] =>
    parties.filter(() => random(4) < one).map(({ certificate }) => certificate);
  return {
    leaf: leaf.certificate,
    trusted: some(1),
    untrusted: some(3).sort(() => random(2) - 0.5),
    depth: random(3) > 0 ? 8 : random(4),
    ...(random(2) > 0 ? { purpose: pick(random, ['sslserver', 'sslclient', 'any', 'crlsign'] as const) } : {}),
    ...(random(3) > 0 ? {} : { partialChain: true }),
    ...(random(3) > 0 ? {} : { authLevel: random(4) }),
    ...(random(6) > 0 ? {} : { time: null }),
    ...(random(5) > 0 ? {} : { checkRootSignature: true }),
    ...(random(5) > 0 ? {} : { hosts: [pick(random, ['a.example.org', 'leaf.example.org'])] }),
  };
}

describeWith(['openssl'], 'K10: random graphs', () => {
  it(`${RUNS} graphs`, { timeout: 60_000 + RUNS * 200 }, () => {
    const seed = Number(process.env['SEED'] ?? 1);
    for (let i = 0; i < RUNS; i += 1) {
      const one = graph(randomOf(seed * 1_000_003 + i));
      const { found: expected } = theirs(one);
      expect({ i, found: found(ours(one, opensslGoesOn)) }).toEqual({ i, found: expected });
    }
  });
});
