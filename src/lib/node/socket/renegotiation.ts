/** A server's guard against clients that renegotiate for ever (contract row A8). */
import { defaults } from '../defaults.ts';

/** How often a connection has shaken hands since `since`. */
export interface HandshakeCount {
  last: number;
  count: number;
  disabled: boolean;
}

export const newCount = (): HandshakeCount => ({ last: 0, count: 0, disabled: false });

/** Counts a handshake. Returns what is wrong with it: too many, or not allowed at all. */
export function countHandshake(state: HandshakeCount, now: number): 'attack' | 'disabled' | undefined {
  const { last } = state;
  state.last = now;
  if (last === 0) return undefined;
  if (now - last >= defaults.CLIENT_RENEG_WINDOW * 1000) state.count = 1;
  else state.count += 1;
  if (state.count > defaults.CLIENT_RENEG_LIMIT) return 'attack';
  return state.disabled ? 'disabled' : undefined;
}
