/**
 * Diffie-Hellman parameters and their encodings: PKCS #3 `DHParameter` (p, g, privateValueLength) and X9.42 `DomainParameters`
 * (RFC 3279 section 2.3.3: p, g, q, j, validationParms). DSA parameters are read to make X9.42 ones of them.
 */
import { fail, within } from '../errors.ts';
import { decodePem, encodePem, readDerPrefix, TAG, type DerNode, type PemBlock } from '../der/index.ts';
import { readDhDomain, readDhxDomain, type DhDomain } from '../keys/components.ts';
import { encodeDhDomain } from '../keys/encode.ts';

/** Parameters of a Diffie-Hellman key agreement. */
export interface DhParameters extends DhDomain {
  /** `dh`: PKCS #3. `dhx`: X9.42, which has the order q of the subgroup that g generates. */
  readonly kind: 'dh' | 'dhx';
}

/** Domain parameters of DSA (FIPS 186-4): p, the order q, the generator g. */
export interface DsaParameters {
  readonly p: bigint;
  readonly q: bigint;
  readonly g: bigint;
}

export interface ReadOptions {
  /** Name of the input for messages. */
  readonly source: string;
  /** `any` (default): PEM if there is a PEM block, else DER. */
  readonly form?: 'pem' | 'der' | 'any' | undefined;
}

export const DH_LABEL = 'DH PARAMETERS';
export const DHX_LABEL = 'X9.42 DH PARAMETERS';
export const DSA_LABEL = 'DSA PARAMETERS';

const LABELS: readonly string[] = [DH_LABEL, DHX_LABEL, DSA_LABEL];

/**
 * Reads the first Diffie-Hellman parameters of a file.
 *
 * @throws TlskitError ERR_NOT_FOUND, ERR_FORMAT, ERR_PEM, ERR_DER
 */
export function readDhParameters(bytes: Uint8Array, options: ReadOptions): DhParameters {
  return within(options.source, () => {
    const input = findParameters(bytes, options.form ?? 'any');
    if (input.label === DSA_LABEL) {
      fail('ERR_FORMAT', 'these are DSA parameters, not Diffie-Hellman parameters; -dsaparam converts them');
    }
    const node = input.node();
    const items = node.sequence('Diffie-Hellman parameters').length;
    // under its own label X9.42 goes first, without a label PKCS #3, as in OpenSSL
    const pkcs3 = input.label === DHX_LABEL ? items < 3 : input.label === DH_LABEL || isPkcs3(node);
    return pkcs3 ? decodePkcs3(node) : decodeX942(node);
  });
}

/**
 * Reads the first DSA parameters of a file.
 *
 * @throws TlskitError ERR_NOT_FOUND, ERR_FORMAT, ERR_PEM, ERR_DER
 */
export function readDsaParameters(bytes: Uint8Array, options: ReadOptions): DsaParameters {
  return within(options.source, () => {
    const input = findParameters(bytes, options.form ?? 'any');
    if (input.label === DH_LABEL || input.label === DHX_LABEL) {
      fail('ERR_FORMAT', 'these are Diffie-Hellman parameters; with -dsaparam, DSA parameters are read');
    }
    const [p, q, g, more] = input.node().sequence('DSA parameters');
    if (!p || !q || !g || more) fail('ERR_FORMAT', 'not DSA parameters: three numbers should be there');
    return { p: unsigned(p, 'p'), q: unsigned(q, 'q'), g: unsigned(g, 'g') };
  });
}

interface Input {
  readonly label?: string;
  node(): DerNode;
}

function findParameters(bytes: Uint8Array, form: 'pem' | 'der' | 'any'): Input {
  const text = form === 'der' ? '' : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const block: PemBlock | undefined = decodePem(text, (label) => LABELS.includes(label))[0];
  if (block) return { label: block.label, node: () => readDerPrefix(block.der, 0, 'ber') };
  if (form === 'pem' || text.includes('-----BEGIN ') || bytes.length === 0) {
    fail('ERR_NOT_FOUND', `there is no "BEGIN ${DH_LABEL}" in it`);
  }
  return { node: () => readDerPrefix(bytes, 0, 'ber') };
}

/** PKCS #3: two numbers, and perhaps a third that is a length (OpenSSL: fits in 32 bits). */
function isPkcs3(node: DerNode): boolean {
  const items = node.sequence('Diffie-Hellman parameters');
  return items.length === 2 || (items.length === 3 && fitsInt32(items[2] as DerNode));
}

const fitsInt32 = (node: DerNode): boolean => node.is(TAG.integer) && node.contentEnd - node.contentStart <= 4;

function decodePkcs3(node: DerNode): DhParameters {
  if (!isPkcs3(node)) {
    fail('ERR_FORMAT', 'not PKCS #3 Diffie-Hellman parameters: p, g and perhaps a length should be there');
  }
  return { kind: 'dh', ...readDhDomain(node) };
}

function decodeX942(node: DerNode): DhParameters {
  const params: DhParameters = { kind: 'dhx', ...readDhxDomain(node) };
  const known = 3 + (params.j === undefined ? 0 : 1) + (params.seed === undefined ? 0 : 1);
  if (node.children.length !== known || (params.seed && params.counter === undefined)) {
    fail('ERR_FORMAT', 'not X9.42 Diffie-Hellman parameters: p, g, q, and perhaps j, seed and counter should be there');
  }
  return params;
}

/** A number as OpenSSL reads it: encoders that forgot the leading zero octet are understood. */
function unsigned(node: DerNode, what: string): bigint {
  return BigInt(`0x${node.integerBytes(what).toString('hex')}`);
}

/** The DER encoding: PKCS #3 for `dh`, X9.42 for `dhx`. */
export const encodeDhParameters = (params: DhParameters): Buffer => encodeDhDomain(params.kind, params);

/** The PEM block, labelled as OpenSSL labels it. */
export function pemOfDhParameters(params: DhParameters): string {
  return encodePem(params.kind === 'dh' ? DH_LABEL : DHX_LABEL, encodeDhParameters(params));
}

/** DSA parameters as X9.42 parameters: the same p, q and g (what `dhparam -dsaparam` makes of them). */
export function dhParametersFromDsa({ p, q, g }: DsaParameters): DhParameters {
  return { kind: 'dhx', p, g, q };
}
