/** Values as lines of a log: the same for both implementations unless they differ in what a program can see. */

/** What differs from run to run, and what nobody can copy: ports, OpenSSL's thread and the place in its sources. */
const VOLATILE: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9A-F]{8,16}:error:([0-9A-F]{8}):([^:]*):([^:]*):([^:]*):[^:\n]*:\d+:([^\n]*)\n?/g, 'error:$1:$2:$3:$4:$5'],
  [/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT'],
  [/::1:\d+/g, '::1:PORT'],
  [/(?:\/\S*|\\\\\.\\pipe\\)tlskit-diff-[^\s'"]*/g, 'PATH'],
];

const PORTS = new Set(['port', 'localPort', 'remotePort']);

export function steady(text: string): string {
  return VOLATILE.reduce((result, [pattern, by]) => result.replace(pattern, by), text);
}

/** How octets are shown: their number, or all of them. */
export type Octets = 'length' | 'hex' | 'nothing';

function ofError(error: Error, octets: Octets, seen: unknown[]): string {
  const parts = [error.name, JSON.stringify(steady(error.message))];
  // the stack is a place in a program's sources, and "message" is enumerable on some that come from C++
  const own = Object.keys(error).filter((key) => key !== 'stack' && key !== 'message');
  const value = (key: string): string => {
    const of = (error as unknown as Record<string, unknown>)[key];
    return PORTS.has(key) && typeof of === 'number' ? 'PORT' : describe(of, octets, seen);
  };
  parts.push(...own.sort().map((key) => `${key}=${value(key)}`));
  return `${error.constructor.name}(${parts.join(' ')})`;
}

function ofObject(value: object, octets: Octets, seen: unknown[]): string {
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null;
  const name = prototype?.constructor?.name ?? 'null';
  if (prototype && prototype !== Object.prototype) return `[${name}]`;
  const fields = Object.entries(value).map(([key, field]) =>
    PORTS.has(key) && typeof field === 'number' ? `${key}: PORT` : `${key}: ${describe(field, octets, seen)}`,
  );
  return `${prototype ? '' : 'null:'}{${fields.join(', ')}}`;
}

/** One value. Objects of classes are shown by the name of their class; fields stand in the order in which they are enumerated. */
export function describe(value: unknown, octets: Octets = 'length', seen: unknown[] = []): string {
  if (typeof value === 'string') return JSON.stringify(steady(value));
  if (typeof value === 'function') return 'function';
  if (typeof value !== 'object' || value === null) return String(value);
  if (seen.includes(value)) return `[circular ${seen.length - seen.indexOf(value)}]`;
  const path = [...seen, value];
  if (ArrayBuffer.isView(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    const name = value.constructor.name;
    if (octets === 'nothing') return name;
    return octets === 'hex' ? `${name}(${bytes.toString('hex')})` : `${name}(${bytes.length})`;
  }
  if (value instanceof Error) return ofError(value, octets, path);
  if (Array.isArray(value)) return `[${value.map((item) => describe(item, octets, path)).join(', ')}]`;
  return ofObject(value, octets, path);
}
