/**
 * ServerKeyExchange and ClientKeyExchange before TLS 1.3. Neither says what it holds: the cipher suite does. The parameters of a server
 * decode to what encodes to the same octets, so what its signature covers is `encode(parameters, value)`.
 */
import {
  opaque,
  rest,
  select,
  struct,
  uint,
  type AnySchema,
  type Schema,
  type SelectValue,
} from '../../codec/index.ts';
import { CURVE_TYPES } from '../../registry/tls-codes.ts';
import { GROUPS } from '../../registry/tls-groups.ts';
import type { KeyExchange } from '../../registry/tls-suites.ts';
import { certificateVerify, type SignedWith } from './certificate.ts';

/** A server's Diffie-Hellman parameters (RFC 5246 section 7.4.3), big-endian. */
export interface DhParameters {
  readonly p: Uint8Array;
  readonly g: Uint8Array;
  readonly ys: Uint8Array;
}

/** A server's ECDH parameters (RFC 8422 section 5.4). Explicit curves are a `value` fault: RFC 8422 forbids them. */
export interface EcdhParameters {
  readonly curve: SelectValue<{ 3: Schema<number> }>;
  readonly point: Uint8Array;
}

/** A server's SRP parameters (RFC 5054 section 2.8.2). */
export interface SrpParameters {
  readonly n: Uint8Array;
  readonly g: Uint8Array;
  readonly salt: Uint8Array;
  readonly b: Uint8Array;
}

/** A hint which key a client should use, as RFC 4279 section 2 puts it before the other parameters. */
export interface PskHint {
  readonly hint: Uint8Array;
}

const dh = { p: opaque(2, 1), g: opaque(2, 1), ys: opaque(2, 1) };
const ecdh = { curve: select(uint(1, CURVE_TYPES), { 3: uint(2, GROUPS) }), point: opaque(1, 1) };
const hint = { hint: opaque(2) };

export const dhParameters: Schema<DhParameters> = struct(dh);
export const ecdhParameters: Schema<EcdhParameters> = struct(ecdh);
export const srpParameters: Schema<SrpParameters> = struct({
  n: opaque(2, 1),
  g: opaque(2, 1),
  salt: opaque(1, 1),
  b: opaque(2, 1),
});
export const pskHint: Schema<PskHint> = struct(hint);
export const dhPskParameters: Schema<PskHint & DhParameters> = struct({ ...hint, ...dh });
export const ecdhPskParameters: Schema<PskHint & EcdhParameters> = struct({ ...hint, ...ecdh });

/** The parameters of each key exchange that has a ServerKeyExchange. */
export const SERVER_PARAMETERS: Readonly<Partial<Record<KeyExchange, AnySchema>>> = {
  dhe: dhParameters,
  ecdhe: ecdhParameters,
  srp: srpParameters,
  psk: pskHint,
  rsa_psk: pskHint,
  dhe_psk: dhPskParameters,
  ecdhe_psk: ecdhPskParameters,
};

/** A schema made of another one, which is made once. */
function derived<P, S extends AnySchema>(make: (parameters: Schema<P>) => S): (parameters: Schema<P>) => S {
  const known = new WeakMap<Schema<P>, S>();
  return (parameters) => {
    const schema = known.get(parameters) ?? make(parameters);
    known.set(parameters, schema);
    return schema;
  };
}

const signed = derived((parameters: AnySchema) => struct({ parameters, signed: certificateVerify }));
const signed10 = derived((parameters: AnySchema) => struct({ parameters, signature: opaque(2) }));

/** ServerKeyExchange with a signature that names its scheme: TLS 1.2. */
export function signedParameters<P>(
  parameters: Schema<P>,
): Schema<{ readonly parameters: P; readonly signed: SignedWith }> {
  return signed(parameters);
}

/** ServerKeyExchange with a bare signature: before TLS 1.2. Anonymous suites and PSKs have the parameters alone. */
export function signedParameters10<P>(
  parameters: Schema<P>,
): Schema<{ readonly parameters: P; readonly signature: Uint8Array }> {
  return signed10(parameters);
}

/** A client's encrypted premaster secret (RFC 5246 section 7.4.7.1). */
export const rsaExchange: Schema<{ readonly encrypted: Uint8Array }> = struct({ encrypted: opaque(2) });
/** The same in SSLv3, which has no length before it (RFC 6101 section 5.6.7). */
export const rsaExchangeSsl3: Schema<{ readonly encrypted: Uint8Array }> = struct({ encrypted: rest(1) });
/** A client's Diffie-Hellman share (RFC 5246 section 7.4.7.2). */
export const dhExchange: Schema<{ readonly yc: Uint8Array }> = struct({ yc: opaque(2, 1) });
/** A client's point (RFC 8422 section 5.7). */
export const ecdhExchange: Schema<{ readonly point: Uint8Array }> = struct({ point: opaque(1, 1) });
/** A client's identity (RFC 4279 section 2), with what the key exchange adds. */
export const pskExchange: Schema<{ readonly identity: Uint8Array }> = struct({ identity: opaque(2) });
export const dhPskExchange: Schema<{ readonly identity: Uint8Array; readonly yc: Uint8Array }> = struct({
  identity: opaque(2),
  yc: opaque(2, 1),
});
export const ecdhPskExchange: Schema<{ readonly identity: Uint8Array; readonly point: Uint8Array }> = struct({
  identity: opaque(2),
  point: opaque(1, 1),
});
export const rsaPskExchange: Schema<{ readonly identity: Uint8Array; readonly encrypted: Uint8Array }> = struct({
  identity: opaque(2),
  encrypted: opaque(2),
});
/** A client's SRP value (RFC 5054 section 2.8.3). */
export const srpExchange: Schema<{ readonly a: Uint8Array }> = struct({ a: opaque(2, 1) });

/** The ClientKeyExchange of each key exchange. */
export const CLIENT_EXCHANGES: Readonly<Partial<Record<KeyExchange, AnySchema>>> = {
  rsa: rsaExchange,
  dhe: dhExchange,
  ecdhe: ecdhExchange,
  psk: pskExchange,
  dhe_psk: dhPskExchange,
  ecdhe_psk: ecdhPskExchange,
  rsa_psk: rsaPskExchange,
  srp: srpExchange,
};
