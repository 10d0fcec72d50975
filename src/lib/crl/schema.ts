import { integer, optional, explicitly, sequence, sequenceOf, withDer, type Type } from '../der/template.ts';
import { nameType, type Name } from '../x509/name.ts';
import {
  algorithmType,
  extensionsType,
  signedType,
  type AlgorithmIdentifier,
  type Extension,
  type Signed,
} from '../x509/schema.ts';
import { timeType, type Time } from '../x509/time.ts';

/** An entry of a CRL as it stands there. */
export interface RevokedSyntax {
  readonly serial: Buffer;
  readonly date: Time;
  readonly extensions: readonly Extension[] | undefined;
}

/** TBSCertList (RFC 5280 section 5.1). */
export interface TbsCrl {
  readonly version: Buffer | undefined;
  readonly signature: AlgorithmIdentifier;
  readonly issuer: Name;
  readonly thisUpdate: Time;
  readonly nextUpdate: Time | undefined;
  readonly revoked: readonly RevokedSyntax[] | undefined;
  readonly extensions: readonly Extension[] | undefined;
  readonly der: Buffer;
}

const revokedType: Type<RevokedSyntax> = sequence({
  serial: integer(),
  date: timeType,
  extensions: optional(extensionsType),
});

export const crlType: Type<Signed<TbsCrl>> = signedType(
  withDer(
    sequence({
      version: optional(integer()),
      signature: algorithmType,
      issuer: nameType,
      thisUpdate: timeType,
      nextUpdate: optional(timeType),
      revoked: optional(sequenceOf(revokedType)),
      extensions: optional(explicitly(0, extensionsType)),
    }),
  ),
);
