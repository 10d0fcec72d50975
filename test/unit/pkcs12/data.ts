import { readFileSync } from 'node:fs';
import { Secret } from '../../../src/lib/secret.ts';
import { readCertificates, type Certificate } from '../../../src/lib/x509/certificate.ts';

/** A file of test/data/pkcs12. */
export const data = (name: string): Buffer => readFileSync(`test/data/pkcs12/${name}`);

export const secret = (text: string): Secret => Secret.fromText(text);

/** The first certificate of a PEM file. */
export const certificate = (name: string): Certificate => readCertificates(data(name), name)[0] as Certificate;

/** The code of the TlskitError that `fn` throws, or what else happened. */
export function codeOf(fn: () => unknown): string {
  try {
    fn();
    return 'no error';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
