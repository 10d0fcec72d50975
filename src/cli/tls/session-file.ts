/** Files of sessions, in the form that OpenSSL writes and reads. */
import { decodePem, encodePem } from '../../lib/der/index.ts';
import { fail } from '../../lib/errors.ts';
import { readSslSession, writeSslSession, type SslSession } from '../../lib/tls/index.ts';
import { Sink } from '../sink.ts';
import { readFile } from '../source.ts';

const LABEL = 'SSL SESSION PARAMETERS';

/** A session in PEM. */
export const sessionPem = (session: SslSession): string => encodePem(LABEL, writeSslSession(session));

/** Writes a session: at once, as the program may be ended at any time. It is as secret as a key. */
export function writeSessionFile(path: string, session: SslSession): void {
  const sink = new Sink();
  sink.write(path, sessionPem(session), { secret: true });
  sink.commit();
}

/** Reads the session of a file: PEM or DER. */
export function readSessionFile(path: string): SslSession {
  const bytes = readFile(path);
  if (bytes[0] === 0x30) return readSslSession(bytes, path);
  const [block] = decodePem(bytes.toString('latin1'), (label) => label === LABEL);
  if (!block) return fail('ERR_FORMAT', `${path}: no TLS session ("BEGIN ${LABEL}")`, { source: path });
  return readSslSession(block.der, path);
}
