/** New key parameters: a curve, a DSA group, a DH group by name or found anew. */
import { generateDhParameters } from '../dh/generate.ts';
import { fail } from '../errors.ts';
import { curveByName } from '../registry/curves.ts';
import { dhGroupByName, DH_GROUPS } from '../registry/dh-groups.ts';
import { namedGroup } from './ec-group.ts';
import { encodeDhDomain, encodeEcParameters } from './encode.ts';
import { generateKey } from './generate.ts';
import { KeyParameters } from './model.ts';
import { parametersOf } from './write.ts';

/** What parameters to make. */
export type ParameterGenParams =
  | { readonly type: 'ec'; readonly curve: string; readonly encoding?: 'named_curve' | 'explicit' }
  /** Bits of p and q; defaults 2048 and 224. */
  | { readonly type: 'dsa'; readonly bits?: number; readonly qbits?: number }
  /**
   * A named group, or a new one: for `dh` a safe prime of `bits` with `generator`, for `dhx` a prime with a subgroup of `qbits`.
   * `privateLength` is recommended to those who make keys with it.
   */
  | {
      readonly type: 'dh' | 'dhx';
      readonly group?: string;
      readonly bits?: number;
      readonly qbits?: number;
      readonly generator?: number;
      readonly privateLength?: number;
    };

/**
 * New parameters.
 *
 * @throws TlskitError ERR_USAGE for a name or size that there is not
 */
export async function generateParameters(params: ParameterGenParams): Promise<KeyParameters> {
  if (params.type === 'ec') return ecParameters(params.curve, params.encoding);
  if (params.type === 'dsa') return dsaParameters(params);
  const { type, group, privateLength } = params;
  const length = privateLength === undefined ? {} : { privateLength };
  if (group !== undefined) {
    const known = dhGroupByName(group);
    if (!known) return fail('ERR_USAGE', `there is no DH group "${group}"; there are ${DH_GROUPS.join(', ')}`);
    return new KeyParameters(type, encodeDhDomain(type, { p: known.p, g: known.g, q: known.q, ...length }));
  }
  if (type === 'dh') {
    const { bits = 2048, generator = 2 } = params;
    return new KeyParameters(
      'dh',
      encodeDhDomain('dh', { ...(await generateDhParameters({ bits, generator })), ...length }),
    );
  }
  const { components } = await dsaParameters(params);
  if (components.kind !== 'dsa') return fail('ERR_KEY', 'no DSA group was made');
  return new KeyParameters('dhx', encodeDhDomain('dhx', components));
}

function ecParameters(name: string, encoding: 'named_curve' | 'explicit' | undefined): KeyParameters {
  const curve = curveByName(name);
  if (!curve)
    return fail('ERR_USAGE', `there is no EC curve "${name}"; "ecparam -list_curves" shows those that there are`);
  return new KeyParameters('ec', encodeEcParameters(namedGroup(curve), encoding ? { curveForm: encoding } : {}));
}

async function dsaParameters({ bits, qbits }: { bits?: number; qbits?: number }): Promise<KeyParameters> {
  const key = await generateKey({ type: 'dsa', ...(bits ? { bits } : {}), ...(qbits ? { qbits } : {}) });
  return parametersOf(key) ?? fail('ERR_KEY', 'no DSA group was made');
}
