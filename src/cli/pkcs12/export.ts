/** `pkcs12 -export`: a key and certificates into a PKCS#12 file. */
import { createHash } from 'node:crypto';
import { fail, TlskitError } from '../../lib/errors.ts';
import { encodePkcs8 } from '../../lib/keys/encode.ts';
import { PublicKey, type PrivateKey } from '../../lib/keys/model.ts';
import { readPrivateKey } from '../../lib/keys/read.ts';
import { buildChain } from '../../lib/pkcs12/chain.ts';
import { PKCS12_OID, writePkcs12, type CertificateInput, type KeyInput } from '../../lib/pkcs12/index.ts';
import type { Secret } from '../../lib/secret.ts';
import type { Certificate } from '../../lib/x509/certificate.ts';
import { loadCertificates, type NamedCertificate } from './certificates.ts';
import type { Pkcs12Context } from './flags.ts';
import { openTrust } from '../trust.ts';
import { exportReport } from './json.ts';
import { readProtection } from './protection.ts';

/** Flags for reading that mean nothing here; OpenSSL says so and goes on. */
const FOR_READING = ['info', 'nomacver', 'clcerts', 'cacerts'] as const;

/** Flags about the key, which OpenSSL leaves aside in silence where there is none. */
const FOR_KEYS = ['inkey', 'name', 'CSP', 'LMK', 'keyex', 'keysig'] as const;

interface Passwords {
  readonly key: Secret | undefined;
  readonly certificates: Secret | undefined;
  /** The new file's; asked for when it is needed. */
  readonly file: Secret | undefined;
}

/**
 * Makes a PKCS#12 file as the flags say. Nothing is written when anything is wrong.
 *
 * @throws TlskitError
 */
export async function runExport(context: Pkcs12Context): Promise<void> {
  const { flags } = context;
  sayIgnored(context);
  const noKeys = flags.nokeys || flags.jdktrust !== undefined;
  if (flags.noout || (noKeys && flags.nocerts)) {
    fail('ERR_USAGE', 'Nothing to export due to -noout or -nocerts and -nokeys');
  }
  if (context.json && isStdout(flags.out))
    fail('ERR_USAGE', 'with --json the PKCS#12 file needs a place of its own: -out file');
  const protection = readProtection(context);
  const usage = trustedFor(context);
  const passwords = readPasswords(context);
  const macPassword = flags.twopass
    ? await context.prompter.passphrase('Enter MAC Password', { confirm: true })
    : undefined;
  const input = onceRead(context);
  const key = noKeys ? undefined : await loadKey(context, input, passwords.key);
  const { own, others } = await collect(context, input, key, passwords.certificates);
  const password = passwords.file ?? (await context.prompter.passphrase('Enter Export Password', { confirm: true }));
  const id = key && own ? createHash('sha1').update(own.certificate.der).digest() : undefined;
  const certificates = [
    ...(own ? [{ der: own.certificate.der, friendlyName: flags.name, localKeyId: id, trustedFor: usage }] : []),
    ...others.map((other, i) => certificateInput(other, flags.caname[i], usage)),
  ];
  if (flags.caname.length > others.length) {
    context.note(`Warning: ${flags.caname.length} -caname options for ${others.length} certificates\n`);
  }
  const keys = key ? [keyInput(context, key, id)] : [];
  const file = writePkcs12({
    certificates,
    keys,
    password,
    ...(macPassword ? { macPassword } : {}),
    ...protection,
  });
  context.write(flags.out, file, { secret: true });
  if (context.json) context.printJson(exportReport(flags.out ?? '', certificates, key, protection));
}

const isStdout = (path: string | undefined): boolean => path === undefined || path === '-';

function sayIgnored(context: Pkcs12Context): void {
  const { flags } = context;
  for (const name of FOR_READING) if (flags[name]) context.note(`Warning: -${name} option ignored with -export\n`);
  const cipher = flags.nodes ? 'nodes' : context.cipher;
  if (cipher !== undefined) context.note(`Warning: output encryption option -${cipher} ignored with -export\n`);
  const withoutKey = flags.jdktrust === undefined ? flags.nokeys && 'nokeys' : 'jdktrust';
  for (const name of withoutKey ? FOR_KEYS : []) {
    if (context.order.includes(name)) context.note(`Warning: -${name} option ignored with -${withoutKey}\n`);
  }
  if (flags.chain && flags.nocerts) context.note('Warning: -chain option ignored with -nocerts\n');
}

/** -password is the new file's; -twopass asks, so neither may be given with it. */
function readPasswords(context: Pkcs12Context): Passwords {
  const { flags } = context;
  const file = flags.password ?? flags.passout;
  if (flags.twopass && file !== undefined) {
    fail('ERR_USAGE', 'Option -twopass cannot be used with -passout or -password');
  }
  const read = (source: string | undefined): Secret | undefined =>
    source === undefined ? undefined : context.passphrase(source);
  return { certificates: read(flags.passcerts), key: read(flags.passin), file: read(file) };
}

type Input = () => { bytes: Buffer; source: string };

/** -in may hold both key and certificates, and standard input can be read only once. */
function onceRead(context: Pkcs12Context): Input {
  let bytes: Buffer | undefined;
  return () => ({ bytes: (bytes ??= context.read(context.flags.in)), source: context.inputName(context.flags.in) });
}

async function loadKey(context: Pkcs12Context, input: Input, password: Secret | undefined): Promise<PrivateKey> {
  const { inkey } = context.flags;
  const { bytes, source } =
    inkey === undefined ? input() : { bytes: context.read(inkey), source: context.inputName(inkey) };
  const passphrase = (): Promise<Secret> | Secret =>
    password ?? context.prompter.passphrase(`Enter pass phrase for ${source}`);
  return readPrivateKey(bytes, { source, passphrase });
}

/** The key's own certificate and all others, in OpenSSL's order: the rest of -in, the chain, -certfile. */
async function collect(
  context: Pkcs12Context,
  input: Input,
  key: PrivateKey | undefined,
  password: Secret | undefined,
): Promise<{ own: NamedCertificate | undefined; others: readonly NamedCertificate[] }> {
  const { flags } = context;
  const load = ({ bytes, source }: ReturnType<Input>): Promise<readonly NamedCertificate[]> =>
    loadCertificates(bytes, source, () => password ?? context.prompter.passphrase(`Enter pass phrase for ${source}`));
  const file = (path: string): Promise<readonly NamedCertificate[]> =>
    load({ bytes: context.read(path), source: context.inputName(path) });
  const fromIn = flags.nocerts ? [] : await load(input());
  const own = key && !flags.nocerts ? matching(fromIn, key, input().source) : undefined;
  const others = fromIn.filter((one) => one !== own);
  const leaf = own ?? fromIn[0];
  if (flags.chain && leaf) {
    const between = flags.untrusted === undefined ? [] : await file(flags.untrusted);
    others.push(...missingOf(chainOf(context, leaf.certificate, between), others));
  }
  if (flags.certfile !== undefined) others.push(...(await file(flags.certfile)));
  return { own, others };
}

function matching(certificates: readonly NamedCertificate[], key: PrivateKey, source: string): NamedCertificate {
  const found = certificates.find(({ certificate }) => sameKey(certificate, key));
  return found ?? fail('ERR_KEY_MISMATCH', `No cert in -in file '${source}' matches private key`);
}

/** Certificates with keys that cannot be read, or are of another type, just do not match. */
function sameKey(certificate: Certificate, key: PrivateKey): boolean {
  try {
    return PublicKey.fromSpki(certificate.spki).equals(key.publicKey);
  } catch (error) {
    if (error instanceof TlskitError) return false;
    throw error;
  }
}

/** The certificates above the leaf. */
function chainOf(context: Pkcs12Context, leaf: Certificate, between: readonly NamedCertificate[]): NamedCertificate[] {
  const untrusted = between.map(({ certificate }) => certificate);
  const chain = buildChain(leaf, { trusted: openTrust(context.flags, 'each'), untrusted });
  return chain.slice(1).map((certificate) => ({ certificate }));
}

function missingOf(chain: readonly NamedCertificate[], present: readonly NamedCertificate[]): NamedCertificate[] {
  const known = (one: NamedCertificate): boolean =>
    present.some(({ certificate }) => certificate.der.equals(one.certificate.der));
  return chain.filter((one) => !known(one));
}

function certificateInput(
  { certificate, friendlyName, localKeyId }: NamedCertificate,
  caname: string | undefined,
  usage: string | undefined,
): CertificateInput {
  return { der: certificate.der, friendlyName: caname ?? friendlyName, localKeyId, trustedFor: usage };
}

function trustedFor({ flags }: Pkcs12Context): string | undefined {
  if (flags.jdktrust === undefined) return undefined;
  if (flags.jdktrust === 'anyExtendedKeyUsage') return PKCS12_OID.anyExtendedKeyUsage;
  return fail('ERR_USAGE', `option -jdktrust takes anyExtendedKeyUsage, not "${flags.jdktrust}"`);
}

/** OpenSSL takes the last of -keyex and -keysig. */
function keyInput({ flags, order }: Pkcs12Context, key: PrivateKey, id: Buffer | undefined): KeyInput {
  const usage = order.findLast((name) => name === 'keyex' || name === 'keysig');
  return {
    pkcs8: encodePkcs8(key.type, key.components),
    friendlyName: flags.name,
    localKeyId: id,
    usage: usage === undefined ? undefined : usage === 'keyex' ? 'exchange' : 'signature',
    csp: flags.CSP,
    localMachine: flags.LMK,
  };
}
