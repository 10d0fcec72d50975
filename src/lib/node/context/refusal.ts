/**
 * What this very Node says of certificates, keys and parameters that it does not take. They are read here; where that fails, the same octets
 * go through the OpenSSL of the running Node once more, so that its error, with its numbers and words, is what programs see.
 */
import type { SecureContextOptions } from 'node:tls';
import { nodes } from '../nodes.ts';

/** The error that Node has for these options; undefined where it takes them. */
export function refusal(options: SecureContextOptions): Error | undefined {
  try {
    nodes.createSecureContext(options);
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
