/** What `verify --json` prints of one certificate (docs/json.md). */
import { longName } from '../../lib/registry/oids.ts';
import { verifyCode } from '../../lib/registry/verify-errors.ts';
import type { CertificateView, ValidPolicy, VerifyError, VerifyResult } from '../../lib/verify/index.ts';
import { serialHex } from '../../lib/x509/serial.ts';
import { nameJson } from '../json/certificate.ts';

/** The document of one certificate's verification. */
export function verificationJson(file: string, result: VerifyResult): object {
  const { code, chain, untrusted, policies } = result;
  const { name, text } = verifyCode(code);
  return {
    file,
    ok: result.ok,
    code,
    name,
    text,
    errors: result.errors.map(errorJson),
    chain: chain.map((view, depth) => ({ depth, trusted: depth >= untrusted, ...certificateJson(view) })),
    policies: policies
      ? {
          explicit: policies.explicit,
          authority: (policies.authority ?? []).map(policyJson),
          user: (policies.user ?? []).map(policyJson),
        }
      : null,
  };
}

/** The document of a file that could not be read. */
export const unreadableJson = (file: string, message: string): object => ({
  file,
  ok: false,
  code: null,
  name: null,
  text: message,
  errors: [],
  chain: [],
  policies: null,
});

const errorJson = ({ code, name, text, depth, detail, crlPath, certificate }: VerifyError): object => ({
  code,
  name,
  text,
  detail: detail ?? null,
  depth,
  subject: certificate ? nameJson(certificate.certificate.subject).text : null,
  crlPath: crlPath === true,
});

function certificateJson({ certificate }: CertificateView): object {
  const date = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());
  return {
    subject: nameJson(certificate.subject).text,
    issuer: nameJson(certificate.issuer).text,
    serial: serialHex(certificate.serial),
    notBefore: date(certificate.notBefore.ms),
    notAfter: date(certificate.notAfter.ms),
  };
}

const policyJson = ({ policy, critical }: ValidPolicy): object => ({ oid: policy, name: longName(policy), critical });
