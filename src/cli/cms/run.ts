/** The operations of `cms` that read: show, verify, decrypt. */
import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { decryptCms } from '../../lib/cms/decrypt.ts';
import { CMS_ContentInfo, CONTENT } from '../../lib/cms/items.ts';
import { readCms, type CmsFile, type CmsForm } from '../../lib/cms/read.ts';
import { enclosedIn } from '../../lib/cms/signed.ts';
import { plainText } from '../../lib/cms/smime.ts';
import type { CompressedData, DigestedData } from '../../lib/cms/types.ts';
import { digestByOid } from '../../lib/crypto/digests.ts';
import { encodePem } from '../../lib/der/index.ts';
import { fail, TlskitError } from '../../lib/errors.ts';
import { Secret } from '../../lib/secret.ts';
import { itemText } from '../../lib/text/item.ts';
import { NAME_COMPAT } from '../../lib/text/name.ts';
import { toOctets } from '../../lib/text/octets.ts';
import type { Context } from '../context.ts';
import { Inputs, nameOptions } from '../flags/certificates.ts';
import { pkcs7Json } from './certificates.ts';
import type { CmsFlags } from './flags.ts';
import { verifyMessage } from './verify.ts';

/** OpenSSL's exit codes: the input cannot be read; what was asked of it fails. */
const UNREADABLE = 2;
const FAILED = 4;

const OPERATIONS = [
  'cmsout',
  'verify',
  'decrypt',
  'EncryptedData_decrypt',
  'digest_verify',
  'data_out',
  'uncompress',
] as const;

/** Runs `cms`. */
export async function runCms(context: Context<CmsFlags>): Promise<number> {
  const { flags } = context;
  const operation = flags.print ? 'cmsout' : OPERATIONS.findLast((name) => flags[name]);
  if (operation === undefined)
    return fail('ERR_USAGE', 'no operation; these are: -cmsout, -verify, -decrypt, -data_out and others, see -help');
  const form = formOf('inform', flags.inform);
  const file = refusing(context, () => readCms(context.read(flags.in), context.inputName(flags.in), form));
  if (!file) return UNREADABLE;
  if (flags.certsout !== undefined) {
    const pems = enclosedIn(file.info).certificates.map((one) => encodePem('CERTIFICATE', one.der));
    context.write(flags.certsout, pems.join(''));
  }
  if (operation === 'verify') return verifyMessage(context, file);
  if (operation === 'cmsout') return show(context, file);
  try {
    const content = await contentOf(context, file, operation);
    context.write(flags.out, flags.text ? plainText(content) : content);
    return 0;
  } catch (error) {
    if (!(error instanceof TlskitError)) throw error;
    context.note(`${context.inputName(flags.in)}: ${error.message}\n`);
    return FAILED;
  }
}

/** The message; undefined, with a remark, where there is none. A file that is not there remains an error. */
function refusing(context: Context<CmsFlags>, read: () => CmsFile): CmsFile | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TlskitError) || error.code === 'ERR_IO' || context.json) throw error;
    context.note(`tlskit cms: ${error.message}\n`);
    return undefined;
  }
}

/** The value of -inform and -outform. */
export function formOf(flag: string, value: string | undefined): CmsForm | undefined {
  if (value === undefined) return undefined;
  const form = { S: 'smime', SMIME: 'smime', P: 'pem', PEM: 'pem', D: 'der', DER: 'der' }[value.toUpperCase()];
  return (form as CmsForm | undefined) ?? fail('ERR_USAGE', `option -${flag} takes SMIME, PEM or DER, not "${value}"`);
}

function show(context: Context<CmsFlags>, { info, der }: CmsFile): number {
  const { flags } = context;
  if (context.json) {
    context.printJson(pkcs7Json(info));
  } else if (flags.print) {
    const nameopt = flags.nameopt.length > 0 ? nameOptions(flags.nameopt) : NAME_COMPAT;
    context.write(flags.out, toOctets(itemText(CMS_ContentInfo, info, { nameopt })));
  } else if (!flags.noout) {
    const form = formOf('outform', flags.outform) ?? 'smime';
    context.write(
      flags.out,
      form === 'der' ? der : form === 'pem' ? encodePem('CMS', der) : smime(info.contentType, der),
    );
  }
  return 0;
}

const SMIME_TYPES: ReadonlyMap<string, readonly [type: string, name: string]> = new Map([
  [CONTENT.envelopedData, ['enveloped-data', 'smime.p7m']],
  [CONTENT.authEnvelopedData, ['authEnveloped-data', 'smime.p7m']],
  [CONTENT.signedData, ['signed-data', 'smime.p7m']],
  [CONTENT.compressedData, ['compressed-data', 'smime.p7z']],
]);

/** A message with the object as its only part, as OpenSSL writes it. */
function smime(contentType: string, der: Buffer): string {
  const [type, name] = SMIME_TYPES.get(contentType) ?? ['', 'smime.p7m'];
  const kind = type === '' ? '' : ` smime-type=${type};`;
  return (
    `MIME-Version: 1.0\nContent-Disposition: attachment; filename="${name}"\n` +
    `Content-Type: application/pkcs7-mime;${kind} name="${name}"\nContent-Transfer-Encoding: base64\n\n` +
    `${der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n\n`
  );
}

async function contentOf(
  context: Context<CmsFlags>,
  { info }: CmsFile,
  operation: (typeof OPERATIONS)[number],
): Promise<Buffer> {
  const { contentType, content } = info;
  if (operation === 'data_out') {
    if (contentType !== CONTENT.data) return fail('ERR_FORMAT', 'content type not data');
    return content as Buffer;
  }
  if (operation === 'digest_verify') {
    if (contentType !== CONTENT.digestedData) return fail('ERR_FORMAT', 'content type not digested data');
    return checkDigest(content as DigestedData);
  }
  if (operation === 'uncompress') {
    if (contentType !== CONTENT.compressedData) return fail('ERR_FORMAT', 'content type not compressed data');
    return inflate(content as CompressedData);
  }
  if ((operation === 'EncryptedData_decrypt') !== (contentType === CONTENT.encryptedData))
    fail('ERR_FORMAT', operation === 'decrypt' ? 'content type not enveloped data' : 'content type not encrypted data');
  return decryptCms(info, await keysOf(context));
}

function checkDigest({ digestAlgorithm, encapContentInfo, digest }: DigestedData): Buffer {
  const { eContent } = encapContentInfo;
  const known = digestByOid(digestAlgorithm.algorithm);
  if (!eContent) return fail('ERR_FORMAT', 'no content');
  if (!known) return fail('ERR_UNSUPPORTED', `the digest ${digestAlgorithm.algorithm} is not supported`);
  if (!createHash(known.node).update(eContent).digest().equals(digest)) fail('ERR_SIGNATURE', 'verification failure');
  return eContent;
}

/** No message that people send is larger. */
const MAX_INFLATED = 64 * 1024 * 1024;

function inflate({ encapContentInfo }: CompressedData): Buffer {
  try {
    return inflateSync(encapContentInfo.eContent ?? Buffer.alloc(0), { maxOutputLength: MAX_INFLATED });
  } catch {
    return fail('ERR_FORMAT', 'the content cannot be uncompressed, or is larger than 64 MB');
  }
}

async function keysOf(context: Context<CmsFlags>): Promise<Parameters<typeof decryptCms>[1]> {
  const { flags } = context;
  const inputs = new Inputs(context, flags.passin === undefined ? undefined : context.passphrase(flags.passin));
  const keyFile = flags.inkey ?? flags.recip;
  return {
    certificate: flags.recip === undefined ? undefined : await inputs.certificate(flags.recip),
    privateKey: keyFile === undefined ? undefined : await inputs.privateKey(keyFile),
    secretKey: hexOption('secretkey', flags.secretkey),
    secretKeyId: hexOption('secretkeyid', flags.secretkeyid),
    password: flags.pwri_password === undefined ? undefined : Secret.fromText(flags.pwri_password),
  };
}

function hexOption(flag: string, value: string | undefined): Buffer | undefined {
  if (value === undefined) return undefined;
  if (!/^([\da-f]{2})+$/i.test(value)) fail('ERR_USAGE', `option -${flag} takes pairs of hexadecimal digits`);
  return Buffer.from(value, 'hex');
}
