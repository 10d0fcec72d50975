/** Templates of GeneralName and what it is made of (RFC 5280 section 4.2.1.6). */
import { TAG } from '../der/index.ts';
import {
  any,
  anyString,
  choice,
  explicitly,
  implicitly,
  octetString,
  oid,
  optional,
  rawSequence,
  sequence,
  sequenceOf,
  string,
  type AnyValue,
  type Asn1String,
  type Choice,
  type Type,
} from '../der/template.ts';
import { nameType, type Name } from './name.ts';

/** DirectoryString (X.520), with the types that OpenSSL takes for it. */
export const directoryString: Type<Asn1String> = anyString(
  new Set([TAG.printableString, TAG.t61String, TAG.bmpString, TAG.universalString, TAG.utf8String]),
);

/** An otherName: its kind (dotted) and its value. */
export interface OtherName {
  readonly id: string;
  readonly value: AnyValue;
}

/** The alternatives of a GeneralName and their values. */
export interface GeneralNameValues {
  otherName: OtherName;
  email: Asn1String;
  dns: Asn1String;
  x400: Buffer;
  directory: Name;
  ediParty: { assigner: Asn1String | undefined; party: Asn1String };
  uri: Asn1String;
  ip: Buffer;
  registeredId: string;
}

export type GeneralName = Choice<GeneralNameValues>;

/** GeneralName (RFC 5280 section 4.2.1.6). */
export const generalNameType: Type<GeneralName> = choice<GeneralNameValues>({
  otherName: implicitly(0, sequence({ id: oid(), value: explicitly(0, any()) })),
  email: implicitly(1, string(TAG.ia5String)),
  dns: implicitly(2, string(TAG.ia5String)),
  x400: implicitly(3, rawSequence()),
  directory: explicitly(4, nameType),
  ediParty: implicitly(
    5,
    sequence({ assigner: optional(explicitly(0, directoryString)), party: explicitly(1, directoryString) }),
  ),
  uri: implicitly(6, string(TAG.ia5String)),
  ip: implicitly(7, octetString()),
  registeredId: implicitly(8, oid()),
});

export const generalNamesType: Type<readonly GeneralName[]> = sequenceOf(generalNameType);
