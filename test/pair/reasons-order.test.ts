/** Contract rows S1, S4: every message at every place where it may not come, and every message twice. */
import { beforeAll, describe, expect, it } from 'vitest';
import { HANDSHAKE_TYPES } from '../../src/lib/registry/tls-codes.ts';
import { reasonRow } from '../../src/lib/registry/tls-reasons.ts';
import { message, tap } from '../support/faults/edit.ts';
import {
  expectFailure,
  identity,
  merge,
  play,
  prepare,
  runFaults,
  side,
  type Context,
  type SideName,
} from '../support/faults/harness.ts';
import { ALL_FLOWS, ORDER_FAULTS, TYPES, reasonFor, type Flow } from '../support/faults/orders.ts';

beforeAll(prepare);

const peer = (by: SideName): SideName => (by === 'client' ? 'server' : 'client');
const contextOf = (flow: Flow, by: SideName): Context => ({
  version: flow.version,
  tls13: flow.version === 'TLSv1.3',
  by,
  id: identity,
});

const places = ALL_FLOWS.flatMap((flow) =>
  (['client', 'server'] as const).flatMap((by) =>
    flow[by].map((name, at) => [flow.version, flow.name, name, by, { flow, by, at }] as const),
  ),
);

describe('the flows are those that happen', () => {
  it.each(ALL_FLOWS.map((flow) => [flow.version, flow.name, flow] as const))('%s %s', async (version, _, flow) => {
    const pair = await play(version, await flow.plan(contextOf(flow, 'client')));
    const messages = (one: SideName): string[] =>
      pair[one].messages('out').filter((name) => name !== 'change_cipher_spec');
    expect(messages('client')).toEqual(flow.client);
    expect(messages('server')).toEqual(flow.server);
    expect([pair.client.reason, pair.server.reason]).toEqual([undefined, undefined]);
  });
});

describe('another message in the place of', () => {
  it.each(places)('%s %s: %s of the %s', async (version, _flow, name, _by, place) => {
    const { flow, by, at } = place;
    const nth = flow[by].slice(0, at).filter((one) => one === name).length;
    for (const type of TYPES) {
      const reason = reasonFor(place, type);
      if (!reason) continue;
      const plan = await flow.plan(contextOf(flow, by));
      const pair = await play(version, merge(plan, side(by, { tap: tap(name, () => message(type), nth) })));
      const what = HANDSHAKE_TYPES.get(type) ?? `${type}`;
      expect([what, pair[peer(by)].reason]).toEqual([what, reason]);
      expectFailure(pair[peer(by)], pair[by], reason, reasonRow(reason).alert);
    }
  });
});

describe('twice', () => {
  const doubled = places.filter(
    ([, , name]) => !['client_hello', 'server_hello', 'hello_retry_request'].includes(name),
  );
  it.each(doubled)('%s %s: %s of the %s', async (version, _flow, name, _by, { flow, by }) => {
    const plan = await flow.plan(contextOf(flow, by));
    const pair = await play(version, merge(plan, side(by, { tap: tap(name, (raw) => [raw, raw]) })));
    expect(pair[peer(by)].reason).toBeDefined();
    expect(pair[peer(by)].alerts('out').at(-1)).toBe('unexpected_message');
    // a side whose own transcript differs now may have given up itself
    if (pair[by].reason === 'peer_alert') expect(pair[by].alerts('in').at(-1)).toBe('unexpected_message');
    else expect(['finished_wrong', 'record_bad_mac', 'signature_wrong']).toContain(pair[by].reason);
  });
});

runFaults(ORDER_FAULTS);
