/** OCSP messages of every kind, made by us: what the golden texts are of. They were made once; `corpus.json` keeps them. */
import { parseSubject } from '../../../src/lib/x509/name-build.ts';
import { parseSerial } from '../../../src/lib/x509/serial.ts';
import {
  acceptableResponses,
  archiveCutoff,
  buildOcspRequest,
  certIdOf,
  createOcspResponse,
  crlReference,
  extendedRevoke,
  holdInstruction,
  invalidityDate,
  serviceLocator,
  type OcspResponseFields,
  type OcspSigner,
  type SingleFields,
} from '../../../src/lib/ocsp/index.ts';
import {
  bitString,
  contextPrimitive,
  enumerated,
  explicit,
  ia5String,
  implicit,
  integer,
  octetString,
  oid,
  seq,
  universal,
  utf8String,
} from '../../../src/lib/der/index.ts';
import { generateKey } from '../../../src/lib/keys/generate.ts';
import type { Extension } from '../../../src/lib/x509/certificate.ts';
import { authority, issue, makeKey, NOW, type Party } from '../../support/chains.ts';

type Messages = Record<string, Buffer>;

const DELEGATED: readonly (readonly [string, string])[] = [
  ['basicConstraints', 'CA:FALSE'],
  ['extendedKeyUsage', 'OCSPSigning'],
  ['noCheck', 'ignored'],
];

const HOUR = 3_600_000;
const other: Extension = { oid: '1.2.3.4.5', critical: true, value: utf8String('as it pleases') };

const root = authority('/C=DE/O=Corpus/CN=Root', undefined, { key: makeKey('rsa2048') });
const id = certIdOf(parseSerial('0x1001'), root.certificate);
const signerOf = ({ certificate, key }: Party): OcspSigner => ({ certificate, key });

/** Requests. */
export async function makeRequests(): Promise<Messages> {
  const ids = (digest: string): Buffer =>
    buildOcspRequest({ requests: [certIdOf(parseSerial('77'), root.certificate, digest)] }).der;
  const serials = ['0', '-1', '-0x80', '127', '0x80', `0x7f${'ab'.repeat(19)}`, `0x${'cd'.repeat(70)}`];
  const signed = (party: Party, more: Partial<OcspSigner> = {}): Buffer =>
    buildOcspRequest({ requests: [id], nonce: Buffer.alloc(16, 7) }, { ...signerOf(party), ...more }).der;
  const named = (name: Buffer): Buffer => seq(seq(explicit(1, name), seq(seq(id.der))));
  const pss = issue('/CN=pss', root, { key: await generateKey({ type: 'rsa-pss', bits: 2048 }) });
  return {
    plain: buildOcspRequest({ requests: [id] }).der,
    ...Object.fromEntries(['sha224', 'sha256', 'sha384', 'sha512', 'sha3-256', 'md5'].map((one) => [one, ids(one)])),
    'several with odd serial numbers': buildOcspRequest({
      requests: serials.map((serial) => certIdOf(parseSerial(serial), root.certificate)),
    }).der,
    'nonce of 32': buildOcspRequest({ requests: [id], nonce: Buffer.alloc(32, 0xa5) }).der,
    'nonce of 128': buildOcspRequest({ requests: [id], nonce: Buffer.alloc(128, 1) }).der,
    'bare nonce': seq(
      seq(
        seq(seq(id.der)),
        explicit(2, seq(seq(oid('1.3.6.1.5.5.7.48.1.2'), octetString(Buffer.from('0102', 'hex'))))),
      ),
    ),
    'acceptable responses': buildOcspRequest({
      requests: [id],
      extensions: [acceptableResponses(), acceptableResponses(['1.3.6.1.5.5.7.48.1.1', '1.2.3.4'])],
    }).der,
    'single extensions': buildOcspRequest({
      requests: [
        { id, extensions: [serviceLocator(root.certificate.subject, ['http://ocsp.example.org/', 'http://b/'])] },
        { id, extensions: [serviceLocator(root.certificate.subject), other] },
      ],
    }).der,
    requestor: buildOcspRequest({ requests: [id], requestor: parseSubject('/C=DE/O=Größe, "AG"/CN=asker') }).der,
    'requestor by mail': named(implicit(1, ia5String('asker@example.org'))),
    'requestor by address': named(contextPrimitive(7, Buffer.from([192, 0, 2, 1]))),
    'version 4': seq(seq(explicit(0, integer(3)), seq(seq(id.der)))),
    'version -2': seq(seq(explicit(0, integer(-3)), seq(seq(id.der)))),
    'nothing asked': seq(seq(seq())),
    'signed by RSA': signed(root),
    'signed by RSA without certificates': signed(root, { embed: false }),
    'signed by RSA-PSS with two certificates': signed(pss, { others: [root.certificate] }),
    'signed by ECDSA': signed(issue('/CN=ec', root), { digest: 'sha384' }),
    'signed by Ed25519': signed(issue('/CN=ed', root, { key: makeKey('ed25519') })),
  };
}

/** Responses. */
export async function makeResponses(): Promise<Messages> {
  const rsa = signerOf(issue('/C=DE/CN=rsa responder', root, { key: makeKey('rsa2048'), extensions: DELEGATED }));
  const ec = signerOf(issue('/C=DE/O=Zürich & "Co", Ltd/CN=ec responder', root, { extensions: DELEGATED }));
  const bare = { ...ec, embed: false };
  const response = (fields: Partial<OcspResponseFields>, signer: OcspSigner = bare): Buffer =>
    createOcspResponse({ responses: [good], producedAt: NOW, ...fields }, signer).der;
  const good: SingleFields = { id, status: 'good', thisUpdate: NOW, nextUpdate: NOW + HOUR };
  const revoked = (reason: number | undefined, extensions: readonly Extension[] = []): SingleFields => ({
    ...good,
    status: 'revoked',
    time: NOW - 1000 * HOUR,
    reason,
    extensions,
  });
  const ids = ['sha1', 'sha256', 'sha512'].map((digest) => certIdOf(parseSerial('99'), root.certificate, digest));
  const statuses = [1, 2, 3, 4, 5, 6, 7, 127, -1, 300];
  return {
    good: response({}),
    unknown: response({ responses: [{ ...good, status: 'unknown' }] }),
    'without next update': response({ responses: [{ id, status: 'good', thisUpdate: NOW }] }),
    ...Object.fromEntries(
      [undefined, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -5, 300].map((reason) => [
        `revoked because of ${reason}`,
        response({ responses: [revoked(reason)] }),
      ]),
    ),
    several: response({
      responses: [good, revoked(1), { ...good, status: 'unknown' }, ...ids.map((one) => ({ ...good, id: one }))],
    }),
    'no answers': response({ responses: [] }),
    'by key': response({}, { ...bare, byKey: true }),
    'single extensions': response({
      responses: [
        revoked(1, [invalidityDate(NOW - 2000 * HOUR)]),
        revoked(6, [holdInstruction('1.2.840.10040.2.3')]),
        {
          ...good,
          extensions: [crlReference({ url: 'http://crl.example.org/a.crl', number: 0x1234n, time: NOW }), other],
        },
        {
          ...good,
          extensions: [archiveCutoff(NOW - 9000 * HOUR), crlReference({}), crlReference({ number: 1n << 300n })],
        },
      ],
    }),
    extensions: response({
      nonce: Buffer.from('00112233445566778899aabbccddeeff', 'hex'),
      extensions: [extendedRevoke(), crlReference({ number: 5n }), other, archiveCutoff(NOW)],
    }),
    'signed by RSA': response({}, rsa),
    'signed by RSA with SHA-512': response({}, { ...rsa, digest: 'sha512', others: [root.certificate] }),
    'signed by RSA with PSS': response(
      {},
      { ...rsa, sigopts: ['rsa_padding_mode:pss', 'rsa_pss_saltlen:20'], embed: false },
    ),
    'signed by ECDSA': response({}, ec),
    'signed by Ed25519': response(
      {},
      signerOf(issue('/CN=ed', root, { key: makeKey('ed25519'), extensions: DELEGATED })),
    ),
    'signed by Ed448': response({}, { ...signerOf(issue('/CN=ed', root, { key: makeKey('ed448') })), embed: false }),
    'signed by the issuer': response({}, signerOf(root)),
    ...Object.fromEntries(statuses.map((status) => [`status ${status}`, seq(enumerated(status))])),
    'a success without content': seq(enumerated(0)),
    'an error with content': seq(
      enumerated(3),
      explicit(0, seq(oid('1.3.6.1.5.5.7.48.1.1'), octetString(Buffer.alloc(3)))),
    ),
    'another type': seq(enumerated(0), explicit(0, seq(oid('1.2.3.4.5'), octetString(Buffer.alloc(3))))),
    'content that is none': seq(
      enumerated(0),
      explicit(0, seq(oid('1.3.6.1.5.5.7.48.1.1'), octetString(Buffer.alloc(3)))),
    ),
    ...oddTimes(),
  };
}

/** Times that OpenSSL prints as they stand, or at which it stops. */
function oddTimes(): Messages {
  const time = (text: string): Buffer => universal(24, Buffer.from(text, 'latin1'));
  const message = (produced: string, revoked: string, update: string, next: string): Buffer => {
    const single = seq(
      id.der,
      implicit(1, seq(time(revoked), explicit(0, enumerated(1)))),
      time(update),
      explicit(0, time(next)),
    );
    const tbs = seq(explicit(0, integer(1)), explicit(2, octetString(Buffer.alloc(7, 9))), time(produced), seq(single));
    const basic = seq(tbs, seq(oid('1.2.840.10045.4.3.2')), bitString(Buffer.alloc(20, 5)));
    return seq(enumerated(0), explicit(0, seq(oid('1.3.6.1.5.5.7.48.1.1'), octetString(basic))));
  };
  const fine = '20260102030405Z';
  return {
    'times with fractions': message('20260102030405.5Z', '20260102030405.123Z', fine, '20260102030405.0Z'),
    'times with offsets': message('20260102030405+0100', '202601020304Z', '20260102030405-1130', fine),
    'no time of production': message('20261302030405Z', fine, fine, fine),
    'no time of revocation': message(fine, '2026', fine, fine),
    'no time of update': message(fine, fine, '20260230000000Z', fine),
    'no time of the next update': message(fine, fine, fine, 'tomorrow'),
  };
}
