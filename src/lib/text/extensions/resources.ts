/** IP address blocks and autonomous system numbers (RFC 3779). */
import {
  bitString,
  choice,
  explicitly,
  integer,
  nothing,
  octetString,
  optional,
  sequence,
  sequenceOf,
  type BitString,
  type Choice,
  type Type,
} from '../../der/template.ts';
import { integerText } from '../number.ts';
import { asBlock, type ExtensionPrinter, type PrintedExtension } from './printer.ts';

/** A closed range. */
export interface Range<T> {
  min: T;
  max: T;
}

export interface AddressKinds {
  prefix: BitString;
  range: Range<BitString>;
}

export interface Inheritable<T> {
  inherit: null;
  list: readonly T[];
}

const inherit = nothing();

/** A family of addresses: its number, perhaps a subsequent one, and its addresses. */
export interface AddressFamily {
  readonly family: Buffer;
  readonly choice: Choice<Inheritable<Choice<AddressKinds>>>;
}

/** The value of sbgp-ipAddrBlock (RFC 3779 section 2.2.3). */
export const addressFamilies: Type<readonly AddressFamily[]> = sequenceOf(
  sequence({
    family: octetString(),
    choice: choice<Inheritable<Choice<AddressKinds>>>({
      inherit,
      list: sequenceOf(
        choice<AddressKinds>({ prefix: bitString(), range: sequence({ min: bitString(), max: bitString() }) }),
      ),
    }),
  }),
);

const SUBSEQUENT: ReadonlyMap<number, string> = new Map([
  [1, 'Unicast'],
  [2, 'Multicast'],
  [3, 'Unicast/Multicast'],
  [4, 'MPLS'],
  [64, 'Tunnel'],
  [65, 'VPLS'],
  [66, 'BGP MDT'],
  [128, 'MPLS-labeled VPN'],
]);

const FAMILIES: ReadonlyMap<number, string> = new Map([
  [1, 'IPv4'],
  [2, 'IPv6'],
]);

/** The address of `length` octets whose first bits are given, the others being `fill`; undefined when there are too many. */
export function expand({ bytes, unused }: BitString, length: number, fill: 0 | 0xff): Buffer | undefined {
  if (bytes.length > length) return undefined;
  const out = Buffer.alloc(length, fill);
  bytes.copy(out);
  if (bytes.length > 0 && unused > 0) {
    const mask = 0xff >> (8 - unused);
    const last = bytes.at(-1) as number;
    out[bytes.length - 1] = fill === 0 ? last & ~mask : last | mask;
  }
  return out;
}

/** Lower-case groups; trailing zero groups are left out, which leaves a colon at the end, or two. */
function version6(address: Buffer): string {
  let groups = 8;
  while (groups > 0 && address.readUInt16BE(2 * groups - 2) === 0) groups -= 1;
  if (groups === 0) return '::';
  const text = Array.from({ length: groups }, (_, i) => address.readUInt16BE(2 * i).toString(16)).join(':');
  return groups === 8 ? text : `${text}${groups < 8 ? '::' : ''}`;
}

function addressText(bits: BitString, family: number, fill: 0 | 0xff): string | undefined {
  if (family === 1) return expand(bits, 4, fill)?.join('.');
  if (family === 2) {
    const address = expand(bits, 16, fill);
    return address && version6(address);
  }
  return `${Array.from(bits.bytes, (b) => b.toString(16).padStart(2, '0')).join(':')}[${bits.unused}]`;
}

function entryText(entry: Choice<AddressKinds>, family: number): PrintedExtension {
  if (entry.kind === 'prefix') {
    const text = addressText(entry.value, family, 0);
    if (text === undefined) return { text: '', complete: false };
    return { text: `${text}/${entry.value.bytes.length * 8 - entry.value.unused}\n`, complete: true };
  }
  const min = addressText(entry.value.min, family, 0);
  if (min === undefined) return { text: '', complete: false };
  const max = addressText(entry.value.max, family, 0xff);
  return max === undefined ? { text: `${min}-`, complete: false } : { text: `${min}-${max}\n`, complete: true };
}

export const addressBlocks: ExtensionPrinter = asBlock(addressFamilies, (families, indent) => {
  let text = '';
  for (const { family, choice } of families) {
    const number = family.length < 2 ? 0 : family.readUInt16BE(0);
    text += `${' '.repeat(indent)}${FAMILIES.get(number) ?? `Unknown AFI ${number}`}`;
    const subsequent = family[2];
    if (subsequent !== undefined) text += ` (${SUBSEQUENT.get(subsequent) ?? `Unknown SAFI ${subsequent}`})`;
    text += choice.kind === 'inherit' ? ': inherit\n' : ':\n';
    for (const entry of choice.kind === 'inherit' ? [] : choice.value) {
      const printed = entryText(entry, number);
      text += ' '.repeat(indent + 2) + printed.text;
      if (!printed.complete) return { text, complete: false };
    }
  }
  return text;
});

export interface NumberKinds {
  id: Buffer;
  range: Range<Buffer>;
}

const numbers = choice<Inheritable<Choice<NumberKinds>>>({
  inherit,
  list: sequenceOf(choice<NumberKinds>({ id: integer(), range: sequence({ min: integer(), max: integer() }) })),
});

function numbersText(title: string, list: Choice<Inheritable<Choice<NumberKinds>>>, indent: number): string {
  const pad = ' '.repeat(indent);
  if (list.kind === 'inherit') return `${pad}${title}:\n${pad}  inherit\n`;
  const lines = list.value.map((entry) =>
    entry.kind === 'id' ? integerText(entry.value) : `${integerText(entry.value.min)}-${integerText(entry.value.max)}`,
  );
  return `${pad}${title}:\n${lines.map((line) => `${pad}  ${line}\n`).join('')}`;
}

/** Autonomous systems and routing domains. */
export interface SystemNumbers {
  readonly systems: Choice<Inheritable<Choice<NumberKinds>>> | undefined;
  readonly domains: Choice<Inheritable<Choice<NumberKinds>>> | undefined;
}

/** The value of sbgp-autonomousSysNum (RFC 3779 section 3.2.3). */
export const systemNumbers: Type<SystemNumbers> = sequence({
  systems: optional(explicitly(0, numbers)),
  domains: optional(explicitly(1, numbers)),
});

export const autonomousSystems: ExtensionPrinter = asBlock(
  systemNumbers,
  ({ systems, domains }, indent) =>
    (systems ? numbersText('Autonomous System Numbers', systems, indent) : '') +
    (domains ? numbersText('Routing Domain Identifiers', domains, indent) : ''),
);
