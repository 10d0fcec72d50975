/** Options onto a context, in Node's order, as the first fault decides the error. */
import { KeyObject, X509Certificate } from 'node:crypto';
import process from 'node:process';
import { TLS12, TLS13 } from '../../registry/tls-versions.ts';
import { defaults } from '../defaults.ts';
import {
  bindingError,
  invalidArgType,
  invalidArgValue,
  validateArray,
  validateBuffer,
  validateInt32,
  validateObject,
  validateString,
} from '../errors/node.ts';
import type { Material } from './material.ts';
import { CERTIFICATE_COMPRESSION } from '../platform.ts';
import type { ContextState } from './state.ts';

type Options = Readonly<Record<string, unknown>>;

const given = (value: unknown): boolean => value !== undefined && value !== null;
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** Sets what the options say. `name` is what errors call them. */
export function configure(context: ContextState, options: unknown, name = 'options'): void {
  validateObject(options, name);
  const all = options as Options;
  setCiphers(context, all['ciphers'], `${name}.ciphers`);
  setTrust(context, all, name);
  setCredentials(context, all, name);
  setSigalgs(context, all['sigalgs'], `${name}.sigalgs`);
  setEngineKey(context, all, name);
  setKeyExchange(context, all, name);
  setCrls(context, all['crl'], `${name}.crl`);
  const { sessionIdContext } = all;
  if (given(sessionIdContext)) {
    validateString(sessionIdContext, `${name}.sessionIdContext`);
    context.setSessionIdContext(sessionIdContext);
  }
  loadPfx(context, all);
  const { clientCertEngine } = all;
  if (typeof clientCertEngine === 'string') context.setClientCertEngine(clientCertEngine);
  else if (given(clientCertEngine)) throw notString(`${name}.clientCertEngine`, clientCertEngine);
  setSessions(context, all, name);
}

const notString = (name: string, value: unknown): Error => invalidArgType(name, ['string', 'null', 'undefined'], value);

function setCiphers(context: ContextState, ciphers: unknown, name: string): void {
  if (given(ciphers)) validateString(ciphers, name);
  const words = ((ciphers as string | null | undefined) || defaults.DEFAULT_CIPHERS).split(':');
  const named = words.filter((word) => /^!?TLS_/.test(word)).join(':');
  const list = words.filter((word) => word !== '' && !/^!?TLS_/.test(word)).join(':');
  if (named === '' && list === '') throw invalidArgValue(name, words);
  if (named !== '') context.setCipherSuites(named);
  context.setCiphers(list);
  // suites of TLS 1.3 alone leave nothing for older versions
  if (list === '' && context.getMinProto() < TLS13 && context.getMaxProto() > TLS12) context.setMinProto(TLS13);
}

/** Node takes strings and views; the objects of node:crypto are as good here. */
function checkMaterial(value: unknown, name: string): asserts value is Material {
  if (typeof value === 'string' || ArrayBuffer.isView(value)) return;
  if (value instanceof X509Certificate || value instanceof KeyObject) return;
  throw invalidArgType(name, ['string', 'Buffer', 'TypedArray', 'DataView'], value);
}

function setTrust(context: ContextState, { ca, allowPartialTrustChain }: Options, name: string): void {
  if (ca) {
    for (const one of listOf(ca)) {
      checkMaterial(one, `${name}.ca`);
      context.addCACert(one);
    }
  } else context.addRootCerts();
  if (allowPartialTrustChain) context.setAllowPartialTrustChain();
}

function setCredentials(context: ContextState, { cert, key, passphrase }: Options, name: string): void {
  for (const one of cert ? listOf(cert) : []) {
    checkMaterial(one, `${name}.cert`);
    context.setCert(one);
  }
  if (!key) return;
  const keys: readonly unknown[] = Array.isArray(key) ? key : [{ pem: key, passphrase }];
  for (const one of keys) {
    const pair = one as { pem?: unknown; passphrase?: unknown } | null | undefined;
    setKey(
      context,
      pair?.pem !== undefined ? pair.pem : one,
      pair?.passphrase !== undefined ? pair.passphrase : passphrase,
      name,
    );
  }
}

function setKey(context: ContextState, key: unknown, passphrase: unknown, name: string): void {
  checkMaterial(key, `${name}.key`);
  if (given(passphrase)) validateString(passphrase, `${name}.passphrase`);
  context.setKey(key, passphrase as string | null | undefined);
}

function setSigalgs(context: ContextState, sigalgs: unknown, name: string): void {
  if (!given(sigalgs)) return;
  validateString(sigalgs, name);
  if (sigalgs === '') throw invalidArgValue(name, sigalgs);
  context.setSigalgs(sigalgs);
}

function setEngineKey(context: ContextState, options: Options, name: string): void {
  const { privateKeyIdentifier, privateKeyEngine, key } = options;
  if (!given(privateKeyIdentifier)) return;
  if (!given(privateKeyEngine)) throw invalidArgValue(`${name}.privateKeyEngine`, privateKeyEngine);
  if (key) throw invalidArgValue(`${name}.privateKeyIdentifier`, privateKeyIdentifier);
  if (typeof privateKeyIdentifier !== 'string') throw notString(`${name}.privateKeyIdentifier`, privateKeyIdentifier);
  if (typeof privateKeyEngine !== 'string') throw notString(`${name}.privateKeyEngine`, privateKeyEngine);
  context.setEngineKey(privateKeyIdentifier, privateKeyEngine);
}

function setKeyExchange(context: ContextState, options: Options, name: string): void {
  const { ecdhCurve = defaults.DEFAULT_ECDH_CURVE || 'auto', dhparam } = options;
  validateString(ecdhCurve, `${name}.ecdhCurve`);
  context.setECDHCurve(ecdhCurve);
  if (!given(dhparam)) return;
  checkMaterial(dhparam, `${name}.dhparam`);
  const warning = context.setDHParam(dhparam === 'auto' || (dhparam as string));
  if (warning !== undefined) process.emitWarning(warning, 'SecurityWarning');
}

function setCrls(context: ContextState, crl: unknown, name: string): void {
  for (const one of given(crl) ? listOf(crl) : []) {
    checkMaterial(one, name);
    context.addCRL(one);
  }
}

/** Strings in UTF-8, views as they are. */
function toOctets(value: unknown, otherwise: () => Error): NodeJS.ArrayBufferView {
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  if (ArrayBuffer.isView(value)) return value as NodeJS.ArrayBufferView;
  throw otherwise();
}

const noFile = (): Error => bindingError('ERR_CRYPTO_OPERATION_FAILED', 'Unable to load PFX certificate');
const noPassphrase = (): Error => bindingError('ERR_INVALID_ARG_TYPE', 'Pass phrase must be a buffer', TypeError);

function loadPfx(context: ContextState, { pfx, passphrase }: Options): void {
  if (!given(pfx)) return;
  const load = (octets: unknown, secret: unknown): void =>
    context.loadPKCS12(toOctets(octets, noFile), given(secret) ? toOctets(secret, noPassphrase) : undefined);
  if (!Array.isArray(pfx)) return load(pfx, passphrase || undefined);
  for (const file of pfx as readonly { buf?: unknown; passphrase?: unknown }[]) {
    load(file.buf || file, file.passphrase || passphrase);
  }
}

function setSessions(context: ContextState, options: Options, name: string): void {
  const { ticketKeys, sessionTimeout, certificateCompression } = options;
  if (given(ticketKeys)) {
    validateBuffer(ticketKeys, `${name}.ticketKeys`);
    const { byteLength } = ticketKeys;
    if (byteLength !== 48) throw invalidArgValue(`${name}.ticketKeys`, byteLength, 'must be exactly 48 bytes');
    context.setTicketKeys(ticketKeys);
  }
  if (given(sessionTimeout)) {
    validateInt32(sessionTimeout, `${name}.sessionTimeout`, 0);
    context.setSessionTimeout(sessionTimeout);
  }
  if (given(certificateCompression) && CERTIFICATE_COMPRESSION)
    checkCompression(certificateCompression, `${name}.certificateCompression`);
}

const ALGORITHMS: ReadonlySet<unknown> = new Set(['zlib', 'brotli', 'zstd']);

function checkCompression(algorithms: unknown, name: string): void {
  validateArray(algorithms, name);
  if (algorithms.length > 3) throw invalidArgValue(name, algorithms, 'can specify at most 3 algorithms');
  for (const [i, one] of algorithms.entries()) {
    if (!ALGORITHMS.has(one)) throw invalidArgValue(`${name}[${i}]`, one, "must be 'zlib', 'brotli', or 'zstd'");
  }
  if (new Set(algorithms).size < algorithms.length) {
    throw bindingError('ERR_CRYPTO_OPERATION_FAILED', 'Failed to set certificate compression preference');
  }
}
