import process from 'node:process';
import tls from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSecureContext } from '../../../src/lib/node/context/secure-context.ts';
import * as rows from './context-rows.ts';

const spy = vi.spyOn(process, 'emitWarning');
beforeEach(() => void spy.mockImplementation(() => undefined));
afterEach(() => void spy.mockReset());

/** What a call comes to: what it throws, as a program sees it, and what it warns of. */
function outcome(make: (options: never) => unknown, options: rows.Options): string {
  spy.mockClear();
  let thrown: unknown = 'nothing';
  try {
    make(options as never);
  } catch (error) {
    thrown = seen(error as Error);
  }
  const warnings = spy.mock.calls.map((words) => words.map(String));
  return JSON.stringify({ thrown, ...(warnings.length > 0 && { warnings }) });
}

const seen = (error: Error): object => ({
  kind: error.constructor.name,
  text: plain(String(error)),
  ...(error as object),
  message: plain(error.message),
});

// of an error that OpenSSL prints, the thread and the place in its source are its own
const plain = (text: string): string =>
  text.replace(/[0-9A-F]{16}:error/, 'error').replace(/(?<=:)[\w./-]+:\d+:\n/, '\n');

const TAKEN = JSON.stringify({ thrown: 'nothing' });

/** Rows that Node refuses, all or some versions of it, and we take. */
const taken: Readonly<Record<string, string>> = {
  ...because('OpenSSL is built without 3DES', ['ciphers DES-CBC3-SHA', 'ciphers 3DES']),
  ...because('Node takes PEM alone', [
    'a certificate in DER',
    'a CRL in DER',
    ...['', ', SEC1', ', PKCS#1', ', encrypted'].map((form) => `a key in DER${form}`),
    'a key in a JWK',
  ]),
  ...because('Node takes no objects of node:crypto', [
    'a key object',
    'a key object in an object',
    'a certificate object',
    'a certificate object as authority',
  ]),
  ...because('OpenSSL 3.0 lacks the group or the scheme, or its name', [
    'ecdhCurve brainpoolP256r1tls13',
    'sigalgs ecdsa_sha1',
    'sigalgs dsa_sha256',
    'sigalgs ecdsa_brainpoolP256r1tls13_sha256',
  ]),
  ...because(
    "the algorithms are in OpenSSL's legacy provider, which Node does not load",
    ['legacy', 'rc4', 'des', 'empty-legacy'].map((name) => `openssl-${name}.p12`),
  ),
  ...because('OpenSSL 3.0 wants a MAC', ['openssl-nomac.p12', 'openssl-plain.p12']),
};

/** Rows that we refuse otherwise, or where Node takes what is of no use. */
const refused: Readonly<Record<string, RegExp>> = {
  // key objects are taken, so that it is their content that is wrong
  'the key object of another certificate': /"code":"ERR_OSSL_X509_KEY_VALUES_MISMATCH"/,
  'a public key object': /a private key is needed/,
  // to C a string ends with a zero
  'ecdhCurve P-256\0': /"code":"ERR_CRYPTO_OPERATION_FAILED"/,
  // the documented error of a Node without engines; one that has them tries to load it
  ...Object.fromEntries(
    [13, 14, 15, 16].map((i) => [`clientCertEngine, ${i}`, /"ERR_CRYPTO_CUSTOM_ENGINE_NOT_SUPPORTED"/]),
  ),
  // from 3.2 on OpenSSL counts suites with a short tag as of medium strength
  'ciphers MEDIUM': /"ERR_SSL_NO_CIPHER_MATCH"/,
  // OpenSSL 3.5 has ML-DSA
  'sigalgs mldsa65': /there is no mldsa65 here|reason\(0\)/,
};

function because(reason: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, reason]));
}

/** Compares a table, row by row. */
function compare(table: rows.Rows): void {
  const differing: Record<string, unknown> = {};
  for (const [name, options] of Object.entries(table)) {
    const [theirs, ours] = [outcome(tls.createSecureContext, options), outcome(createSecureContext, options)];
    const fine = Object.hasOwn(taken, name) ? ours === TAKEN : theirs === ours || (refused[name]?.test(ours) ?? false);
    if (!fine) differing[name] = { theirs, ours };
  }
  expect(differing).toEqual({});
}

describe('A4: createSecureContext throws and warns as that of node:tls', () => {
  it('for values of every type', () => compare(rows.wrongValues()));
  it('for protocols', () => compare(rows.protocols));
  it('for cipher strings', () => compare(rows.ciphers));
  it('for curves', () => compare(rows.curves));
  it('for signature algorithms', () => compare(rows.sigalgs));
  it('for sessions and options', () => compare(rows.sessions()));
  it('for certificates and keys', () => compare(rows.credentials()));
  it('for authorities and CRLs', () => compare(rows.trust()));
  it('for Diffie-Hellman parameters', () => compare(rows.dhParameters()));
  it('for PKCS#12 files', () => compare(rows.pfxFiles()));
});
