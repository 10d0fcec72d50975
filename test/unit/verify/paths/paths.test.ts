import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { TrustStore, verifyChain, type VerifyResult } from '../../../../src/lib/verify/index.ts';
import { NOW } from '../../../support/chains.ts';
import { run } from '../../../support/peers.ts';
import { found, opensslGoesOn, ours, theirs } from '../../../support/verify.ts';
import { BUILDING_ROWS } from './building.ts';
import type { PathCase, Row } from './builder.ts';
import { CONFORMANCE_ROWS } from './conformance.ts';
import { HOST_ROWS } from './hosts.ts';
import { NAME_ROWS } from './names.ts';
import { POLICY_ROWS } from './policies.ts';
import { RESOURCE_ROWS } from './resources.ts';
import { USE_ROWS } from './uses.ts';

const FOLDER = 'test/unit/verify/paths';
const ROWS: readonly Row[] = [
  ...NAME_ROWS,
  ...POLICY_ROWS,
  ...BUILDING_ROWS,
  ...USE_ROWS,
  ...HOST_ROWS,
  ...CONFORMANCE_ROWS,
  ...RESOURCE_ROWS,
];

/** What the others said when they were asked: OpenSSL's errors with their depths, Go's error. Nothing is `ok`. */
interface Verdict {
  readonly openssl: string;
  readonly go: string;
}

/** Rows in which OpenSSL is not followed: the verdict is the RFC's in every profile. */
const NOT_FOLLOWED: ReadonlySet<string> = new Set([
  'policies: mapped out of an inhibited anyPolicy',
  'policies: a tree of millions of nodes',
  'permitted email with A-label, SmtpUTF8Mailbox with U-label',
  'excluded .email, SmtpUTF8Mailbox below',
]);

/** UPDATE_GOLDEN=1 asks OpenSSL and Go, and records what they say. */
function verdicts(cases: readonly PathCase[]): Readonly<Record<string, Verdict>> {
  const file = `${FOLDER}/verdicts.json`;
  if (process.env['UPDATE_GOLDEN'] !== undefined) {
    const go = askGo(cases);
    const all = ROWS.map(({ name }, i) => {
      const { found: errors, status } = theirs(cases[i] as PathCase);
      const openssl = status === 0 ? 'ok' : errors.join(' ') || 'failed';
      return [name, { openssl, go: go[i] as string } satisfies Verdict] as const;
    });
    writeFileSync(file, `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`);
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, Verdict>;
}

function askGo(cases: readonly PathCase[]): string[] {
  const base64 = ({ der }: { der: Buffer }): string => der.toString('base64');
  const input = cases.map(({ leaf, trusted = [], untrusted = [], purpose, hosts, ip }) => ({
    leaf: base64(leaf),
    trusted: trusted.map(base64),
    untrusted: untrusted.map(base64),
    time: NOW,
    purpose,
    hosts,
    ip,
  }));
  const { stdout, stderr } = run('go', ['run', `${FOLDER}/go/main.go`], {
    input: JSON.stringify(input),
    env: { GOCACHE: `${tmpdir()}/tlskit-go-cache`, GO111MODULE: 'off' },
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as string[];
}

/** Verifies as a user of the library does. */
function verified(
  { leaf, trusted = [], untrusted = [], time = NOW, ...rest }: PathCase,
  strict: boolean,
): VerifyResult {
  const bytes = (certificates: readonly { der: Buffer }[]): Buffer[] => certificates.map(({ der }) => der);
  return verifyChain(leaf, {
    ...rest,
    trusted: new TrustStore(bytes(trusted)),
    untrusted: untrusted.map((certificate) => certificate),
    time: time ?? undefined,
    strict,
  });
}

describe('a table of paths [K10]', () => {
  const cases = ROWS.map(({ make }) => make());
  const recorded = verdicts(cases);
  const each = (wrong: (row: Row, one: PathCase, verdict: Verdict) => string | undefined): string[] =>
    ROWS.flatMap((row, i) => {
      const said = wrong(row, cases[i] as PathCase, recorded[row.name] as Verdict);
      return said === undefined ? [] : [`${row.name}: ${said}`];
    });

  it('has its 300 rows, each once', () => {
    expect(ROWS.length).toBeGreaterThanOrEqual(300);
    expect(new Set(ROWS.map(({ name }) => name)).size).toBe(ROWS.length);
    expect(Object.keys(recorded).length).toBe(ROWS.length);
  });

  it("gives RFC 5280's verdict when strict", () => {
    const wrong = each(({ rfc }, one) => {
      const result = verified(one, true);
      const errors = result.errors.map(({ name, depth, detail }) => `${name}@${depth} ${detail ?? ''}`);
      return result.ok === (rfc === 'accept') ? undefined : `${rfc} expected, ${errors.join() || 'accepted'}`;
    });
    expect(wrong).toEqual([]);
  });

  it("gives OpenSSL's errors at OpenSSL's depths without alternatives", () => {
    const wrong = each(({ name }, one, { openssl }) => {
      if (NOT_FOLLOWED.has(name)) return undefined;
      const errors = found(ours(one, opensslGoesOn)).join(' ') || 'ok';
      return errors === openssl ? undefined : `openssl ${openssl}, ours ${errors}`;
    });
    expect(wrong).toEqual([]);
  });

  it('accepts by default what OpenSSL accepts, and paths that OpenSSL does not find', () => {
    const wrong = each(({ name, rfc }, one, { openssl }) => {
      const wanted = openssl === 'ok' || (rfc === 'accept' && BUILDING_ROWS.some((row) => row.name === name));
      if (!wanted || NOT_FOLLOWED.has(name) || name === 'the last second') return undefined;
      return verified(one, false).ok ? undefined : 'not accepted';
    });
    expect(wrong).toEqual([]);
  });

  it('says why where OpenSSL or Go differ from the RFC', () => {
    const wrong = each(({ rfc, why }, _, { openssl, go }) => {
      const differ = [openssl, go].some((one) => (one === 'ok') !== (rfc === 'accept'));
      return differ && !why ? `openssl ${openssl}, go ${go}` : undefined;
    });
    expect(wrong).toEqual([]);
  });
});
