/** Whether a client did what it must. */
import type { Duty } from '../../lib/fixtures/index.ts';
import type { PlacedCase, Visit } from '../fixtures/servers/index.ts';
import type { Ran } from './command.ts';

/** `no connection`: the server of the case heard nothing of it, so that its exit code says nothing. */
export type Deed = 'accepted' | 'refused' | 'timeout' | 'no connection';

/** What a client did with a case. */
export interface Verdict extends Ran {
  readonly placed: PlacedCase;
  readonly did: Deed;
  /** Null where either is right, or where the client may be one that does not look at revocation. */
  readonly right: boolean | null;
  /** The last connection, as the server saw it. */
  readonly visit: Visit | undefined;
}

type Judged = Readonly<Record<'accepted' | 'refused', boolean | null>>;

const JUDGED: Readonly<Record<Duty, Judged>> = {
  accept: { accepted: true, refused: false },
  refuse: { accepted: false, refused: true },
  'refuse-when-checked': { accepted: null, refused: true },
  may: { accepted: null, refused: null },
};

/** The verdict on a run. */
export function judge(placed: PlacedCase, ran: Ran, connected: boolean, visit: Visit | undefined): Verdict {
  const by = ran.status === 0 ? 'accepted' : 'refused';
  const did: Deed = ran.timedOut ? 'timeout' : connected ? by : 'no connection';
  const right = did === 'accepted' || did === 'refused' ? JUDGED[placed.case.duty][did] : false;
  return { ...ran, placed, did, right, visit };
}
