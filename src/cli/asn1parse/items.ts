/** `asn1parse -item`: the structures that can be shown field by field, under OpenSSL's names. */
import { CMS_ContentInfo } from '../../lib/cms/items.ts';
import { PKCS7 } from '../../lib/cms/pkcs7-items.ts';
import type { Item } from '../../lib/der/item.ts';
import { readTemplate } from '../../lib/der/template.ts';
import { fail, TlskitError } from '../../lib/errors.ts';
import { itemText } from '../../lib/text/item.ts';
import {
  X509,
  X509_ALGOR,
  X509_ATTRIBUTE,
  X509_CINF,
  X509_CRL,
  X509_CRL_INFO,
  X509_NAME,
  X509_PUBKEY,
} from '../../lib/x509/items.ts';

const ITEMS: ReadonlyMap<string, Item<unknown>> = new Map<string, Item<unknown>>(
  [
    X509,
    X509_CINF,
    X509_CRL,
    X509_CRL_INFO,
    X509_ALGOR,
    X509_ATTRIBUTE,
    X509_NAME,
    X509_PUBKEY,
    PKCS7,
    CMS_ContentInfo,
  ].map((item) => [item.name, item]),
);

/** The text of a structure of this name at the start of the octets. */
export function itemListing(name: string, bytes: Buffer, source: string): string {
  const item = ITEMS.get(name);
  if (!item)
    return fail('ERR_UNSUPPORTED', `-item ${name} is not supported; these are: ${[...ITEMS.keys()].join(', ')}`);
  try {
    return itemText(item, readTemplate(item.type, bytes, name).value);
  } catch (error) {
    if (!(error instanceof TlskitError)) throw error;
    throw new TlskitError(error.code, `${source}: Error parsing item ${name}: ${error.message}`, { cause: error });
  }
}
