/** Files of sessions, in the form that OpenSSL writes and reads. */
import { decodePem, encodePem } from '../../lib/der/index.ts';
import { fail } from '../../lib/errors.ts';
import { readSslSession, writeSslSession, type SslSession } from '../../lib/tls/index.ts';
import { SSL_SESSION_LABEL } from '../../lib/tls/session/openssl.ts';
import { Sink } from '../sink.ts';
import { readFile } from '../source.ts';

/** A session in PEM. */
export const sessionPem = (session: SslSession): string => encodePem(SSL_SESSION_LABEL, writeSslSession(session));

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
  const [block] = decodePem(bytes.toString('latin1'), (label) => label === SSL_SESSION_LABEL);
  if (!block) return fail('ERR_FORMAT', `${path}: no TLS session ("BEGIN ${SSL_SESSION_LABEL}")`, { source: path });
  return readSslSession(block.der, path);
}
