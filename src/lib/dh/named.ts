import { fail } from '../errors.ts';
import { DH_GROUPS, dhGroupByName } from '../registry/dh-groups.ts';
import type { DhParameters } from './parameters.ts';

/**
 * The parameters of a named group (RFC 7919, RFC 3526: PKCS #3; RFC 5114: X9.42, where q cannot be told from p).
 *
 * @throws TlskitError ERR_USAGE for an unknown name
 */
export function namedDhParameters(name: string): DhParameters {
  const group = dhGroupByName(name);
  if (!group) fail('ERR_USAGE', `"${name}" is not a named group; there are ${DH_GROUPS.join(', ')}`);
  const { p, q, g } = group;
  return p === 2n * q + 1n ? { kind: 'dh', p, g } : { kind: 'dhx', p, g, q };
}
