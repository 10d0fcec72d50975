/** Whether an answer is of today (RFC 6960 section 4.2.2.1), as OCSP_check_validity has it. */
import type { SingleResponse } from './response.ts';

/** What is wrong with an answer's times; the text of each is what OpenSSL says. */
export type OcspTimeFault =
  | 'error in thisupdate field'
  | 'status not yet valid'
  | 'status too old'
  | 'error in nextupdate field'
  | 'status expired'
  | 'nextupdate before thisupdate';

/** OpenSSL's default for clocks that differ. */
export const DEFAULT_SKEW = 300;

export interface FreshnessOptions {
  /** Now, in milliseconds since 1970. */
  readonly time: number;
  /** Seconds by which clocks may differ; default 300. */
  readonly skew?: number | undefined;
  /** Seconds after thisUpdate at which an answer is too old; needed where a response has no nextUpdate. */
  readonly maxAge?: number | undefined;
}

/** What is wrong with the times of an answer, in OpenSSL's order; nothing is good. */
export function ocspTimeFaults(
  { thisUpdate, nextUpdate }: Pick<SingleResponse, 'thisUpdate' | 'nextUpdate'>,
  { time, skew = DEFAULT_SKEW, maxAge }: FreshnessOptions,
): OcspTimeFault[] {
  const now = Math.floor(time / 1000) * 1000;
  const [start, end] = [thisUpdate.ms, nextUpdate?.ms];
  const faults: OcspTimeFault[] = [];
  if (start === undefined) faults.push('error in thisupdate field');
  else {
    if (start > now + skew * 1000) faults.push('status not yet valid');
    // OpenSSL takes equal times for past ones
    if (maxAge !== undefined && start <= now - maxAge * 1000) faults.push('status too old');
  }
  if (!nextUpdate) return faults;
  if (end === undefined) faults.push('error in nextupdate field');
  else {
    if (end <= now - skew * 1000) faults.push('status expired');
    if (start !== undefined && end < start) faults.push('nextupdate before thisupdate');
  }
  return faults;
}
