import { fail } from '../../lib/errors.ts';

/** The value of an `-inform`-like flag: PEM or DER, in the spellings that OpenSSL takes. Undefined stays undefined. */
export function pemOrDer(flag: string, value: string | undefined): 'pem' | 'der' | undefined {
  if (value === undefined) return undefined;
  if (['PEM', 'pem', 'P', 'p'].includes(value)) return 'pem';
  if (['DER', 'der', 'D', 'd'].includes(value)) return 'der';
  return fail('ERR_USAGE', `option -${flag} takes PEM or DER, not "${value}"`);
}
