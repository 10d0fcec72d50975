/** What is odd about the objects of an input, each by itself and all together. */
import { TlskitError } from '../errors.ts';
import { PublicKey } from '../keys/model.ts';
import { nameText } from '../text/name.ts';
import type { CertificateView } from '../verify/certificate.ts';
import { crlSignedBy } from '../crl/index.ts';
import { requestSignedByItself } from '../x509/verify-signed.ts';
import { chainsOf, type Chains } from './chains.ts';
import { certificateFindings } from './certificate-findings.ts';
import { ago, type Finding, type FindingId, type InspectOptions, type Severity } from './finding.ts';
import type { Found, FoundCertificate } from './objects.ts';

/** What was found in an input. */
export interface Inspection {
  readonly objects: readonly Found[];
  readonly certificates: readonly { readonly object: number; readonly view: CertificateView }[];
  /** Indices are those of `certificates`. */
  readonly chains: Chains;
  readonly findings: readonly Finding[];
  /** Private key's object to the objects that hold its public half. */
  readonly keyFits: ReadonlyMap<number, readonly number[]>;
}

/** Looks at the objects of an input together. Never throws for what they hold. */
export function inspectObjects(objects: readonly Found[], options: InspectOptions): Inspection {
  const certificates = objects.flatMap((one, object) =>
    one.kind === 'certificate' ? [{ object, view: one.view }] : [],
  );
  const chains = chainsOf(certificates.map(({ view }) => view));
  const keyFits = fits(objects);
  const findings = [
    ...certificateFindings(certificates, chains, options),
    ...objects.flatMap((one, object) => objectFindings(one, object, objects, { options, keyFits })),
  ];
  return { objects, certificates, chains, findings, keyFits };
}

/** The public key that an object holds, as SubjectPublicKeyInfo. */
function spkiOf(one: Found): Buffer | undefined {
  switch (one.kind) {
    case 'certificate':
      return one.view.certificate.spki;
    case 'request':
      return one.request.spki;
    case 'publicKey':
      return one.key.spki;
    case 'spkac':
      return one.spkac.tbs.spki.der;
    default:
      return undefined;
  }
}

function fits(objects: readonly Found[]): Map<number, readonly number[]> {
  const publics = objects.map((one) => keyOf(spkiOf(one)));
  return new Map(
    objects.flatMap((one, i) => {
      if (one.kind !== 'privateKey') return [];
      return [[i, publics.flatMap((key, j) => (key?.equals(one.key.publicKey) ? [j] : []))] as const];
    }),
  );
}

function keyOf(spki: Buffer | undefined): PublicKey | undefined {
  return spki && quietly(() => PublicKey.fromSpki(spki));
}

function quietly<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (error instanceof TlskitError) return undefined;
    throw error;
  }
}

interface Around {
  readonly options: InspectOptions;
  readonly keyFits: ReadonlyMap<number, readonly number[]>;
}

/** What is odd about anything that is no certificate. */
function objectFindings(one: Found, object: number, all: readonly Found[], { options, keyFits }: Around): Finding[] {
  const finding = (id: FindingId, severity: Severity, text: string): Finding => ({ id, severity, object, text });
  const { now } = options;
  switch (one.kind) {
    case 'locked':
      return [finding('locked', 'notice', `${one.what} is not opened: ${one.why}; -passin names it`)];
    case 'broken':
      return [finding('broken', 'error', `${one.what} cannot be read: ${one.why}`)];
    case 'privateKey': {
      const holders = all.some(({ kind }) => kind === 'certificate' || kind === 'request');
      return holders && keyFits.get(object)?.length === 0
        ? [finding('key-mismatch', 'error', 'this private key belongs to none of the certificates and requests here')]
        : [];
    }
    case 'request': {
      const good = quietly(() => requestSignedByItself(one.request));
      return good ? [] : [finding('signature-wrong', 'error', 'the request is not signed with its own key')];
    }
    case 'crl': {
      const { nextUpdate } = one.crl;
      const late = nextUpdate?.ms !== undefined && nextUpdate.ms < now;
      const expired = late
        ? [finding('crl-expired', 'warning', `this CRL was to be replaced ${ago(now, nextUpdate.ms)}`)]
        : [];
      return [...expired, ...revocations(one.crl, all)];
    }
    case 'ocspResponse': {
      const late = quietly(() => one.response.basic)?.responses.some(
        ({ nextUpdate }) => nextUpdate?.ms !== undefined && nextUpdate.ms < now,
      );
      return late ? [finding('response-expired', 'warning', 'this OCSP response was to be replaced by now')] : [];
    }
    default:
      return [];
  }
}

/** Certificates of the input that a CRL revokes, where its issuer is there, too. */
function revocations(crl: Extract<Found, { kind: 'crl' }>['crl'], all: readonly Found[]): Finding[] {
  const issuers = all.filter((one): one is FoundCertificate => one.kind === 'certificate');
  const signer = issuers.find(({ view }) => {
    if (!view.certificate.subject.der.equals(crl.issuer.der)) return false;
    return quietly(() => crlSignedBy(crl, view.publicKey)) === true;
  });
  if (!signer) return [];
  const serials = new Set(crl.revoked.map(({ serial }) => serial.toString('hex')));
  return all.flatMap((one, object): Finding[] => {
    if (one.kind !== 'certificate' || !one.view.certificate.issuer.der.equals(crl.issuer.der)) return [];
    if (!serials.has(one.view.certificate.serial.toString('hex'))) return [];
    return [{ id: 'revoked', severity: 'error', object, text: `revoked by the CRL of ${nameText(crl.issuer)}` }];
  });
}
