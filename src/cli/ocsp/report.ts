/** What `ocsp` says of a response: texts, whether it is to be trusted, and the status of each certificate. */
import {
  ocspTimeFaults,
  verifyOcspResponse,
  type BasicOcspResponse,
  type OcspRequest,
  type OcspResponse,
  type OcspVerification,
} from '../../lib/ocsp/index.ts';
import { ocspReasonText, ocspResponseText, wordOfStatus } from '../../lib/text/ocsp.ts';
import { BAD_TIME, timeText } from '../../lib/text/time.ts';
import type { Certificate, Time } from '../../lib/x509/certificate.ts';
import { Inputs } from '../flags/certificates.ts';
import { verifyOptions } from '../flags/trust.ts';
import { openTrust } from '../trust.ts';
import type { OcspContext, OcspValues } from './flags.ts';
import type { Asked } from './question.ts';

/** The text of a response as the options want it; `stop`: an error that ends everything. */
export function responseTexts(flags: OcspValues, response: OcspResponse): { text: string; stop: boolean } {
  const code = response.statusCode;
  const failed = code !== 0;
  const head = failed ? `Responder Error: ${wordOfStatus(code)} (${code})\n` : '';
  if (failed && !flags.ignore_err) return { text: head, stop: true };
  return { text: head + (flags.text || flags.resp_text ? ocspResponseText(response) : ''), stop: false };
}

/** What checking a response comes to. Lines are for stderr. */
export interface Judgement {
  readonly trusted: boolean;
  readonly lines: readonly string[];
  /** Nothing is said of certificates. */
  readonly stop: boolean;
  readonly verification?: OcspVerification;
}

/**
 * Compares the nonces and verifies the signer, looked for first where the options say, then among the certificates of -issuer: to be named there is no
 * reason to be trusted.
 */
export async function judge(
  context: OcspContext,
  request: OcspRequest | undefined,
  response: BasicOcspResponse,
  issuers: readonly Certificate[],
): Promise<Judgement> {
  const { flags } = context;
  if (flags.noverify) return { trusted: true, lines: [], stop: false };
  const lines: string[] = [];
  const nonces = request ? compareNonces(request, response) : 'fits';
  if (nonces === 'differs') return { trusted: false, lines: ['Nonce Verify error\n'], stop: true };
  if (nonces === 'absent') lines.push('WARNING: no nonce in response\n');
  const { certificates, trustCertificates } = await signers(context);
  const common = { ...verifyOptions(flags, Date.now()), trusted: openTrust(flags, 'each') };
  const among = (signers: readonly Certificate[]): OcspVerification =>
    verifyOcspResponse(response, {
      ...common,
      certificates: signers,
      trustCertificates,
      noIntern: flags.no_intern,
      noSignature: flags.no_signature_verify,
      noSignerCheck: flags.no_cert_verify,
      noChain: flags.no_chain,
      noResponsibility: flags.no_cert_checks,
      noExplicit: flags.no_explicit,
    });
  const first = among(certificates);
  const second = first.ok || issuers.length === 0 ? undefined : among(issuers);
  const verification = second?.ok ? second : first;
  if (verification.ok) return { trusted: true, lines: [...lines, 'Response verify OK\n'], stop: false, verification };
  const reasons = new Set([first, second].flatMap((one) => (one?.text === undefined ? [] : [one.text])));
  lines.push('Response Verify Failure\n', ...[...reasons].map((text) => `ocsp: ${text}\n`));
  return { trusted: false, lines, stop: false, verification };
}

/** -verify_other and -VAfile are one thing, the later one counts; only the second is trusted by itself. */
async function signers(context: OcspContext): Promise<{ certificates: Certificate[]; trustCertificates: boolean }> {
  const { flags, order } = context;
  const last = order.findLast((name) => name === 'VAfile' || name === 'verify_other');
  const path = last === 'VAfile' ? flags.VAfile : flags.verify_other;
  return {
    certificates: path === undefined ? [] : await new Inputs(context, undefined).certificates(path),
    trustCertificates: flags.trust_other || flags.VAfile !== undefined,
  };
}

/** OCSP_check_nonce: a nonce that nobody asked for is no harm. */
function compareNonces(request: OcspRequest, response: BasicOcspResponse): 'fits' | 'absent' | 'differs' {
  const { nonce: sent } = request;
  if (!sent) return 'fits';
  if (!response.nonce) return 'absent';
  return sent.equals(response.nonce) ? 'fits' : 'differs';
}

const timeLine = (title: string, time: Time): string => `\t${title}: ${timeText(time) ?? BAD_TIME}\n`;

/** The status of each certificate that was asked about, as lines; `complete`: there is one for each. */
export function summary(
  flags: OcspValues,
  response: BasicOcspResponse,
  asked: readonly Asked[],
): { text: string; complete: boolean } {
  let complete = true;
  const entries = asked.map(({ name, id }) => {
    const single = response.find(id);
    if (!single) {
      complete = false;
      return `${name}: ERROR: No Status found.\n`;
    }
    const faults = timeFaults(flags, single);
    const warning =
      faults.length === 0 ? '' : `WARNING: Status times invalid.\n${faults.map((fault) => `${fault}\n`).join('')}`;
    const { status, thisUpdate, nextUpdate, reason, revocationTime } = single;
    return [
      `${name}: ${warning}${status}\n`,
      timeLine('This Update', thisUpdate),
      nextUpdate ? timeLine('Next Update', nextUpdate) : '',
      reason === undefined ? '' : `\tReason: ${ocspReasonText(reason)}\n`,
      revocationTime ? timeLine('Revocation Time', revocationTime) : '',
    ].join('');
  });
  return { text: entries.join(''), complete };
}

/** What -validity_period and -status_age find wrong. */
export const timeFaults = (flags: OcspValues, single: Parameters<typeof ocspTimeFaults>[0]): string[] =>
  ocspTimeFaults(single, { time: Date.now(), skew: flags.validity_period, maxAge: flags.status_age });
