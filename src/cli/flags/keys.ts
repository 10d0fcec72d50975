/** What the key commands share: OpenSSL's flags without effect here, where a key is read from, where it is written to. */
import { fail } from '../../lib/errors.ts';
import { describeKey } from '../../lib/keys/describe.ts';
import type { EcEncoding } from '../../lib/keys/encode.ts';
import type { PrivateKey, PublicKey } from '../../lib/keys/model.ts';
import { readPrivateKey, readPublicKey, type InputForm } from '../../lib/keys/read.ts';
import type { PointForm } from '../../lib/crypto/ec-point.ts';
import type { Secret } from '../../lib/secret.ts';
import type { Context } from '../context.ts';
import { ignored, text, type Flag } from '../spec.ts';

type Ignored = Flag<string | boolean | undefined>;

/** Flags that choose an implementation in OpenSSL; there is one here. */
export const PROVIDER_FLAGS: Readonly<Record<'engine' | 'provider' | 'provider-path' | 'propquery', Ignored>> = {
  engine: ignored('id'),
  provider: ignored('name'),
  'provider-path': ignored('path'),
  propquery: ignored('query'),
};

/** Flags about the random generator; the system's is used, always. */
export const RANDOM_FLAGS: Readonly<Record<'rand' | 'writerand', Ignored>> = {
  rand: ignored('file'),
  writerand: ignored('file'),
};

/** How the strength of PVK files is chosen; PVK is not written here, so the flags have nothing to choose. */
export const PVK_FLAGS: Readonly<Record<'pvk-strong' | 'pvk-weak' | 'pvk-none', Ignored>> = {
  'pvk-strong': ignored(),
  'pvk-weak': ignored(),
  'pvk-none': ignored(),
};

const POINT_FORMS = ['uncompressed', 'compressed', 'hybrid'] as const;
const CURVE_FORMS = ['named_curve', 'explicit'] as const;

/** `-conv_form`: how EC points are written. */
export const pointFormFlag = (): Flag<string | undefined> =>
  text('form', 'How EC points are written', { values: POINT_FORMS });

/** `-param_enc`: how EC parameters are written. */
export const curveFormFlag = (): Flag<string | undefined> =>
  text('form', 'How EC parameters are written: by name or number by number', { values: CURVE_FORMS });

/** The choices of `-conv_form`, `-param_enc` and `-no_public` as the writers take them. */
export function ecEncoding(pointForm: string | undefined, curveForm: string | undefined): EcEncoding {
  return {
    ...(pointForm === undefined ? {} : { pointForm: pointForm as PointForm }),
    ...(curveForm === undefined ? {} : { curveForm: curveForm as 'named_curve' | 'explicit' }),
  };
}

/** The value of an `-inform` that takes keys. Undefined: look what it is. */
export function keyInputForm(value: string | undefined): InputForm {
  if (value === undefined) return 'any';
  const form = value.toUpperCase();
  if (form === 'PEM' || form === 'P') return 'pem';
  if (form === 'DER' || form === 'D') return 'der';
  if (form === 'P12' || form === 'PKCS12') return 'p12';
  if (form === 'ENGINE' || form === 'PVK' || form === 'MSBLOB')
    fail('ERR_UNSUPPORTED', `keys in ${form} form are not supported`);
  return fail('ERR_USAGE', `option -inform takes PEM, DER or P12, not "${value}"`);
}

/** The value of an `-outform` that is written with keys. Default PEM. */
export function keyOutputForm(value: string | undefined): 'pem' | 'der' {
  const form = (value ?? 'PEM').toUpperCase();
  if (form === 'PEM' || form === 'P') return 'pem';
  if (form === 'DER' || form === 'D') return 'der';
  if (form === 'PVK' || form === 'MSBLOB')
    fail('ERR_UNSUPPORTED', `-outform ${form} is not supported; PEM and DER are`);
  return fail('ERR_USAGE', `option -outform takes PEM or DER, not "${value}"`);
}

/**
 * How OpenSSL 3.0 writes a private key in DER, and with `-traditional`, through its older code: in the type's own structure where it has one; in
 * PEM with EC points uncompressed unless asked otherwise.
 */
export function olderFormat(
  key: PrivateKey,
  form: 'pem' | 'der',
  ec: EcEncoding = {},
): { readonly format: 'traditional' | 'pkcs8'; readonly ec: EcEncoding } {
  return {
    format: key.info.traditional ? 'traditional' : 'pkcs8',
    ec: form === 'der' ? ec : { pointForm: 'uncompressed', ...ec },
  };
}

type Inputs = Pick<Context, 'read' | 'inputName' | 'prompter'>;

interface KeyInput {
  readonly in?: string | undefined;
  readonly inform?: string | undefined;
}

/** The private key that the flags name; asks for a passphrase if it is encrypted and none was named. */
export function loadPrivateKey(context: Inputs, input: KeyInput, passphrase: Secret | undefined): Promise<PrivateKey> {
  const source = context.inputName(input.in);
  const form = keyInputForm(input.inform);
  return readPrivateKey(context.read(input.in), {
    source,
    form,
    passphrase: () => passphrase ?? context.prompter.passphrase(`Enter pass phrase for ${source}`),
  });
}

/** The public key that the flags name. */
export function loadPublicKey(context: Inputs, input: KeyInput): PublicKey {
  const form = keyInputForm(input.inform);
  return readPublicKey(context.read(input.in), { source: context.inputName(input.in), form });
}

/** Output that is put together from pieces and written as one: text, checks, then keys in PEM or DER. */
export class Output {
  readonly #pieces: Buffer[] = [];
  #secret = false;

  /** Adds text or octets. `secret`: the whole gets mode 0600. */
  add(piece: string | Uint8Array, secret = false): void {
    this.#pieces.push(typeof piece === 'string' ? Buffer.from(piece, 'utf8') : Buffer.from(piece));
    this.#secret ||= secret;
  }

  /** Queues it for a file or standard output. A named file is written even when there is nothing to write, as OpenSSL does. */
  writeTo(context: Pick<Context, 'write'>, path: string | undefined): void {
    context.write(path, Buffer.concat(this.#pieces), { secret: this.#secret });
  }
}

/** True when the key itself goes to a file: with --json, standard output holds the document alone. */
export const toFile = (out: string | undefined): boolean => out !== undefined && out !== '-';

/** With --json, prints the document about a new key; the key's own text is in it when no file was named. */
export function printKeyJson(
  context: Pick<Context, 'printJson'>,
  key: PrivateKey | PublicKey,
  more: Readonly<Record<string, unknown>> = {},
): void {
  context.printJson({ ...describeKey(key), ...more });
}

/** What the JSON says of a key that was written: its file, or the key itself where none was named (DER in base64). */
export function written(out: string | undefined, file: string | Buffer): { file: string } | { privateKey: string } {
  if (out !== undefined && toFile(out)) return { file: out };
  return { privateKey: typeof file === 'string' ? file : file.toString('base64') };
}
