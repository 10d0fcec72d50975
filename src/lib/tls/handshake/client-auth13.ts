/** A client's certificate in TLS 1.3, inside of the handshake and after it (RFC 8446 sections 4.3.2, 4.4 and 4.6.2). */
import { EXTENSION } from '../../registry/tls-extensions.ts';
import type { ClientConfig } from '../config.ts';
import type { Connection } from '../connection.ts';
import { schemeFor, type Credential } from '../credential.ts';
import { fail } from '../failure.ts';
import { preferred } from '../preference.ts';
import type { RawMessage } from '../record/index.ts';
import {
  CERTIFICATE_AUTHORITIES,
  SIGNATURE_ALGORITHMS,
  SIGNATURE_ALGORITHMS_CERT,
  type CertificateRequest,
} from '../wire/index.ts';
import { entriesOf, hook, signature, signedContent } from './certificates.ts';
import { bodyOf, checkBodies, checkDoubles, checkPlaces } from './extensions.ts';
import { CERTIFICATE, CERTIFICATE_REQUEST, CERTIFICATE_VERIFY } from './kinds.ts';
import type { Script } from './script.ts';

/** Takes a CertificateRequest, of the handshake or after it. */
export function takeRequest(c: Connection, raw: RawMessage, inTranscript = true): CertificateRequest {
  const request = c.read(CERTIFICATE_REQUEST, raw, inTranscript);
  const { extensions } = request;
  checkDoubles(extensions);
  checkPlaces(extensions, 'CR');
  const schemes = bodyOf(extensions, SIGNATURE_ALGORITHMS);
  if (!schemes) return fail('missing_signature_algorithms');
  checkBodies(extensions, 'CR', (code) => code !== EXTENSION.compressCertificate);
  c.info.certificateRequested = true;
  c.info.peerSchemes = schemes;
  c.info.peerCertificateSchemes = bodyOf(extensions, SIGNATURE_ALGORITHMS_CERT);
  c.info.requestedAuthorities = bodyOf(extensions, CERTIFICATE_AUTHORITIES) ?? [];
  return request;
}

/** Our certificate, or an empty one, and our signature. */
export function* clientCertificate(c: Connection, request: CertificateRequest): Script<void> {
  const schemes = bodyOf(request.extensions, SIGNATURE_ALGORITHMS) ?? [];
  const chosen = yield* chooseCredential(c, schemes);
  const scheme = chosen && tls13Scheme(c, chosen, schemes);
  const own = scheme ? chosen : undefined;
  c.info.credential = own;
  const asked = new Set(request.extensions.map(({ type }) => type));
  c.send(CERTIFICATE, { context: request.context, entries: entriesOf(own, asked) });
  if (!own || !scheme) return;
  const content = signedContent('client', c.transcript.digest());
  c.send(CERTIFICATE_VERIFY, { scheme: scheme.code, signature: yield* signature(c, own, scheme, content) });
}

/** The scheme by which a credential signs in TLS 1.3. */
export const tls13Scheme = (c: Connection, own: Credential, schemes: readonly number[]): ReturnType<typeof schemeFor> =>
  schemeFor(own, schemes, c.config.signSchemes, ({ tls13 }) => tls13 === 'all', true);

function* chooseCredential(c: Connection, schemes: readonly number[]): Script<Credential | undefined> {
  const config = c.config as ClientConfig;
  const { selectCredential } = config;
  const authorities = c.info.requestedAuthorities;
  if (selectCredential) return yield* hook(() => selectCredential({ schemes, authorities, types: [] }));
  const ours = preferred(config.credentials, c.info.peerCertificateSchemes ?? schemes, authorities);
  return ours.find((one) => tls13Scheme(c, one, schemes) !== undefined);
}
