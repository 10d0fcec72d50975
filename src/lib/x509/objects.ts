/** Certificates, requests and CRLs of a file that may be PEM or DER. */
import { pemBlocks, pemDamage, type PemBlock } from '../der/index.ts';
import { TlskitError, fail, within } from '../errors.ts';

/** One kind of object that files hold. */
export interface ObjectKind<T> {
  /** What to call it in messages, e.g. `certificate`. */
  readonly what: string;
  /** The labels of its PEM blocks. */
  readonly labels: ReadonlySet<string>;
  /** Reads it from DER. */
  readonly der: (bytes: Uint8Array) => T;
  /** Reads it from the octets of a PEM block, where that is something else. */
  readonly pem?: (bytes: Buffer) => T;
}

/** More broken blocks than any file holds by accident: each costs an error with its stack. */
const MAX_BROKEN = 1000;

/**
 * All objects of a kind in a file, at least one: of the PEM blocks those with its labels, or the first element in DER. As in OpenSSL a block
 * that cannot be read is passed over when the file has others.
 *
 * @param source names the file in messages
 * @throws TlskitError ERR_FORMAT (no such object), ERR_PEM, ERR_DER, ERR_LIMIT (more than 1000 blocks that cannot be read)
 */
export function readObjects<T>(bytes: Uint8Array, source: string, kind: ObjectKind<T>): T[] {
  return within(source, () => {
    if (bytes[0] === 0x30) return [kind.der(bytes)];
    const missing = `no ${kind.what}`;
    const text = pemText(bytes, missing);
    const blocks = pemBlocks(text, (label) => kind.labels.has(label));
    const objects: T[] = [];
    let broken = 0;
    let first: TlskitError | undefined;
    for (const block of blocks) {
      try {
        objects.push(fromBlock(block(), kind));
      } catch (error) {
        if (!(error instanceof TlskitError)) throw error;
        first ??= error;
        broken += 1;
        if (broken > MAX_BROKEN) {
          fail('ERR_LIMIT', `more than ${MAX_BROKEN} blocks cannot be read, the first because: ${first.message}`);
        }
      }
    }
    if (objects.length > 0) return objects;
    throw first ?? notHere(text, missing);
  });
}

function fromBlock<T>({ der, headers, line }: PemBlock, { what, der: read, pem = read }: ObjectKind<T>): T {
  if (headers.size > 0) fail('ERR_PEM', `the ${what} of line ${line} has headers, which is not supported`, { line });
  return pem(der);
}

/**
 * The text of a file that should hold PEM.
 *
 * @throws TlskitError ERR_FORMAT when there is no PEM block; a large file of other content costs nothing
 */
export function pemText(bytes: Uint8Array, missing: string): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (buffer.includes('-----BEGIN ')) return buffer.toString('latin1');
  if (bytes.length === 0) fail('ERR_FORMAT', `${missing}: the file is empty`);
  return fail('ERR_FORMAT', `${missing}: ${pemDamage(bytes) ?? 'neither PEM nor DER'}`);
}

/** The error for PEM that holds something else. */
export function notHere(text: string, missing: string): TlskitError {
  const damage = pemDamage(Buffer.from(text.slice(0, 4096), 'latin1'));
  return new TlskitError('ERR_FORMAT', damage ? `${missing}: ${damage}` : `${missing}, but ${held(text)}`);
}

/** The labels of the PEM blocks in a text, for messages. */
function held(text: string): string {
  const labels = [...text.matchAll(/^-----BEGIN ([A-Z0-9 ]{1,60})-----/gm)].map(([, label]) => label as string);
  const [first, ...others] = new Set(labels);
  if (first === undefined) return 'a PEM block without its end';
  const all = [first, ...others].slice(0, 3).map((label) => `"${label}"`);
  return `PEM of ${all.join(', ')}`;
}
