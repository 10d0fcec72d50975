/** What `verify` prints of one certificate: OpenSSL's lines. */
import { nameText, type NameOptions } from '../../lib/text/name.ts';
import { policiesText } from '../../lib/text/policies.ts';
import type { VerifyError, VerifyResult, VerifyStep } from '../../lib/verify/index.ts';

/** The errors after which `openssl verify` goes on, so that it shows others too. */
const GOES_ON: ReadonlySet<string> = new Set([
  'NO_EXPLICIT_POLICY',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'INVALID_CA',
  'INVALID_NON_CA',
  'PATH_LENGTH_EXCEEDED',
  'CRL_HAS_EXPIRED',
  'CRL_NOT_YET_VALID',
  'UNHANDLED_CRITICAL_EXTENSION',
  'INVALID_PURPOSE',
  'PATHLEN_INVALID_FOR_NON_CA',
  'PATHLEN_WITHOUT_KU_KEY_CERT_SIGN',
  'CA_BCONS_NOT_CRITICAL',
  'CA_CERT_MISSING_KEY_USAGE',
  'KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA',
  'ISSUER_NAME_EMPTY',
  'SUBJECT_NAME_EMPTY',
  'EMPTY_SUBJECT_SAN_NOT_CRITICAL',
  'EMPTY_SUBJECT_ALT_NAME',
  'SIGNATURE_ALGORITHM_INCONSISTENCY',
  'AUTHORITY_KEY_IDENTIFIER_CRITICAL',
  'SUBJECT_KEY_IDENTIFIER_CRITICAL',
  'MISSING_AUTHORITY_KEY_IDENTIFIER',
  'MISSING_SUBJECT_KEY_IDENTIFIER',
  'EXTENSIONS_REQUIRE_VERSION_3',
]);

/** Whether `openssl verify` goes on after an error. */
export const goesOn = ({ name }: Pick<VerifyError, 'name'>): boolean => GOES_ON.has(name);

/** What goes to stderr: the errors, the policies where they are shown, and that it all failed. */
export function errorLines(file: string, result: VerifyResult, options: NameOptions): string {
  const errors = result.errors[Symbol.iterator]();
  // each step that is no success stands for the next error
  const text = (step: VerifyStep): string =>
    step.ok ? policiesAt(step, result) : errorText(errors.next().value as VerifyError, result, options);
  const lines = result.steps.map(text).join('');
  return result.code === 0 ? lines : `${lines}error ${file}: verification failed\n`;
}

const policiesAt = ({ policies, code }: VerifyStep, { policies: known }: VerifyResult): string =>
  policies && known && code === 0 ? policiesText(known) : '';

function errorText(error: VerifyError, { policies }: VerifyResult, options: NameOptions): string {
  const { certificate, crlPath, code, depth, name, text, detail } = error;
  const who = certificate ? `${nameText(certificate.certificate.subject, options)}\n` : '';
  const rule = detail === undefined ? '' : ` (${detail})`;
  const line = `${who}${crlPath ? '[CRL path] ' : ''}error ${code} at ${depth} depth lookup: ${text}${rule}\n`;
  return name === 'NO_EXPLICIT_POLICY' && policies ? line + policiesText(policies) : line;
}

/** What goes to stdout. */
export function resultLines(file: string, result: VerifyResult, options: NameOptions, showChain: boolean): string {
  if (result.code !== 0) return '';
  return `${file}: OK\n${showChain ? chainText(result, options) : ''}`;
}

function chainText({ chain, untrusted }: VerifyResult, options: NameOptions): string {
  const lines = chain.map(({ certificate }, depth) => {
    const mark = depth < untrusted ? ' (untrusted)' : '';
    return `depth=${depth}: ${nameText(certificate.subject, options)}${mark}\n`;
  });
  return `Chain:\n${lines.join('')}`;
}
