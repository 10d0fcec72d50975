/** Post-quantum keys, signatures and certificates: ours in a Node that has them, and its in ours. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { signData, verifyData } from '../../src/lib/dgst/sign.ts';
import { generateKey } from '../../src/lib/keys/generate.ts';
import { readPrivateKey, readPublicKey } from '../../src/lib/keys/read.ts';
import { writePrivateKey } from '../../src/lib/keys/write.ts';
import { POST_QUANTUM } from '../../src/lib/registry/post-quantum.ts';
import { MLKEM_NODE, nodeBinary } from '../support/nodes.ts';
import { run } from '../support/peers.ts';
import { scratch, tlskit } from '../support/tlskit.ts';

interface Answer {
  readonly read: readonly { readonly type: string; readonly spki: string; readonly good?: boolean }[];
  readonly made: readonly {
    readonly type: string;
    readonly pem: string;
    readonly jwk: object;
    readonly publicPem: string;
    readonly signature?: string;
  }[];
  readonly chain?: boolean;
}

const node = nodeBinary(MLKEM_NODE);
if (!node && process.env['CI']) throw new Error(`post-quantum keys need Node ${MLKEM_NODE} from the npm package node`);

const peer = (input: object): Answer => {
  const { status, stdout, stderr } = run(node!, [join(import.meta.dirname, 'post-quantum-peer.mjs')], {
    input: JSON.stringify(input),
  });
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Answer;
};

const data = Buffer.from('hello');
// the small variants take many seconds to sign in JavaScript, and with SHAKE to make: Node's are read instead
const QUICK = POST_QUANTUM.filter(({ type }) => !/^slh-dsa.*s$/.test(type) && !/shake-(192|256)f$/.test(type));

describe.skipIf(!node)(`[K8] Node ${MLKEM_NODE}, post-quantum keys`, () => {
  it('reads our keys and finds our signatures good', async () => {
    const keys = await Promise.all(
      QUICK.map(async ({ type, signatureLength }) => {
        const key = await generateKey({ type });
        const signature = signatureLength > 0 ? signData(key, data).toString('base64') : undefined;
        return { key, pem: writePrivateKey(key, { format: 'pkcs8' }), signature };
      }),
    );
    const { read } = peer({
      keys: keys.map(({ pem, signature }) => ({ pem, signature })),
      certificates: [],
      types: [],
    });
    expect(read).toEqual(
      keys.map(({ key, signature }) => ({
        type: key.type,
        spki: key.publicKey.spki.toString('base64'),
        ...(signature === undefined ? {} : { good: true }),
      })),
    );
  });

  it('makes keys and signatures of all types that we read and find good', async () => {
    const { made } = peer({ keys: [], certificates: [], types: POST_QUANTUM.map(({ type }) => type) });
    for (const { type, pem, jwk, publicPem, signature } of made) {
      const half = readPublicKey(Buffer.from(publicPem), { source: 'node' });
      for (const text of [pem, JSON.stringify(jwk)]) {
        const key = await readPrivateKey(Buffer.from(text), { source: 'node' });
        expect([key.type, key.publicKey.equals(half)]).toEqual([type, true]);
        const again = JSON.parse(writePrivateKey(key, { format: 'jwk' }) as string) as object;
        expect(again).toEqual(jwk);
      }
      if (signature !== undefined) expect(verifyData(half, data, Buffer.from(signature, 'base64')), type).toBe(true);
    }
    expect(made).toHaveLength(18);
  });

  it('verifies a chain of ours', () => {
    const cwd = scratch();
    const must = (line: string): string => {
      const { status, stdout, stderr } = tlskit(line.split(' '), { cwd });
      expect(status, stderr).toBe(0);
      return stdout;
    };
    must('req -x509 -newkey ml-dsa-87 -nodes -keyout ca.key -subj /CN=root -days 30 -out ca.pem');
    must('req -new -newkey ml-dsa-44 -nodes -keyout leaf.key -subj /CN=leaf -out leaf.csr');
    const leaf = must('x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -set_serial 1');
    expect(peer({ keys: [], certificates: [must('x509 -in ca.pem'), leaf], types: [] }).chain).toBe(true);
  });
});
