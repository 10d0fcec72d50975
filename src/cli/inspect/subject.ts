import type { Inspection } from '../../lib/inspect/index.ts';
import type { VerifyError } from '../../lib/verify/index.ts';
import type { ServerAddress } from './connect.ts';

/** What a chain's verification by this machine's trust came to. */
export interface Trust {
  readonly ok: boolean;
  readonly error: VerifyError | undefined;
}

/** What `inspect` shows: an input, and all that was found about it. */
export interface Subject {
  /** A file, `standard input`, or a server's address. */
  readonly name: string;
  readonly inspection: Inspection;
  readonly now: number;
  /** Of the first certificate that is no CA; undefined where there is no certificate. */
  readonly trust: Trust | undefined;
  readonly server:
    | (ServerAddress & {
        readonly serverName: string;
        readonly version: string;
        readonly suite: string;
        readonly group: string | undefined;
        readonly stapled: boolean;
      })
    | undefined;
}
