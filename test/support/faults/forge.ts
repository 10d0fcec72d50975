/** Records that no sealer makes, under the real keys of a connection. */
import { Aead } from '../../../src/lib/tls/record/aead.ts';
import { headerOf } from '../../../src/lib/tls/record/cipher.ts';
import { MasterSecret12, TrafficSecret } from '../../../src/lib/tls/schedule/index.ts';
import type { Pair } from '../tls-pair.ts';
import type { SideName } from './harness.ts';

function secretOf(pair: Pair, label: string): Buffer {
  const line = pair.server.of('keylog').find((one) => one.line.startsWith(`${label} `))?.line;
  if (!line) throw new Error(`no ${label}: the server needs keyLog`);
  return Buffer.from(line.split(' ')[2] as string, 'hex');
}

/** The first record of application keys in TLS 1.3: `inner` is content, type and padding. */
export function forge13(pair: Pair, from: SideName, inner: Uint8Array): Buffer {
  const suite = pair.server.engine.info.suite!;
  const secret = new TrafficSecret(suite.hash, secretOf(pair, `${from.toUpperCase()}_TRAFFIC_SECRET_0`));
  const { key, iv } = secret.keys(suite.bulk.key);
  const header = headerOf(23, 0x0303, inner.length + 16);
  return Buffer.concat([header, ...new Aead(suite.bulk, key).seal(iv, header, inner)]);
}

/** The second record (after Finished) of an AES-GCM suite of TLS 1.2. */
export function forge12(pair: Pair, from: SideName, type: number, content: Uint8Array): Buffer {
  const { suite, clientRandom, serverRandom } = pair.server.engine.info;
  const { bulk, hash } = suite!;
  const master = new MasterSecret12(hash, secretOf(pair, 'CLIENT_RANDOM'));
  const lengths = { mac: 0, key: bulk.key, iv: bulk.fixedIv };
  const { key, iv } = master.keys({ client: clientRandom, server: serverRandom }, lengths)[from];
  const explicit = Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]);
  const data = Buffer.concat([explicit, headerOf(type, 0x0303, content.length)]);
  const sealed = new Aead(bulk, key).seal(Buffer.concat([iv, explicit]), data, content);
  return Buffer.concat([headerOf(type, 0x0303, 8 + content.length + 16), explicit, ...sealed]);
}
