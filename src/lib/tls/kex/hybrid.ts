/**
 * Hybrids of ML-KEM and a curve (draft-ietf-tls-ecdhe-mlkem): the shares of both one after the other, and the secrets in the same order.
 * The client sends an encapsulation key, the server a ciphertext.
 */
import { GROUPS, type Group } from '../../registry/tls-groups.ts';
import { fail } from '../failure.ts';
import { checkLength, type Exchange } from './exchange.ts';
import { ML_KEM_LENGTHS, ML_KEM_SEED, mlKem, type MlKem, type MlKemName } from './ml-kem.ts';
import { montgomery } from './montgomery.ts';
import { weierstrass } from './weierstrass.ts';

interface Parts {
  readonly kem: MlKem;
  readonly name: MlKemName;
  readonly curve: Group;
  readonly exchange: Exchange;
  /** Both halves in the order of the group. */
  join(curve: Uint8Array, kem: Uint8Array): Buffer;
  /** The halves of a share, whose half of ML-KEM has `length` octets. */
  split(share: Uint8Array, length: number): { readonly curve: Uint8Array; readonly kem: Uint8Array };
}

function partsOf(group: Group): Parts {
  const kem = mlKem();
  const curve = group.classical && GROUPS.row(group.classical.code);
  if (!group.classical || !curve) throw new RangeError(`${group.name} is no hybrid`);
  if (!kem) throw new RangeError(`${group.name} needs ML-KEM, which this Node lacks`);
  const curveFirst = group.classical.first;
  return {
    kem,
    name: group.node as MlKemName,
    curve,
    exchange: curve.kind === 'x' ? montgomery : weierstrass,
    join: (one, other) => Buffer.concat(curveFirst ? [one, other] : [other, one]),
    split(share, length) {
      const at = curveFirst ? share.length - length : length;
      const [first, second] = [share.subarray(0, at), share.subarray(at)];
      return curveFirst ? { curve: first, kem: second } : { curve: second, kem: first };
    },
  };
}

/** The exchange of X25519MLKEM768, SecP256r1MLKEM768 and SecP384r1MLKEM1024. Throws RangeError without ML-KEM. */
export const hybrid: Exchange = {
  offer(group, random) {
    const { kem, name, curve, exchange, join, split } = partsOf(group);
    const key = kem.generate(name, random?.(ML_KEM_SEED));
    const classical = exchange.offer(curve, random);
    return {
      group,
      share: join(classical.share, key.encapsulationKey),
      finish(share) {
        checkLength(group, share, group.serverShare);
        const halves = split(share, ML_KEM_LENGTHS[name].ciphertext);
        return join(classical.finish(halves.curve), key.decapsulate(halves.kem));
      },
    };
  },
  answer(group, share, random) {
    const { kem, name, curve, exchange, join, split } = partsOf(group);
    checkLength(group, share, group.clientShare);
    const halves = split(share, ML_KEM_LENGTHS[name].key);
    const classical = exchange.answer(curve, halves.curve, random);
    const sealed = kem.encapsulate(name, halves.kem, random) ?? fail('share_encapsulation_key', group.name);
    return { share: join(classical.share, sealed.ciphertext), secret: join(classical.secret, sealed.secret) };
  },
};
