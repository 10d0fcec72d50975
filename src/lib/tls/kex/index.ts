/** Key exchange by named group. */
import type { Group, GroupKind } from '../../registry/tls-groups.ts';
import type { Answer, Exchange, Offer, Random } from './exchange.ts';
import { finiteField } from './finite-field.ts';
import { hybrid } from './hybrid.ts';
import { mlKem } from './ml-kem.ts';
import { montgomery } from './montgomery.ts';
import { weierstrass } from './weierstrass.ts';

const EXCHANGES: Readonly<Record<GroupKind, Exchange>> = {
  x: montgomery,
  ec: weierstrass,
  ffdhe: finiteField,
  hybrid,
};

/** Whether this Node can do a group: all but the hybrids, which need ML-KEM. */
export function canExchange(group: Group): boolean {
  return group.kind !== 'hybrid' || mlKem() !== undefined;
}

/** Makes the share of a client. With `random` the keys follow from it alone. */
export function offerShare(group: Group, random?: Random): Offer {
  return EXCHANGES[group.kind].offer(group, random);
}

/** Answers the share of a client. Fails with a reason of the `share_` family when it is none of the group. */
export function answerShare(group: Group, share: Uint8Array, random?: Random): Answer {
  return EXCHANGES[group.kind].answer(group, share, random);
}

export type { Answer, Offer, Random } from './exchange.ts';
export {
  DH_PRIME_BITS,
  checkDomain,
  dhGroupName,
  dhPremaster,
  dhSide,
  namedDomain,
  type DhDomain,
  type DhSide,
} from './finite-field.ts';
export {
  loadMlKem,
  loadMlKemSync,
  mlKem,
  nobleMlKem,
  useMlKem,
  type MlKem,
  type MlKemKey,
  type MlKemName,
} from './ml-kem.ts';
