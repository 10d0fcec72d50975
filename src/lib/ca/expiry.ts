import type { CertificateIndex } from './index-file.ts';

/**
 * Marks valid certificates whose time is over as expired (`ca -updatedb`).
 *
 * @param now milliseconds since 1970
 * @returns the serial numbers, in the order of the entries
 */
export function markExpired(index: CertificateIndex, now: number): readonly string[] {
  const over = index.entries.filter(({ type, expires }) => type === 'V' && (expires.ms as number) <= now);
  for (const entry of over) index.replace({ ...entry, type: 'E' });
  return over.map(({ serial }) => serial);
}
