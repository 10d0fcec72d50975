/** `pkcs12 -in`: what is in a PKCS#12 file, as PEM with OpenSSL's words around it, or as JSON. */
import { cipherByName } from '../../lib/crypto/ciphers.ts';
import { encodePem } from '../../lib/der/index.ts';
import { fail, within } from '../../lib/errors.ts';
import { PrivateKey } from '../../lib/keys/model.ts';
import { writePrivateKey, type KeyEncryption } from '../../lib/keys/write.ts';
import {
  keyAttributes,
  localKeyId,
  Opener,
  PKCS12_OID,
  readPfx,
  type Bag,
  type CertificateBag,
  type Integrity,
  type KeyBag,
  type Safe,
  type SecretBag,
  type ShroudedKeyBag,
} from '../../lib/pkcs12/index.ts';
import { longName } from '../../lib/registry/oids.ts';
import type { Secret } from '../../lib/secret.ts';
import { nameOctets } from '../../lib/text/name.ts';
import { attributesText, macText, schemeText, valueText } from '../../lib/text/pkcs12.ts';
import { Certificate } from '../../lib/x509/certificate.ts';
import type { Pkcs12Context } from './flags.ts';
import { attributeFacts, bagFacts, certificateFacts, fileFacts, schemeFacts, type Json } from './json.ts';

/** Flags for making a file, in the order of OpenSSL's warnings; the second word is how OpenSSL calls them. */
const FOR_MAKING: readonly (readonly [flags: readonly string[], words: string])[] = [
  ...[
    'inkey certfile passcerts chain untrusted CAfile CApath CAstore no-CAfile no-CApath no-CAstore name caname CSP LMK',
    'keyex keysig keypbe',
  ].flatMap((line) => line.split(' ').map((name) => [[name], name] as const)),
  [['certpbe', 'descert'], 'certpbe and -descert'],
  [['macalg'], 'macalg'],
  [['iter', 'noiter'], 'iter and -noiter'],
  [['nomaciter'], 'nomaciter'],
  [['nomac'], 'nomac'],
  ...['macsaltlen', 'pbmac1_pbkdf2', 'pbmac1_pbkdf2_md', 'jdktrust'].map((name) => [[name], name] as const),
];

/**
 * Reads a PKCS#12 file and prints what the flags select.
 *
 * @throws TlskitError ERR_PASSPHRASE with `Mac verify error: invalid password?`, and what the library throws
 */
export async function runInspect(context: Pkcs12Context): Promise<void> {
  const { flags } = context;
  for (const [names, words] of FOR_MAKING) {
    if (names.some((name) => context.order.includes(name)))
      context.note(`Warning: -${words} option ignored without -export\n`);
  }
  const { password, output } = readPasswords(context);
  const source = context.inputName(flags.in);
  const bytes = context.read(flags.in);
  const macPassword = flags.twopass ? await context.prompter.passphrase('Enter MAC Password') : undefined;
  const pfx = within(source, () => readPfx(bytes));
  const main = password ?? (await context.prompter.passphrase('Enter Import Password'));
  const opener = new Opener(pfx, main, macPassword);
  if (flags.info && pfx.mac) context.note(macText(pfx.mac));
  const integrity = within(source, () => checkMac(context, opener));
  const dump = new Dump(context, opener, source, output);
  const safes: Json[] = [];
  for (const safe of pfx.safes) safes.push(await dump.safe(safe));
  if (context.json) context.printJson({ ...fileFacts(pfx, integrity), contents: safes });
  else context.write(flags.out, Buffer.from(dump.text, 'latin1'), { secret: true });
}

/** -password is the same as -passin here. */
function readPasswords(context: Pkcs12Context): { password: Secret | undefined; output: Secret | undefined } {
  const { flags } = context;
  const input = flags.password ?? flags.passin;
  if (flags.twopass && input !== undefined) {
    fail('ERR_USAGE', 'Option -twopass cannot be used with -passin or -password');
  }
  const password = input === undefined ? undefined : context.passphrase(input);
  return { password, output: flags.passout === undefined ? undefined : context.passphrase(flags.passout) };
}

function checkMac(context: Pkcs12Context, opener: Opener): Integrity | undefined {
  if (context.flags.nomacver) return undefined;
  const integrity = opener.verify();
  if (integrity === 'absent') context.note('Warning: MAC is absent!\n');
  if (integrity === 'widened') context.note('Warning: using broken algorithm\n');
  return integrity;
}

/** Collects the text of all bags, and for each bag and part its JSON. */
class Dump {
  /** Octet text. */
  text = '';
  readonly #context: Pkcs12Context;
  readonly #opener: Opener;
  readonly #source: string;
  readonly #passphrase: Secret | undefined;

  constructor(context: Pkcs12Context, opener: Opener, source: string, passphrase: Secret | undefined) {
    this.#context = context;
    this.#opener = opener;
    this.#source = source;
    this.#passphrase = passphrase;
  }

  async safe(safe: Safe): Promise<Json> {
    if (safe.kind === 'other') {
      this.#context.note(`Warning: a part of type ${longName(safe.oid)} cannot be read and is left out\n`);
      return { type: longName(safe.oid), encryption: null, bags: [] };
    }
    const scheme = safe.kind === 'encrypted' ? safe.algorithm : undefined;
    this.#info(scheme ? `PKCS7 Encrypted data: ${schemeText(scheme)}` : 'PKCS7 Data\n');
    const bags = await this.#bags(within(this.#source, () => this.#opener.openSafe(safe)));
    return { type: safe.kind, encryption: scheme ? schemeFacts(scheme) : null, bags };
  }

  async #bags(bags: readonly Bag[]): Promise<Json[]> {
    const facts: Json[] = [];
    for (const bag of bags) {
      const more = await this.#bag(bag);
      if (more) facts.push({ ...bagFacts(bag), ...more });
    }
    return facts;
  }

  /** Prints one bag; returns what its kind adds to the JSON, or undefined for a bag that is not selected. */
  #bag(bag: Bag): Promise<Json | undefined> | Json | undefined {
    switch (bag.kind) {
      case 'key':
        this.#info('Key bag\n');
        return this.#key(bag, () => bag.pkcs8);
      case 'shroudedKey':
        this.#info(`Shrouded Keybag: ${schemeText(bag.algorithm)}`);
        return this.#key(bag, () => this.#opener.openKey(bag));
      case 'certificate':
        this.#info('Certificate bag\n');
        return this.#certificate(bag);
      case 'secret':
        this.#info('Secret bag\n');
        return this.#secret(bag);
      case 'safeContents':
        this.#info('Safe Contents bag\n');
        this.text += attributesText(bag.attributes, 'Bag Attributes');
        return this.#bags(bag.bags).then((bags) => ({ bags }));
      default:
        this.#context.note(`Warning unsupported bag type: ${longName(bag.oid)}\n`);
        return bag.kind === 'crl' ? { der: bag.value.toString('base64') } : {};
    }
  }

  async #key(bag: KeyBag | ShroudedKeyBag, open: () => Buffer): Promise<Json | undefined> {
    if (this.#context.flags.nokeys || this.#context.flags.noout) return undefined;
    this.text += attributesText(bag.attributes, 'Bag Attributes');
    const [key, attributes] = within(this.#source, () => {
      const pkcs8 = open();
      return [PrivateKey.fromPkcs8(pkcs8), keyAttributes(pkcs8)] as const;
    });
    this.text += attributesText(attributes, 'Key Attributes');
    const encryption = await this.#encryption();
    const pem = writePrivateKey(key, { format: 'pkcs8', ...(encryption ? { encryption } : {}) }) as string;
    this.text += pem;
    const scheme = bag.kind === 'shroudedKey' ? schemeFacts(bag.algorithm) : null;
    return { encryption: scheme, keyType: key.type, keyAttributes: attributeFacts(attributes), pem };
  }

  /** How private keys are encrypted on the way out. Every key has its own prompt, as in OpenSSL. */
  async #encryption(): Promise<KeyEncryption | undefined> {
    const { flags, cipher, prompter } = this.#context;
    if (clearKeys(this.#context)) return undefined;
    const name = cipher ?? (flags.legacy ? 'des-ede3-cbc' : 'aes-256-cbc');
    const found = cipherByName(name) ?? fail('ERR_USAGE', `there is no cipher "${name}"`);
    const passphrase =
      this.#passphrase ?? (await prompter.passphrase('Enter PEM pass phrase', { confirm: true, min: 4 }));
    return { passphrase, scheme: { kind: 'pbes2', cipher: found } };
  }

  #certificate(bag: CertificateBag): Json | undefined {
    const { flags } = this.#context;
    if (flags.nocerts || flags.noout || (localKeyId(bag.attributes) ? flags.cacerts : flags.clcerts)) return undefined;
    this.text += attributesText(bag.attributes, 'Bag Attributes');
    if (bag.type !== PKCS12_OID.x509Certificate) return { certificateType: longName(bag.type) };
    const certificate = within(this.#source, () => Certificate.read(bag.value));
    const pem = encodePem('CERTIFICATE', certificate.der);
    this.text += `subject=${nameOctets(certificate.subject).text}\n`;
    this.text += `issuer=${nameOctets(certificate.issuer).text}\n`;
    this.text += pem;
    return { ...certificateFacts(certificate), pem };
  }

  #secret(bag: SecretBag): Json {
    this.text += attributesText(bag.attributes, 'Bag Attributes');
    this.#context.note(`Bag Type: ${longName(bag.type)}\nBag Value: `);
    this.text += valueText(bag.value);
    return { secretType: longName(bag.type), der: bag.value.bytes.toString('base64') };
  }

  #info(line: string): void {
    if (this.#context.flags.info) this.#context.note(line);
  }
}

/** The last of -nodes and a cipher counts. */
const clearKeys = ({ order }: Pkcs12Context): boolean =>
  order.findLast((name) => name === 'nodes' || name === '@cipher') === 'nodes';
