/** The same EC key with its point or its curve written another way. */
import type { EcPrivate, EcPublic } from './components.ts';
import { convertPoint, readEcGroup } from './ec-group.ts';
import { encodeEcParameters, type EcEncoding } from './encode.ts';
import { PrivateKey, PublicKey } from './model.ts';

function recoded(key: EcPublic, encoding: EcEncoding): EcPublic {
  const { pointForm: form } = encoding;
  const group =
    encoding.curveForm === undefined && form === undefined
      ? key.group
      : readEcGroup(encodeEcParameters(key.group, encoding));
  const point = key.point && form ? convertPoint(group, key.point, form) : key.point;
  return { kind: 'ec', group, ...(point ? { point } : {}) };
}

/** A public key in the chosen encoding; keys of other types as they are. */
export function recodePublicKey(key: PublicKey, encoding: EcEncoding): PublicKey {
  const { components } = key;
  if (components.kind !== 'ec' || (encoding.pointForm ?? encoding.curveForm) === undefined) return key;
  return PublicKey.fromComponents('ec', recoded(components, encoding));
}

/** A private key in the chosen encoding, with its public point; keys of other types as they are. */
export function recodeKey(key: PrivateKey, encoding: EcEncoding): PrivateKey {
  const { components } = key;
  if (components.kind !== 'ec' || (encoding.pointForm ?? encoding.curveForm) === undefined) return key;
  const half = recodePublicKey(key.publicKey, encoding);
  const whole: EcPrivate = { ...(half.components as EcPublic), d: components.d };
  return PrivateKey.fromComponents('ec', whole, half);
}
