/** The library's OCSP: messages made, read and verified, the verdict, the responder. */
import { describe, expect, it } from 'vitest';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { encodePem, readDer } from '../../../src/lib/der/index.ts';
import { TlskitError } from '../../../src/lib/errors.ts';
import {
  acceptableResponses,
  archiveCutoff,
  buildOcspRequest,
  certIdOf,
  corruptOcspSignature,
  createOcspResponse,
  crlReference,
  ocspCheck,
  ocspErrorResponse,
  OcspRequest,
  ocspResponder,
  OcspResponse,
  ocspTimeFaults,
  ocspVerdict,
  readAcceptableResponses,
  readArchiveCutoff,
  readCrlReference,
  readOcspRequest,
  readOcspResponse,
  sameCertId,
  verifyOcspRequest,
  verifyOcspResponse,
  type OcspResponderOptions,
  type OcspSigner,
  type SingleFields,
} from '../../../src/lib/ocsp/index.ts';
import { verifyCodeByName } from '../../../src/lib/registry/verify-errors.ts';
import { CertificateView, TrustStore, verifyChain } from '../../../src/lib/verify/index.ts';
import { serialHex } from '../../../src/lib/x509/serial.ts';
import { authority, issue, makeKey, NOW, type Party } from '../../support/chains.ts';
import { seeded } from '../../support/seeded.ts';

const HOUR = 3_600_000;
const DELEGATED = [
  ['extendedKeyUsage', 'OCSPSigning'],
  ['noCheck', 'ignored'],
] as const;

const root = authority('/CN=Root');
const leaf = issue('/CN=leaf', root);
const delegate = issue('/CN=responder', root, { extensions: DELEGATED });
const impostor = authority('/CN=Root');
const signerOf = ({ certificate, key }: Party, more: Partial<OcspSigner> = {}): OcspSigner => ({
  certificate,
  key,
  ...more,
});
const id = certIdOf(leaf.certificate.serial, root.certificate);
const good: SingleFields = { id, status: 'good', thisUpdate: NOW, nextUpdate: NOW + HOUR };
const respond = (signer: OcspSigner, ...responses: SingleFields[]): OcspResponse =>
  createOcspResponse({ responses: responses.length > 0 ? responses : [good], producedAt: NOW }, signer);
const trusting = (...parties: Party[]): { trusted: TrustStore; time: number } => ({
  trusted: new TrustStore(parties.map(({ certificate }) => certificate)),
  time: NOW,
});

describe('K9 OCSP messages', () => {
  it('read back as they were made', () => {
    const nonce = Buffer.alloc(32, 3);
    const request = buildOcspRequest({
      requests: [
        id,
        { id: certIdOf(leaf.certificate.serial, root.certificate, 'sha256'), extensions: [archiveCutoff(NOW)] },
      ],
      nonce,
      extensions: [acceptableResponses()],
    });
    const again = OcspRequest.read(request.der, { strictness: 'der' });
    expect(again.requests.map((one) => one.id.algorithm.oid)).toEqual(['1.3.14.3.2.26', '2.16.840.1.101.3.4.2.1']);
    expect(again.nonce).toEqual(nonce);
    expect(readAcceptableResponses(again.extensions)).toEqual(['1.3.6.1.5.5.7.48.1.1']);
    expect(readArchiveCutoff(again.requests[1]?.extensions ?? [])?.ms).toBe(NOW);
    expect(again.signature).toBeUndefined();
    const response = createOcspResponse(
      {
        responses: [
          {
            certificate: leaf.certificate,
            issuer: root.certificate,
            status: 'revoked',
            time: NOW - HOUR,
            reason: 1,
            thisUpdate: NOW,
          },
          { ...good, status: 'unknown', extensions: [crlReference({ url: 'http://crl/', number: 7n, time: NOW })] },
        ],
        producedAt: NOW + 999,
        nonce,
      },
      signerOf(root),
    );
    const { basic } = OcspResponse.read(response.der, { strictness: 'der' });
    const [first, second] = basic.responses;
    expect(first).toMatchObject({ status: 'revoked', reason: 1, nextUpdate: undefined });
    expect(first?.revocationTime?.ms).toBe(NOW - HOUR);
    expect(first && sameCertId(first.id, id)).toBe(true);
    expect(readCrlReference(second?.extensions ?? [])).toMatchObject({
      url: 'http://crl/',
      number: 7n,
      time: { ms: NOW },
    });
    expect(basic.producedAt.ms).toBe(NOW);
    expect(basic.nonce).toEqual(nonce);
    expect(basic.find(id)?.status).toBe('revoked');
  });

  it('are what pkijs reads and writes', async () => {
    const request = buildOcspRequest({ requests: [id], nonce: Buffer.alloc(16, 1) }, signerOf(leaf));
    const theirs = new pkijs.OCSPRequest({ schema: asn1js.fromBER(request.der).result });
    expect(Buffer.from(theirs.tbsRequest.requestList[0]!.reqCert.serialNumber.valueBlock.valueHexView)).toEqual(
      leaf.certificate.serial,
    );
    expect(theirs.tbsRequest.requestExtensions?.[0]?.extnID).toBe('1.3.6.1.5.5.7.48.1.2');
    // pkijs verifies as of today
    const ca = authority('/CN=Lasting', undefined, { to: 20_000 });
    const signer = issue('/CN=lasting responder', ca, { extensions: DELEGATED, to: 20_000 });
    const response = respond(signerOf(signer), { ...good, id: certIdOf(id.serial, ca.certificate) });
    const read = new pkijs.OCSPResponse({ schema: asn1js.fromBER(response.der).result });
    const basic = new pkijs.BasicOCSPResponse({
      schema: asn1js.fromBER(read.responseBytes!.response.valueBlock.valueHexView).result,
    });
    const trustedCerts = [new pkijs.Certificate({ schema: asn1js.fromBER(ca.certificate.der).result })];
    const [along] = basic.certs ?? [];
    expect(Buffer.from(along!.toSchema().toBER())).toEqual(signer.certificate.der);
    expect(await basic.verify({ trustedCerts }, pkijs.getCrypto(true))).toBe(true);
    expect(Buffer.from(basic.tbsResponseData.toSchema().toBER())).toEqual(response.basic.tbs);
    // and one of theirs
    const made = new pkijs.OCSPRequest();
    await made.createForCertificate(new pkijs.Certificate({ schema: asn1js.fromBER(leaf.certificate.der).result }), {
      hashAlgorithm: 'SHA-256',
      issuerCertificate: new pkijs.Certificate({ schema: asn1js.fromBER(root.certificate.der).result }),
    });
    const [asked] = OcspRequest.read(Buffer.from(made.toSchema(true).toBER())).requests;
    expect(asked && sameCertId(asked.id, certIdOf(leaf.certificate.serial, root.certificate, 'sha256'))).toBe(true);
  });

  it('are read from DER and PEM', () => {
    const request = buildOcspRequest({ requests: [id] });
    const response = respond(signerOf(root));
    const pem = (label: string, der: Buffer): Buffer => Buffer.from(`a remark\n${encodePem(label, der)}`);
    expect(readOcspRequest(request.der, 'a').der).toEqual(request.der);
    expect(readOcspRequest(pem('OCSP REQUEST', request.der), 'a').der).toEqual(request.der);
    expect(readOcspResponse(response.der, 'a').der).toEqual(response.der);
    expect(readOcspResponse(pem('OCSP RESPONSE', response.der), 'a').der).toEqual(response.der);
    expect(() => readOcspResponse(pem('OCSP REQUEST', request.der), 'a')).toThrow(
      'a: PEM without a block "OCSP RESPONSE"',
    );
    expect(() => readOcspResponse(Buffer.alloc(0), 'a')).toThrow(/^a: /);
  });

  it('refuse what they cannot hold', () => {
    const refused = (make: () => unknown, code: string): void =>
      expect(make).toThrow(expect.objectContaining({ code }) as Error);
    refused(() => buildOcspRequest({ requests: [id], nonce: Buffer.alloc(129) }), 'ERR_USAGE');
    refused(() => buildOcspRequest({ requests: [id], nonce: Buffer.alloc(0) }), 'ERR_USAGE');
    refused(() => certIdOf(leaf.certificate.serial, root.certificate, 'sha7'), 'ERR_USAGE');
    refused(() => respond({ certificate: root.certificate, key: leaf.key }), 'ERR_KEY_MISMATCH');
    refused(() => respond(signerOf(root), { ...good, thisUpdate: Number.NaN }), 'ERR_USAGE');
    refused(() => ocspErrorResponse('tryLater').basic, 'ERR_FORMAT');
    refused(() => OcspResponse.read(root.certificate.der), 'ERR_DER');
  });

  it('survive every change of an octet: an error or a message, never anything else', () => {
    const random = seeded('ocsp');
    const request = buildOcspRequest({ requests: [id], nonce: Buffer.alloc(16, 1) }, signerOf(leaf)).der;
    const response = respond(signerOf(delegate), good, { ...good, status: 'revoked', time: NOW, reason: 4 }).der;
    for (let i = 0; i < 1500; i += 1) {
      const bytes = Buffer.from(i % 2 === 0 ? request : response);
      const dice = random(5);
      bytes[dice.readUInt32BE(0) % bytes.length] = dice[4] as number;
      try {
        if (i % 2 === 0) void OcspRequest.read(bytes).certificates;
        else void [OcspResponse.read(bytes).basic.responses, OcspResponse.read(bytes).basic.certificates];
      } catch (error) {
        expect(error).toBeInstanceOf(TlskitError);
      }
    }
  });
});

describe('K10 verification of OCSP responses', () => {
  it.each([
    ['the issuer itself', signerOf(root), true],
    ['the issuer, named by its key', signerOf(root, { byKey: true }), true],
    ['whom the issuer charged with it', signerOf(delegate), true],
    ['whom the issuer charged with it, named by its key', signerOf(delegate, { byKey: true }), true],
    ['nobody who came along', signerOf(delegate, { embed: false }), 'signer_not_found'],
    ['a certificate that is not for OCSP', signerOf(leaf), 'signer_usage'],
    ['another CA of the same name', signerOf(impostor), 'signer_chain'],
    ['whom another CA charged with it', signerOf(issue('/CN=x', impostor, { extensions: DELEGATED })), 'signer_chain'],
    ['one that has expired', signerOf(issue('/CN=x', root, { extensions: DELEGATED, to: -1 })), 'signer_chain'],
  ] as const)('signed by %s', (_who, signer, wanted) => {
    const result = verifyOcspResponse(respond(signer).basic, trusting(root));
    expect(result.fault ?? result.ok).toBe(wanted);
  });

  it('options of openssl ocsp', () => {
    const other = authority('/CN=Other');
    const foreign = respond(signerOf(other)).basic;
    const broken = corruptOcspSignature(respond(signerOf(root))).basic;
    const bare = respond(signerOf(delegate, { embed: false })).basic;
    const check = (response: typeof bare, options: Partial<Parameters<typeof verifyOcspResponse>[1]>): unknown => {
      const { ok, fault } = verifyOcspResponse(response, { ...trusting(root, other), ...options });
      return fault ?? ok;
    };
    expect(check(foreign, {})).toBe('signer_not_responsible');
    expect(check(foreign, { noResponsibility: true })).toBe(true);
    expect(check(foreign, { noSignerCheck: true, trusted: new TrustStore() })).toBe(true);
    expect(check(broken, {})).toBe('signature');
    expect(check(broken, { noSignature: true })).toBe(true);
    expect(check(bare, { certificates: [delegate.certificate] })).toBe(true);
    expect(check(bare, { certificates: [delegate.certificate], trusted: new TrustStore() })).toBe('signer_chain');
    expect(
      check(bare, {
        certificates: [new CertificateView(delegate.certificate)],
        trustCertificates: true,
        trusted: new TrustStore(),
      }),
    ).toBe(true);
    expect(check(respond(signerOf(delegate)).basic, { noIntern: true })).toBe('signer_not_found');
    const trust = { trust: ['1.3.6.1.5.5.7.3.9'], reject: undefined, alias: undefined, keyId: undefined };
    const explicit = new TrustStore([other.certificate.withTrust(trust)]);
    expect(check(foreign, { trusted: explicit })).toBe(true);
    expect(check(foreign, { trusted: explicit, noExplicit: true })).toBe('signer_not_responsible');
    const below = authority('/CN=Below', root);
    const charged = issue('/CN=y', below, { extensions: DELEGATED });
    const chained = respond(signerOf(charged, { others: [below.certificate] })).basic;
    expect(check(chained, { noResponsibility: true })).toBe(true);
    expect(check(chained, { noResponsibility: true, noChain: true })).toBe('signer_chain');
    // charged by a CA below: not by the one that issued the certificate
    expect(check(chained, {})).toBe('signer_not_responsible');
  });

  it('answers about certificates of several issuers', () => {
    const other = certIdOf(leaf.certificate.serial, impostor.certificate);
    const sha256 = certIdOf(leaf.certificate.serial, root.certificate, 'sha256');
    const check = (...ids: (typeof id)[]): unknown => {
      const response = respond(signerOf(root), ...ids.map((one) => ({ ...good, id: one })));
      const { ok, fault } = verifyOcspResponse(response.basic, trusting(root));
      return fault ?? ok;
    };
    expect(check(id, sha256)).toBe(true);
    expect(check(id, other)).toBe('signer_not_responsible');
    expect(check(sha256, other)).toBe('signer_not_responsible');
    const empty = createOcspResponse({ responses: [], producedAt: NOW }, signerOf(root)).basic;
    expect(verifyOcspResponse(empty, trusting(root)).fault).toBe('no_answers');
  });

  it('signed requests', () => {
    const client = issue('/CN=client', root);
    const check = (request: OcspRequest, more: object = {}): unknown => {
      const { ok, fault } = verifyOcspRequest(request, { ...trusting(root), ...more });
      return fault ?? ok;
    };
    const signed = buildOcspRequest({ requests: [id] }, signerOf(client));
    expect(check(signed)).toBe(true);
    expect(check(signed, { trusted: new TrustStore() })).toBe('signer_chain');
    expect(check(buildOcspRequest({ requests: [id] }))).toBe('not_signed');
    const bare = buildOcspRequest({ requests: [id] }, signerOf(client, { embed: false }));
    expect(check(bare)).toBe('signer_not_found');
    expect(
      check(bare, { certificates: [client.certificate], trustCertificates: true, trusted: new TrustStore() }),
    ).toBe(true);
    const broken = Buffer.from(signed.der);
    const at = broken.indexOf(signed.signature as Buffer) + 10;
    broken[at] = (broken[at] as number) ^ 1;
    expect(check(OcspRequest.read(broken))).toBe('signature');
  });
});

describe('K10 what a response says of a certificate', () => {
  it('times', () => {
    const { basic } = respond(signerOf(root));
    const single = basic.responses[0]!;
    const faults = (time: number, more: object = {}): string[] => ocspTimeFaults(single, { time, ...more });
    expect(faults(NOW)).toEqual([]);
    expect(faults(NOW - 299_000)).toEqual([]);
    expect(faults(NOW - 301_000)).toEqual(['status not yet valid']);
    expect(faults(NOW + HOUR + 299_000)).toEqual([]);
    expect(faults(NOW + HOUR + 300_000)).toEqual(['status expired']);
    expect(faults(NOW + 1000, { skew: 0, maxAge: 0 })).toEqual(['status too old']);
    expect(faults(NOW + HOUR - 1000, { skew: 0 })).toEqual([]);
    const backwards = respond(signerOf(root), { ...good, nextUpdate: NOW - 1000 }).basic.responses[0]!;
    expect(ocspTimeFaults(backwards, { time: NOW })).toEqual(['nextupdate before thisupdate']);
  });

  const verdict = (response: OcspResponse | Uint8Array, more: object = {}): string => {
    const result = ocspVerdict(response, leaf.certificate, root.certificate, { time: NOW, ...more });
    return result.status === 'invalid' ? result.text : result.status;
  };

  it('verdicts', () => {
    const revoked: SingleFields = { ...good, status: 'revoked', time: NOW - HOUR, reason: 1 };
    expect(verdict(respond(signerOf(root)).der)).toBe('good');
    expect(verdict(respond(signerOf(delegate)))).toBe('good');
    expect(verdict(respond(signerOf(delegate)), trusting(root))).toBe('good');
    expect(verdict(respond(signerOf(root), revoked))).toBe('revoked');
    expect(verdict(respond(signerOf(root), good, revoked))).toBe('revoked');
    expect(verdict(respond(signerOf(root), { ...good, status: 'unknown' }))).toBe('unknown');
    const sha384 = certIdOf(leaf.certificate.serial, root.certificate, 'sha384');
    expect(verdict(respond(signerOf(root), { ...good, id: sha384 }))).toBe('good');
    expect(
      ocspVerdict(respond(signerOf(root), revoked), leaf.certificate, root.certificate, { time: NOW }),
    ).toMatchObject({
      time: NOW - HOUR,
      reason: 1,
    });
  });

  it('and what proves nothing', () => {
    expect(verdict(ocspErrorResponse('tryLater'))).toBe('the responder answers tryLater (3)');
    expect(verdict(Buffer.from('<html>'))).toMatch(/OCSP response|offset/);
    expect(verdict(respond(signerOf(leaf)))).toBe('missing ocspsigning usage');
    expect(verdict(respond(signerOf(impostor)))).toMatch(/signature failure|certificate verify error/);
    expect(verdict(corruptOcspSignature(respond(signerOf(root))))).toBe('signature failure');
    expect(verdict(respond(signerOf(root)), { time: NOW + 2 * HOUR })).toBe('status expired');
    expect(verdict(respond(signerOf(root)), { nonce: Buffer.alloc(16) })).toBe('no nonce in the response');
    const other = certIdOf(delegate.certificate.serial, root.certificate);
    expect(verdict(respond(signerOf(root), { ...good, id: other }))).toBe(
      'the response says nothing of this certificate',
    );
    const asked = createOcspResponse(
      { responses: [good], producedAt: NOW, nonce: Buffer.alloc(16, 1) },
      signerOf(root),
    );
    expect(verdict(asked, { nonce: Buffer.alloc(16, 1) })).toBe('good');
    expect(verdict(asked, { nonce: Buffer.alloc(16, 2) })).toMatch(/nonce/);
  });
});

describe('K10 OCSP responses in the verification of a chain', () => {
  const middle = authority('/CN=Middle', root);
  const below = issue('/CN=below', middle);
  const about = (issuer: Party, subject: Party, fields: Partial<SingleFields> = {}): Buffer => {
    const own = certIdOf(subject.certificate.serial, issuer.certificate);
    return respond(signerOf(issuer), { ...good, ...fields, id: own } as SingleFields).der;
  };
  const verify = (responses: Uint8Array[], more: object = {}): string => {
    const { errors } = verifyChain(below.certificate, {
      ...trusting(root),
      untrusted: [middle.certificate],
      ocsp: ocspCheck(responses, { time: NOW }),
      ...more,
    });
    return errors.map(({ name, depth }) => `${depth} ${name}`).join();
  };
  const revoked = { status: 'revoked', time: NOW - HOUR } as const;
  const [leafGood, middleGood] = [about(middle, below), about(root, middle)];

  it("gives its errors by OpenSSL 3.6's names", () => {
    expect(verify([leafGood])).toBe('');
    expect(verify([middleGood, leafGood], { ocspAll: true })).toBe('');
    expect(verify([leafGood], { ocspAll: true })).toBe('1 OCSP_NO_RESPONSE');
    expect(verify([])).toBe('0 OCSP_NO_RESPONSE');
    expect(verify([about(middle, below, revoked)])).toBe('0 CERT_REVOKED');
    expect(verify([leafGood, about(middle, below, revoked)])).toBe('0 CERT_REVOKED');
    expect(verify([leafGood, about(root, middle, revoked)], { ocspAll: true })).toBe('1 CERT_REVOKED');
    expect(verify([about(middle, below, { status: 'unknown' })])).toBe('0 OCSP_CERT_UNKNOWN');
    expect(verify([about(middle, below, { thisUpdate: NOW - 3 * HOUR, nextUpdate: NOW - HOUR })])).toBe(
      '0 OCSP_HAS_EXPIRED',
    );
    expect(verify([about(middle, below, { thisUpdate: NOW + HOUR })])).toBe('0 OCSP_NOT_YET_VALID');
    expect(verify([corruptOcspSignature(OcspResponse.read(leafGood)).der])).toBe('0 OCSP_SIGNATURE_FAILURE');
    expect(verify([ocspErrorResponse('tryLater').der])).toBe('0 OCSP_RESP_INVALID');
    expect(verify([Buffer.from('no response')])).toBe('0 OCSP_RESP_INVALID');
    // one that proves nothing takes nothing from one that does
    expect(verify([Buffer.from('no response'), leafGood])).toBe('');
    expect(verifyCodeByName('OCSP_NO_RESPONSE')?.code).toBe(100);
  });
});

describe('K9 the responder without its network', () => {
  const settings: OcspResponderOptions = {
    issuers: [impostor.certificate, root.certificate],
    signer: signerOf(delegate),
    validity: HOUR,
    lookup: (serial) => {
      if (serial.equals(leaf.certificate.serial)) return { status: 'revoked', time: NOW - HOUR, reason: 4 };
      return serialHex(serial) === '7F' ? Promise.resolve({ status: 'omitted' }) : undefined;
    },
  };
  const ask = async (request: Uint8Array, more: Partial<OcspResponderOptions> = {}): Promise<OcspResponse> =>
    (await ocspResponder({ ...settings, ...more })(request, NOW)).response;

  it('answers with what it knows', async () => {
    const nonce = Buffer.alloc(8, 1);
    const seven = certIdOf(Buffer.from([0x7f]), root.certificate);
    const nine = certIdOf(Buffer.from([9]), root.certificate, 'sha256');
    const response = await ask(buildOcspRequest({ requests: [id, seven, nine], nonce }).der);
    expect(response.basic.responses.map(({ status }) => status)).toEqual(['revoked', 'unknown']);
    expect(response.basic.nonce).toEqual(nonce);
    expect(response.basic.responses[0]).toMatchObject({ reason: 4, nextUpdate: { ms: NOW + HOUR } });
    expect(verifyOcspResponse(response.basic, trusting(root)).ok).toBe(true);
    const other = await ask(buildOcspRequest({ requests: [id] }).der, { certIdDigest: 'sha512', badSignature: true });
    expect(other.basic.responses[0]?.id.nameHash.length).toBe(64);
    expect(verifyOcspResponse(other.basic, trusting(root)).fault).toBe('signature');
  });

  it('refuses with a status', async () => {
    const foreign = buildOcspRequest({ requests: [certIdOf(id.serial, authority('/CN=Foreign').certificate)] }).der;
    expect((await ask(foreign)).basic.responses[0]?.status).toBe('unknown');
    expect((await ask(foreign, { foreign: 'unauthorized' })).status).toBe('unauthorized');
    expect((await ask(Buffer.from('3003', 'hex'))).status).toBe('malformedRequest');
    expect((await ask(Buffer.alloc(0))).status).toBe('malformedRequest');
    expect((await ask(Buffer.from('300430023000', 'hex'))).status).toBe('malformedRequest');
    const many = buildOcspRequest({ requests: Array.from({ length: 1001 }, () => id) }).der;
    expect((await ask(many)).status).toBe('malformedRequest');
    const long = buildOcspRequest({
      requests: [id],
      extensions: [{ oid: '1.3.6.1.5.5.7.48.1.2', critical: false, value: Buffer.alloc(200, 1) }],
    }).der;
    expect((await ask(long)).status).toBe('malformedRequest');
    const failures: unknown[] = [];
    const failing = {
      lookup: () => Promise.reject(new Error('no database')),
      onError: (error: unknown) => failures.push(error),
    };
    expect((await ask(buildOcspRequest({ requests: [id] }).der, failing)).status).toBe('internalError');
    expect(failures).toHaveLength(1);
  });

  it('signs with every kind of key', async () => {
    for (const kind of ['rsa2048', 'prime256v1', 'secp384r1', 'ed25519', 'ed448']) {
      const party = issue('/CN=z', root, { extensions: DELEGATED, key: makeKey(kind) });
      const response = await ask(buildOcspRequest({ requests: [id] }).der, { signer: signerOf(party) });
      expect(verifyOcspResponse(response.basic, trusting(root)).ok, kind).toBe(true);
      expect(readDer(response.der).children.length).toBe(2);
    }
  });
});
