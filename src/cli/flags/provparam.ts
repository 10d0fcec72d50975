/** `-provparam` of OpenSSL 3.5, as far as it says how ML-DSA and ML-KEM keys are written: `ml-dsa.output_formats=seed-only`. */
import { fail } from '../../lib/errors.ts';
import { SEEDED_FORMS, type SeededForm } from '../../lib/keys/private-forms.ts';
import type { KeyType } from '../../lib/keys/types.ts';
import { postQuantum } from '../../lib/registry/post-quantum.ts';
import { list, type Flag } from '../spec.ts';

export const provparamFlag = (): Flag<readonly string[]> =>
  list('name=value', 'How ML-DSA and ML-KEM keys are written: ml-dsa.output_formats=seed-only, seed-priv or priv-only');

interface Flagged {
  readonly flags: { readonly provparam: readonly string[] };
  note(text: string): void;
}

/**
 * The forms that the flags ask for, for a key's type; the last one counts. What else they set is said to be without effect.
 *
 * @throws TlskitError ERR_USAGE for a form that nobody knows
 */
export function seededForms(context: Flagged, type: KeyType): { readonly seeded?: readonly SeededForm[] } {
  let forms: readonly SeededForm[] | undefined;
  for (const parameter of context.flags.provparam) {
    const [, family, value = ''] = /^(?:[^:=]*:)?(ml-dsa|ml-kem)\.output_formats=(.*)$/.exec(parameter) ?? [];
    if (family === undefined) context.note(`option -provparam ${parameter} has no effect here\n`);
    else if (family === postQuantum(type)?.family)
      forms = value
        .split(/[\s,;:]+/)
        .filter(Boolean)
        .map(formOf);
  }
  return forms && forms.length > 0 ? { seeded: forms } : {};
}

const formOf = (word: string): SeededForm =>
  SEEDED_FORMS.find((form) => form === word) ??
  fail('ERR_USAGE', `option -provparam: there is no form "${word}" of keys; there are ${SEEDED_FORMS.join(', ')}`);
