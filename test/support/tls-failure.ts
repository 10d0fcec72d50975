import { TlsFailure } from '../../src/lib/tls/failure.ts';

/** The reason for which something gives up; undefined when it does not. Other errors pass. */
export function reasonOf(what: () => unknown): string | undefined {
  try {
    what();
    return undefined;
  } catch (error) {
    if (error instanceof TlsFailure) return error.reason;
    throw error;
  }
}
