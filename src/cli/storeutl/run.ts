/** `storeutl`: the objects of a file, or the files of a folder, numbered, as OpenSSL's program lists them. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { encodePem } from '../../lib/der/index.ts';
import { fail, TlskitError } from '../../lib/errors.ts';
import { recognise, type Found } from '../../lib/inspect/index.ts';
import { writeParameters, writePrivateKey, writePublicKey } from '../../lib/keys/write.ts';
import type { Secret } from '../../lib/secret.ts';
import { certificateText } from '../../lib/text/certificate.ts';
import { crlText } from '../../lib/text/crl.ts';
import { privateKeyText, publicKeyText } from '../../lib/text/key.ts';
import { NAME_COMPAT } from '../../lib/text/name.ts';
import { keyParametersText } from '../../lib/text/params.ts';
import type { Context } from '../context.ts';
import { passinFlag } from '../flags/encryption.ts';
import { Output, PROVIDER_FLAGS } from '../flags/keys.ts';
import { bool, missing, text, type Flag } from '../spec.ts';

export type StoreFlags = Readonly<
  Record<'out' | 'passin', Flag<string | undefined>> &
    Record<'certs' | 'keys' | 'crls' | 'text' | 'noout' | 'r', Flag<boolean>> &
    Record<'subject' | 'issuer' | 'serial' | 'fingerprint' | 'alias', Flag<string | boolean | undefined>>
> &
  typeof PROVIDER_FLAGS;

export const STORE_FLAGS: StoreFlags = {
  out: text('file', 'Write to this file (default: standard output)'),
  passin: passinFlag(),
  certs: bool('Certificates only'),
  keys: bool('Keys only'),
  crls: bool('CRLs only'),
  text: bool('Print the objects as text'),
  noout: bool('No PEM'),
  r: bool('Look into the files of a folder'),
  subject: missing('name'),
  issuer: missing('name'),
  serial: missing('number'),
  fingerprint: missing('hex'),
  alias: missing('name'),
  ...PROVIDER_FLAGS,
};

type StoreContext = Context<StoreFlags>;

/** Folders in folders that are looked into. */
const MAX_DEPTH = 5;

/** Runs `storeutl`: 1 where there is nothing of these kinds, asked for or not. */
export async function runStoreutl(context: StoreContext): Promise<number> {
  const { flags, args } = context;
  const [uri, ...others] = args;
  if (uri === undefined || others.length > 0) return fail('ERR_USAGE', 'one file or folder, please');
  const passphrase = flags.passin === undefined ? undefined : context.passphrase(flags.passin);
  const output = new Output();
  const seen = await list(context, uri.replace(/^file:(?:\/\/)?/, ''), { output, passphrase, depth: 0 });
  output.writeTo(context, flags.out);
  return seen > 0 ? 0 : 1;
}

interface Run {
  readonly output: Output;
  readonly passphrase: Secret | undefined;
  readonly depth: number;
}

/** Writes the list of one file or folder; gives how many objects there are, asked for or not. */
async function list(context: StoreContext, path: string, run: Run): Promise<number> {
  const { flags } = context;
  const pad = ' '.repeat(2 * run.depth);
  let total = 0;
  let seen = 0;
  const folder = path !== '-' && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  if (folder) {
    for (const name of readdirSync(path).sort()) {
      const file = join(path, name);
      run.output.add(`${pad}${total}: Name: ${file}\n`);
      total += 1;
      seen += 1;
      if (flags.r && run.depth < MAX_DEPTH) await list(context, file, { ...run, depth: run.depth + 1 });
    }
  } else {
    const source = context.inputName(path);
    for (const found of await objects(context, path, source, run)) {
      const shown = objectText(found);
      if (!shown) continue;
      seen += 1;
      if (!wanted(flags, found)) continue;
      const secret = found.kind === 'privateKey';
      run.output.add(`${pad}${total}: ${shown.name}\n`);
      if (flags.text) run.output.add(shown.text(), secret);
      if (!flags.noout) run.output.add(shown.pem(), secret);
      total += 1;
    }
  }
  run.output.add(`${pad}Total found: ${total}\n`);
  return seen;
}

/** A file among others in a folder that is nothing known is passed over. */
async function objects(context: StoreContext, path: string, source: string, run: Run): Promise<readonly Found[]> {
  try {
    return await recognise(context.read(path), { source, passphrase: run.passphrase, everything: true });
  } catch (error) {
    if (!(error instanceof TlskitError) || run.depth === 0) throw error;
    context.note(`${error.message}\n`);
    return [];
  }
}

function wanted(flags: StoreContext['flags'], { kind }: Found): boolean {
  if (flags.certs) return kind === 'certificate';
  if (flags.keys) return kind === 'privateKey';
  return !flags.crls || kind === 'crl';
}

interface Shown {
  readonly name: string;
  readonly text: () => string;
  readonly pem: () => string;
}

function objectText(found: Found): Shown | undefined {
  switch (found.kind) {
    case 'certificate': {
      const { certificate } = found.view;
      return {
        name: 'Certificate',
        text: () => certificateText(certificate, { nameopt: NAME_COMPAT }),
        pem: () => encodePem('CERTIFICATE', certificate.der),
      };
    }
    case 'crl':
      return {
        name: 'CRL',
        text: () => crlText(found.crl, { nameopt: NAME_COMPAT }),
        pem: () => encodePem('X509 CRL', found.crl.der),
      };
    case 'privateKey':
      return {
        name: 'Pkey',
        text: () => privateKeyText(found.key),
        pem: () => writePrivateKey(found.key, { format: 'pkcs8' }).toString(),
      };
    case 'publicKey':
      return {
        name: 'Public key',
        text: () => publicKeyText(found.key.spki, 0) ?? '',
        pem: () => writePublicKey(found.key).toString(),
      };
    case 'parameters':
      return {
        name: 'Parameters',
        text: () => keyParametersText(found.parameters),
        pem: () => writeParameters(found.parameters).toString(),
      };
    default:
      return undefined;
  }
}
