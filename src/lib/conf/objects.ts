import { fail } from '../errors.ts';
import { dottedOid, findObject, type ObjectLookup } from '../registry/find.ts';
import type { ObjectName } from '../registry/oids.ts';
import type { Config } from './config.ts';
import { shown } from '../der/text.ts';

/** The objects that a configuration names in its `oid_section`, see {@link objectsOf}. */
export function namedObjects(config: Config): ObjectName[] {
  const objects: ObjectName[] = [];
  const init = config.get(undefined, 'openssl_conf');
  const sections = [
    config.get('default', 'oid_section'),
    init === undefined ? undefined : ownValue(config, init, 'oid_section'),
  ];
  for (const section of new Set(sections)) {
    if (section === undefined) continue;
    for (const [sn, value] of config.requireSection(section, 'oid_section')) {
      objects.push(newObject(config, section, sn, value));
    }
  }
  return objects;
}

/**
 * The lookup that a configuration sets up with its `oid_section` (top level, and in the section that `openssl_conf` names):
 * `name = 1.2.3` and `shortName = a long name, 1.2.3`.
 */
export function objectsOf(config: Config): ObjectLookup {
  const byName = new Map<string, ObjectName>();
  const byOid = new Map<string, ObjectName>();
  for (const object of namedObjects(config)) {
    byOid.set(object.oid, object);
    byName.set(object.ln, object);
    byName.set(object.sn, object);
  }
  if (byName.size === 0) return findObject;
  return (text) => {
    const found = findObject(text);
    if (found && found.sn !== found.oid) return found;
    return byName.get(text) ?? (found && (byOid.get(found.oid) ?? found));
  };
}

function ownValue(config: Config, section: string, name: string): string | undefined {
  return config.section(section)?.find(([key]) => key === name)?.[1];
}

function newObject(config: Config, section: string, sn: string, value: string): ObjectName {
  const comma = value.lastIndexOf(',');
  const ln = comma < 0 ? sn : value.slice(0, comma).trim();
  const oid = dottedOid(value.slice(comma + 1).trim());
  if (oid === undefined || sn === '' || ln === '') {
    const place = config.placeText(section, sn);
    return fail(
      'ERR_CONFIG',
      `${place}: [${shown(section)}] ${shown(sn)} = "${shown(value)}" should be "1.2.3.4" or "long name, 1.2.3.4"`,
    );
  }
  return { oid, sn, ln };
}
