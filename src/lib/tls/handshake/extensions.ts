/** What holds for every list of extensions: no doubles, nothing out of place, nothing that was not asked for (RFC 8446 section 4.2). */
import { decode } from '../../codec/index.ts';
import { isGrease } from '../../registry/tls-codes.ts';
import { EXTENSION, EXTENSIONS, mayStand, type ExtensionPlace } from '../../registry/tls-extensions.ts';
import { decoding, fail } from '../failure.ts';
import { bodyIn, duplicate, find, type Extension, type ExtensionBody } from '../wire/index.ts';

const label = (code: number): string => EXTENSIONS.get(code) ?? `${code}`;

/** Refuses an extension that stands twice. */
export function checkDoubles(extensions: readonly Extension[]): void {
  const twice = duplicate(extensions);
  if (twice !== undefined) fail('extension_duplicate', label(twice));
}

/** Refuses known extensions in a message that asks (ClientHello, CertificateRequest, NewSessionTicket) and may not have them. */
export function checkPlaces(extensions: readonly Extension[], place: ExtensionPlace): void {
  for (const { type } of extensions) {
    if (!mayStand(type, place)) fail('extension_misplaced', `${label(type)} in ${place}`);
  }
}

/** Refuses what does not answer something that was offered, and what answers it in the wrong message. */
export function checkAnswers(
  extensions: readonly Extension[],
  place: ExtensionPlace,
  offered: ReadonlySet<number>,
): void {
  checkDoubles(extensions);
  for (const { type } of extensions) {
    const row = EXTENSIONS.row(type);
    // a cookie is the one answer that nobody asks for
    // and a value of GREASE was offered to be ignored (RFC 8701 section 3.1)
    const asked = (offered.has(type) && !isGrease(type)) || (place === 'HRR' && type === EXTENSION.cookie);
    if (!row && !asked) fail('extension_unknown_in_answer', label(type));
    // some servers before TLS 1.3 tell their groups, as if a ServerHello had a place for that
    const tolerated = place === 'SH12' && type === EXTENSION.supportedGroups;
    if (asked && row && !row.places.has(place) && !tolerated) fail('extension_misplaced', `${label(type)} in ${place}`);
    if (!asked) {
      if (row && !row.places.has(place) && !isAnswer(row.places))
        fail('extension_misplaced', `${label(type)} in ${place}`);
      fail('extension_unsolicited', label(type));
    }
  }
}

/** Refuses bodies that do not decode, of extensions that are not read as well: a message is right as a whole or not at all. */
export function checkBodies(
  extensions: readonly Extension[],
  place: ExtensionPlace,
  counts: (code: number) => boolean = () => true,
): void {
  for (const { type, data } of extensions) {
    const kind = counts(type) ? bodyIn(place, type) : undefined;
    if (kind) decoding(kind.name, () => decode(kind.schema, data));
  }
}

/** Whether an extension is one that servers answer with at all. */
function isAnswer(places: ReadonlySet<ExtensionPlace>): boolean {
  return ['SH', 'HRR', 'EE', 'CT', 'SH12'].some((place) => places.has(place as ExtensionPlace));
}

/** The body of an extension; undefined when it does not stand there. What does not decode fails by the extension's own reasons. */
export function bodyOf<T>(extensions: readonly Extension[] | undefined, kind: ExtensionBody<T>): T | undefined {
  const data = find(extensions, kind.code);
  return data === undefined ? undefined : decoding(kind.name, () => decode(kind.schema, data));
}
