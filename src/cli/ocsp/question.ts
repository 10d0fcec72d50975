/** The request of `ocsp`: what -issuer, -cert, -serial and digests say in their order, or -reqin; signed, with a nonce. */
import { randomBytes } from 'node:crypto';
import { fail } from '../../lib/errors.ts';
import {
  buildOcspRequest,
  certIdOf,
  changeOcspRequest,
  readOcspRequest,
  type CertId,
  type OcspRequest,
  type OcspRequestSigner,
} from '../../lib/ocsp/index.ts';
import type { Certificate } from '../../lib/x509/certificate.ts';
import { parseSerial } from '../../lib/x509/serial.ts';
import { Inputs } from '../flags/certificates.ts';
import type { OcspContext } from './flags.ts';

/** A certificate that is asked about: what the command line calls it, and its ID. */
export interface Asked {
  readonly name: string;
  readonly id: CertId;
}

export interface Question {
  /** Undefined where the command line names none. */
  readonly request: OcspRequest | undefined;
  readonly asked: readonly Asked[];
  readonly issuers: readonly Certificate[];
}

/** OpenSSL's length of a nonce. */
const NONCE = 16;

/**
 * The request that the options ask for.
 *
 * @throws TlskitError ERR_USAGE where -issuer or a digest stands behind what it is for, and as the readers do
 */
export async function questionOf(context: OcspContext): Promise<Question> {
  const { flags } = context;
  const { asked, issuers } = await readAsked(context);
  const built = asked.length > 0 ? buildOcspRequest({ requests: asked.map(({ id }) => id) }) : undefined;
  const read = built ?? (flags.reqin === undefined ? undefined : readRequest(context, flags.reqin));
  if (!read) return { request: undefined, asked, issuers };
  // the later one of -nonce and -no_nonce counts; a request that was read gets a nonce only when it is asked for
  const last = context.order.findLast((name) => name === 'nonce' || name === 'no_nonce');
  const wanted = last === 'nonce' || (last === undefined && built !== undefined);
  const nonce = wanted ? randomBytes(NONCE) : undefined;
  return { request: changeOcspRequest(read, { nonce }, await requestSigner(context)), asked, issuers };
}

const readRequest = (context: OcspContext, path: string): OcspRequest =>
  readOcspRequest(context.read(path), `${context.inputName(path)}: Error reading OCSP request`);

/** Goes through the options as they stand: an issuer and a digest are for those after them. */
async function readAsked(context: OcspContext): Promise<Pick<Question, 'asked' | 'issuers'>> {
  const { flags, order, digests } = context;
  const inputs = new Inputs(context, undefined);
  const [certs, serials, issuerFiles, names] = [flags.cert, flags.serial, flags.issuer, digests].map((all) => [...all]);
  const asked: Asked[] = [];
  const issuers: Certificate[] = [];
  let digest = 'sha1';
  let idle = false;
  const issuerOf = (name: string): Certificate =>
    issuers.at(-1) ?? fail('ERR_USAGE', `No issuer certificate specified: -issuer goes before ${name}`);
  const add = (name: string, serial: Uint8Array, issuer: Certificate): void => {
    asked.push({ name, id: certIdOf(serial, issuer, digest) });
    idle = false;
  };
  const next = (values: string[] | undefined): string => values?.shift() as string;
  for (const option of order) {
    if (option === 'issuer') issuers.push(await inputs.certificate(next(issuerFiles)));
    else if (option === 'cert') {
      const path = next(certs);
      const issuer = issuerOf(path);
      add(path, (await inputs.certificate(path)).serial, issuer);
    } else if (option === 'serial') {
      const text = next(serials);
      add(text, serialOf(text), issuerOf(text));
    } else if (option === '@digest') {
      if (idle) misplaced();
      digest = next(names);
      idle = true;
    }
  }
  if (idle) misplaced();
  return { asked, issuers };
}

const misplaced = (): never => fail('ERR_USAGE', 'Digest must be before -cert or -serial');

function serialOf(text: string): Buffer {
  try {
    return parseSerial(text);
  } catch {
    return fail('ERR_USAGE', `Error converting serial number ${text}: it should be decimal, or hexadecimal after 0x`);
  }
}

/** -signer, -signkey, -sign_other, -no_certs. */
async function requestSigner(context: OcspContext): Promise<OcspRequestSigner | undefined> {
  const { signer, signkey, sign_other: others, no_certs: bare } = context.flags;
  if (signer === undefined) return undefined;
  const inputs = new Inputs(context, undefined);
  return {
    certificate: await inputs.certificate(signer),
    key: await inputs.privateKey(signkey ?? signer),
    others: others === undefined ? [] : await inputs.certificates(others),
    embed: !bare,
  };
}
