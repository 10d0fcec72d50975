/** Configurations of the engine that cannot be, as errors of the command line. */
import { fail } from '../../lib/errors.ts';

/** What `make` makes; a RangeError of the engine becomes an error of usage. */
export function checked<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) fail('ERR_USAGE', error.message);
    throw error;
  }
}
