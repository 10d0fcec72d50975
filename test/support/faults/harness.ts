/**
 * Faults: one engine is made to misbehave, the other must give up for exactly one reason and say exactly its alert, which the first one
 * must be able to read. Each fault is a row; `runFaults` makes tests of them, and `test/pair/reasons.test.ts` asks for one for every reason.
 */
import { describe, expect, it } from 'vitest';
import { ALERT_LEVEL } from '../../../src/lib/registry/tls-alerts.ts';
import { reasonRow, type Reason } from '../../../src/lib/registry/tls-reasons.ts';
import type { VersionName } from '../../../src/lib/registry/tls-versions.ts';
import { loadMlKem } from '../../../src/lib/tls/index.ts';
import { issueFor, testCa, testIdentity, type KeyKind, type TestIdentity } from '../tls-certificates.ts';
import { Pair, type PairOptions, type Side } from '../tls-pair.ts';

export type SideName = 'client' | 'server';

export const V13: readonly VersionName[] = ['TLSv1.3'];
export const V12: readonly VersionName[] = ['TLSv1.2'];
export const BOTH: readonly VersionName[] = ['TLSv1.3', 'TLSv1.2'];

/** What a fault is made of. */
export interface Context {
  readonly version: VersionName;
  readonly tls13: boolean;
  readonly by: SideName;
  /** The identity of a kind of key. */
  id(kind: KeyKind | Extra): TestIdentity;
}

/** Identities that no well-behaved side has. */
export type Extra = 'rsa-no-sign' | 'rsa-sign-only' | 'other';

export interface Plan extends PairOptions {
  /** What happens instead of the handshake. */
  readonly instead?: (pair: Pair) => void | Promise<void>;
  /** What happens after the handshake. */
  readonly after?: (pair: Pair) => void | Promise<void>;
}

export interface Fault {
  readonly reason: Reason;
  /** The side that misbehaves; its peer must fail. `own` faults fail on this side. */
  readonly by: SideName;
  readonly what: string;
  readonly versions: readonly VersionName[];
  readonly plan: (t: Context) => Plan | Promise<Plan>;
  /** Whether the fault is one of the side itself: a hook that fails, a defect. */
  readonly own: boolean;
  /** Another alert than that of the row. */
  readonly alert: string | undefined;
  /** Why the side that misbehaves cannot read the alert. */
  readonly unheard: string | undefined;
}

/** A plan with parts of all. */
export const merge = (...plans: readonly Plan[]): Plan => ({
  ...Object.assign({}, ...plans),
  client: Object.assign({}, ...plans.map(({ client }) => client)),
  server: Object.assign({}, ...plans.map(({ server }) => server)),
});

/** Options of one side. */
export const side = (name: SideName, options: object): Plan => ({ [name]: options });

interface More {
  readonly own?: boolean;
  readonly alert?: string;
  readonly unheard?: string;
}

const SIDES: readonly SideName[] = ['client', 'server'];

/** A fault of one side. */
export function fault(
  reason: Reason,
  by: SideName | 'both',
  versions: readonly VersionName[],
  what: string,
  plan: (t: Context) => Plan | Promise<Plan>,
  { own = false, alert, unheard }: More = {},
): Fault[] {
  return (by === 'both' ? SIDES : [by]).map((side) => ({
    reason,
    by: side,
    versions,
    what,
    plan,
    own,
    alert,
    unheard,
  }));
}

const identities = new Map<string, TestIdentity>();
const KINDS: readonly KeyKind[] = ['p256', 'p384', 'rsa', 'ed25519'];

const EXTRAS: Readonly<Record<Extra, { readonly kind: KeyKind; readonly usage: string }>> = {
  'rsa-no-sign': { kind: 'rsa', usage: 'keyEncipherment' },
  'rsa-sign-only': { kind: 'rsa', usage: 'digitalSignature' },
  other: { kind: 'p256', usage: 'digitalSignature' },
};

/** Makes what faults need; once a test file. */
export async function prepare(): Promise<void> {
  await loadMlKem();
  const issuer = await testCa();
  for (const kind of KINDS) identities.set(kind, await testIdentity(kind));
  for (const [name, { kind, usage }] of Object.entries(EXTRAS)) {
    const extensions = [['keyUsage', usage] as const, ['subjectAltName', 'DNS:localhost'] as const];
    identities.set(name, await issueFor({ kind, name, extensions, issuer }));
  }
}

export function identity(kind: KeyKind | Extra): TestIdentity {
  const found = identities.get(kind);
  if (!found) throw new Error(`no identity ${kind}`);
  return found;
}

/** The pair of a plan: both sides have the version, the server a P-256 certificate, unless the plan says something else. */
export function pairOf(version: VersionName, plan: PairOptions): Pair {
  return new Pair({
    ...plan,
    client: { versions: [version], ...plan.client },
    server: { versions: [version], credentials: [identity('p256').credential], ...plan.server },
  });
}

/** Plays a plan. */
export async function play(version: VersionName, plan: Plan): Promise<Pair> {
  const pair = pairOf(version, plan);
  if (plan.instead) await plan.instead(pair);
  else await pair.handshake();
  await pair.flow();
  if (plan.after) {
    expect([pair.client.engine.secure, pair.server.engine.secure, pair.client.reason, pair.server.reason]).toEqual([
      true,
      true,
      undefined,
      undefined,
    ]);
    await plan.after(pair);
    await pair.flow();
  }
  return pair;
}

/** The side that gives up said why, and its peer heard it. */
export function expectFailure(
  side: Side,
  peer: Side,
  reason: Reason,
  alert: string | undefined,
  unheard?: string,
): void {
  const [failure] = side.of('failure');
  expect(failure?.failure.reason, failure?.failure.message).toBe(reason);
  const sent = side.of('alert').filter(({ direction }) => direction === 'out');
  const heard = peer.of('alert').filter(({ direction }) => direction === 'in');
  if (alert === undefined) {
    expect(sent.filter(({ level }) => level === ALERT_LEVEL.fatal)).toEqual([]);
    return;
  }
  expect(sent.at(-1)).toMatchObject({ name: alert, level: ALERT_LEVEL.fatal });
  if (unheard === undefined) expect(heard.at(-1)?.name, peer.reason).toBe(alert);
}

const peerOf = (side: SideName): SideName => (side === 'client' ? 'server' : 'client');

/** The tests of faults. */
export function runFaults(faults: readonly Fault[]): void {
  const byReason = new Map<Reason, Fault[]>();
  for (const one of faults) byReason.set(one.reason, [...(byReason.get(one.reason) ?? []), one]);
  for (const [reason, rows] of byReason) {
    describe(reason, () => {
      const cases = rows.flatMap((row) => row.versions.map((version) => [version, row.by, row.what, row] as const));
      it.each(cases)('%s, by the %s: %s', async (version, by, _, row) => {
        const plan = await row.plan({ version, tls13: version === 'TLSv1.3', by, id: identity });
        const pair = await play(version, plan);
        const failing = row.own ? by : peerOf(by);
        expectFailure(pair[failing], pair[peerOf(failing)], reason, row.alert ?? reasonRow(reason).alert, row.unheard);
      });
    });
  }
}
