import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { PrivateKey } from '../../src/lib/keys/model.ts';
import { buildCertificate, timeFromMs, VERSION_1, VERSION_3 } from '../../src/lib/x509/build.ts';
import type { Certificate, Extension, Time } from '../../src/lib/x509/certificate.ts';
import { buildExtensions } from '../../src/lib/x509/extensions/index.ts';
import { parseSubject } from '../../src/lib/x509/name-build.ts';
import { parseSerial } from '../../src/lib/x509/serial.ts';
import { signatureFor } from '../../src/lib/x509/sign.ts';

/** The time at which the certificates made here are verified. */
export const NOW: number = Date.UTC(2026, 5, 1, 12);
const DAY = 86_400_000;

/** A key of a kind: `p256`, another curve, `ed25519`, or bits of RSA (`rsa1024`). */
export function makeKey(kind = 'prime256v1'): PrivateKey {
  const rsa = /^rsa(\d+)$/.exec(kind)?.[1];
  const make = generateKeyPairSync as unknown as (type: string, options: object) => { privateKey: KeyObject };
  const { privateKey } =
    rsa !== undefined
      ? make('rsa', { modulusLength: Number(rsa) })
      : kind.startsWith('ed')
        ? make(kind, {})
        : make('ec', { namedCurve: kind });
  return PrivateKey.fromPkcs8(privateKey.export({ type: 'pkcs8', format: 'der' }));
}

/** An authority or an end: a name, its key, its certificate. */
export interface Party {
  readonly subject: string;
  readonly key: PrivateKey;
  readonly certificate: Certificate;
}

export interface PartyOptions {
  /** Lines of x509v3_config(5). */
  readonly extensions?: readonly (readonly [string, string])[];
  /** Further extensions as they are. */
  readonly extra?: readonly Extension[] | undefined;
  readonly key?: PrivateKey;
  /** Days from NOW. */
  readonly from?: number;
  readonly to?: number;
  readonly notBefore?: Time;
  readonly notAfter?: Time;
  readonly digest?: string;
  readonly sigopts?: readonly string[];
  readonly version1?: boolean;
  /** The issuer's name, where it is not the issuer's subject. */
  readonly issuerName?: string;
}

export const CA_EXTENSIONS: readonly (readonly [string, string])[] = [
  ['basicConstraints', 'critical,CA:TRUE'],
  ['keyUsage', 'critical,keyCertSign,cRLSign'],
];

let serials = 1;

/** Issues a certificate; without an issuer it is signed with its own key. */
export function issue(subject: string, issuer: Party | undefined, options: PartyOptions = {}): Party {
  const key = options.key ?? makeKey();
  const name = parseSubject(subject);
  const issuerName =
    options.issuerName === undefined ? (issuer?.certificate.subject ?? name) : parseSubject(options.issuerName);
  const serial = parseSerial(String((serials += 1)));
  const { spki } = key.publicKey;
  const extensions = buildExtensions(options.extensions ?? [], {
    subject: { subject: name, spki, issuer: issuerName, serial },
    issuer: issuer?.certificate ?? 'self',
    issuerKey: (issuer?.key ?? key).publicKey.spki,
  });
  const certificate = buildCertificate(
    {
      versionField: options.version1 ? VERSION_1 : VERSION_3,
      serial,
      issuer: issuerName,
      subject: name,
      notBefore: options.notBefore ?? timeFromMs(NOW + (options.from ?? -10) * DAY),
      notAfter: options.notAfter ?? timeFromMs(NOW + (options.to ?? 10) * DAY),
      spki,
      extensions: [...extensions, ...(options.extra ?? [])],
    },
    signatureFor(issuer?.key ?? key, {
      ...(options.digest === undefined ? {} : { digest: options.digest }),
      ...(options.sigopts === undefined ? {} : { sigopts: options.sigopts }),
    }),
  );
  return { subject, key, certificate };
}

/** An authority. */
export const authority = (subject: string, issuer?: Party, options: PartyOptions = {}): Party =>
  issue(subject, issuer, { extensions: CA_EXTENSIONS, ...options });
