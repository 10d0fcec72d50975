/** OCSP requests and responses as data: the document that `ocsp` prints with --json (docs/json.md). */
import { createHash } from 'node:crypto';
import type {
  BasicOcspResponse,
  CertId,
  OcspRequest,
  OcspResponse,
  OcspVerification,
  SingleResponse,
} from '../../lib/ocsp/index.ts';
import { revocationReason } from '../../lib/ocsp/index.ts';
import { longName } from '../../lib/registry/oids.ts';
import { TlskitError } from '../../lib/errors.ts';
import { serialHex } from '../../lib/x509/serial.ts';
import type { Time } from '../../lib/x509/certificate.ts';
import { algorithmJson, extensionJson, nameJson, timeJson } from './certificate.ts';

/** What a run of `ocsp` came to. */
export interface OcspOutcome {
  readonly request?: OcspRequest | undefined;
  readonly response?: OcspResponse;
  readonly judgement?: { readonly trusted: boolean; readonly verification?: OcspVerification };
  readonly asked?: readonly { readonly name: string; readonly id: CertId }[];
  /** What is wrong with an answer's times. */
  readonly faults?: (single: SingleResponse) => string[];
}

/** The document. */
export function ocspJson({ request, response, judgement, asked = [], faults = () => [] }: OcspOutcome): unknown {
  const basic = response && readable(response);
  const { verification } = judgement ?? {};
  return {
    request: request ? requestJson(request) : null,
    response: response ? responseJson(response, basic) : null,
    verification: judgement
      ? {
          checked: verification !== undefined,
          ok: judgement.trusted,
          fault: verification?.fault ?? null,
          text: verification?.text ?? null,
          signer: verification?.signer
            ? {
                subject: nameJson(verification.signer.subject),
                serial: serialHex(verification.signer.serial),
                sha256: sha256(verification.signer.der),
              }
            : null,
        }
      : null,
    results: basic && judgement ? asked.map(({ name, id }) => resultJson(name, basic.find(id), faults)) : [],
  };
}

function readable(response: OcspResponse): BasicOcspResponse | undefined {
  try {
    return response.basic;
  } catch (error) {
    if (error instanceof TlskitError) return undefined;
    throw error;
  }
}

const sha256 = (der: Buffer): string => createHash('sha256').update(der).digest('hex');

const idJson = ({ algorithm, nameHash, keyHash, serial }: CertId): Record<string, string> => ({
  hash: longName(algorithm.oid),
  issuerNameHash: nameHash.toString('hex'),
  issuerKeyHash: keyHash.toString('hex'),
  serial: serialHex(serial),
});

const whenJson = (time: Time | undefined): unknown => (time ? timeJson(time) : null);

const requestJson = (request: OcspRequest): unknown => ({
  certificates: request.requests.map(({ id, extensions }) => ({
    ...idJson(id),
    extensions: (extensions ?? []).map(extensionJson),
  })),
  nonce: request.nonce?.toString('hex') ?? null,
  extensions: request.extensions.map(extensionJson),
  signatureAlgorithm: request.signatureAlgorithm ? algorithmJson(request.signatureAlgorithm) : null,
});

function responseJson(response: OcspResponse, basic: BasicOcspResponse | undefined): unknown {
  const head = { status: response.status ?? null, statusCode: response.statusCode };
  if (!basic) return { ...head, basic: null };
  const { responder } = basic;
  return {
    ...head,
    basic: {
      responder:
        responder.kind === 'name' ? { name: nameJson(responder.value) } : { keyHash: responder.value.toString('hex') },
      producedAt: timeJson(basic.producedAt),
      answers: basic.responses.map((single) => ({ ...idJson(single.id), ...statusJson(single) })),
      nonce: basic.nonce?.toString('hex') ?? null,
      extensions: basic.extensions.map(extensionJson),
      signatureAlgorithm: algorithmJson(basic.signatureAlgorithm),
      certificates: basic.certificates.map(({ der, subject }) => ({
        subject: nameJson(subject),
        sha256: sha256(der),
      })),
    },
  };
}

const statusJson = (single: SingleResponse): Record<string, unknown> => ({
  status: single.status,
  thisUpdate: timeJson(single.thisUpdate),
  nextUpdate: whenJson(single.nextUpdate),
  revocationTime: whenJson(single.revocationTime),
  reason: single.reason === undefined ? null : (revocationReason(single.reason) ?? single.reason),
  extensions: single.extensions.map(extensionJson),
});

const resultJson = (
  name: string,
  single: SingleResponse | undefined,
  faults: (single: SingleResponse) => string[],
): unknown =>
  single ? { name, ...statusJson(single), timeFaults: faults(single) } : { name, status: null, timeFaults: [] };
