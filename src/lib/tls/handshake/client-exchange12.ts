/** A client's side of the key exchanges before TLS 1.3: ServerKeyExchange in, ClientKeyExchange out. */
import { encode, type AnySchema } from '../../codec/index.ts';
import { HANDSHAKE_TYPE } from '../../registry/tls-codes.ts';
import { GROUPS, type Group } from '../../registry/tls-groups.ts';
import type { CipherSuite } from '../../registry/tls-suites.ts';
import { TLS12 } from '../../registry/tls-versions.ts';
import type { ClientConfig, ExternalPsk } from '../config.ts';
import type { Connection } from '../connection.ts';
import { fail } from '../failure.ts';
import { checkDomain, dhGroupName, dhPremaster, dhSide, offerShare } from '../kex/index.ts';
import type { PeerKey } from '../peer-key.ts';
import { profileOf } from '../profile.ts';
import type { RawMessage } from '../record/index.ts';
import { pskPremaster } from '../schedule/index.ts';
import {
  CLIENT_EXCHANGES,
  SERVER_PARAMETERS,
  signedParameters,
  signedParameters10,
  type DhParameters,
  type EcdhParameters,
  type PskHint,
} from '../wire/index.ts';
import { checkBare, checkSigned, hook } from './certificates.ts';
import { hasParameters, isCertified, rsaPremaster, usesDh, usesEc, usesPsk, usesRsa } from './exchange12.ts';
import { clientKeyExchangeKind, next, serverKeyExchangeKind } from './kinds.ts';
import type { Offer } from './offer.ts';
import type { Script } from './script.ts';

/** What a ServerKeyExchange held. */
export interface ServerParameters {
  readonly hint?: PskHint;
  readonly dh?: DhParameters;
  readonly ec?: EcdhParameters;
}

/** Reads ServerKeyExchange where the suite has one. Returns the message after it as well. */
export function* readParameters(
  c: Connection,
  offer: Offer,
  suite: CipherSuite,
  key: PeerKey | undefined,
  raw: RawMessage,
): Script<[ServerParameters, RawMessage]> {
  const schema = SERVER_PARAMETERS[suite.keyExchange];
  if (raw.type !== HANDSHAKE_TYPE.serverKeyExchange || !schema) {
    if (hasParameters(suite.keyExchange)) c.unexpected(raw, 'server_key_exchange');
    return [{}, raw];
  }
  refuseExplicit(suite, raw.body);
  const value = signedBy(c, suite, key, schema, raw);
  const parameters = {
    ...(usesPsk(suite.keyExchange) ? { hint: value as PskHint } : {}),
    ...(usesDh(suite.keyExchange) ? { dh: value as DhParameters } : {}),
    ...(usesEc(suite.keyExchange) ? { ec: value as EcdhParameters } : {}),
  };
  c.info.pskHint = parameters.hint?.hint;
  if (parameters.ec) checkCurve(c, offer, parameters.ec);
  if (parameters.dh) checkGroup(c, offer, parameters.dh);
  return [parameters, yield* next(c)];
}

/** Curves that are not named stand nowhere any more (RFC 8422 section 5.4). */
function refuseExplicit({ keyExchange }: CipherSuite, body: Uint8Array): void {
  if (!usesEc(keyExchange)) return;
  const at = keyExchange === 'ecdhe' ? 0 : 2 + ((body[0] ?? 0) << 8) + (body[1] ?? 0);
  if (body[at] === 1 || body[at] === 2) fail('curve_explicit');
}

/** The parameters, whose signature covers both randoms and them (RFC 5246 section 7.4.3). */
function signedBy(
  c: Connection,
  suite: CipherSuite,
  key: PeerKey | undefined,
  schema: AnySchema,
  raw: RawMessage,
): unknown {
  // PSK suites prove the server by the key, and anonymous ones not at all
  if (!isCertified(suite.authentication) || !key || usesPsk(suite.keyExchange)) {
    return c.read(serverKeyExchangeKind(schema), raw);
  }
  const { clientRandom, serverRandom } = c.info;
  const covered = (value: unknown): Buffer => Buffer.concat([clientRandom, serverRandom, encode(schema, value)]);
  if (c.info.version?.code === TLS12) {
    const { parameters, signed } = c.read(serverKeyExchangeKind(signedParameters(schema)), raw);
    checkSigned(c, signed, key, covered(parameters), 'signature_of_parameters_wrong');
    return parameters;
  }
  const { parameters, signature } = c.read(serverKeyExchangeKind(signedParameters10(schema)), raw);
  const scheme = profileOf(c.info.version?.code ?? 0).fixedScheme?.(key.traits.type);
  if (!scheme) return fail('certificate_key_wrong_type', key.traits.type);
  checkBare(c, scheme, key, covered(parameters), signature, 'signature_of_parameters_wrong');
  return parameters;
}

function checkCurve(c: Connection, offer: Offer, { curve }: EcdhParameters): void {
  const group = GROUPS.row(curve.body);
  if (!group) return fail('group_unknown', `${curve.body}`);
  if (group.first > TLS12 || (group.kind !== 'ec' && group.kind !== 'x')) fail('group_of_other_version', group.name);
  if (!offer.groups.includes(group)) fail('group_not_offered', group.name);
  c.info.group = group;
}

function checkGroup(c: Connection, offer: Offer, { p, g }: DhParameters): void {
  const { dhMin: min, dhMax: max } = c.config.limits;
  checkDomain({ p, g }, { min, max });
  const name = dhGroupName({ p, g });
  const group = name === undefined ? undefined : GROUPS.named(name);
  const named = offer.groups.filter(({ kind }) => kind === 'ffdhe');
  if (group && named.length > 0 && !named.includes(group)) fail('dh_group_not_offered', group.name);
  c.info.group = group;
  c.info.dhBits = 8 * p.length - Math.clz32(p[0] ?? 0) + 24;
}

/** Makes and sends ClientKeyExchange. Returns the premaster secret. */
export function* clientExchange(
  c: Connection,
  offer: Offer,
  suite: CipherSuite,
  key: PeerKey | undefined,
  parameters: ServerParameters,
): Script<Uint8Array> {
  const exchange = suite.keyExchange;
  const psk = usesPsk(exchange) ? yield* pskFor(c, parameters.hint) : undefined;
  const { value, secret } = shared(c, offer, suite, key, parameters);
  const schema = CLIENT_EXCHANGES[exchange] as AnySchema;
  c.send(clientKeyExchangeKind(schema), psk ? { identity: psk.identity, ...value } : value);
  if (!psk) return secret as Uint8Array;
  c.info.externalPsk = psk.identity;
  return pskPremaster(psk.key, secret);
}

function* pskFor(c: Connection, hint: PskHint | undefined): Script<ExternalPsk> {
  const { pskForHint, psks } = c.config as ClientConfig;
  const psk = pskForHint ? yield* hook(() => pskForHint(hint?.hint)) : psks[0];
  return psk ?? fail('psk_not_configured');
}

interface Shared {
  readonly value: Readonly<Record<string, Uint8Array>>;
  readonly secret: Uint8Array | undefined;
}

/** Our part of the exchange and the secret that comes of it; none for a PSK alone. */
function shared(
  c: Connection,
  offer: Offer,
  { keyExchange }: CipherSuite,
  key: PeerKey | undefined,
  { ec, dh }: ServerParameters,
): Shared {
  const random = c.config.replay ? c.config.random : undefined;
  if (ec) {
    const side = offerShare(c.info.group as Group, random);
    return { value: { point: side.share }, secret: side.finish(ec.point) };
  }
  if (dh) {
    const side = dhSide(dh, random);
    return { value: { yc: side.share }, secret: dhPremaster(side.finish(dh.ys)) };
  }
  if (usesRsa(keyExchange) && key) {
    c.info.group = undefined;
    const { premaster, encrypted } = rsaPremaster(c, key.key, offer.hello.version);
    return { value: { encrypted }, secret: premaster };
  }
  return { value: {}, secret: undefined };
}
