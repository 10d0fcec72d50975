/** What both sides do with certificates and the signatures that go with them. */
import { Buffer } from 'node:buffer';
import { SIGNATURE_SCHEMES } from '../../registry/tls-signatures.ts';
import { TLS13 } from '../../registry/tls-versions.ts';
import type { PeerIdentity } from '../config.ts';
import type { Connection } from '../connection.ts';
import type { Credential } from '../credential.ts';
import { TlsFailure, fail, hookFailure } from '../failure.ts';
import { peerKey, type PeerKey } from '../peer-key.ts';
import { fits, verifiesWith, type SigningScheme } from '../signatures.ts';
import {
  SCT_LIST,
  STATUS_REQUEST_CERTIFICATE,
  extension,
  type Certificate,
  type CertificateEntry,
  type SignedWith,
} from '../wire/index.ts';
import { bodyOf, checkAnswers, checkBodies } from './extensions.ts';
import { CERTIFICATE_VERIFY, finishedKind, next } from './kinds.ts';
import { ask, type Script } from './script.ts';

/** The key of the peer's first certificate, which must be strong enough to count. */
export function leafKey(c: Connection, chain: readonly Uint8Array[]): PeerKey {
  if (chain.length > c.config.limits.chain) fail('certificate_chain_too_long', `${chain.length} certificates`);
  const key = peerKey(chain[0] as Uint8Array);
  const { type, bits } = key.traits;
  if ((type === 'rsa' || type === 'rsa-pss') && bits < c.config.limits.rsaMin) {
    fail('certificate_key_too_small', `${bits} bits`);
  }
  return key;
}

/** Takes the certificates of a TLS 1.3 Certificate, with what is stapled to them. `offered` are the extensions that were asked for. */
export function takeEntries(c: Connection, { entries }: Certificate, offered: ReadonlySet<number>): void {
  for (const { extensions } of entries) {
    checkAnswers(extensions, 'CT', offered);
    checkBodies(extensions, 'CT');
  }
  c.info.peerChain = entries.map((entry) => entry.data);
  const [ocsp, ...issuerOcsp] = entries.map(({ extensions }) => {
    const status = bodyOf(extensions, STATUS_REQUEST_CERTIFICATE);
    return status?.type === 1 ? status.body : undefined;
  });
  c.info.ocsp = ocsp;
  c.info.issuerOcsp = issuerOcsp;
  c.info.timestamps = bodyOf(entries[0]?.extensions, SCT_LIST) ?? [];
}

/** The certificates of a credential as a TLS 1.3 Certificate has them, with what `asked` lets be stapled to them. */
export function entriesOf(credential: Credential | undefined, asked: ReadonlySet<number>): CertificateEntry[] {
  if (!credential) return [];
  return credential.chain.map((data, i) => {
    const extensions = [];
    const ocsp = i === 0 ? credential.ocsp : credential.issuerOcsp[i - 1];
    if (ocsp && asked.has(STATUS_REQUEST_CERTIFICATE.code)) {
      extensions.push(extension(STATUS_REQUEST_CERTIFICATE, { type: 1, body: ocsp }));
    }
    if (i === 0 && credential.timestamps.length > 0 && asked.has(SCT_LIST.code)) {
      extensions.push(extension(SCT_LIST, credential.timestamps));
    }
    return { data, extensions };
  });
}

const PREFIX = Buffer.alloc(64, 0x20);

/** What a TLS 1.3 CertificateVerify signs (RFC 8446 section 4.4.3). */
export function signedContent(side: 'client' | 'server', transcriptHash: Uint8Array): Buffer {
  return Buffer.concat([PREFIX, Buffer.from(`TLS 1.3, ${side} CertificateVerify\0`, 'latin1'), transcriptHash]);
}

/** Checks a signature with a scheme of the peer's choice. `wrong` is the reason for one that does not verify. */
export function checkSigned(
  c: Connection,
  signed: SignedWith,
  key: PeerKey,
  data: Uint8Array,
  wrong: 'signature_wrong' | 'signature_of_parameters_wrong',
): void {
  const tls13 = c.info.version?.code === TLS13;
  const scheme = SIGNATURE_SCHEMES.row(signed.scheme);
  if (!scheme) fail('signature_scheme_unknown', `0x${signed.scheme.toString(16).padStart(4, '0')}`);
  if (tls13 ? scheme.tls13 !== 'all' : !scheme.tls12) fail('signature_scheme_of_other_version', scheme.name);
  if (!c.config.verifySchemes.has(scheme.code)) fail('signature_scheme_not_offered', scheme.name);
  if (!fits(scheme, key.traits, false)) fail('signature_scheme_wrong_key', `${scheme.name}, ${key.traits.type}`);
  if (tls13 && !fits(scheme, key.traits, true)) {
    fail('signature_scheme_wrong_curve', `${scheme.name}, ${key.traits.curve}`);
  }
  checkBare(c, scheme, key, data, signed.signature, wrong);
}

/** Checks a signature whose scheme is known. */
export function checkBare(
  c: Connection,
  scheme: SigningScheme,
  key: PeerKey,
  data: Uint8Array,
  signature: Uint8Array,
  wrong: 'signature_wrong' | 'signature_of_parameters_wrong',
): void {
  if (!key.maySign) fail('certificate_key_usage', 'no digitalSignature');
  if (!verifiesWith(scheme, key.key, data, signature)) fail(wrong, scheme.name);
  c.info.peerScheme = scheme;
}

/** Our signature. */
export function* signature(
  c: Connection,
  { signer }: Credential,
  scheme: SigningScheme,
  data: Uint8Array,
): Script<Uint8Array> {
  try {
    const made = yield* ask(signer.sign(scheme, data));
    c.info.ownScheme = scheme;
    return made;
  } catch (error) {
    throw new TlsFailure('signature_failed', error instanceof Error ? error.message : undefined, error);
  }
}

/** Asks the verify hook for its verdict on the peer. */
export function* judge(c: Connection, resumed = false): Script<void> {
  const { verify } = c.config;
  if (!verify) return;
  const { peerChain: chain, ocsp, issuerOcsp, timestamps, serverName } = c.info;
  const peer: PeerIdentity = { chain, ocsp, issuerOcsp, timestamps, serverName, resumed };
  const verdict = yield* hook(() => verify(peer));
  if (verdict) throw new TlsFailure(verdict.reason ?? 'certificate_rejected', verdict.detail, undefined, verdict.alert);
}

/** What a hook of the application returns. A failure of its own passes, anything else that it throws is internal_error. */
export function* hook<T>(call: () => T | PromiseLike<T>): Script<T> {
  try {
    return yield* ask(call());
  } catch (error) {
    throw hookFailure(error);
  }
}

/** The same of a hook for sessions, whose failure costs a session and no more: the connection goes on, with a remark. */
export function* attempt<T>(c: Connection, call: () => T | PromiseLike<T>): Script<T | undefined> {
  try {
    return yield* ask(call());
  } catch (error) {
    c.emit({ type: 'remark', failure: hookFailure(error) });
    return undefined;
  }
}

/** CertificateVerify, whose absence has a reason of its own. */
export function* certificateVerify(c: Connection): Script<SignedWith> {
  const raw = yield* next(c);
  if (raw.type === finishedKind(0).type) fail('certificate_verify_missing');
  if (raw.type !== CERTIFICATE_VERIFY.type) c.unexpected(raw, 'certificate_verify');
  return c.read(CERTIFICATE_VERIFY, raw);
}
