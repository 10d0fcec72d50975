import { NEWER_OBJECTS } from './objects-newer.ts';
import { OBJECTS } from './objects.ts';

/** An object identifier with the names that OpenSSL prints. */
export interface ObjectName {
  readonly oid: string;
  /** Short name, e.g. `CN`. */
  readonly sn: string;
  /** Long name, e.g. `commonName`. */
  readonly ln: string;
}

let byOid: Map<string, ObjectName> | undefined;
let byName: Map<string, ObjectName> | undefined;

function load(): Map<string, ObjectName> {
  if (byOid) return byOid;
  byOid = new Map();
  for (const line of (OBJECTS + NEWER_OBJECTS).split('\n')) {
    const at = line.indexOf(':');
    if (at < 0) continue;
    const parent = line.slice(0, at);
    for (const row of line.slice(at + 1).split(';')) {
      const m = /^ (\d+) ([^=]*)(?:=(.*))?$/.exec(row);
      if (!m) continue;
      const [, last, sn, ln] = m as unknown as [string, string, string, string | undefined];
      // 1.3 has two names; OpenSSL prints the first
      if (!byOid.has(`${parent}.${last}`))
        byOid.set(`${parent}.${last}`, { oid: `${parent}.${last}`, sn, ln: ln ?? sn });
    }
  }
  return byOid;
}

/**
 * Gives names to identifiers that have none, from then on and everywhere, as `oid_file` and `oid_section` do in OpenSSL. For a program with one
 * configuration, such as a command; names that are known already stay.
 */
export function addObjectNames(objects: readonly ObjectName[]): void {
  const known = load();
  for (const object of objects) {
    if (known.has(object.oid) || objectByName(object.sn) || objectByName(object.ln)) continue;
    known.set(object.oid, object);
    byName = undefined;
  }
}

/** The names of an object identifier in dotted form, if it has any. */
export function objectByOid(oid: string): ObjectName | undefined {
  return load().get(oid);
}

/** The object with this short or long name (exact case), or with this dotted identifier, as OpenSSL's OBJ_txt2obj reads it. */
export function objectByName(text: string): ObjectName | undefined {
  if (/^[0-2](\.\d+)+$/.test(text)) return objectByOid(text) ?? { oid: text, sn: text, ln: text };
  if (!byName) {
    byName = new Map();
    for (const object of load().values()) if (!byName.has(object.ln)) byName.set(object.ln, object);
    for (const object of load().values()) byName.set(object.sn, object);
  }
  return byName.get(text);
}

/** The long name of an object identifier, or its dotted form when it has none. */
export const longName = (oid: string): string => objectByOid(oid)?.ln ?? oid;

/** The short name of an object identifier, or its dotted form when it has none. */
export const shortName = (oid: string): string => objectByOid(oid)?.sn ?? oid;

/** All objects that have names, in the table's order. */
export const objects = (): ObjectName[] => [...load().values()];
