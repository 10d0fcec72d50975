/** Reading CMS and PKCS#7 files: PEM, DER or S/MIME; BER as OpenSSL takes it. */
import { decodePem, readDer, type DerNode } from '../der/index.ts';
import { readTemplate } from '../der/template.ts';
import { fail, TlskitError, within } from '../errors.ts';
import { pemText } from '../x509/objects.ts';
import { CMS_ContentInfo } from './items.ts';
import { derOf } from './normal.ts';
import { parseSmime } from './smime.ts';
import type { ContentInfo } from './types.ts';

export type CmsForm = 'pem' | 'der' | 'smime';

/** A file: its ContentInfo, and what was signed where that stood beside it. */
export interface CmsFile {
  readonly info: ContentInfo;
  /** The ContentInfo in DER; what was BER is encoded anew. */
  readonly der: Buffer;
  /** The content of a multipart/signed message. */
  readonly content: Buffer | undefined;
}

const LABELS: ReadonlySet<string> = new Set(['PKCS7', 'CMS', 'PKCS #7 SIGNED DATA']);

/**
 * Reads a CMS object.
 *
 * @param form what the input has to be; undefined: it is found out
 * @throws TlskitError ERR_FORMAT, ERR_PEM, ERR_DER
 */
export function readCms(bytes: Uint8Array, source: string, form?: CmsForm): CmsFile {
  return within(source, () => {
    const { der, content } = octetsOf(bytes, form ?? guess(bytes));
    return { ...contentInfo(der), content };
  });
}

function guess(bytes: Uint8Array): CmsForm {
  if (bytes[0] === 0x30) return 'der';
  const head = Buffer.from(bytes.subarray(0, 4096)).toString('latin1');
  return /^(?:MIME-Version|Content-Type|To|From|Subject|Received|Return-Path)\s*:/im.test(
    head.split('-----BEGIN ')[0] ?? '',
  )
    ? 'smime'
    : 'pem';
}

function octetsOf(bytes: Uint8Array, form: CmsForm): { readonly der: Buffer; readonly content: Buffer | undefined } {
  if (form === 'smime') return parseSmime(bytes);
  if (form === 'der') return { der: Buffer.from(bytes), content: undefined };
  const [block] = decodePem(pemText(bytes, 'no PKCS#7 or CMS'), (label) => LABELS.has(label));
  if (!block) return fail('ERR_FORMAT', 'no PKCS#7 or CMS: there is no PEM block of the type PKCS7 or CMS');
  return { der: block.der, content: undefined };
}

function contentInfo(bytes: Buffer): { readonly info: ContentInfo; readonly der: Buffer } {
  const { value } = readTemplate(CMS_ContentInfo.type, bytes, 'ContentInfo');
  return { info: value, der: isDer(value.der) ? value.der : derOf(value.der) };
}

/** Whether all elements have the form that DER wants. */
function isDer(bytes: Buffer): boolean {
  const walk = (node: DerNode): boolean => !node.constructed || node.children.every(walk);
  try {
    return walk(readDer(bytes));
  } catch (error) {
    if (error instanceof TlskitError) return false;
    throw error;
  }
}
