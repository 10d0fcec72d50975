/** CRLs as data: the document that `crl --json` prints (docs/json.md). */
import { baseCrlNumber, crlNumber, crlPem, type Crl, type RevokedCertificate } from '../../lib/crl/index.ts';
import { TlskitError } from '../../lib/errors.ts';
import { crlReasonByCode } from '../../lib/registry/crl-reasons.ts';
import { serialHex } from '../../lib/x509/serial.ts';
import {
  algorithmJson,
  digest,
  extensionJson,
  nameJson,
  timeJson,
  type AlgorithmJson,
  type ExtensionJson,
  type NameJson,
} from './certificate.ts';

/** A revoked certificate. */
export interface RevokedJson {
  readonly serial: string;
  readonly revocationDate: string | null;
  /** The reason's name in RFC 5280, or its number where it has none. */
  readonly reason?: string;
  readonly invalidityDate?: string | null;
  readonly extensions: readonly ExtensionJson[];
}

/** A CRL's document. */
export interface CrlJson {
  readonly version: number;
  readonly issuer: NameJson;
  readonly thisUpdate: string | null;
  /** Null where the CRL has none, too. */
  readonly nextUpdate: string | null;
  /** The CRL's number in hex. */
  readonly number?: string;
  /** Of a delta CRL: the number of the CRL that it starts from. */
  readonly base?: string;
  readonly signatureAlgorithm: AlgorithmJson;
  readonly extensions: readonly ExtensionJson[];
  readonly revoked: readonly RevokedJson[];
  readonly fingerprints: { readonly sha1: string; readonly sha256: string };
  /** What -verify found. */
  readonly verified?: boolean;
  readonly pem: string;
}

/** What an extension says, undefined where it cannot be read: `extensions` has its octets. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof TlskitError) return undefined;
    throw error;
  }
}

const hex = (number: bigint): string => number.toString(16);

function revokedJson(entry: RevokedCertificate): RevokedJson {
  const reason = readable(() => entry.reason);
  const invalidity = readable(() => entry.invalidityDate);
  return {
    serial: serialHex(entry.serial).toLowerCase(),
    revocationDate: timeJson(entry.revocationDate),
    ...(reason === undefined ? {} : { reason: crlReasonByCode(reason)?.name ?? String(reason) }),
    ...(invalidity === undefined ? {} : { invalidityDate: timeJson(invalidity) }),
    extensions: entry.extensions.map(extensionJson),
  };
}

/** The document of a CRL. */
export function crlJson(crl: Crl, verified?: boolean): CrlJson {
  const number = readable(() => crlNumber(crl));
  const base = readable(() => baseCrlNumber(crl));
  return {
    version: crl.version,
    issuer: nameJson(crl.issuer),
    thisUpdate: timeJson(crl.thisUpdate),
    nextUpdate: crl.nextUpdate ? timeJson(crl.nextUpdate) : null,
    ...(number === undefined ? {} : { number: hex(number) }),
    ...(base === undefined ? {} : { base: hex(base) }),
    signatureAlgorithm: algorithmJson(crl.signatureAlgorithm),
    extensions: crl.extensions.map(extensionJson),
    revoked: crl.revoked.map(revokedJson),
    fingerprints: { sha1: digest('sha1', crl.der), sha256: digest('sha256', crl.der) },
    ...(verified === undefined ? {} : { verified }),
    pem: crlPem(crl),
  };
}
