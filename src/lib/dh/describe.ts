import { dhGroupOf } from '../registry/dh-groups.ts';
import type { DhParameters } from './parameters.ts';

/** Parameters as data: the shape that `dhparam --json` prints. Numbers are lower-case hex without leading zeros. */
export interface DhDescription {
  readonly type: 'dh' | 'dhx';
  /** Size of p. */
  readonly bits: number;
  /** Name of the group, or null. */
  readonly group: string | null;
  readonly p: string;
  readonly q?: string;
  readonly g: string;
  readonly j?: string;
  readonly seed?: string;
  readonly counter?: number;
  /** Bits that a private key should have, where the parameters say so. */
  readonly privateLength?: number;
}

/** Describes parameters as data. */
export function describeDhParameters(params: DhParameters): DhDescription {
  const { kind, p, q, g, j, seed, counter, privateLength } = params;
  return {
    type: kind,
    bits: p === 0n ? 0 : p.toString(2).length,
    group: dhGroupOf(params)?.name ?? null,
    p: p.toString(16),
    ...(q === undefined ? {} : { q: q.toString(16) }),
    g: g.toString(16),
    ...(j === undefined ? {} : { j: j.toString(16) }),
    ...(seed === undefined ? {} : { seed: seed.toString('hex') }),
    ...(counter === undefined ? {} : { counter: Number(counter) }),
    ...(privateLength === undefined ? {} : { privateLength }),
  };
}
