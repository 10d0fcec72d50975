/** The extensions of OCSP messages (RFC 6960 section 4.4, RFC 9654): made and read. */
import {
  CLASS,
  TAG,
  element,
  explicit,
  ia5String,
  integer,
  nul,
  octetString,
  oid,
  seq,
  universal,
} from '../der/index.ts';
import {
  explicitly,
  integer as integerType,
  octetString as octetStringType,
  oid as oidType,
  optional,
  readTemplate,
  sequence,
  sequenceOf,
  string,
  type Type,
} from '../der/template.ts';
import { bigintOf } from '../der/reader.ts';
import { fail, TlskitError } from '../errors.ts';
import type { Name } from '../x509/name.ts';
import type { Extension } from '../x509/schema.ts';
import { timeOf, type Time } from '../x509/time.ts';
import { BASIC_RESPONSE } from './schema.ts';

const OCSP = '1.3.6.1.5.5.7.48.1';

type OcspExtension =
  'nonce' | 'crlReference' | 'acceptableResponses' | 'noCheck' | 'archiveCutoff' | 'serviceLocator' | 'extendedRevoke';

/** The identifiers of OCSP's extensions, dotted. */
export const OCSP_EXTENSION: Readonly<Record<OcspExtension, string>> = {
  nonce: `${OCSP}.2`,
  crlReference: `${OCSP}.3`,
  acceptableResponses: `${OCSP}.4`,
  noCheck: `${OCSP}.5`,
  archiveCutoff: `${OCSP}.6`,
  serviceLocator: `${OCSP}.7`,
  extendedRevoke: `${OCSP}.9`,
};

/** RFC 9654 section 2.1: 1 to 128 octets, where RFC 8954 had 32. */
export const MAX_NONCE = 128;

const plain = (id: string, value: Buffer): Extension => ({ oid: id, critical: false, value });

/**
 * An instant as a GeneralizedTime, which is OCSP's only form of a time. `ms` counts from 1970 in UTC; a fraction of a second is cut.
 *
 * @throws TlskitError ERR_USAGE outside of the years 0 to 9999
 */
export function generalizedTime(ms: number): Buffer {
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  if (Number.isNaN(year) || year < 0 || year > 9999)
    fail('ERR_USAGE', 'a time outside of the years 0 to 9999 is nothing that a response can say');
  const text = date.toISOString().replace(/[-:T]|\.\d+/g, '');
  return universal(TAG.generalizedTime, Buffer.from(text, 'latin1'));
}

/**
 * A nonce, in a request or the response to it.
 *
 * @throws TlskitError ERR_USAGE for less than 1 or more than 128 octets
 */
export function nonceExtension(nonce: Uint8Array): Extension {
  if (nonce.length === 0 || nonce.length > MAX_NONCE)
    fail('ERR_USAGE', `a nonce has 1 to ${MAX_NONCE} octets (RFC 9654 section 2.1), not ${nonce.length}`);
  return plain(OCSP_EXTENSION.nonce, octetString(nonce));
}

/** The types of responses that a client understands; the basic one alone, unless others are named (dotted). */
export const acceptableResponses = (types: readonly string[] = [BASIC_RESPONSE]): Extension =>
  plain(OCSP_EXTENSION.acceptableResponses, seq(...types.map(oid)));

/** The CRL that an answer comes from. */
export interface CrlReference {
  readonly url?: string | undefined;
  readonly number?: bigint | undefined;
  /** When the CRL was made, in milliseconds since 1970. */
  readonly time?: number | undefined;
}

/** Says which CRL an answer comes from (section 4.4.2). */
export const crlReference = ({ url, number, time }: CrlReference): Extension =>
  plain(
    OCSP_EXTENSION.crlReference,
    seq(
      ...(url === undefined ? [] : [explicit(0, ia5String(url))]),
      ...(number === undefined ? [] : [explicit(1, integer(number))]),
      ...(time === undefined ? [] : [explicit(2, generalizedTime(time))]),
    ),
  );

/** Says since when the responder keeps what it knows of expired certificates (section 4.4.4). `ms` counts from 1970. */
export const archiveCutoff = (ms: number): Extension => plain(OCSP_EXTENSION.archiveCutoff, generalizedTime(ms));

const AD_OCSP = OCSP;
const URI = 6;

/** Asks a responder to pass a question on to the one of the issuer (section 4.4.6). */
export const serviceLocator = (issuer: Name, urls: readonly string[] = []): Extension =>
  plain(
    OCSP_EXTENSION.serviceLocator,
    seq(
      issuer.der,
      ...(urls.length === 0
        ? []
        : [
            seq(
              ...urls.map((url) => seq(oid(AD_OCSP), element(CLASS.context, false, URI, Buffer.from(url, 'latin1')))),
            ),
          ]),
    ),
  );

/** Says that "revoked" may also mean "was never issued" (section 4.4.8). */
export const extendedRevoke = (): Extension => plain(OCSP_EXTENSION.extendedRevoke, nul());

/** When a key was compromised, in a single response (RFC 5280 section 5.3.2). */
export const invalidityDate = (ms: number): Extension => plain('2.5.29.24', generalizedTime(ms));

/** What to do about a certificate on hold, dotted (RFC 3280 section 5.3.2). */
export const holdInstruction = (id: string): Extension => plain('2.5.29.23', oid(id));

function valueOf<T>(type: Type<T>, extensions: readonly Extension[], id: string): T | undefined {
  const extension = extensions.find((one) => one.oid === id);
  return extension && readTemplate(type, extension.value, 'extension').value;
}

/** The nonce among some extensions: the content of its OCTET STRING, or as old clients have it, the octets of the extension. */
export function readNonce(extensions: readonly Extension[]): Buffer | undefined {
  const extension = extensions.find(({ oid: id }) => id === OCSP_EXTENSION.nonce);
  if (!extension) return undefined;
  try {
    const { value, length } = readTemplate(octetStringType(), extension.value, 'nonce');
    return length === extension.value.length ? value : extension.value;
  } catch (error) {
    if (error instanceof TlskitError) return extension.value;
    throw error;
  }
}

/** The response types of acceptableResponses, dotted; undefined where a request does not have the extension. */
export const readAcceptableResponses = (extensions: readonly Extension[]): readonly string[] | undefined =>
  valueOf(sequenceOf(oidType()), extensions, OCSP_EXTENSION.acceptableResponses);

const time = string(TAG.generalizedTime);

/** Since when a responder keeps what it knows of expired certificates. */
export function readArchiveCutoff(extensions: readonly Extension[]): Time | undefined {
  const found = valueOf(time, extensions, OCSP_EXTENSION.archiveCutoff);
  return found && timeOf(found.tag, found.value);
}

/** The CRL that an answer comes from. */
export function readCrlReference(
  extensions: readonly Extension[],
): { url: string | undefined; number: bigint | undefined; time: Time | undefined } | undefined {
  const type = sequence({
    url: optional(explicitly(0, string(TAG.ia5String))),
    number: optional(explicitly(1, integerType())),
    time: optional(explicitly(2, time)),
  });
  const found = valueOf(type, extensions, OCSP_EXTENSION.crlReference);
  return (
    found && {
      url: found.url?.value.toString('latin1'),
      number: found.number && bigintOf(found.number),
      time: found.time && timeOf(found.time.tag, found.time.value),
    }
  );
}
