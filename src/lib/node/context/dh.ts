/** Diffie-Hellman parameters as `dhparam` has them. */
import { readDhParameters, type DhParameters } from '../../dh/parameters.ts';
import { namedDomain, type DhDomain } from '../../tls/kex/index.ts';
import { bindingError } from '../errors/node.ts';
import { primeBitsOf } from './security.ts';

/** The group of DHE, and what Node warns of. */
export interface DhChoice {
  /** Undefined: those that cannot be read are passed over, as Node does, and there is no DHE. */
  readonly domain: DhDomain | undefined;
  readonly warning: string | undefined;
}

const octetsOf = (value: bigint): Buffer => {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
};

/**
 * The parameters of a text.
 *
 * @throws ERR_INVALID_ARG_VALUE below 1024 bits, ERR_CRYPTO_OPERATION_FAILED below what the security level wants
 */
export function dhOf(octets: Uint8Array, securityLevel: number): DhChoice {
  const read = parametersOf(octets);
  if (!read) return { domain: undefined, warning: undefined };
  const bits = read.p.toString(2).length;
  if (bits < 1024) throw bindingError('ERR_INVALID_ARG_VALUE', 'DH parameter is less than 1024 bits', TypeError);
  if (bits < primeBitsOf(securityLevel))
    throw bindingError('ERR_CRYPTO_OPERATION_FAILED', 'Error setting temp DH parameter');
  return {
    domain: { p: octetsOf(read.p), g: octetsOf(read.g) },
    warning: bits < 2048 ? 'DH parameter is less than 2048 bits' : undefined,
  };
}

function parametersOf(octets: Uint8Array): DhParameters | undefined {
  try {
    return readDhParameters(octets, { source: 'dhparam' });
  } catch {
    return undefined;
  }
}

/** RFC 7919's groups by the bits of security that they have at the least. */
const AUTO: readonly (readonly [bits: number, group: string])[] = [
  [192, 'ffdhe8192'],
  [152, 'ffdhe4096'],
  [128, 'ffdhe3072'],
  [0, 'ffdhe2048'],
];

/** The group for `auto`: as strong as the key that signs for it. */
export function autoDomain(security: number): DhDomain {
  const [, group] = AUTO.find(([bits]) => security >= bits) as readonly [number, string];
  return namedDomain(group);
}
