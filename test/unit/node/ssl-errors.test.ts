import nodeTls from 'node:tls';
import { describe, expect, it } from 'vitest';
import tls from '../../../src/lib/node/index.ts';
import { oddPeers, tellOf, type Odd } from './odd-peers.ts';

/** Peers of which we say something else, with what we say. */
const otherwise: Readonly<Record<string, RegExp>> = {
  // OpenSSL has an error for each place of a message that it reads, the engine one for each message that does not decode
  ...Object.fromEntries(
    [
      'TLSv1.2: server_hello of no octets',
      'TLSv1.3: server_hello of no octets',
      'TLSv1.2: client_hello of no octets',
      'TLSv1.3: client_hello of no octets',
      'TLSv1.3: certificate of no octets',
      'TLSv1.2: certificate_request with an octet too few',
      'TLSv1.3: certificate_request with an octet too few',
      'TLSv1.2: certificate_verify of no octets',
      'TLSv1.3: certificate_verify of no octets',
      'TLSv1.2: server_key_exchange of no octets',
      'TLSv1.2: client_key_exchange of no octets',
    ].map((name) => [name, /"ERR_SSL_(?:LENGTH_MISMATCH|BAD_LENGTH)"/]),
  ),
  // the record that comes instead is protected: the engine does not look inside
  'TLSv1.3: server_hello that is left out': /"ERR_SSL_UNEXPECTED_MESSAGE".*ssl3_read_bytes/,
};

/** As many at once as are quick, on few cores, too. */
const AT_ONCE = 8;

async function differing(peers: readonly Odd[]): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  const left = [...peers];
  const work = async (): Promise<void> => {
    for (let odd = left.shift(); odd; odd = left.shift()) {
      const [theirs, ours] = [await tellOf(nodeTls, odd), await tellOf(tls, odd)];
      if (theirs !== ours && !otherwise[odd.name]?.test(ours)) found[odd.name] = { theirs, ours };
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}

describe('A10: errors of the handshake are those of node:tls', () => {
  for (const [kind, peers] of Object.entries(oddPeers())) {
    it(`for ${kind}`, async () => expect(await differing(peers)).toEqual({}));
  }
});
