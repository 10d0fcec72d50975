/** What every key exchange has in common. */
import type { Group } from '../../registry/tls-groups.ts';
import { fail } from '../failure.ts';

/** Random octets; where it is given, keys follow from it and nothing else, so that a handshake can be played again. */
export type Random = (length: number) => Uint8Array;

/** A share that was sent, waiting for the other side's. */
export interface Offer {
  readonly group: Group;
  readonly share: Buffer;
  /** The shared secret with the answer. Fails with a reason of the `share_` family when the answer is no share. */
  finish(share: Uint8Array): Buffer;
}

/** The answer to an offer. */
export interface Answer {
  readonly share: Buffer;
  readonly secret: Buffer;
}

/** How the groups of a kind make shares. */
export interface Exchange {
  /** Begins: makes the share of a client. */
  offer(group: Group, random?: Random): Offer;
  /** Ends: answers the share of a client. Fails with a reason of the `share_` family when it is no share. */
  answer(group: Group, share: Uint8Array, random?: Random): Answer;
}

/** An exchange whose sides do the same. */
export function symmetric(offer: Exchange['offer']): Exchange {
  return {
    offer,
    answer(group, share, random) {
      const own = offer(group, random);
      return { share: own.share, secret: own.finish(share) };
    },
  };
}

/** Refuses a share that has not the length of its group. */
export function checkLength(group: Group, share: Uint8Array, length: number): void {
  if (share.length !== length) fail('share_length', `${group.name}: ${share.length} octets, not ${length}`);
}
