import { describe, expect, it } from 'vitest';
import { TlskitError } from '../../../src/lib/errors.ts';
import { readSslSession, writeSslSession, type Session } from '../../../src/lib/tls/index.ts';
import { testIdentity } from '../../support/tls-certificates.ts';

const session = async (): Promise<Session> => ({
  version: 0x0304,
  suite: 0x1302,
  secret: Buffer.alloc(48, 1),
  created: 1_700_000_000_000,
  lifetime: 7200,
  ticket: Buffer.alloc(200, 2),
  id: Buffer.alloc(0),
  ageAdd: 0xfedcba98,
  maxEarlyData: 16_384,
  serverName: 'localhost',
  alpn: Buffer.from('h2'),
  extendedMasterSecret: true,
  encryptThenMac: false,
  maxFragmentLength: 0,
  peerChain: [(await testIdentity()).der],
  context: Buffer.from('context'),
});

describe("S5 sessions in OpenSSL's form", () => {
  it('S5 come back as they were', async () => {
    const value = { session: await session(), verifyResult: 19, timeout: 7200 };
    expect(readSslSession(writeSslSession(value), 'a file')).toEqual(value);
  });

  it('S5 every prefix and every other octet is a typed failure or a session', async () => {
    const der = writeSslSession({ session: await session(), verifyResult: 0 });
    for (let i = 0; i < der.length; i += 1) {
      expect(() => readSslSession(der.subarray(0, i), 'a file'), `${i}`).toThrow(TlskitError);
      const other = Buffer.from(der);
      other[i] = (other[i] as number) ^ 0xff;
      try {
        readSslSession(other, 'a file');
      } catch (error) {
        expect(error).toBeInstanceOf(TlskitError);
      }
    }
  });
});
