/** The nameConstraints extension (RFC 5280 section 4.2.1.10). */
import type { DerNode } from '../der/index.ts';
import { implicitly, integer, optional, sequence, sequenceOf, type Type } from '../der/template.ts';
import { fail } from '../errors.ts';
import { generalNameType } from '../x509/general-names.ts';

/** A subtree of names that is allowed or forbidden. */
export interface Subtree {
  /** A GeneralName. */
  readonly base: DerNode;
  /** Whether minimum is 0 and there is no maximum; RFC 5280 wants it so. */
  readonly plain: boolean;
}

export interface NameConstraints {
  readonly permitted: readonly Subtree[];
  readonly excluded: readonly Subtree[];
  /** One of the two is there without a subtree. */
  readonly emptyPart: boolean;
}

const subtreesType = sequenceOf(
  sequence({
    base: generalNameType,
    minimum: optional(implicitly(0, integer())),
    maximum: optional(implicitly(1, integer())),
  }),
);

/** The extension as OpenSSL decodes it. */
export const nameConstraintsType: Type<unknown> = sequence({
  permitted: optional(implicitly(0, subtreesType)),
  excluded: optional(implicitly(1, subtreesType)),
});

/**
 * Reads the extension.
 *
 * @throws TlskitError ERR_DER
 */
export function readNameConstraints(node: DerNode | undefined): NameConstraints | undefined {
  const parts = node?.sequence('nameConstraints');
  if (!parts) return undefined;
  const subtrees = (number: number): Subtree[] =>
    (parts.find((part) => part.isContext(number))?.children ?? []).map(readSubtree);
  const emptyPart = parts.some((part) => part.children.length === 0);
  return { permitted: subtrees(0), excluded: subtrees(1), emptyPart };
}

function readSubtree(node: DerNode): Subtree {
  const [base, ...limits] = node.sequence('GeneralSubtree');
  if (!base) fail('ERR_DER', 'nameConstraints: a subtree without a name');
  const plain = limits.every((limit) => limit.isContext(0) && limit.content.every((octet) => octet === 0));
  return { base, plain };
}
