/** `dgst` and the commands that are named after a digest (`sha256`, `md5`, …). */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { allDigests, digestByName, type Digest, fetchedName } from '../lib/crypto/digests.ts';
import { digestOf } from '../lib/dgst/digest.ts';
import { signData, verifyData } from '../lib/dgst/sign.ts';
import { fail, TlskitError } from '../lib/errors.ts';
import type { PrivateKey, PublicKey } from '../lib/keys/model.ts';
import { readPublicKey } from '../lib/keys/read.ts';
import { Secret } from '../lib/secret.ts';
import type { Context } from './context.ts';
import { keyInputForm, loadPrivateKey, Output, PROVIDER_FLAGS, RANDOM_FLAGS, toFile } from './flags/keys.ts';
import { reasonOf } from './source.ts';
import { bool, defineCommand, ignored, int, list, text, type CommandSpec } from './spec.ts';

const flags = {
  out: text('file', 'Write to this file (default: standard output)'),
  c: bool('Colons between the bytes'),
  r: bool('The format of coreutils: digest, star, file name'),
  hex: bool('Print in hex (the default for digests)'),
  binary: bool('Print the bytes themselves (the default for signatures)'),
  xoflen: int('bytes', 'Length of a SHAKE digest'),
  list: bool('List the digests'),
  sign: text('file', 'Sign with this private key', { group: 'Signatures' }),
  verify: text('file', 'Check a signature with this public key', { group: 'Signatures' }),
  prverify: text('file', 'Check a signature with this private key', { group: 'Signatures' }),
  signature: text('file', 'The signature to check', { group: 'Signatures' }),
  sigopt: list('name:value', 'rsa_padding_mode, rsa_pss_saltlen, rsa_mgf1_md', { group: 'Signatures' }),
  keyform: text('format', 'Format of the key: PEM, DER or P12 (default: what it looks like)', { group: 'Signatures' }),
  passin: text('source', 'Where the passphrase of the key comes from', { group: 'Signatures' }),
  hmac: text('key', 'HMAC with this text as its key', { group: 'Message authentication' }),
  mac: text('name', 'HMAC is the one there is', { group: 'Message authentication' }),
  macopt: list('name:value', 'key:text or hexkey:digits', { group: 'Message authentication' }),
  d: ignored(),
  debug: ignored(),
  'fips-fingerprint': bool("HMAC with the key of OpenSSL's old integrity check"),
  engine_impl: ignored(),
  ...PROVIDER_FLAGS,
  ...RANDOM_FLAGS,
};

type Run = Context<typeof flags>;

/** The command `dgst`, or the one that stands for a single digest. */
export function digestCommand(name?: string): CommandSpec {
  const fixed = name === undefined ? undefined : digestByName(name);
  const spec = defineCommand({
    summary: fixed ? `Digest with ${fixed.label}` : 'Digest, sign or check files',
    description:
      'Without files, standard input. A digest is chosen by its name as a flag (-sha512); SHA-256 is the default.',
    examples: [
      { say: 'A checksum', line: `${name ?? 'dgst -sha256'} file` },
      { say: 'Sign with a private key', line: `${name ?? 'dgst -sha256'} -sign key.pem -out file.sig file` },
      {
        say: 'Check with its public half (pkey -in key.pem -pubout -out key.pub)',
        line: `${name ?? 'dgst -sha256'} -verify key.pub -signature file.sig file`,
      },
    ],
    algorithms: ['digest'],
    args: [{ name: 'file', description: 'Files to digest', many: true }],
    flags,
    run: (context) => run(context, fixed),
  });
  return fixed ? { ...spec, hidden: true } : spec;
}

async function run(context: Run, fixed: Digest | undefined): Promise<number> {
  const { flags, args } = context;
  if (flags.list) return listDigests(context);
  const chosen = context.digest === undefined ? fixed : digestByName(context.digest);
  const key = macKey(context);
  const signs = [flags.sign, flags.verify, flags.prverify].filter((file) => file !== undefined).length;
  if (signs > 0) {
    if (args.length > 1) fail('ERR_USAGE', 'Can only sign or verify one file');
    if (signs > 1) fail('ERR_USAGE', 'only one of -sign, -verify and -prverify can be used');
    if (key) fail('ERR_USAGE', 'MAC and signing key cannot both be specified');
    return flags.sign === undefined ? verify(context, chosen) : sign(context, chosen, flags.sign);
  }
  return digestFiles(context, chosen, key);
}

/** Three in a row, as OpenSSL lists them. */
function listDigests(context: Run): number {
  const names = allDigests().map(({ name }) => name);
  const cells = names.sort().map((name, i) => `-${name}`.padEnd(27) + (i % 3 === 2 ? '\n' : ''));
  context.print(`Supported digests:\n${cells.join('').trimEnd()}\n`);
  return 0;
}

/** Public, in OpenSSL's source. */
const FINGERPRINT_KEY = 'etaonrishdlcupfm';

function macKey({ flags }: Run): Secret | undefined {
  if (flags.hmac !== undefined) return Secret.fromText(flags.hmac);
  if (flags['fips-fingerprint']) return Secret.fromText(FINGERPRINT_KEY);
  if (flags.mac === undefined) return undefined;
  if (flags.mac.toUpperCase() !== 'HMAC') fail('ERR_UNSUPPORTED', `-mac ${flags.mac} is not supported; -mac HMAC is`);
  let key: Secret | undefined;
  for (const option of flags.macopt) {
    const at = option.indexOf(':');
    const [name, value] = [option.slice(0, Math.max(0, at)), option.slice(at + 1)];
    if (name === 'key') key = Secret.fromText(value);
    else if (name === 'hexkey' && /^([0-9a-fA-F]{2})*$/.test(value)) key = new Secret(Buffer.from(value, 'hex'));
    else fail('ERR_USAGE', `-macopt takes key:text or hexkey:digits, and "${name || 'a word'}" is neither`);
  }
  return key ?? fail('ERR_USAGE', '-mac HMAC needs its key: -macopt key:text or hexkey:digits');
}

const defaultDigest = (): Digest => digestByName('sha256') ?? fail('ERR_UNSUPPORTED', 'SHA-256 is not there');

/** Digests of all files; one that cannot be read is named, and the others go on. */
function digestFiles(context: Run, chosen: Digest | undefined, key: Secret | undefined): number {
  const { flags, args } = context;
  const digest = chosen ?? defaultDigest();
  const output = new Output();
  const title = chosen ? fetchedName(chosen) : digest.label;
  const results: { file: string | null; hex: string }[] = [];
  let failures = 0;
  for (const file of args.length > 0 ? args : [undefined]) {
    try {
      const value = digestOf(digest, file === undefined ? [context.stdin.rest()] : chunksOf(file), {
        key,
        length: flags.xoflen,
      });
      results.push({ file: file ?? null, hex: value.toString('hex') });
      // OpenSSL has the short title for standard input
      output.add(shown(context, value, file, key && file !== undefined ? `HMAC-${title}` : title));
    } catch (error) {
      if (!(error instanceof TlskitError) || error.code !== 'ERR_IO') throw error;
      context.note(`${error.message}\n`);
      failures += 1;
    }
  }
  if (context.json) context.printJson({ digest: digest.name, hmac: key !== undefined, files: results });
  if (!context.json || toFile(flags.out)) output.writeTo(context, flags.out);
  return failures > 0 ? 1 : 0;
}

/** One result, in the format that the flags ask for. */
function shown({ flags }: Run, value: Buffer, file: string | undefined, title: string): string | Buffer {
  if (flags.binary) return value;
  const hex = value.toString('hex');
  const name = file ?? 'stdin';
  if (!flags.r) return `${title}(${name})= ${flags.c ? hex.replace(/..(?=.)/g, '$&:') : hex}\n`;
  const escaped = name.replaceAll('\n', '\\n');
  return `${escaped === name ? '' : '\\'}${hex} *${escaped}\n`;
}

/** A file in chunks, however large it is. */
function* chunksOf(path: string): Generator<Uint8Array> {
  const fd = attempt(path, () => openSync(path, 'r'));
  try {
    if (fstatSync(fd).isDirectory()) fail('ERR_IO', `Read error in ${path}: it is a directory`);
    const buffer = Buffer.allocUnsafe(1 << 18);
    for (;;) {
      const count = attempt(path, () => readSync(fd, buffer));
      if (count === 0) return;
      yield buffer.subarray(0, count);
    }
  } finally {
    closeSync(fd);
  }
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    return fail('ERR_IO', `cannot read ${path}: ${reasonOf(error)}`);
  }
}

async function sign(context: Run, digest: Digest | undefined, keyFile: string): Promise<number> {
  const { flags, args } = context;
  const key = await privateKey(context, keyFile);
  const value = signData(key, context.read(args[0]), { digest, sigopts: flags.sigopt });
  const pure = key.info.postQuantum !== undefined;
  if (context.json) {
    context.printJson({
      digest: pure ? null : (digest ?? digestByName('sha256'))?.name,
      key: key.type,
      signature: value.toString('hex'),
    });
    if (!toFile(flags.out)) return 0;
  }
  const title = pure
    ? key.info.label
    : `${args[0] === undefined ? '' : `${key.type.toUpperCase()}-`}${fetchedName(digest ?? defaultDigest())}`;
  context.write(flags.out, flags.hex ? shown(context, value, args[0], title) : value);
  return 0;
}

async function verify(context: Run, digest: Digest | undefined): Promise<number> {
  const { flags, args } = context;
  const { signature, verify: file, prverify } = flags;
  if (signature === undefined) fail('ERR_USAGE', 'No signature to verify: use the -signature option');
  const key = file === undefined ? (await privateKey(context, prverify as string)).publicKey : publicKey(context, file);
  const data = context.read(args[0]);
  const good = verifyData(key, data, context.read(signature), { digest, sigopts: flags.sigopt });
  if (context.json) context.printJson({ verified: good });
  else context.write(flags.out, good ? 'Verified OK\n' : 'Verification failure\n');
  return good ? 0 : 1;
}

function privateKey(context: Run, file: string): Promise<PrivateKey> {
  const { passin, keyform } = context.flags;
  const passphrase = passin === undefined ? undefined : context.passphrase(passin);
  return loadPrivateKey(context, { in: file, inform: keyform }, passphrase);
}

const publicKey = (context: Run, file: string): PublicKey =>
  readPublicKey(context.read(file), { source: context.inputName(file), form: keyInputForm(context.flags.keyform) });
