/** Verdicts and certificates of peers: of chains that node:tls has received, what it says of them and what we do. */
import { readdirSync, readFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { inspect, isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { crlPem } from '../../../src/lib/crl/index.ts';
import { createSecureContext, type SecureContextOptions } from '../../../src/lib/node/context/secure-context.ts';
import { peerCertificate, peerNames, x509 } from '../../../src/lib/node/peer/certificate.ts';
import { judgePeer, verifyError } from '../../../src/lib/node/peer/verdict.ts';
import { certificatePem, timeFromMs } from '../../../src/lib/x509/build.ts';
import { CA_EXTENSIONS, issue, makeKey } from '../../support/chains.ts';
import { material, nodeHandshake, nodesVerifyError } from '../../support/node-tls.ts';
import { peerRows, type Row } from './peer-rows.ts';

const judge = issue('/CN=judge', undefined, { key: makeKey() });

/** The options of a context that judges a row's peer. */
const optionsOf = ({ trusted, crls, partial, level }: Row): SecureContextOptions => ({
  ...(trusted ? { ca: trusted.map(certificatePem) } : {}),
  ...(crls ? { crl: crls.map(crlPem) } : {}),
  ...(partial === undefined ? {} : { allowPartialTrustChain: partial }),
  ...(level === undefined ? {} : { ciphers: `DEFAULT:@SECLEVEL=${level}` }),
});

/** What a program can see of a chain of legacy objects. */
const shown = (certificate: unknown): string =>
  inspect(certificate, { depth: 40, maxStringLength: 40, maxArrayLength: 8, breakLength: 200 });

/** The serial numbers of a chain of X509Certificate. */
function serials(certificate: X509Certificate | undefined): string[] {
  const found: string[] = [];
  for (let at = certificate; at; at = at.issuerCertificate) found.push(at.serialNumber);
  return found;
}

/** The octets of a certificate, if this Node can read it. */
function nodeReads(certificate: Buffer): Buffer | undefined {
  try {
    return new X509Certificate(certificate).raw;
  } catch {
    return undefined;
  }
}

interface Seen {
  readonly verdict: { readonly code: string; readonly text: string } | undefined;
  readonly plain: unknown;
  readonly detailed: unknown;
  readonly issuers: readonly string[];
}

async function nodes(row: Row): Promise<Seen> {
  const peer = { ...material(row.key, row.chain), ciphers: 'DEFAULT:@SECLEVEL=0' };
  const own = { ...material(judge.key, [judge.certificate]), ...optionsOf(row) };
  const ends = row.client ? await nodeHandshake({ ...own, requestCert: true }, peer) : await nodeHandshake(peer, own);
  const socket: TLSSocket = row.client ? ends.server : ends.client;
  const seen = {
    verdict: nodesVerifyError(socket),
    plain: socket.getPeerCertificate(),
    detailed: socket.getPeerCertificate(true),
    issuers: serials(socket.getPeerX509Certificate()),
  };
  ends.client.destroy();
  ends.server.destroy();
  return seen;
}

function ours(row: Row): Seen {
  const { context } = createSecureContext(optionsOf(row));
  const chain = row.chain.map(({ der }) => der);
  const verdict = judgePeer(chain, context, row.client ? 'sslclient' : 'sslserver');
  return {
    verdict: verdict && { code: verdict.code, text: verdict.text },
    plain: peerCertificate(chain, context),
    detailed: peerCertificate(chain, context, true),
    issuers: serials(x509(chain)),
  };
}

describe('a peer as node:tls sees it [A3, A6]', () => {
  const pairs: (readonly [name: string, ours: Seen, nodes: Seen])[] = [];

  beforeAll(async () => {
    for (const [name, row] of Object.entries(peerRows())) {
      // newer Nodes read no certificate with an odd date
      if (row.chain.every(({ der }) => nodeReads(der))) pairs.push([name, ours(row), await nodes(row)]);
    }
  });

  it('has the same verdict, in the same words', () => {
    const differing = pairs.filter(([, a, b]) => !isDeepStrictEqual(a.verdict, b.verdict));
    expect(differing.map(([name, a, b]) => ({ name, ours: a.verdict, nodes: b.verdict }))).toEqual([]);
    const codes = new Set(pairs.map(([, , { verdict }]) => verdict?.code));
    expect(codes.size).toBeGreaterThan(15);
  });

  it('has the same legacy objects, key by key, with the same issuers', () => {
    const differing = pairs.filter(
      ([, a, b]) =>
        !isDeepStrictEqual([a.plain, a.detailed], [b.plain, b.detailed]) || shown(a.detailed) !== shown(b.detailed),
    );
    expect(differing.map(([name, a, b]) => ({ name, ours: shown(a.detailed), nodes: shown(b.detailed) }))).toEqual([]);
  });

  it('has X509Certificate objects with the issuers that it sent', () => {
    const differing = pairs.filter(([, a, b]) => !isDeepStrictEqual(a.issuers, b.issuers));
    expect(differing.map(([name, a, b]) => ({ name, ours: a.issuers, nodes: b.issuers }))).toEqual([]);
  });
});

describe('certificates of others [A6]', () => {
  it('are shown as node:crypto shows them, where it can read them at all', () => {
    const folder = 'test/data/certificates';
    const trust = { trust: undefined };
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.pem'))) {
      const der = nodeReads(readFileSync(`${folder}/${name}`));
      if (der)
        expect(shown(peerCertificate([der], trust)), name).toBe(shown(new X509Certificate(der).toLegacyObject()));
    }
  });
});

describe('verdicts [A3]', () => {
  it('are errors with a code, as Node makes them', () => {
    const context = createSecureContext({ ca: [] }).context;
    const verdict = judgePeer([judge.certificate.der], context, 'sslserver');
    const error = verifyError(verdict as NonNullable<typeof verdict>);
    expect(Object.entries(error)).toEqual([['code', 'CERT_HAS_EXPIRED']]);
    expect(error.message).toBe('certificate has expired');
    expect(String(error)).toBe(`Error: ${error.message}`);
  });

  it('do not fall over what else a peer sends', () => {
    const { context } = createSecureContext({ ca: [] });
    const chain = [judge.certificate.der, Buffer.from('nothing'), Buffer.alloc(0)];
    expect(judgePeer(chain, context, 'sslserver')).toMatchObject({ code: 'CERT_HAS_EXPIRED' });
    expect(peerCertificate(chain, context, true)).toEqual(peerCertificate(chain.slice(0, 1), context, true));
    expect(x509(chain)?.raw).toEqual(chain[0]);
    expect(peerNames(chain)).toMatchObject({ subject: { CN: 'judge' } });
  });

  it('that are good are good until the first certificate of the chain expires, and for no other trust', () => {
    const now = Date.now();
    const time = (days: number): number => now + days * 86_400_000;
    const short = { notBefore: timeFromMs(time(-9)), notAfter: timeFromMs(time(1)) };
    const root = issue('/CN=root', undefined, { ...short, extensions: CA_EXTENSIONS });
    const validity = { notBefore: timeFromMs(time(-2)), notAfter: timeFromMs(time(3)) };
    const chain = [issue('/CN=leaf', root, validity).certificate.der, root.certificate.der];
    const trusting = createSecureContext({ ca: certificatePem(root.certificate) }).context;
    const other = createSecureContext({ ca: certificatePem(judge.certificate) }).context;
    const codes = (days: number): unknown[] =>
      [trusting, trusting, other].map((context) => {
        vi.setSystemTime(time(days));
        return judgePeer(chain, context, 'sslserver')?.code;
      });
    try {
      expect(codes(0)).toEqual([undefined, undefined, 'SELF_SIGNED_CERT_IN_CHAIN']);
      expect(codes(2)).toEqual(['CERT_HAS_EXPIRED', 'CERT_HAS_EXPIRED', 'CERT_HAS_EXPIRED']);
      expect(codes(-3)).toEqual(['CERT_NOT_YET_VALID', 'CERT_NOT_YET_VALID', 'CERT_NOT_YET_VALID']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('are against a peer without a certificate', () => {
    const { context } = createSecureContext({ ca: [] });
    expect(judgePeer([], context, 'sslclient')).toMatchObject({ code: 'UNABLE_TO_GET_ISSUER_CERT' });
    expect(peerCertificate([], context, true)).toEqual({});
    expect(x509([])).toBeUndefined();
    expect(peerNames([])).toBeUndefined();
  });
});
