import { X509Certificate } from 'node:crypto';
import nodeTls from 'node:tls';
import { describe, expect, it } from 'vitest';
import { getCiphers } from '../../../src/lib/node/context/ciphers.ts';
import { ContextState } from '../../../src/lib/node/context/state.ts';
import { createSecureContext, SecureContext } from '../../../src/lib/node/context/secure-context.ts';
import * as m from './context-material.ts';
import { ciphers, protocols } from './context-rows.ts';

/** What Node's native object is asked in these tests. */
type Native = Pick<ContextState, 'getMinProto' | 'getMaxProto' | 'getTicketKeys' | 'setTicketKeys'> & {
  getCertificate(): Buffer | null;
  getIssuer(): Buffer | null;
};

const native = (options: object): Native => nodeTls.createSecureContext(options).context as Native;
const ours = (options: object): ContextState => createSecureContext(options).context;

function bothOf(options: object): { theirs: Native; ours: ContextState } | undefined {
  try {
    return { theirs: native(options), ours: ours(options) };
  } catch {
    return undefined;
  }
}

describe('A4: the object inside of a secure context', () => {
  it("has the methods of Node's", () => {
    const names = Object.getOwnPropertyNames(Object.getPrototypeOf(native({})));
    const own = new Set(Object.getOwnPropertyNames(ContextState.prototype));
    // a pointer for addons; ours has no native side. Certificates are not compressed, which a peer must allow for
    const none = ['_external', 'setCertificateCompression'];
    expect(names.filter((name) => !own.has(name) && !none.includes(name))).toEqual([]);
  });

  it('has the versions that options come to', () => {
    const bounds = (context: Pick<Native, 'getMinProto' | 'getMaxProto'>): number[] => [
      context.getMinProto(),
      context.getMaxProto(),
    ];
    let compared = 0;
    for (const options of [...Object.values(protocols), ...Object.values(ciphers)] as object[]) {
      const pair = bothOf(options);
      // what one of the two refuses is compared elsewhere
      if (!pair) continue;
      expect([options, ...bounds(pair.ours)]).toEqual([options, ...bounds(pair.theirs)]);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(80);
  });

  it('gives the certificate and that of its issuer', () => {
    const [leaf, middle, root] = [m.ec, m.middle, m.root].map(({ certificate }) => m.pem(certificate)) as [
      string,
      string,
      string,
    ];
    const sets = [
      {},
      { cert: leaf },
      { cert: leaf + middle },
      { cert: middle + root },
      { cert: leaf, ca: [root, middle] },
      { cert: leaf, ca: root },
      { cert: root },
      { cert: [leaf, m.pem(m.rsa.certificate)] },
      { pfx: m.pfx([m.ec], [m.ec, m.middle]), passphrase: 'sesame' },
    ];
    for (const options of sets) {
      const [theirs, own] = [native(options), ours(options)];
      expect(own.getCertificate()).toEqual(theirs.getCertificate());
      expect(own.getIssuer()).toEqual(theirs.getIssuer());
    }
  });

  it('completes a single certificate by those that are trusted', () => {
    const [leaf, middle, root] = [m.ec, m.middle, m.root];
    const key = m.keyPem(leaf);
    const chainOf = (options: object): string[] =>
      ours({ key, ...options }).credentials.flatMap(({ chain }) =>
        chain.map((der) => new X509Certificate(der).subject),
      );
    const ca = [m.pem(root.certificate), m.pem(middle.certificate)];
    expect(chainOf({ cert: m.pem(leaf.certificate), ca })).toEqual(['CN=ec', 'CN=middle', 'CN=root']);
    expect(chainOf({ cert: m.pem(leaf.certificate) + ca.join(''), ca: ca[0] })).toEqual([
      'CN=ec',
      'CN=root',
      'CN=middle',
    ]);
    expect(chainOf({ cert: m.pem(leaf.certificate), ca: ca[0] })).toEqual(['CN=ec']);
    expect(chainOf({ cert: m.pem(leaf.certificate) })).toEqual(['CN=ec']);
  });

  it('keeps ticket keys, and makes some of its own', () => {
    const keys = Buffer.alloc(48, 7);
    for (const context of [native({ ticketKeys: keys }), ours({ ticketKeys: keys })])
      expect(context.getTicketKeys()).toEqual(keys);
    const context = ours({});
    expect(context.getTicketKeys()).toHaveLength(48);
    expect(context.getTicketKeys()).toEqual(context.getTicketKeys());
    expect(context.getTicketKeys()).not.toEqual(ours({}).getTicketKeys());
    const before = context.serverBase();
    context.setTicketKeys(keys);
    expect(context.getTicketKeys()).toEqual(keys);
    expect(context.serverBase()).not.toBe(before);
  });

  it('has one pair for each type of key, EC before RSA', () => {
    const { credentials } = ours({
      cert: [m.pem(m.rsa.certificate), m.pem(m.otherEc.certificate), m.pem(m.ec.certificate)],
      key: [m.keyPem(m.rsa), m.keyPem(m.ec)],
    });
    expect(credentials.map(({ traits }) => traits.type)).toEqual(['ec', 'rsa']);
    expect(credentials[0]?.chain[0]).toEqual(m.ec.certificate.der);
  });

  it('adds to what Node trusts, as programs do that know the method', () => {
    const context = ours({});
    expect(context.trust).toBeUndefined();
    context.addCACert(m.pem(m.root.certificate));
    expect(context.trust?.named(m.root.certificate.subject)).toHaveLength(1);
  });

  it('does what many contexts have in common once', () => {
    const options = { ciphers: 'ECDHE+AESGCM', ca: m.pem(m.root.certificate) };
    expect(ours(options).clientBase()).toBe(ours(options).clientBase());
    expect(ours(options).trust).toBe(ours(options).trust);
    expect(ours({ ...options, minVersion: 'TLSv1.3' }).clientBase()).not.toBe(ours(options).clientBase());
  });

  it('has hybrid groups on every Node, without a warning', async () => {
    const warnings: unknown[] = [];
    const listen = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listen);
    const { groups, shares } = ours({ ecdhCurve: 'X25519MLKEM768:P-256' }).clientBase();
    expect(groups.map(({ name }) => name)).toEqual(['X25519MLKEM768', 'secp256r1']);
    expect(shares.map(({ name }) => name)).toEqual(['X25519MLKEM768']);
    // warnings are told a little later
    await new Promise((done) => setImmediate(done));
    process.off('warning', listen);
    expect(warnings).toEqual([]);
  });

  it('may use the suites that node:tls lists', () => {
    // SRP needs passwords that no option takes, in Node either
    expect(getCiphers()).toEqual(nodeTls.getCiphers().filter((name) => !name.startsWith('srp-')));
  });

  it('is made with new or without it', () => {
    const made = [SecureContext(), new SecureContext(), createSecureContext()];
    for (const one of made) expect(one).toBeInstanceOf(SecureContext);
    expect([SecureContext.name, SecureContext.length]).toEqual(['SecureContext', 4]);
  });
});
