/** What Node refuses and ours does by the same options (docs/node-tls.md). */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { ConnectionOptions, TlsOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import tls from '../../src/lib/node/index.ts';
import { startProgram, writePki } from '../support/face-program.ts';
import { caPem, pems, type Pems } from '../support/identities.ts';
import { MLKEM_NODE, nodeBinary } from '../support/nodes.ts';
import { Workshop } from '../support/processes.ts';
import { happens, listen } from '../support/web.ts';

let identity: Pems;
let ca: string;
const workshop = new Workshop();
beforeAll(async () => {
  identity = await pems();
  ca = await caPem();
  await writePki(workshop);
});
afterAll(() => workshop.close());

/** What a client says of its connection to a server of ours. */
async function meet(
  server: TlsOptions,
  client: ConnectionOptions,
): Promise<{ protocol: string | null; cipher: string }> {
  const listener = tls.createServer({ ...identity, ...server }, (socket) => socket.end());
  const port = await listen(listener);
  const socket = tls.connect({ port, host: '127.0.0.1', servername: 'localhost', ca, ...client });
  try {
    await new Promise((resolve, reject) => void socket.once('secureConnect', resolve).once('error', reject));
    return { protocol: socket.getProtocol(), cipher: socket.getCipher().name };
  } finally {
    socket.destroy();
    listener.close();
  }
}

describe('A9: what Node refuses', () => {
  it('TLS 1.0 and 1.1 with the default ciphers at the default security level', async () => {
    for (const version of ['TLSv1', 'TLSv1.1'] as const) {
      const only = { minVersion: version, maxVersion: version };
      expect((await meet(only, only)).protocol).toBe(version);
      // one end that takes newer ones too
      expect((await meet({ minVersion: version }, only)).protocol).toBe(version);
      expect((await meet(only, { minVersion: 'TLSv1' })).protocol).toBe(version);
      const rsa = { ...only, ...(await pems('rsa')) };
      expect((await meet(rsa, only)).protocol).toBe(version);
    }
  });

  it('keys and certificates in DER', async () => {
    const key = createPrivateKey(identity.key);
    const der = (pem: string): Buffer => new X509Certificate(pem).raw;
    const secret = { cipher: 'aes-256-cbc', passphrase: 'secret' } as const;
    for (const [octets, passphrase] of [
      [key.export({ type: 'sec1', format: 'der' })],
      [key.export({ type: 'pkcs8', format: 'der' })],
      [key.export({ type: 'pkcs8', format: 'der', ...secret }), secret.passphrase],
      [key.export({ type: 'sec1', format: 'pem', ...secret }) as string, secret.passphrase],
    ] as const) {
      const server = { key: octets, cert: der(identity.cert), ...(passphrase && { passphrase }) };
      expect((await meet(server, { ca: der(ca) })).protocol).toBe('TLSv1.3');
    }
  });

  it('is refused in one line where ours cannot do it either', async () => {
    expect(() => tls.createSecureContext({ minVersion: 'SSLv3' as 'TLSv1' })).toThrow(
      expect.objectContaining({
        code: 'ERR_TLS_INVALID_PROTOCOL_VERSION',
        message: expect.stringMatching(/SSLv3 is not supported$/),
      }),
    );
    const warned = happens<[Error]>(process, 'warning');
    tls.createServer({ ...identity, NPNProtocols: ['http/1.1'] } as TlsOptions);
    expect((await warned)[0].message).toMatch(/^NPNProtocols is ignored: .*ALPNProtocols/);
  });
});

const newer = nodeBinary(MLKEM_NODE);
if (!newer && process.env['CI']) throw new Error(`hybrid groups need Node ${MLKEM_NODE} from the npm package node`);

describe.skipIf(!newer)(`A9: ML-KEM with node:tls of Node ${MLKEM_NODE}`, () => {
  const peer = (side: string, options: object): ReturnType<typeof startProgram> =>
    startProgram(workshop, 'peer', 'node:tls', { node: newer!, args: [side, JSON.stringify(options)] });

  it.each(['X25519MLKEM768', 'SecP256r1MLKEM768'])('%s', async (ecdhCurve) => {
    const server = await peer('server', { ecdhCurve }).prints(/"port":\d+/);
    const port = Number(/"port":(\d+)/.exec(server.stdout)?.[1]);
    const socket = tls.connect({ port, host: '127.0.0.1', servername: 'localhost', ca, ecdhCurve });
    await happens(socket, 'secureConnect');
    expect(socket.write('echoed') && String((await happens<[Buffer]>(socket, 'data'))[0])).toBe('echoed');
    const exported = socket.exportKeyingMaterial(16, 'EXPORTER-tlskit').toString('hex');
    await server.prints(`"exported":"${exported}"`);
    socket.destroy();
    await server.stop();

    const own = tls.createServer({ ...identity, ecdhCurve }, (one) => void one.pipe(one));
    const client = peer('client', { port: await listen(own), ecdhCurve });
    await client.ends();
    own.close();
    expect(client.stdout).toMatch(/^{"protocol":"TLSv1.3","reused":false/);
  });
});
