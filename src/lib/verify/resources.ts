/** Address blocks and autonomous system numbers (RFC 3779): nobody may pass on what they do not have. OpenSSL's X509v3_addr_validate_path and its kin. */
import { bigintOf } from '../der/index.ts';
import { readTemplate, type Choice } from '../der/template.ts';
import {
  addressFamilies,
  expand,
  systemNumbers,
  type AddressFamily,
  type AddressKinds,
  type Inheritable,
  type NumberKinds,
} from '../text/extensions/resources.ts';
import type { CertificateView } from './certificate.ts';
import type { Verification } from './options.ts';
import { CERTIFICATE_EXTENSION as EXTENSION } from '../registry/certificate-extensions.ts';

interface Range {
  readonly min: bigint;
  readonly max: bigint;
}

/** What a certificate has of one family of addresses, or of one kind of numbers. */
type Holding = readonly Range[] | 'inherit';

/** What it has of all of them, and whether it is written as RFC 3779 wants: in order, joined, prefixes as prefixes. */
interface Resources {
  readonly holdings: ReadonlyMap<string, Holding>;
  readonly canonical: boolean;
}

/** Checks both extensions of the chain, as far as the first certificate has them. */
export function checkResources(state: Verification): void {
  const usable = (view: CertificateView): boolean => view.traits.marks !== undefined;
  checkKind(state, (view) => (usable(view) ? systemsOf(view) : undefined), false);
  checkKind(state, (view) => (usable(view) ? addressesOf(view) : undefined), true);
}

/** @param addresses the last certificate may inherit what nobody below has, and one fault of a certificate is enough */
function checkKind(
  { chain, report }: Verification,
  of: (view: CertificateView) => Resources | undefined,
  addresses: boolean,
): void {
  const [leaf, ...above] = chain as [CertificateView, ...CertificateView[]];
  const own = of(leaf);
  if (!own) return;
  if (!own.canonical) report.error('INVALID_EXTENSION', 0, leaf);
  const held = new Map(own.holdings);
  for (const [i, view] of above.entries()) {
    const resources = of(view);
    if (resources && !resources.canonical) report.error('INVALID_EXTENSION', i + 1, view);
    const faults = passUp(held, resources?.holdings, !addresses);
    for (let fault = 0; fault < (addresses || !resources ? Math.min(faults, 1) : faults); fault += 1) {
      report.error('UNNESTED_RESOURCE', i + 1, view);
    }
  }
  const top = chain.at(-1) as CertificateView;
  for (const [family, holding] of of(top)?.holdings ?? []) {
    // OpenSSL counts one depth too many here
    if (holding === 'inherit' && (!addresses || held.has(family))) report.error('UNNESTED_RESOURCE', chain.length, top);
  }
}

/** Goes on from what a certificate has to what its issuer has; gives how many families the issuer does not have as it should. */
function passUp(held: Map<string, Holding>, issuer: ReadonlyMap<string, Holding> | undefined, forget: boolean): number {
  let faults = 0;
  for (const [family, holding] of held) {
    const above = issuer?.get(family);
    if (above === undefined) {
      if (holding === 'inherit') continue;
      faults += 1;
      if (issuer && forget) held.delete(family);
    } else if (above !== 'inherit') {
      if (holding === 'inherit' || contains(above, holding)) held.set(family, above);
      else faults += 1;
    }
  }
  return faults;
}

const contains = (outer: readonly Range[], inner: readonly Range[]): boolean =>
  inner.every(({ min, max }) => outer.some((range) => range.min <= min && max <= range.max));

function addressesOf({ certificate }: CertificateView): Resources | undefined {
  const extension = certificate.extension(EXTENSION.addressBlocks);
  if (!extension) return undefined;
  const families = readTemplate(addressFamilies, extension.value, 'sbgp-ipAddrBlock').value;
  const keys = families.map(({ family }) => family);
  const ordered = keys.every((key, i) => i === 0 || Buffer.compare(keys[i - 1] as Buffer, key) < 0);
  const lists = families.map((family) => addressRanges(family));
  return {
    holdings: new Map(families.map(({ family }, i) => [family.toString('hex'), lists[i] ?? []])),
    canonical:
      ordered && lists.every((list, i) => list !== undefined && addressesCanonical(list, families[i] as AddressFamily)),
  };
}

/** Octets of an address by the number of its family (RFC 3779 section 2.2.3.3). */
const LENGTHS: ReadonlyMap<number, number> = new Map([
  [1, 4],
  [2, 16],
]);

/** The ranges of a family; undefined where it is none that is known, or an address is too long. */
function addressRanges({ family, choice }: AddressFamily): Holding | undefined {
  if (choice.kind === 'inherit') return 'inherit';
  const length = family.length === 2 || family.length === 3 ? LENGTHS.get(family.readUInt16BE(0)) : undefined;
  if (length === undefined) return undefined;
  const ranges = choice.value.map((entry) => addressRange(entry, length));
  return ranges.every((range) => range !== undefined) ? ranges : undefined;
}

function addressRange(entry: Choice<AddressKinds>, length: number): Range | undefined {
  const [from, to] = entry.kind === 'prefix' ? [entry.value, entry.value] : [entry.value.min, entry.value.max];
  const [min, max] = [expand(from, length, 0), expand(to, length, 0xff)];
  return min && max && { min: unsigned(min), max: unsigned(max) };
}

const unsigned = (octets: Buffer): bigint => BigInt(`0x${octets.toString('hex')}`);

function addressesCanonical(holding: Holding, { choice }: AddressFamily): boolean {
  if (holding === 'inherit' || choice.kind === 'inherit') return true;
  const prefixes = choice.value.every((entry, i) => entry.kind === 'prefix' || !isPrefix(holding[i] as Range));
  return prefixes && inOrder(holding);
}

/** Whether a range is all addresses with one prefix. */
function isPrefix({ min, max }: Range): boolean {
  const free = min ^ max;
  return (free & (free + 1n)) === 0n && (min & free) === 0n;
}

/** One at least, in order, with room between them. */
const inOrder = (ranges: readonly Range[]): boolean =>
  ranges.length > 0 &&
  ranges.every(({ min, max }, i) => min <= max && (i === 0 || (ranges[i - 1] as Range).max + 1n < min));

function systemsOf({ certificate }: CertificateView): Resources | undefined {
  const extension = certificate.extension(EXTENSION.systemNumbers);
  if (!extension) return undefined;
  const { systems, domains } = readTemplate(systemNumbers, extension.value, 'sbgp-autonomousSysNum').value;
  const parts = [['systems', systems] as const, ['domains', domains] as const];
  const holdings = new Map<string, Holding>();
  for (const [kind, list] of parts) if (list) holdings.set(kind, numberRanges(list));
  return { holdings, canonical: [...holdings.values()].every((one) => one === 'inherit' || inOrder(one)) };
}

function numberRanges(list: Choice<Inheritable<Choice<NumberKinds>>>): Holding {
  if (list.kind === 'inherit') return 'inherit';
  return list.value.map((entry) =>
    entry.kind === 'id'
      ? { min: bigintOf(entry.value), max: bigintOf(entry.value) }
      : { min: bigintOf(entry.value.min), max: bigintOf(entry.value.max) },
  );
}
