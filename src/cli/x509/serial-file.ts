/** The file in which a CA that `x509` runs keeps its last serial number. */
import { existsSync } from 'node:fs';
import { fail } from '../../lib/errors.ts';
import { nextSerial, randomSerial, readSerialFile, serialFileName, serialFileText } from '../../lib/x509/serial.ts';
import type { Context } from '../context.ts';

interface SerialFlags {
  readonly CA: string | undefined;
  readonly CAserial: string | undefined;
  readonly CAcreateserial: boolean;
}

/**
 * The serial number for the next certificate of a CA: one more than in its file, which is queued to be written. Without the file: a random
 * number, kept with -CAcreateserial; a file that -CAserial names must be there unless it is to be created.
 *
 * @returns content octets
 */
export function takeSerial(io: Pick<Context, 'read' | 'write'>, flags: SerialFlags): Buffer {
  const path = flags.CAserial ?? serialFileName(flags.CA as string);
  if (!existsSync(path)) {
    if (flags.CAserial !== undefined && !flags.CAcreateserial) {
      fail('ERR_NOT_FOUND', `the serial number file ${path} does not exist; -CAcreateserial makes it`);
    }
    const first = nextSerial(randomSerial());
    if (flags.CAcreateserial) io.write(path, serialFileText(first));
    return first;
  }
  const serial = nextSerial(readSerialFile(io.read(path).toString('latin1'), path));
  io.write(path, serialFileText(serial));
  return serial;
}
