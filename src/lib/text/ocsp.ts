/** Texts of OCSP requests and responses, as `openssl ocsp -req_text` and `-resp_text` print them. */
import { encodePem } from '../der/index.ts';
import { TlskitError } from '../errors.ts';
import type { BasicOcspResponse, CertId, OcspResponse, ResponderId, SingleResponse } from '../ocsp/response.ts';
import type { OcspRequest } from '../ocsp/request.ts';
import { BASIC_RESPONSE } from '../ocsp/schema.ts';
import { responseStatus, revocationReason } from '../ocsp/status.ts';
import { longName } from '../registry/oids.ts';
import type { Certificate, Time } from '../x509/certificate.ts';
import { certificateText } from './certificate.ts';
import { extensionList } from './extensions/index.ts';
import { generalNameText } from './extensions/general-name.ts';
import { hexRun } from './extensions/ocsp.ts';
import { NAME_COMPAT, nameOctets } from './name.ts';
import { integerHex } from './number.ts';
import { fromOctetText } from './octets.ts';
import { signatureText } from './signature.ts';

import { BAD_TIME, timeText } from './time.ts';

/** A text that is written piece by piece up to where OpenSSL gives up: at a time that is none. */
class Page {
  text = '';

  add(...pieces: readonly string[]): this {
    this.text += pieces.join('');
    return this;
  }

  /** A title and a time after it. */
  time(title: string, time: Time): this {
    const text = timeText(time);
    this.add(title, text ?? BAD_TIME);
    if (text === undefined) throw new Stop();
    return this;
  }
}

class Stop extends Error {}

function page(write: (page: Page) => void): string {
  const one = new Page();
  try {
    write(one);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  }
  return fromOctetText(one.text);
}

function certIdText({ algorithm, nameHash, keyHash, serial }: CertId, indent: number): string {
  const pad = ' '.repeat(indent);
  return (
    `${pad}Certificate ID:\n` +
    `${pad}  Hash Algorithm: ${longName(algorithm.oid)}\n` +
    `${pad}  Issuer Name Hash: ${hexRun(nameHash)}\n` +
    `${pad}  Issuer Key Hash: ${hexRun(keyHash)}\n` +
    `${pad}  Serial Number: ${integerHex(serial)}\n`
  );
}

/** A version field as C's `%lu (0x%lx)` shows it. */
function versionText(field: bigint): string {
  const long = field === BigInt.asIntN(64, field) ? field : -1n;
  return `    Version: ${BigInt.asUintN(64, long + 1n)} (0x${BigInt.asUintN(64, long).toString(16)})`;
}

/** Embedded certificates: text and PEM of each. */
const certificatesText = (certificates: readonly Certificate[]): string =>
  certificates
    .map(
      (certificate) =>
        certificateText(certificate, { nameopt: NAME_COMPAT }) + encodePem('CERTIFICATE', certificate.der),
    )
    .join('');

/** The text that `openssl ocsp -req_text` prints, byte for byte (see octets.ts for octets that are no UTF-8). */
export function ocspRequestText(request: OcspRequest): string {
  const text = page((out) => {
    out.add('OCSP Request Data:\n', versionText(request.versionField));
    if (request.requestor) out.add(`\n    Requestor Name: ${generalNameText(request.requestor)}`);
    out.add('\n    Requestor List:\n');
    for (const { id, extensions } of request.requests) {
      out.add(certIdText(id, 8), extensionList('Request Single Extensions', extensions ?? [], 8));
    }
    out.add(extensionList('Request Extensions', request.extensions, 4));
    const { signatureAlgorithm, signature } = request;
    if (signatureAlgorithm) out.add(signatureText(signatureAlgorithm, signature));
  });
  return text + certificatesText(request.certificates);
}

/** The text that `openssl ocsp -resp_text` prints, byte for byte (see octets.ts for octets that are no UTF-8). */
export function ocspResponseText(response: OcspResponse): string {
  const code = response.statusCode;
  const words = wordOfStatus(code);
  const head = `OCSP Response Data:\n    OCSP Response Status: ${words} (0x${BigInt.asUintN(64, BigInt(code)).toString(16)})\n`;
  const type = response.bodyType;
  if (type === undefined) return head;
  const typed = `${head}    Response Type: ${longName(type)}`;
  if (type !== BASIC_RESPONSE) return `${typed} (unknown response type)\n`;
  const basic = readable(response);
  return basic ? basicText(typed, basic) : typed;
}

function readable(response: OcspResponse): BasicOcspResponse | undefined {
  try {
    return response.basic;
  } catch (error) {
    if (error instanceof TlskitError) return undefined;
    throw error;
  }
}

function basicText(head: string, basic: BasicOcspResponse): string {
  let complete = false;
  const text = page((out) => {
    out.add(head, '\n', versionText(basic.versionField), '\n    Responder Id: ', responderText(basic.responder));
    out.time('\n    Produced At: ', basic.producedAt).add('\n    Responses:\n');
    for (const single of basic.responses) writeSingle(out, single);
    out.add(extensionList('Response Extensions', basic.extensions, 4));
    out.add(signatureText(basic.signatureAlgorithm, basic.signature));
    complete = true;
  });
  return complete ? text + certificatesText(basic.certificates) : text;
}

const responderText = (responder: ResponderId): string =>
  responder.kind === 'name' ? nameOctets(responder.value).text : hexRun(responder.value);

function writeSingle(out: Page, single: SingleResponse): void {
  out.add(certIdText(single.id, 4), `    Cert Status: ${single.status}`);
  if (single.revocationTime) out.time('\n    Revocation Time: ', single.revocationTime);
  if (single.reason !== undefined) {
    const { reason } = single;
    const hex = BigInt.asUintN(64, BigInt(reason)).toString(16);
    out.add(`\n    Revocation Reason: ${ocspReasonText(reason)} (0x${hex})`);
  }
  out.time('\n    This Update: ', single.thisUpdate);
  if (single.nextUpdate) out.time('\n    Next Update: ', single.nextUpdate);
  out.add('\n', extensionList('Response Single Extensions', single.extensions, 8), '\n');
}

const UNKNOWN = '(UNKNOWN)';

/** OpenSSL's word for a response status, in lower case: `trylater`. */
export const wordOfStatus = (code: number): string => responseStatus(code)?.toLowerCase() ?? UNKNOWN;

/** OpenSSL 3.0 has no words for later reasons. */
const LAST_WORD = 8;

/** OpenSSL's word for a reason of revocation: `keyCompromise`. */
export const ocspReasonText = (code: number): string => (code <= LAST_WORD && revocationReason(code)) || UNKNOWN;
