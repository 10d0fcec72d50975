import { describe, expect, it } from 'vitest';
import { Ladder } from '../../../src/lib/tls/index.ts';
import { testIdentity } from '../../support/tls-certificates.ts';
import { handshake, type Pair, type Side } from '../../support/tls-pair.ts';

const drawn = (side: Side): string => {
  const ladder = new Ladder(side.engine.side);
  return ladder.head() + side.events.map((event) => ladder.event(event)).join('');
};

async function pairOf(version: 'TLSv1.2' | 'TLSv1.3'): Promise<Pair> {
  const { credential } = await testIdentity();
  const pair = await handshake({
    client: { versions: [version], alpn: ['h2'], credentials: [credential] },
    server: { versions: [version], alpn: ['h2'], clientAuth: 'require', credentials: [credential] },
  });
  pair.client.engine.close();
  return pair.flow();
}

describe('the ladder of a handshake', () => {
  it.each(['TLSv1.3', 'TLSv1.2'] as const)(
    '%s: both sides see the same messages, in their direction',
    async (version) => {
      const pair = await pairOf(version);
      const rungs = (text: string): string[] =>
        text.split('\n').filter((line) => line.includes('-->') || line.includes('<--'));
      const client = rungs(drawn(pair.client));
      expect(new Set(rungs(drawn(pair.server)))).toEqual(new Set(client));
      expect(client[0]).toMatch(/^ClientHello +-------->$/);
      expect(client[1]).toMatch(/^ +<-------- +ServerHello$/);
    },
  );

  it('tells what was offered and chosen, and what is protected', async () => {
    const text = drawn((await pairOf('TLSv1.3')).client);
    for (const part of ['shares of x25519', 'for localhost', 'ALPN h2', 'CN = test p256', 'ecdsa_secp256r1_sha256']) {
      expect(text).toContain(part);
    }
    expect(text).toMatch(/TLSv1\.3, TLS_AES_128_GCM_SHA256\n/);
    expect(text).toMatch(/<-------- +\{EncryptedExtensions\}\n/);
    expect(text).toMatch(/^\{Finished\} +-------->$/m);
    expect(text).toContain('the handshake is done');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(79);
  });

  it('shows how it failed', async () => {
    const { credential } = await testIdentity();
    const pair = await handshake({
      client: { groups: ['x448'] },
      server: { groups: ['x25519'], credentials: [credential] },
    });
    expect(drawn(pair.server)).toContain('no group in common');
    expect(drawn(pair.client)).toMatch(/<-------- +fatal alert handshake_failure/);
  });
});
