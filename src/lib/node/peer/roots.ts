/**
 * The certificates that are trusted where a context names none: this Node's, with everything that its flags and its environment say. Read when
 * they are first needed, and of each only the subject before somebody asks for an issuer of that name.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { TrustStore } from '../../verify/index.ts';
import { certificatePem } from '../../x509/build.ts';
import { readAuthorities } from '../context/authorities.ts';
import { octetsOf, readChain } from '../context/material.ts';
import { invalidArgType, invalidArgValue, nodeError, validateArray, validateString } from '../errors/node.ts';
import { lookupIn } from './lookup.ts';
import { nodes } from '../nodes.ts';
import { openSslCertificates, openSslLookups } from './openssl-places.ts';

/** Which certificates: those that are trusted by default, and what they come from. */
export type CaType = 'default' | 'system' | 'bundled' | 'extra';

/** What Node has since 22.15, and since 24.5. */
interface NewerTls {
  readonly getCACertificates?: (type?: CaType) => string[];
  readonly setDefaultCACertificates?: (certs: readonly (string | NodeJS.ArrayBufferView)[]) => void;
}

const newer = nodes as typeof nodes & NewerTls;

/** Node reads it when it starts. */
const EXTRA_FILE = process.env['NODE_EXTRA_CA_CERTS'];

/** Mozilla's certificates, as they came with this Node: PEM, frozen. */
export const rootCertificates: readonly string[] = nodes.rootCertificates;

/** What `setDefaultCACertificates` has set, where Node has no such function. */
let chosen: readonly string[] | undefined;

const own: Partial<Record<CaType, readonly string[]>> = {};

/** What an older Node trusts by default, besides what OpenSSL's places hold with --use-openssl-ca. */
const ownDefault = (): readonly string[] => [
  ...(flagGiven('--use-openssl-ca') ? [] : rootCertificates),
  ...certificatesOf('extra'),
];

const SOURCES: Readonly<Record<CaType, () => readonly string[]>> = {
  default: ownDefault,
  bundled: () => rootCertificates,
  system: () => [...new Set(openSslCertificates().map(certificatePem))],
  extra: () => readExtra(EXTRA_FILE),
};

function certificatesOf(type: CaType): readonly string[] {
  if (type === 'default' && chosen) return chosen;
  // one frozen array each: that it is the same says that nothing has changed
  return newer.getCACertificates?.(type) ?? (own[type] ??= Object.freeze(SOURCES[type]()));
}

/**
 * Certificates in PEM, frozen: those that are trusted by default, those that came with Node (`bundled`), the system's, or those of
 * NODE_EXTRA_CA_CERTS. A Node without this function looks for the system's where OpenSSL does (SSL_CERT_FILE and SSL_CERT_DIR, or
 * the usual places), which knows neither the keychain of macOS nor the store of Windows.
 *
 * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE
 */
export function getCACertificates(type: CaType = 'default'): string[] {
  validateString(type, 'type');
  if (!Object.hasOwn(SOURCES, type)) throw invalidArgValue('type', type);
  return certificatesOf(type) as string[];
}

/**
 * Says which certificates are trusted by contexts that name none, in place of all others. Where Node has this function it counts for
 * `node:tls`, too.
 *
 * @param certs PEM
 * @throws TypeError ERR_INVALID_ARG_TYPE; Error ERR_CRYPTO_OPERATION_FAILED where a list has no certificate at all; what this Node's OpenSSL says
 *   of a certificate that cannot be read
 */
export function setDefaultCACertificates(certs: readonly (string | NodeJS.ArrayBufferView)[]): void {
  if (newer.setDefaultCACertificates) return newer.setDefaultCACertificates(certs);
  validateArray(certs, 'certs');
  const found = certs.flatMap((cert, i) => {
    if (typeof cert !== 'string' && !ArrayBuffer.isView(cert)) {
      throw invalidArgType(`certs[${i}]`, ['string', 'ArrayBufferView'], cert);
    }
    // what begins a certificate has to hold one
    return /^-----BEGIN /m.test(octetsOf(cert).toString('latin1')) ? readChain(cert) : readAuthorities(cert);
  });
  if (found.length === 0 && certs.length > 0) {
    throw nodeError('ERR_CRYPTO_OPERATION_FAILED', 'No valid certificates found in the provided array');
  }
  chosen = Object.freeze([...new Set(found.map(certificatePem))]);
}

let made: { readonly from: readonly string[]; readonly trust: TrustStore } | undefined;

/** The certificates that are trusted by default: one store, until others are chosen. */
export function defaultTrust(): TrustStore {
  const from = certificatesOf('default');
  if (made?.from !== from) {
    const places = flagGiven('--use-openssl-ca') && !chosen ? openSslLookups() : [];
    made = { from, trust: new TrustStore([], [lookupIn(from), ...places]) };
  }
  return made.trust;
}

/** The certificates of NODE_EXTRA_CA_CERTS, up to the first that cannot be read. */
function readExtra(path: string | undefined): string[] {
  if (!path) return [];
  // when Node makes its own list for the first time, it warns of what it cannot read
  nodes.createSecureContext();
  try {
    return readAuthorities(readFileSync(path)).map(certificatePem);
  } catch {
    return [];
  }
}

/** Whether Node was started with a flag, on its command line or by NODE_OPTIONS. */
function flagGiven(flag: string): boolean {
  const words = [...(process.env['NODE_OPTIONS'] ?? '').split(/\s+/), ...process.execArgv];
  return words.some((word) => word.replaceAll(/["']/g, '').replaceAll('_', '-') === flag);
}
