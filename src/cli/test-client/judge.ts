/** Whether a client did what it must. */
import type { ServedDuty } from '../../lib/fixtures/serving/index.ts';
import type { PlacedCase, Visit } from '../fixtures/servers/index.ts';
import type { Ran } from './command.ts';

/** `no connection`: the server of the case heard nothing of it, so that its exit code says nothing. */
export type Deed = 'accepted' | 'refused' | 'timeout' | 'no connection';

/** What a client did with a case. */
export interface Verdict extends Ran {
  readonly placed: PlacedCase;
  readonly did: Deed;
  readonly right: boolean;
  /** The last connection, as the server saw it. */
  readonly visit: Visit | undefined;
}

const RIGHT: Readonly<Record<ServedDuty, readonly Deed[]>> = {
  accept: ['accepted'],
  refuse: ['refused'],
  'refuse-when-checked': ['accepted', 'refused'],
  may: ['accepted', 'refused'],
};

/** The verdict on a run. */
export function judge(placed: PlacedCase, ran: Ran, connected: boolean, visit: Visit | undefined): Verdict {
  const by = ran.status === 0 ? 'accepted' : 'refused';
  const did: Deed = ran.timedOut ? 'timeout' : connected ? by : 'no connection';
  return { ...ran, placed, did, right: RIGHT[placed.case.duty].includes(did), visit };
}
