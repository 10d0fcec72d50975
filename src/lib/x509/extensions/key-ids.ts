import { createHash } from 'node:crypto';
import { TAG, contextPrimitive, explicit, implicit, octetString, readDer, seq } from '../../der/index.ts';
import { shown } from '../../der/text.ts';
import { parseHex } from '../../der/values.ts';
import { TlskitError, fail } from '../../errors.ts';
import type { Extension } from '../certificate.ts';
import { refuse, type ExtensionContext, type Item, type Scope } from './types.ts';

export const SUBJECT_KEY_IDENTIFIER = '2.5.29.14';
export const AUTHORITY_KEY_IDENTIFIER = '2.5.29.35';

/** SHA-1 of the public key's bits (RFC 5280 section 4.2.1.2, method 1). */
export function keyHash(spki: Uint8Array): Buffer {
  const [, key] = readDer(spki, 'ber').sequence('the public key');
  const content = key?.content ?? Buffer.alloc(1);
  return createHash('sha1').update(content.subarray(1)).digest();
}

/** subjectKeyIdentifier: `hash`, `none`, or hexadecimal digits. */
export function subjectKeyIdentifier(text: string, scope: Scope): Buffer {
  if (text === 'none') return octetString(Buffer.alloc(0));
  if (text === 'hash') {
    if (!scope.subject) return fail('ERR_EXTENSION', 'there is no public key to hash');
    return octetString(keyHash(scope.subject.spki));
  }
  const bytes = parseHex(text);
  return octetString(
    bytes ?? fail('ERR_EXTENSION', `"${shown(text)}" should be hash, none or pairs of hexadecimal digits`),
  );
}

/** How much a part of authorityKeyIdentifier is wanted. */
type Wish = 'no' | 'if useful' | 'always';

/** authorityKeyIdentifier (RFC 5280 section 4.2.1.1): `keyid`, `issuer`, each with `:always`; `none`. */
export function authorityKeyIdentifier(items: readonly Item[], scope: Scope): Buffer {
  if (items.length === 1 && items[0]?.name === 'none') return seq();
  const wishes: { keyid: Wish; issuer: Wish } = { keyid: 'no', issuer: 'no' };
  for (const item of items) {
    const { name, value } = item;
    if (name !== 'keyid' && name !== 'issuer')
      return refuse(item, 'keyid, keyid:always, issuer, issuer:always, or none alone');
    // OpenSSL takes any other word as none; the last of two counts
    wishes[name] = value === 'always' ? 'always' : 'if useful';
  }
  return authorityFields(wishes, scope);
}

function authorityFields(wishes: { keyid: Wish; issuer: Wish }, scope: Scope): Buffer {
  const { issuer, selfSigned = issuer === 'self' } = scope.context;
  if (!issuer) return fail('ERR_EXTENSION', 'there is no issuer certificate to point to');
  let keyId: Buffer | undefined;
  // a self-signed certificate points to itself only when told to
  if (wishes.keyid === 'always' || (wishes.keyid === 'if useful' && !selfSigned)) {
    keyId = issuerKeyId(scope, selfSigned);
    if (!keyId && (wishes.keyid === 'always' || wishes.issuer === 'no'))
      fail('ERR_EXTENSION', 'the issuer certificate has no subjectKeyIdentifier');
  }
  const names = wishes.issuer === 'always' || (wishes.issuer === 'if useful' && !keyId);
  return seq(...(keyId ? [contextPrimitive(0, keyId)] : []), ...(names ? issuerAndSerial(scope) : []));
}

function issuerKeyId(scope: Scope, selfSigned: boolean): Buffer | undefined {
  const { issuer, issuerKey } = scope.context;
  const self = issuer === 'self';
  const extensions = self ? scope.extensions : (issuer?.extensions ?? []);
  const identifier = extensions.find((extension) => extension.oid === SUBJECT_KEY_IDENTIFIER);
  // signed by a stranger's key, a certificate's own identifier is not the signer's
  const own = identifier && (!self || selfSigned) ? identifierOctets(identifier) : undefined;
  if (own) return own.length > TOO_SHORT ? own : undefined;
  return self && issuerKey ? keyHash(issuerKey) : undefined;
}

/** Identifiers of up to this many octets count as none in OpenSSL 3.0. */
const TOO_SHORT = 2;

function identifierOctets(extension: Extension): Buffer | undefined {
  try {
    return readDer(extension.value, 'ber').expect(TAG.octetString, 'subjectKeyIdentifier').content;
  } catch (error) {
    if (error instanceof TlskitError) return undefined;
    throw error;
  }
}

function issuerAndSerial(scope: Scope): Buffer[] {
  const { issuer } = scope.context;
  const certificate = issuer === 'self' ? scope.subject : issuer;
  if (!certificate?.issuer || !certificate.serial)
    return fail('ERR_EXTENSION', 'the name and serial number of the issuer are not known');
  return [implicit(1, seq(explicit(4, certificate.issuer.der))), contextPrimitive(2, certificate.serial)];
}

/**
 * What OpenSSL 3.0 does to the key identifiers of a certificate with extensions before it signs: adds `subjectKeyIdentifier = hash`, and
 * `authorityKeyIdentifier = keyid, issuer` unless the certificate is self-signed; takes out identifiers that were made empty by `none`.
 * A certificate without extensions stays as it is.
 *
 * @param build makes one extension in the context of those given
 */
export function completeKeyIds(
  extensions: readonly Extension[],
  context: ExtensionContext,
  build: (name: string, value: string, context: ExtensionContext) => Extension,
): readonly Extension[] {
  if (extensions.length === 0) return extensions;
  const { selfSigned = context.issuer === 'self' } = context;
  const rows = [
    ['subjectKeyIdentifier', 'hash', SUBJECT_KEY_IDENTIFIER, true],
    ['authorityKeyIdentifier', 'keyid, issuer', AUTHORITY_KEY_IDENTIFIER, !selfSigned],
  ] as const;
  const list = [...extensions];
  for (const [name, value, id, wanted] of rows) {
    const made = build(name, value, { ...context, existing: list });
    const at = list.findIndex((extension) => extension.oid === id);
    if (at < 0 && wanted) list.push(made);
    else if (at >= 0 && (list[at] as Extension).value.length <= 2) list.splice(at, 1);
  }
  return list;
}
