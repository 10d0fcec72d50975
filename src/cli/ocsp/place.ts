/** Where a responder is: -url, or -host, -port and -path; and the proxy on the way. */
import { fail } from '../../lib/errors.ts';
import { portOf } from '../tls/address.ts';

export interface Place {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly tls: boolean;
}

/** `host`, `host:port`, `[::1]:port`. */
export function splitHost(flag: string, text: string): { host: string; port: number | undefined } {
  const match = /^(?:\[([^\]]+)\]|([^:/[\]]+))(?::([^:/]*))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) return fail('ERR_USAGE', `option -${flag} takes a host and a port, host:port, not "${text}"`);
  const port = match?.[3];
  return { host, port: port === undefined || port === '' ? undefined : portOf(flag, port) };
}

/**
 * The place that a URL of http or https names. `context` says where the URL is from.
 *
 * @throws TlskitError ERR_USAGE
 */
export function placeOfUrl(text: string, context = 'Error parsing -url argument'): Place {
  const match = /^(?:(https?):\/\/)?([^/?#]*)(.*)$/i.exec(text);
  const [, scheme = 'http', authority = '', path = ''] = match ?? [];
  if (!match || /:\/\//.test(authority + path.slice(0, 3)) || authority === '' || authority.includes('@'))
    fail('ERR_USAGE', `${context}: "${text}" should read http://host[:port][/path], or https`);
  const { host, port } = splitHost('url', authority);
  const tls = scheme.toLowerCase() === 'https';
  return { host, port: port ?? (tls ? 443 : 80), path: pathOf(path), tls };
}

/** A path begins with a slash; an absolute URL, as old command lines have it, stays. Fragments are not sent. */
function pathOf(text: string): string {
  const path = (text.split('#', 1)[0] as string).replace(/[^!-~]/g, (c) => encodeURIComponent(c));
  return /^(\/|https?:\/\/)/.test(path) ? path : `/${path}`;
}

interface PlaceFlags {
  readonly url: string | undefined;
  readonly host: string | undefined;
  readonly port: string | undefined;
  readonly path: string | undefined;
}

/** The responder that the options name; undefined where they name none. -host, -port and -path replace parts of -url. */
export function placeOf({ url, host, port, path }: PlaceFlags): Place | undefined {
  const base = url === undefined ? undefined : placeOfUrl(url);
  if (host === undefined && !base) return undefined;
  const named = host === undefined ? undefined : splitHost('host', host.replace(/^http:\/\//, '').replace(/\/$/, ''));
  return {
    host: named?.host ?? (base as Place).host,
    port: port === undefined ? (named?.port ?? base?.port ?? 80) : portOf('port', port),
    path: path === undefined ? (base?.path ?? '/') : pathOf(path),
    tls: base?.tls ?? false,
  };
}

/** The proxy for a host: -proxy, or the environment's; undefined where -no_proxy or the environment excepts the host. */
export function proxyFor(
  { host, tls }: Place,
  flags: { readonly proxy: string | undefined; readonly no_proxy: string | undefined },
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const scheme = tls ? 'https' : 'http';
  const proxy = flags.proxy ?? env[`${scheme}_proxy`] ?? env[`${scheme.toUpperCase()}_PROXY`];
  if (proxy === undefined || proxy === '') return undefined;
  const excepted = (flags.no_proxy ?? env['no_proxy'] ?? env['NO_PROXY'] ?? '').split(/[\s,]+/).filter(Boolean);
  const own = host.toLowerCase();
  const matches = (name: string): boolean => {
    const bare = name.toLowerCase().replace(/^\[|\]$/g, '');
    return bare === '*' || bare === own || own.endsWith(bare.startsWith('.') ? bare : `.${bare}`);
  };
  return excepted.some(matches) ? undefined : proxy;
}
