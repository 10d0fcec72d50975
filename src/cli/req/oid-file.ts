/** `oid_file`: names for object identifiers, a line each: `1.2.3.4 shortName A long name`. */
import type { ObjectLookup } from '../../lib/registry/find.ts';
import type { ObjectName } from '../../lib/registry/oids.ts';

/** The objects that the lines of a file name. */
export function oidFileObjects(text: string): ObjectName[] {
  return text.split('\n').flatMap((line) => {
    const [, oid, sn = '', long = ''] = /^(\d[\d.]*)[ \t]+(\S+)[ \t]*(.*)$/s.exec(line.trimEnd()) ?? [];
    return oid === undefined ? [] : [{ oid, sn, ln: long === '' ? sn : long }];
  });
}

/** The lookup with the names of a file added; a name that is known already keeps its meaning. */
export function withOidFile(find: ObjectLookup, text: string): ObjectLookup {
  const byName = new Map<string, ObjectName>();
  for (const object of oidFileObjects(text)) {
    for (const name of [object.sn, object.ln, object.oid]) byName.set(name, object);
  }
  if (byName.size === 0) return find;
  return (name) => {
    const known = find(name);
    return known && known.sn !== known.oid ? known : (byName.get(name) ?? known);
  };
}
