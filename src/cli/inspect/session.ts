import { SUITES } from '../../lib/registry/tls-suites.ts';
import { VERSIONS } from '../../lib/registry/tls-versions.ts';
import type { SslSession } from '../../lib/tls/index.ts';
import { printable } from './words.ts';

/** Version and suite of a session by name. */
export function sessionNames({ session }: SslSession): { readonly version: string; readonly suite: string } {
  return {
    version: VERSIONS.get(session.version) ?? hex(session.version),
    suite: SUITES.get(session.suite) ?? hex(session.suite),
  };
}

/** The lines of a TLS session; its secret is not shown. */
export function sessionLines(stored: SslSession, now: number): string[] {
  const { version, suite } = sessionNames(stored);
  const { session } = stored;
  const end = session.created + session.lifetime * 1000;
  const over = session.lifetime > 0 && end < now;
  const kind = session.ticket.length > 0 ? 'a ticket' : 'a session id';
  return [
    `TLS session, ${version}, ${suite}`,
    `${kind}${session.serverName === '' ? '' : ` for ${printable(session.serverName)}`}, made ${new Date(session.created).toISOString().slice(0, 19)}Z, ` +
      `for ${session.lifetime} s${over ? ': that is over' : ''}`,
    `${session.peerChain.length === 1 ? '1 certificate' : `${session.peerChain.length} certificates`} of the peer in it, ${session.maxEarlyData} octets of early data`,
  ];
}

const hex = (code: number): string => `0x${code.toString(16).padStart(4, '0')}`;
