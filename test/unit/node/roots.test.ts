/** What is trusted by default. Flags and the environment count from the start of a Node, so that most of it is asked in one of its own. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getCACertificates, rootCertificates } from '../../../src/lib/node/peer/roots.ts';
import { lookupIn } from '../../../src/lib/node/peer/lookup.ts';
import { TAG, seq, setOf, element, encodeOid } from '../../../src/lib/der/index.ts';
import { certificatePem } from '../../../src/lib/x509/build.ts';
import { Certificate } from '../../../src/lib/x509/certificate.ts';
import { nameHash } from '../../../src/lib/x509/hash.ts';
import { Name } from '../../../src/lib/x509/name.ts';
import { authority, issue } from '../../support/chains.ts';

const folder = mkdtempSync(join(tmpdir(), 'tlskit-roots-'));
const program = join(folder, 'roots.mjs');
afterAll(() => rmSync(folder, { recursive: true }));

const [one, two] = [authority('/O=Test/CN=One'), authority('/O=Test/CN=Two')];
const pem = (...parties: readonly { readonly certificate: Certificate }[]): string =>
  parties.map(({ certificate }) => certificatePem(certificate)).join('');

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

/** Runs lines of a program that has our `roots` and Node's `tls`, and gives what they print, as JSON. */
function run(
  lines: string,
  { flags = [], env = {} }: { flags?: readonly string[]; env?: NodeJS.ProcessEnv } = {},
): {
  readonly told: unknown;
  readonly warned: string;
} {
  const { NODE_EXTRA_CA_CERTS: _extra, NODE_OPTIONS: _options, ...rest } = process.env;
  const text = `import tls from 'node:tls'; import * as roots from ${JSON.stringify(program)};
    const trusts = (pem) => roots.trusts(pem); console.log(JSON.stringify((() => { ${lines} })()));`;
  const words = [...flags, '--input-type=module', '-e', text];
  const { stdout, stderr } = spawnSync(process.execPath, words, { env: { ...rest, ...env }, encoding: 'utf8' });
  return { told: stdout === '' ? stderr : (JSON.parse(stdout) as unknown), warned: stderr };
}

beforeAll(async () => {
  await build({
    stdin: {
      contents: `export * from './src/lib/node/peer/roots.ts';
        import { defaultTrust } from './src/lib/node/peer/roots.ts';
        import { parsedCertificate } from './src/lib/verify/index.ts';
        import { X509Certificate } from 'node:crypto';
        export const trusts = (pem) => defaultTrust().find(parsedCertificate(new X509Certificate(pem).raw)) !== undefined;`,
      resolveDir: process.cwd(),
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: program,
    logLevel: 'error',
  });
});

describe('certificates that are trusted by default [A3]', () => {
  it("are Node's own", () => {
    expect(rootCertificates).toBe(tls.rootCertificates);
    expect(Object.isFrozen(rootCertificates)).toBe(true);
    expect(getCACertificates('bundled')).toEqual(rootCertificates);
    expect(() => getCACertificates('x' as never)).toThrow(/The argument 'type' is invalid. Received 'x'/);
    expect(() => getCACertificates(1 as never)).toThrow(
      /The "type" argument must be of type string. Received type number/,
    );
    const { told } = run(
      'const { getCACertificates: own } = tls; const all = ["default", "bundled", "extra"];' +
        'return [roots.rootCertificates.every(trusts), all.map((type) => roots.getCACertificates(type).length), own ? all.map((type) => own(type).length) : null];',
    );
    const count = rootCertificates.length;
    expect(told).toEqual([true, [count, count, 0], told && Array.isArray(told) && told[2] ? [count, count, 0] : null]);
  });

  it('are those of NODE_EXTRA_CA_CERTS, too', () => {
    const extra = file('extra.pem', `text\n${pem(one, two)}`);
    const lines = `return [roots.getCACertificates('extra'), roots.getCACertificates().length, trusts(${JSON.stringify(pem(one))}), trusts(tls.rootCertificates[0])];`;
    const { told, warned } = run(lines, { env: { NODE_EXTRA_CA_CERTS: extra } });
    expect(told).toEqual([[pem(one), pem(two)], rootCertificates.length + 2, true, true]);
    expect(warned).toBe('');
  });

  it('are the others where that file cannot be read, with the warning that Node has for it', () => {
    const missing = join(folder, 'missing.pem');
    const { told, warned } = run("return roots.getCACertificates('extra');", { env: { NODE_EXTRA_CA_CERTS: missing } });
    expect(told).toEqual([]);
    const reason = 'error:80000002:system library::No such file or directory';
    expect(warned).toBe(`Warning: Ignoring extra certs from \`${missing}\`, load failed: ${reason}\n`);
  });

  it("are the system's with --use-openssl-ca, where SSL_CERT_FILE and SSL_CERT_DIR say that they are", () => {
    const env = {
      SSL_CERT_FILE: file('file.pem', pem(one)),
      SSL_CERT_DIR: folder,
      NODE_OPTIONS: '--use-openssl-ca',
    };
    file(`${nameHash(two.certificate.subject)}.0`, pem(two));
    const lines = `return [roots.getCACertificates().length, trusts(${JSON.stringify(pem(one))}), trusts(${JSON.stringify(pem(two))}), trusts(tls.rootCertificates[0])];`;
    expect(run(lines, { env }).told).toEqual([0, true, true, false]);
    expect(run(lines, { env: { ...env, NODE_OPTIONS: '' }, flags: ['--use_openssl_ca'] }).told).toEqual([
      0,
      true,
      true,
      false,
    ]);
    const system = run("return roots.getCACertificates('system');", { env: { ...env, NODE_OPTIONS: '' } }).told;
    expect(new Set(system as string[])).toEqual(new Set([pem(one), pem(two)]));
  });

  it('are others after setDefaultCACertificates', () => {
    const lines = `const [a, b] = ${JSON.stringify([pem(one), pem(two)])};
      const state = () => [trusts(a), trusts(b), trusts(tls.rootCertificates[0]), roots.getCACertificates().toSorted()];
      const failure = (certs) => { try { roots.setDefaultCACertificates(certs); } catch (error) { return [error.code, error.message]; } };
      const before = state();
      roots.setDefaultCACertificates([a, Buffer.from(b), 'x' + a]);
      const chosen = state();
      const failures = [failure('x'), failure([1]), failure(['x'])];
      const after = state();
      roots.setDefaultCACertificates([a + b]);
      const both = state();
      roots.setDefaultCACertificates([]);
      return [before.slice(0, 3), chosen, failures, after, both, state(), Object.isFrozen(roots.getCACertificates())];`;
    const both = [true, true, false, [pem(one), pem(two)].toSorted()];
    expect(run(lines).told).toEqual([
      [false, false, true],
      both,
      [
        ['ERR_INVALID_ARG_TYPE', `The "certs" argument must be an instance of Array. Received type string ('x')`],
        [
          'ERR_INVALID_ARG_TYPE',
          'The "certs[0]" argument must be of type string or an instance of ArrayBufferView. Received type number (1)',
        ],
        ['ERR_CRYPTO_OPERATION_FAILED', 'No valid certificates found in the provided array'],
      ],
      both,
      both,
      [false, false, false, []],
      true,
    ]);
  });
});

describe('a list that is looked up by subjects', () => {
  const listed = rootCertificates.map((text) =>
    Certificate.read(Buffer.from(text.split('\n').slice(1, -1).join(''), 'base64')),
  );

  it('finds every root by its own name', () => {
    const lookup = lookupIn(rootCertificates);
    const found = (certificate: Certificate): boolean =>
      [...lookup(certificate.subject)].some((der) => certificate.der.equals(der as Buffer));
    expect(listed.filter((certificate) => !found(certificate))).toEqual([]);
  });

  it('finds a name in other types of strings, another case and another order', () => {
    const lookup = lookupIn([pem(issue('/O=Tést  Co+OU=Unit 1/CN=The ROOT', undefined))]);
    const attribute = (oid: string, tag: number, value: Buffer): Buffer =>
      seq(element(0, false, TAG.oid, encodeOid(oid)), element(0, false, tag, value));
    const wide = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
    const other = seq(
      setOf(
        attribute('2.5.4.11', TAG.printableString, Buffer.from('unit 1')),
        attribute('2.5.4.10', TAG.t61String, Buffer.from('tést co', 'latin1')),
      ),
      setOf(attribute('2.5.4.3', TAG.bmpString, wide('the root'))),
    );
    expect([...lookup(Name.read(other))]).toHaveLength(1);
    expect([...lookup(Name.read(seq(setOf(attribute('2.5.4.3', TAG.utf8String, Buffer.from('x'))))))]).toEqual([]);
  });
});
