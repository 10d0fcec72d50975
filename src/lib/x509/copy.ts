/** Extensions on their way from a request into a certificate and back. */
import { shortName } from '../registry/oids.ts';
import type { Extension } from './certificate.ts';

/** `copy`: those that the target does not have; `copyall`: all, in place of the target's own. */
export type CopyExtensions = 'none' | 'copy' | 'copyall';

/** `target` with extensions of `source` added, as OpenSSL's -copy_extensions does it. */
export function copyExtensions(
  target: readonly Extension[],
  source: readonly Extension[],
  mode: CopyExtensions,
): readonly Extension[] {
  if (mode === 'none') return target;
  let list = target;
  for (const extension of source) {
    const there = list.some(({ oid }) => oid === extension.oid);
    if (there && mode === 'copy') continue;
    list = [...list.filter(({ oid }) => oid !== extension.oid), extension];
  }
  return list;
}

/** The extensions with these short names; all of them when no names are given. */
export function keepExtensions(
  extensions: readonly Extension[],
  names: readonly string[] | undefined,
): readonly Extension[] {
  if (!names) return extensions;
  return extensions.filter(({ oid }) => names.includes(shortName(oid)));
}
