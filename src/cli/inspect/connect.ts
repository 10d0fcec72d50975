/** The chain that a TLS server sends: a handshake by our own engine, and good-bye. */
import { acceptAny, clientConfig, TlsEngine, type ConnectionInfo, type TlsEvent } from '../../lib/tls/index.ts';
import { fail, TlskitError } from '../../lib/errors.ts';
import { parseIp } from '../../lib/x509/checks.ts';
import { openSocket } from '../s_client/connection.ts';
import { parseAddress } from '../tls/address.ts';
import { TlsDriver } from '../tls/driver.ts';
import { failureText } from '../tls/failure.ts';
import { networkReason } from '../tls/network.ts';

/** A server to look at. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** What a server showed. */
export interface Served {
  readonly info: ConnectionInfo;
}

const DEFAULT_PORT = 443;

/**
 * The server that a word names: `https://host[:port]/…`, or `host:port` where no file has that name. Undefined for a file.
 *
 * @throws TlskitError ERR_USAGE for a URL of another scheme
 */
export function serverOf(word: string, isFile: (path: string) => boolean): ServerAddress | undefined {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(word)?.[1]?.toLowerCase();
  if (scheme !== undefined) {
    if (scheme !== 'https' && scheme !== 'tls')
      fail('ERR_USAGE', `${word}: an address begins with https:// or tls://, or is host:port`);
    const url = URL.canParse(word)
      ? new URL(word.replace(/^[a-z]+:/i, 'https:'))
      : fail('ERR_USAGE', `${word} is no URL`);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    return { host, port: url.port === '' ? DEFAULT_PORT : Number(url.port) };
  }
  if (!/^(?:\[[0-9a-f:.]+\]|[^/\\\s:]+):\d{1,5}$/i.test(word) || isFile(word)) return undefined;
  const { host, port } = parseAddress('connect', word, 'host');
  return { host: host ?? 'localhost', port };
}

/**
 * Shakes hands with a server and takes what it shows; nothing is verified here.
 *
 * @param timeout milliseconds until the handshake must be done
 * @throws TlskitError ERR_CONNECT, ERR_TLS
 */
export async function chainOf(server: ServerAddress, serverName: string, timeout: number): Promise<Served> {
  const { host, port } = server;
  const socket = await openSocket({ host, port, path: undefined, family: undefined, local: undefined });
  const config = clientConfig({
    versions: ['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1'],
    verify: acceptAny,
    requestOcsp: true,
  });
  const name = parseIp(serverName) ? undefined : serverName;
  return new Promise((resolve, reject) => {
    let failure: Error | undefined;
    let info: ConnectionInfo | undefined;
    const where = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    const timer = setTimeout(() => {
      failure = new TlskitError('ERR_TLS', `${where} did not finish the handshake in ${timeout / 1000} s`);
      socket.destroy();
    }, timeout);
    const event = (what: TlsEvent): void => {
      if (what.type === 'failure') failure ??= new TlskitError('ERR_TLS', `${where}: ${failureText(what.failure)}`);
      if (what.type !== 'secure') return;
      info = driver.engine.info;
      driver.close();
    };
    const driver = new TlsDriver(
      socket,
      (wake) => TlsEngine.client(config, { serverName: name, wake }),
      {
        event,
        error: (error) => {
          failure ??= new TlskitError('ERR_TLS', `${where}: ${networkReason(error)}`);
        },
        closed: () => {
          clearTimeout(timer);
          if (info) resolve({ info });
          else reject(failure ?? new TlskitError('ERR_TLS', `${where}: the connection ended in the handshake`));
        },
      },
      { linger: 0 },
    );
    driver.start();
  });
}
