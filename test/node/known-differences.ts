/** Where `tlskit/tls` differs from node:tls on purpose, or because nobody could do the same; and why. */
import type { Known } from './differential/compare.ts';

export const KNOWN: readonly Known[] = [];
