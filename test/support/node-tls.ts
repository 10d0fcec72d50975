/** Handshakes of node:tls with itself, in memory, for comparison with ours. */
import { Duplex } from 'node:stream';
import { connect, TLSSocket, type ConnectionOptions, type TLSSocketOptions } from 'node:tls';
import { certificatePem } from '../../src/lib/x509/build.ts';
import { Certificate } from '../../src/lib/x509/certificate.ts';
import type { PrivateKey } from '../../src/lib/keys/model.ts';
import { encodePem } from '../../src/lib/der/index.ts';

/** Two streams, each of which reads what is written to the other. */
export function duplexes(): [Duplex, Duplex] {
  const side = (other: () => Duplex): Duplex =>
    new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        other().push(chunk);
        done();
      },
      final(done) {
        other().push(null);
        done();
      },
    });
  const a: Duplex = side(() => b);
  const b: Duplex = side(() => a);
  return [a, b];
}

/** A key with its certificates, as node:tls takes them. */
export const material = (key: PrivateKey, chain: readonly (Certificate | Buffer)[]): { key: string; cert: string } => ({
  key: encodePem('PRIVATE KEY', key.pkcs8),
  cert: pems(chain),
});

/** Certificates in PEM, one after the other. */
export const pems = (certificates: readonly (Certificate | Buffer)[]): string =>
  certificates.map((one) => certificatePem(Buffer.isBuffer(one) ? Certificate.read(one) : one)).join('');

/** What node:tls says of its peer, which its types leave out. */
interface Handle {
  verifyError(): (Error & { code: string }) | null | undefined;
}

/** The error of a peer's certificates, whatever the options say about it. */
export const nodesVerifyError = (socket: TLSSocket): { code: string; text: string } | undefined => {
  const { _handle: handle } = socket as unknown as { _handle: Handle };
  const error = handle.verifyError();
  return error ? { code: error.code, text: error.message } : undefined;
};

/**
 * Both ends after a handshake that neither end refuses for the other's certificates.
 *
 * @throws what an end emits as its error
 */
export function nodeHandshake(
  server: TLSSocketOptions,
  client: ConnectionOptions,
): Promise<{ server: TLSSocket; client: TLSSocket }> {
  const [a, b] = duplexes();
  const accepted = new TLSSocket(b, { rejectUnauthorized: false, ...server, isServer: true });
  const connected = connect({ rejectUnauthorized: false, ...client, socket: a });
  return new Promise((resolve, reject) => {
    accepted.on('error', reject);
    connected.on('error', reject);
    // an end that gives up without a word leaves nothing to wait for
    for (const end of [accepted, connected])
      end.on('close', () => reject(new Error('closed before the handshake was done')));
    let waits = 2;
    const ready = (): void => {
      waits -= 1;
      if (waits === 0) resolve({ server: accepted, client: connected });
    };
    // TLS 1.3: the server is ready when the client's last flight is there
    accepted.once('secure', ready);
    connected.once('secureConnect', ready);
  });
}
