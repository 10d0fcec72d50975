/** ECDH on the curves of SEC 2 and RFC 5639, with uncompressed points (RFC 8446 section 4.2.8.2, RFC 8422 section 5.4.1). */
import { createECDH, type ECDH } from 'node:crypto';
import { curveByName } from '../../registry/curves.ts';
import type { Group } from '../../registry/tls-groups.ts';
import { fail } from '../failure.ts';
import { checkLength, symmetric, type Exchange, type Random } from './exchange.ts';

const UNCOMPRESSED = 4;

// a draw is in range with a probability of at least 1/2 for every curve
const MAX_DRAWS = 128;

/** A key that follows from `random`: the first draw that is from 1 to n - 1 (FIPS 186-5 appendix A.2.2). */
function drawKey(ecdh: ECDH, group: Group, random: Random): Buffer {
  const bits = curveByName(group.node)?.bits ?? 8 * group.secret;
  for (let draws = 0; draws < MAX_DRAWS; draws += 1) {
    const draw = Buffer.from(random(Math.ceil(bits / 8)));
    draw[0] = (draw[0] as number) & (0xff >>> ((8 - (bits % 8)) % 8));
    try {
      ecdh.setPrivateKey(draw);
      return ecdh.getPublicKey();
    } catch {
      // zero, or not below n: the next one
    }
  }
  throw new RangeError(`a source of random octets that makes no key for ${group.name}`);
}

/** The exchange of all curves with points of two coordinates. */
export const weierstrass: Exchange = symmetric((group, random) => {
  const ecdh = createECDH(group.node);
  return {
    group,
    share: random ? drawKey(ecdh, group, random) : ecdh.generateKeys(),
    finish(share) {
      if (share.length > 0 && share[0] !== UNCOMPRESSED)
        fail('share_point_format', `${group.name}: a form of ${share[0]}`);
      checkLength(group, share, group.clientShare);
      try {
        return ecdh.computeSecret(share);
      } catch {
        return fail('share_not_on_curve', group.name);
      }
    },
  };
});
