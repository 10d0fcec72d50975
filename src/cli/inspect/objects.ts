/** Lines for everything that is no certificate: a head, and what is said under it. */
import { CONTENT } from '../../lib/cms/items.ts';
import type { SignedData } from '../../lib/cms/types.ts';
import { TlskitError } from '../../lib/errors.ts';
import type { Found, FoundKey } from '../../lib/inspect/index.ts';
import { describeParameters } from '../../lib/keys/describe.ts';
import { longName } from '../../lib/registry/oids.ts';
import { serialHex } from '../../lib/x509/serial.ts';
import { requestNames } from './request-names.ts';
import { sessionLines } from './session.ts';
import type { Subject } from './subject.ts';
import { day, keyWords, left, printable, signatureWords, spkiWords, title, whole } from './words.ts';

/** The lines of an object; none for certificates, which stand in the tree, and for what only repeats what is said elsewhere. */
export function objectLines(found: Found, object: number, subject: Subject): string[] {
  const { inspection, now } = subject;
  switch (found.kind) {
    case 'certificate':
      return [];
    case 'request':
      return [
        `Request for ${whole(found.request.subject)}`,
        `${spkiWords(found.request.spki)}, signed with ${signatureWords(found.request.signatureAlgorithm.oid)}`,
        ...requestNames(found.request),
      ];
    case 'crl':
      return crlLines(found, now);
    case 'privateKey':
      return keyLines(found, object, inspection);
    case 'publicKey':
      return [`Public key, ${keyWords(found.key)}`, found.form];
    case 'parameters':
      return parameterLines(found);
    case 'cms':
      return cmsLines(found);
    case 'pkcs12':
      return [`PKCS#12 file, ${found.protection}`];
    case 'keystore':
      return [
        `Java keystore (${found.form} version ${found.version}), ${found.entries} ${found.entries === 1 ? 'entry' : 'entries'}`,
        'its private keys stay locked; keytool -importkeystore -deststoretype pkcs12 makes PKCS#12 of it',
      ];
    case 'ocspRequest':
      return [
        'OCSP request',
        ...found.request.requests.map(({ id }) => `asks about the serial number ${serialHex(id.serial).toLowerCase()}`),
      ];
    case 'ocspResponse':
      return ['OCSP response', ...responseLines(found.response, now)];
    case 'session':
      return sessionLines(found.session, now);
    case 'spkac':
      return [`SPKAC (a signed key of a browser), ${spkiWords(found.spkac.tbs.spki.der)}`];
    case 'locked':
      return [`${capital(found.what)}, locked`];
    case 'broken':
      return [`${capital(found.what)}, not readable`];
  }
}

function crlLines({ crl }: Extract<Found, { kind: 'crl' }>, now: number): string[] {
  const count = crl.revoked.length;
  return [
    `CRL of ${whole(crl.issuer)}`,
    `${count} ${count === 1 ? 'certificate' : 'certificates'} revoked, signed with ${signatureWords(crl.signatureAlgorithm.oid)}`,
    `made on ${day(crl.thisUpdate.ms)}, ${crl.nextUpdate ? `the next one by ${day(crl.nextUpdate.ms)}, ${left(crl.nextUpdate.ms, now)}` : 'without a next update'}`,
  ];
}

function keyLines(found: FoundKey, object: number, inspection: Subject['inspection']): string[] {
  const owners = (inspection.keyFits.get(object) ?? []).map((index) => ownerWords(inspection.objects[index] as Found));
  return [
    `Private key, ${keyWords(found.key)}`,
    `${found.form}, ${found.encrypted ? 'encrypted' : 'not encrypted'}`,
    ...(owners.length > 0 ? [`belongs to ${owners.join(', ')}`] : []),
  ];
}

function parameterLines(found: Extract<Found, { kind: 'parameters' }>): string[] {
  const { type, bits, group, curve } = describeParameters(found.parameters);
  const name = group ?? curve;
  return [
    `${type.toUpperCase().replace('DHX', 'X9.42 DH')} parameters, ${bits ?? '?'} bits${name ? ` (${name})` : ''}`,
  ];
}

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

function ownerWords(found: Found): string {
  if (found.kind === 'certificate') return `the certificate ${title(found.view)}`;
  return found.kind === 'request' ? 'the request' : 'the public key';
}

function cmsLines({ info, form }: Extract<Found, { kind: 'cms' }>): string[] {
  const head = `${form}, ${longName(info.contentType)}`;
  if (info.contentType !== CONTENT.signedData) return [head];
  const { signerInfos, encapContentInfo } = info.content as SignedData;
  if (signerInfos.length === 0) return [head, 'carries certificates and CRLs only'];
  const size = encapContentInfo.eContent?.length;
  const content = size === undefined ? 'the content is elsewhere (detached)' : `${size} octets of content`;
  return [
    head,
    `${signerInfos.length} ${signerInfos.length === 1 ? 'signature' : 'signatures'}, ${content}; cms -verify checks them`,
  ];
}

function responseLines(response: Extract<Found, { kind: 'ocspResponse' }>['response'], now: number): string[] {
  try {
    return response.basic.responses.map(({ id, status, revocationTime, thisUpdate, nextUpdate }) => {
      const when = revocationTime ? ` since ${day(revocationTime.ms)}` : '';
      const until = nextUpdate ? `, the next one by ${day(nextUpdate.ms)}, ${left(nextUpdate.ms, now)}` : '';
      return `serial number ${serialHex(id.serial).toLowerCase()}: ${status}${when}; as of ${day(thisUpdate.ms)}${until}`;
    });
  } catch (error) {
    if (error instanceof TlskitError) return [printable(response.statusText)];
    throw error;
  }
}
