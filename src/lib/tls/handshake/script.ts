/**
 * Handshakes are scripts: generators that say what they wait for and do no I/O themselves. `connection.ts` runs them. A script that waits
 * for a promise leaves what comes in meanwhile where it is.
 */

/** What a script waits for. */
export type Effect =
  | { readonly kind: 'message' }
  | { readonly kind: 'change_cipher_spec' }
  | { readonly kind: 'wait'; readonly promise: PromiseLike<unknown> };

/** A script with a result. */
export type Script<T> = Generator<Effect, T, unknown>;

export const MESSAGE: Effect = { kind: 'message' };
export const CHANGE_CIPHER_SPEC: Effect = { kind: 'change_cipher_spec' };

function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

/** The value of what a hook returned: at once, or when its promise is fulfilled. */
export function* ask<T>(value: T | PromiseLike<T>): Script<T> {
  if (!isPromise(value)) return value;
  return (yield { kind: 'wait', promise: value }) as T;
}
