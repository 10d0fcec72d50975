import type { ConfigEntry } from '../../conf/index.ts';
import { shown } from '../../der/text.ts';
import { parseHex } from '../../der/values.ts';
import { TlskitError, fail } from '../../errors.ts';
import { findObject } from '../../registry/find.ts';
import type { Extension } from '../certificate.ts';
import { generalNames } from './general-name.ts';
import { parseList } from './items.ts';
import { authorityKeyIdentifier, completeKeyIds, subjectKeyIdentifier } from './key-ids.ts';
import { infoAccess, issuerAltName, nameConstraints, subjectAltName } from './names.ts';
import { distributionPoints, issuingDistributionPoint } from './points.ts';
import { certificatePolicies, policyMappings } from './policies.ts';
import { proxyCertInfo } from './proxy.ts';
import { asNumbers, ipAddressBlocks } from './resources.ts';
import * as simple from './simple.ts';
import { Scope, type ExtensionContext, type ItemsBuilder, type TextBuilder } from './types.ts';

export type { ExtensionContext, ExtensionIssuer, ExtensionSubject } from './types.ts';
export type { Extension } from '../certificate.ts';
export { keyHash } from './key-ids.ts';
export { parseSanList } from './san-list.ts';

/** A builder over `name:value, …` or the lines of `@section`. */
const list =
  (build: ItemsBuilder): TextBuilder =>
  (text, scope) => {
    const items = text.startsWith('@') ? scope.items(text.slice(1)) : parseList(text);
    if (items.length === 0) fail('ERR_EXTENSION', `the section [${shown(text.slice(1))}] is empty`);
    return build(items, scope);
  };

/** The extensions with a language of their own, by the short names that OpenSSL asks for. */
const BUILDERS: Readonly<Record<string, TextBuilder>> = {
  authorityInfoAccess: list(infoAccess),
  authorityKeyIdentifier: list(authorityKeyIdentifier),
  basicConstraints: list(simple.basicConstraints),
  certificatePolicies,
  crlDistributionPoints: list(distributionPoints),
  ct_precert_poison: simple.nullText,
  extendedKeyUsage: list(simple.extendedKeyUsage),
  freshestCRL: list(distributionPoints),
  inhibitAnyPolicy: simple.integerText,
  issuerAltName: list(issuerAltName),
  issuerSignTool: list(simple.issuerSignTool),
  issuingDistributionPoint: list(issuingDistributionPoint),
  keyUsage: list(simple.bits(simple.KEY_USAGE)),
  nameConstraints: list(nameConstraints),
  noCheck: simple.nullText,
  nsBaseUrl: simple.ia5Text,
  nsCaPolicyUrl: simple.ia5Text,
  nsCaRevocationUrl: simple.ia5Text,
  nsCertType: list(simple.bits(simple.NETSCAPE_TYPES)),
  nsComment: simple.ia5Text,
  nsRenewalUrl: simple.ia5Text,
  nsRevocationUrl: simple.ia5Text,
  nsSslServerName: simple.ia5Text,
  policyConstraints: list(simple.policyConstraints),
  policyMappings: list(policyMappings),
  proxyCertInfo,
  'sbgp-autonomousSysNum': list(asNumbers),
  'sbgp-ipAddrBlock': list(ipAddressBlocks),
  subjectAltName: list(subjectAltName),
  subjectInfoAccess: list(infoAccess),
  subjectKeyIdentifier,
  subjectSignTool: simple.utf8Text,
  SXNetID: list(simple.strongExtranet),
  tlsfeature: list(simple.tlsFeature),
};

/** The names of extensions that have a language of their own. */
export const extensionNames = (): readonly string[] => Object.keys(BUILDERS);

/**
 * Makes extensions from the lines of a section, `name = value`, in the language of x509v3_config(5).
 *
 * @returns all extensions in order: those of `context.existing` that stay, then those made
 * @throws TlskitError ERR_EXTENSION naming section, extension and value
 * @example
 * buildExtensions([['basicConstraints', 'critical,CA:TRUE']], { where: '[v3_ca]' });
 */
export function buildExtensions(entries: readonly ConfigEntry[], context: ExtensionContext = {}): Extension[] {
  const scope = new Scope(context);
  for (const [name, value] of entries) {
    const made = buildOne(name, value, scope);
    const { extensions } = scope;
    for (let i = extensions.length - 1; i >= 0 && !context.keepDuplicates; i -= 1) {
      if (extensions[i]?.oid === made.oid) extensions.splice(i, 1);
    }
    extensions.push(made);
  }
  return scope.extensions;
}

/** Makes one extension. */
export const buildExtension = (name: string, value: string, context: ExtensionContext = {}): Extension =>
  buildOne(name, value, new Scope(context));

/** See `completeKeyIds` in key-ids.ts: the key identifiers that OpenSSL adds to a certificate that has extensions. */
export const withKeyIds = (extensions: readonly Extension[], context: ExtensionContext): readonly Extension[] =>
  completeKeyIds(extensions, context, buildExtension);

/** GeneralNames of a value such as `DNS:a,IP:127.0.0.1`, for checks and other callers. */
export const generalNamesOf = (value: string, context: ExtensionContext = {}): Buffer =>
  generalNames(parseList(value), new Scope(context));

function buildOne(name: string, value: string, scope: Scope): Extension {
  try {
    return build(name, value, scope);
  } catch (error) {
    if (!(error instanceof TlskitError)) throw error;
    const where = scope.context.where === undefined ? '' : `${scope.context.where} `;
    throw new TlskitError(error.code, `${where}${shown(name)} = ${shown(value)}: ${error.message}`, { cause: error });
  }
}

const CRITICAL = 'critical,';

function build(name: string, value: string, scope: Scope): Extension {
  const critical = value.startsWith(CRITICAL);
  const text = critical ? trimStart(value.slice(CRITICAL.length)) : value;
  const generic = /^(DER|ASN1):/.exec(text)?.[1];
  if (generic !== undefined) {
    const rest = trimStart(text.slice(generic.length + 1));
    const oid =
      scope.objects(name)?.oid ?? fail('ERR_EXTENSION', `"${shown(name)}" names no object; use a dotted identifier`);
    return { oid, critical, value: generic === 'DER' ? rawBytes(rest) : scope.generate(rest) };
  }
  const builder = Object.hasOwn(BUILDERS, name) ? BUILDERS[name] : undefined;
  const oid = findObject(name)?.oid;
  if (!builder || oid === undefined) return unknownExtension(name);
  return { oid, critical, value: builder(text, scope) };
}

const trimStart = (text: string): string => text.replace(/^[ \t\n\v\f\r]+/, '');

const rawBytes = (text: string): Buffer =>
  parseHex(text) ?? fail('ERR_EXTENSION', 'DER: needs pairs of hexadecimal digits after it');

function unknownExtension(name: string): never {
  const object = findObject(name);
  const known = object && Object.hasOwn(BUILDERS, object.sn);
  if (known) return fail('ERR_EXTENSION', `write ${object.sn} for "${shown(name)}"`);
  return fail(
    'ERR_EXTENSION',
    `"${shown(name)}" is no extension with a language of its own; give its value as DER:… or ASN1:…`,
  );
}
