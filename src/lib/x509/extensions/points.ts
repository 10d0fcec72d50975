import {
  CLASS,
  contextPrimitive,
  element,
  explicit,
  implicit,
  namedBits,
  readDer,
  seq,
  type DerNode,
} from '../../der/index.ts';

import { shown } from '../../der/text.ts';
import { fail } from '../../errors.ts';
import { generalName, generalNames } from './general-name.ts';
import { booleanOf, parseList } from './items.ts';
import { refuse, type Item, type Scope } from './types.ts';

/** ReasonFlags (RFC 5280 section 4.2.1.13), by bit. */
const REASONS = [
  'unused',
  'keyCompromise',
  'CACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  'privilegeWithdrawn',
  'AACompromise',
];

/** `[0] DistributionPointName` from `fullname` or `relativename`; undefined for other items. */
function pointName(item: Item, scope: Scope): Buffer | undefined {
  const value = item.value ?? '';
  if (item.name === 'fullname') return explicit(0, implicit(0, namesFrom(value, scope)));
  if (item.name !== 'relativename') return undefined;
  const name = scope.name(value);
  if (name.rdns.length !== 1)
    fail(
      'ERR_EXTENSION',
      `the section [${shown(value)}] should make one relative name; join lines with "+", as in 1.+OU`,
    );
  const [rdn] = readDer(name.der).children;
  return explicit(0, element(CLASS.context, true, 1, (rdn as DerNode).content));
}

/** GeneralNames from `@section` or a list. */
const namesFrom = (value: string, scope: Scope): Buffer =>
  generalNames(value.startsWith('@') ? scope.items(value.slice(1)) : parseList(value), scope);

/** ReasonFlags under an implicit tag. */
function reasons(tag: number, item: Item): Buffer {
  const bits = parseList(item.value ?? '').map(({ name }) => {
    const bit = REASONS.indexOf(name);
    return bit >= 0 ? bit : fail('ERR_EXTENSION', `the reason "${shown(name)}" should be one of ${REASONS.join(', ')}`);
  });
  return implicit(tag, namedBits(bits));
}

/** Fields by tag number; a second value for one is refused where OpenSSL refuses it. */
class Fields {
  readonly #byTag = new Map<number, Buffer>();

  set(tag: number, field: Buffer, name?: string): void {
    if (name !== undefined && this.#byTag.has(tag))
      fail('ERR_EXTENSION', `"${name}" stands there twice, or fullname and relativename together`);
    this.#byTag.set(tag, field);
  }

  delete(tag: number): void {
    this.#byTag.delete(tag);
  }

  encode(): Buffer {
    return seq(...[...this.#byTag].sort(([a], [b]) => a - b).map(([, field]) => field));
  }
}

/** crlDistributionPoints and freshestCRL: GeneralNames, or names of sections. */
export const distributionPoints = (items: readonly Item[], scope: Scope): Buffer =>
  seq(
    ...items.map((item) =>
      item.value === undefined
        ? pointSection(item.name, scope)
        : seq(explicit(0, implicit(0, seq(generalName(item, scope))))),
    ),
  );

function pointSection(section: string, scope: Scope): Buffer {
  const fields = new Fields();
  for (const item of scope.items(section)) {
    const name = pointName(item, scope);
    if (name) fields.set(0, name, item.name);
    else if (item.name === 'reasons') fields.set(1, reasons(1, item), item.name);
    else if (item.name === 'CRLissuer') fields.set(2, implicit(2, namesFrom(item.value ?? '', scope)));
    // OpenSSL passes over lines of other names here
  }
  return fields.encode();
}

/** Flags of issuingDistributionPoint (RFC 5280 section 5.2.5) and their tags. */
const FLAGS: Readonly<Record<string, number>> = { onlyuser: 1, onlyCA: 2, indirectCRL: 4, onlyAA: 5 };

/** issuingDistributionPoint, an extension of CRLs. */
export function issuingDistributionPoint(items: readonly Item[], scope: Scope): Buffer {
  const fields = new Fields();
  for (const item of items) {
    const name = pointName(item, scope);
    const flag = Object.hasOwn(FLAGS, item.name) ? FLAGS[item.name] : undefined;
    if (name) fields.set(0, name, item.name);
    else if (item.name === 'onlysomereasons') fields.set(3, reasons(3, item), item.name);
    else if (flag === undefined)
      refuse(item, `fullname, relativename, onlysomereasons, ${Object.keys(FLAGS).join(', ')}`);
    else if (booleanOf(item)) fields.set(flag, contextPrimitive(flag, Buffer.from([0xff])));
    else fields.delete(flag);
  }
  return fields.encode();
}
