/** Rotation: a new key comes, old ones stay for a while so that tickets they made are still good. */
import { fail } from '../errors.ts';
import type { TicketKeyFile, TicketKeyFormat } from './format.ts';
import { TicketKey } from './key.ts';

/**
 * Where the newest key stands in a set. `first`: it encrypts, the others only decrypt (nginx, Node, Traffic Server, Go). `last`: HAProxy, which
 * encrypts with the last but one and decrypts with the last three, so that a key is everywhere before it is used.
 */
export type TicketKeyOrder = 'first' | 'last';

/** Keys that HAProxy wants at least (its build option TLS_TICKETS_NO). */
export const HAPROXY_KEYS = 3;

/** The order that the readers of a format expect. */
export const orderOf = (format: TicketKeyFormat): TicketKeyOrder => (format === 'base64' ? 'last' : 'first');

/** Index of the key that encrypts new tickets. */
export function encryptingKey(count: number, order: TicketKeyOrder): number {
  return order === 'first' ? 0 : Math.max(0, count - 2);
}

export interface Rotation {
  /** The new set, in file order. */
  readonly keys: readonly TicketKey[];
  readonly added: TicketKey;
  readonly dropped: readonly TicketKey[];
}

/**
 * The set after a rotation: one new key of the same size, and the newest of the old ones, `keep` in all.
 *
 * @throws TlskitError ERR_USAGE when `keep` is less than 1
 */
export function rotateTicketKeys(
  file: Pick<TicketKeyFile, 'keys' | 'size'>,
  options: { readonly keep: number; readonly order: TicketKeyOrder },
): Rotation {
  const { keep, order } = options;
  if (!Number.isInteger(keep) || keep < 1) fail('ERR_USAGE', `the number of keys to keep is 1 or more, not ${keep}`);
  const added = TicketKey.generate(file.size);
  const old = order === 'first' ? [...file.keys] : [...file.keys].reverse();
  const newestFirst = [added, ...old.slice(0, keep - 1)];
  return {
    keys: order === 'first' ? newestFirst : newestFirst.reverse(),
    added,
    dropped: old.slice(keep - 1),
  };
}
