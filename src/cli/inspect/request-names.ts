import { readDer } from '../../lib/der/index.ts';
import { TlskitError } from '../../lib/errors.ts';
import type { CertificateRequest } from '../../lib/x509/request.ts';
import { generalName } from './words.ts';

const SUBJECT_ALT_NAME = '2.5.29.17';

/** The alternative names that a request asks for, in a line; no line where there are none. */
export function requestNames(request: CertificateRequest): string[] {
  const extension = request.extensions.find(({ oid }) => oid === SUBJECT_ALT_NAME);
  if (!extension) return [];
  try {
    const names = readDer(extension.value, 'ber').sequence('subjectAltName').map(generalName);
    return [`names: ${names.map(({ kind, text }) => (kind === 'DNS' ? text : `${kind} ${text}`)).join(', ')}`];
  } catch (error) {
    if (error instanceof TlskitError) return ['names that cannot be read'];
    throw error;
  }
}
