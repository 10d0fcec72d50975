import type { TicketKeyFile, TicketKeyFormat } from './format.ts';
import { TICKET_KEY_PARTS, type TicketKey, type TicketKeySize } from './key.ts';
import { encryptingKey, type TicketKeyOrder } from './rotate.ts';

/** A key as data, without its secret parts. */
export interface TicketKeyDescription {
  /** The 16 octets that stand in every ticket, hex. */
  readonly name: string;
  /** SHA-256 over the whole key, hex. */
  readonly fingerprint: string;
  /** Whether new tickets are made with it. */
  readonly encrypts: boolean;
  readonly warnings: readonly string[];
}

/** A file of keys as data: the shape that `ticketkey inspect --json` prints. */
export interface TicketKeyFileDescription {
  readonly format: TicketKeyFormat;
  /** Octets of a key. */
  readonly size: TicketKeySize;
  readonly cipher: string;
  readonly count: number;
  readonly keys: readonly TicketKeyDescription[];
}

/** Describes a file of keys as data; secrets are left out. */
export function describeTicketKeys(file: TicketKeyFile, order: TicketKeyOrder): TicketKeyFileDescription {
  const encrypting = encryptingKey(file.keys.length, order);
  const names = file.keys.map((key) => key.name.toString('hex'));
  return {
    format: file.format,
    size: file.size,
    cipher: TICKET_KEY_PARTS[file.size].cipher,
    count: file.keys.length,
    keys: file.keys.map((key, i) => ({
      name: names[i] as string,
      fingerprint: key.fingerprint.toString('hex'),
      encrypts: i === encrypting,
      warnings: warningsOf(key, names.indexOf(names[i] as string), i),
    })),
  };
}

function warningsOf(key: TicketKey, firstWithName: number, index: number): string[] {
  const warnings = firstWithName < index ? [`key ${firstWithName + 1} has the same name`] : [];
  return key.weakness === undefined ? warnings : [...warnings, key.weakness];
}

/** What `ticketkey inspect` prints: two lines for each key. */
export function ticketKeysText(source: string, file: TicketKeyFile, order: TicketKeyOrder): string {
  const { format, size, cipher, count, keys } = describeTicketKeys(file, order);
  const head = `${source}: ${count} ${count === 1 ? 'key' : 'keys'} of ${size} bytes (${cipher}, HMAC-SHA-256), ${format}`;
  const body = keys.map(({ name, fingerprint, encrypts, warnings }, i) =>
    [
      `  ${i + 1}  ${encrypts ? 'encrypts and decrypts' : 'decrypts'}`,
      `     name    ${name}`,
      `     sha256  ${fingerprint}`,
      ...warnings.map((warning) => `     warning: ${warning}`),
    ].join('\n'),
  );
  return `${[head, ...body].join('\n\n')}\n`;
}
