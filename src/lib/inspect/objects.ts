/** What a file or a connection can hold, as `inspect` knows it. */
import type { ContentInfo } from '../cms/types.ts';
import type { Crl } from '../crl/index.ts';
import type { KeyParameters, PrivateKey, PublicKey } from '../keys/model.ts';
import type { OcspRequest, OcspResponse } from '../ocsp/index.ts';
import type { Spkac } from '../spkac/index.ts';
import type { SslSession } from '../tls/session/openssl.ts';
import type { CertificateView } from '../verify/certificate.ts';
import type { CertificateRequest } from '../x509/request.ts';

/** Where an object was found. */
export interface Place {
  /** The input's name, where several are looked at together. */
  readonly file?: string | undefined;
  /** Of the PEM block, from 1. */
  readonly line?: number | undefined;
  /** What it was taken out of, e.g. `PKCS#12`, `PKCS#7`. */
  readonly inside?: string | undefined;
  /** Its name there. */
  readonly alias?: string | undefined;
}

type Content =
  | { readonly kind: 'certificate'; readonly view: CertificateView }
  | { readonly kind: 'request'; readonly request: CertificateRequest }
  | { readonly kind: 'crl'; readonly crl: Crl }
  | { readonly kind: 'privateKey'; readonly key: PrivateKey; readonly form: string; readonly encrypted: boolean }
  | { readonly kind: 'publicKey'; readonly key: PublicKey; readonly form: string }
  | { readonly kind: 'parameters'; readonly parameters: KeyParameters }
  | { readonly kind: 'cms'; readonly info: ContentInfo; readonly form: 'PKCS#7 or CMS' | 'S/MIME' }
  | { readonly kind: 'pkcs12'; readonly protection: string }
  | { readonly kind: 'keystore'; readonly form: 'JKS' | 'JCEKS'; readonly version: number; readonly entries: number }
  | { readonly kind: 'ocspRequest'; readonly request: OcspRequest }
  | { readonly kind: 'ocspResponse'; readonly response: OcspResponse }
  | { readonly kind: 'session'; readonly session: SslSession }
  | { readonly kind: 'spkac'; readonly spkac: Spkac }
  /** Something that needs a passphrase which was not given, or not the right one. */
  | { readonly kind: 'locked'; readonly what: string; readonly why: string }
  /** Something that was recognised and cannot be read. */
  | { readonly kind: 'broken'; readonly what: string; readonly why: string };

/** One object. */
export type Found = Content & { readonly place: Place };
export type FoundCertificate = Extract<Found, { kind: 'certificate' }>;
export type FoundKey = Extract<Found, { kind: 'privateKey' }>;
