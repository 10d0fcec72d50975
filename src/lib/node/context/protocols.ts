/** Protocol versions as options say them: `minVersion`, `maxVersion` and the older `secureProtocol`. */
import { TLS10, TLS11, TLS12, TLS13, VERSIONS, type VersionName } from '../../registry/tls-versions.ts';
import { bindingError, nodeError } from '../errors/node.ts';

/** The number of a version's name. Throws ERR_TLS_INVALID_PROTOCOL_VERSION for what is none. */
export function versionOf(which: 'minimum' | 'maximum', name: unknown, otherwise: string): number {
  const wanted = name ?? otherwise;
  const row = typeof wanted === 'string' ? VERSIONS.rows.find((one) => one.name === wanted) : undefined;
  if (row && row.code >= TLS10) return row.code;
  const why = row ? `: ${row.name} is not supported` : '';
  const message = `${JSON.stringify(wanted)} is not a valid ${which} TLS protocol version${why}`;
  throw nodeError('ERR_TLS_INVALID_PROTOCOL_VERSION', message, TypeError);
}

/** Which side a method of OpenSSL's is for. */
export type MethodSide = 'client' | 'server' | undefined;

/** What a `secureProtocol` says. 0 is no bound. */
export interface Method {
  readonly side: MethodSide;
  readonly min: number | undefined;
  readonly max: number;
}

const METHODS: Readonly<Record<string, readonly [min: number | undefined, max: number]>> = {
  SSLv23: [undefined, TLS12],
  TLS: [0, TLS13],
  TLSv1: [TLS10, TLS10],
  TLSv1_1: [TLS11, TLS11],
  TLSv1_2: [TLS12, TLS12],
};

const invalid = (message: string): Error => bindingError('ERR_TLS_INVALID_PROTOCOL_METHOD', message, TypeError);

/** The meaning of a `secureProtocol`. Throws ERR_TLS_INVALID_PROTOCOL_METHOD for what is none. */
export function methodOf(name: string): Method {
  const [, family = '', side] = /^(.*?)_(?:(client|server)_)?method$/.exec(name) ?? [];
  if (family === 'SSLv2' || family === 'SSLv3') throw invalid(`${family} methods disabled`);
  const bounds = Object.hasOwn(METHODS, family) ? METHODS[family] : undefined;
  if (!bounds) throw invalid(`Unknown method: ${name}`);
  return { side: side as MethodSide, min: bounds[0], max: bounds[1] };
}

/** Bits of `secureOptions` that switch a version off. */
const SWITCHES: Readonly<Record<number, number>> = {
  [TLS10]: 0x0400_0000,
  [TLS11]: 0x1000_0000,
  [TLS12]: 0x0800_0000,
  [TLS13]: 0x2000_0000,
};

/** The versions that are left, newest first; perhaps none. */
export function versionsIn(min: number, max: number, options: number): readonly VersionName[] {
  return VERSIONS.rows
    .filter(({ code }) => code >= Math.max(min, TLS10) && (max === 0 || code <= max))
    .filter(({ code }) => ((SWITCHES[code] ?? 0) & options) === 0)
    .map(({ name }) => name)
    .toReversed();
}
