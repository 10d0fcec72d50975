/** Hosts and ports, as OpenSSL's options name them. */
import { isIP } from 'node:net';
import { fail } from '../../lib/errors.ts';

export interface Address {
  /** Undefined for all or any. */
  readonly host: string | undefined;
  readonly port: number;
}

/** Names of ports that appear in command lines; Node cannot look others up. */
const SERVICES: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  smtp: 25,
  smtps: 465,
  submission: 587,
  submissions: 465,
  imap: 143,
  imaps: 993,
  pop3: 110,
  pop3s: 995,
  ftp: 21,
  ftps: 990,
  ldap: 389,
  ldaps: 636,
  postgresql: 5432,
};

/** The port that s_client and s_server take when none is named. */
export const DEFAULT_PORT = 4433;

/**
 * `host:port`, `[::1]:port`, `host` or `port`.
 *
 * @param alone what a single word is
 * @throws TlskitError ERR_USAGE
 */
export function parseAddress(flag: string, value: string, alone: 'host' | 'port'): Address {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::([^:]*))?$/.exec(value);
  if (!match) return fail('ERR_USAGE', `option -${flag} takes host:port or [address]:port, not "${value}"`);
  const [, bracketed, plain = '', second] = match;
  if (second === undefined && alone === 'port' && bracketed === undefined)
    return { host: undefined, port: portOf(flag, plain) };
  const host = bracketed ?? plain;
  return {
    host: host === '' || host === '*' ? undefined : host,
    port: second === undefined || second === '' ? DEFAULT_PORT : portOf(flag, second),
  };
}

/**
 * What -4 and -6 ask for. Node takes an address of the other family all the same.
 *
 * @throws TlskitError ERR_USAGE for such an address
 */
export function familyOf(
  flags: { readonly '4': boolean; readonly '6': boolean },
  ...addresses: readonly (Address | undefined)[]
): 4 | 6 | undefined {
  const family = flags[4] ? 4 : flags[6] ? 6 : undefined;
  for (const address of addresses) {
    const host = address?.host ?? '';
    if (family !== undefined && isIP(host) === 10 - family)
      fail('ERR_USAGE', `${host} is no address of IPv${family}, which -${family} asks for`);
  }
  return family;
}

/** A port by its number or name. */
export function portOf(flag: string, value: string | number): number {
  const port = SERVICES[value] ?? (/^\d{1,5}$/.test(`${value}`) ? Number(value) : -1);
  if (port < 0 || port > 65_535) fail('ERR_USAGE', `option -${flag}: there is no port "${value}"`);
  return port;
}
