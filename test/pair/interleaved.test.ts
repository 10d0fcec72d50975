/** Contract row S4: RFC 5246 lets an alert come between the fragments of a message, RFC 8446 section 5.1 does not. */
import { beforeAll, expect, it } from 'vitest';
import { flight } from '../support/faults/edit.ts';
import { play, prepare } from '../support/faults/harness.ts';
import { warningInside } from '../support/faults/records.ts';

beforeAll(prepare);

it('[S4] a warning inside of a hello does not end TLS 1.2', async () => {
  for (const way of ['toServer', 'toClient'] as const) {
    const pair = await play('TLSv1.2', { [way]: flight(0, warningInside) });
    expect([pair.client.reason, pair.server.reason]).toEqual([undefined, undefined]);
    expect(pair.client.engine.secure).toBe(true);
  }
});
