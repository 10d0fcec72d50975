/** What a client sends to a server before TLS 1.3 between ServerHelloDone and change_cipher_spec (RFC 5246 sections 7.4.6 to 7.4.8). */
import type { AnySchema } from '../../codec/index.ts';
import { HANDSHAKE_TYPE } from '../../registry/tls-codes.ts';
import { TLS12 } from '../../registry/tls-versions.ts';
import type { ServerConfig } from '../config.ts';
import type { Connection } from '../connection.ts';
import type { Credential } from '../credential.ts';
import { fail } from '../failure.ts';
import { dhPremaster } from '../kex/index.ts';
import type { PeerKey } from '../peer-key.ts';
import { profileOf } from '../profile.ts';
import { pskPremaster } from '../schedule/index.ts';
import { CLIENT_EXCHANGES, certificateVerify10 } from '../wire/index.ts';
import { checkBare, checkSigned, judge, leafKey } from './certificates.ts';
import { openPremaster, usesDh, usesPsk, usesRsa } from './exchange12.ts';
import { Keys12 } from './keys12.ts';
import {
  CERTIFICATE_12,
  CERTIFICATE_VERIFY,
  certificateVerifyKind,
  clientKeyExchangeKind,
  expect,
  next,
} from './kinds.ts';
import { externalPsk } from './psk13.ts';
import type { Seen } from './seen.ts';
import type { Script } from './script.ts';
import type { ServerShare } from './server12.ts';
import type { ChosenSuite } from './suite12.ts';

/** Certificate, ClientKeyExchange and CertificateVerify. Returns the keys that come of them. */
export function* clientFlight(
  c: Connection,
  seen: Seen,
  chosen: ChosenSuite,
  share: ServerShare | undefined,
  asks: boolean,
): Script<Keys12> {
  const key = asks ? yield* clientCertificate(c) : undefined;
  const premaster = yield* clientExchange(c, seen, chosen, share);
  const keys = Keys12.of(c, chosen.suite, premaster);
  if (key) {
    yield* certificateVerify(c, key);
    yield* judge(c);
  }
  if (asks) c.transcript.forget();
  return keys;
}

/** The key of the client's certificate; undefined when it has none to show. */
function* clientCertificate(c: Connection): Script<PeerKey | undefined> {
  const { clientAuth } = c.config as ServerConfig;
  const chain = yield* expect(c, CERTIFICATE_12);
  c.info.peerChain = chain;
  if (chain.length > 0) return leafKey(c, chain);
  if (clientAuth === 'require') fail('certificate_required_legacy');
  return undefined;
}

function* clientExchange(
  c: Connection,
  seen: Seen,
  { suite, credential }: ChosenSuite,
  share: ServerShare | undefined,
): Script<Uint8Array> {
  const exchange = suite.keyExchange;
  const value = (yield* expect(c, clientKeyExchangeKind(CLIENT_EXCHANGES[exchange] as AnySchema))) as Readonly<
    Record<'point' | 'yc' | 'encrypted' | 'identity', Uint8Array>
  >;
  const secret = share
    ? finish(share, usesDh(exchange), value)
    : usesRsa(exchange)
      ? yield* openPremaster(c, credential as Credential, value.encrypted, seen.hello.version)
      : undefined;
  if (!usesPsk(exchange)) return secret as Uint8Array;
  const { limits } = c.config;
  if (value.identity.length > limits.pskIdentity) fail('psk_identity_too_long', `${value.identity.length} octets`);
  const psk = (yield* externalPsk(c, value.identity)) ?? fail('psk_identity_unknown');
  c.info.externalPsk = value.identity;
  return pskPremaster(psk.key, secret);
}

function finish(
  share: ServerShare,
  finiteField: boolean,
  value: Readonly<Record<'point' | 'yc', Uint8Array>>,
): Uint8Array {
  return finiteField ? dhPremaster(share.finish(value.yc)) : share.finish(value.point);
}

/** The proof that the client has the key of its certificate: a signature over all messages before it. */
function* certificateVerify(c: Connection, key: PeerKey): Script<void> {
  const covered = c.transcript.messages();
  c.missing = 'certificate_verify_missing';
  const raw = yield* next(c);
  c.missing = undefined;
  if (raw.type === HANDSHAKE_TYPE.finished) fail('certificate_verify_missing');
  if (raw.type !== CERTIFICATE_VERIFY.type) c.unexpected(raw, 'certificate_verify');
  if (c.info.version?.code === TLS12) {
    checkSigned(c, c.read(CERTIFICATE_VERIFY, raw), key, covered, 'signature_wrong');
    return;
  }
  const signature = c.read(certificateVerifyKind(certificateVerify10), raw);
  const scheme = profileOf(c.info.version?.code ?? 0).fixedScheme?.(key.traits.type);
  if (!scheme) return fail('certificate_key_wrong_type', key.traits.type);
  checkBare(c, scheme, key, covered, signature, 'signature_wrong');
}
