/**
 * Revocation by CRLs (RFC 5280 section 6.3), as OpenSSL 3.0's check_revocation looks it up: CRLs are chosen by a score, and asked until all reasons
 * are answered. `strict` asks for RFC 5280's own answer: CRLs with broken extensions do not count, deltas have
 * dates of their own, and a distribution point with an issuer wants an indirect CRL.
 */
import { KU, refusesKey } from '../x509/purpose.ts';
import type { CertificateView } from './certificate.ts';
import { choose, crlTimeFaults, isValid, SCORE, type Choice, type Question } from './crl-choice.ts';
import { ALL_REASONS } from './crl-points.ts';
import { crlViewOf, type CrlView } from './crl-view.ts';
import { workingKey } from './inherited.ts';
import type { Verification } from './options.ts';
import { Stopped } from './report.ts';
import { suiteBCrlFault } from './suite-b.ts';

/**
 * Looks up what `options.crlCheck` and its kin ask for, after names and strengths and before signatures, as OpenSSL does. Called for every
 * chain; `state.parent` is set in the verification of a CRL's own issuer.
 */
export function checkRevocation(state: Verification): void {
  const { crlCheck, crlCheckAll } = state.options;
  if ((!crlCheck || state.parent) && !crlCheckAll) return;
  const crls = Array.from(state.options.crls ?? [], crlViewOf);
  const last = crlCheckAll ? state.chain.length - 1 : 0;
  for (let depth = 0; depth <= last; depth += 1) checkCertificate(state, depth, crls);
}

function checkCertificate(state: Verification, depth: number, crls: readonly CrlView[]): void {
  const view = state.chain[depth] as CertificateView;
  if (view.traits.proxy) return;
  for (let reasons = 0, score = 0; reasons !== ALL_REASONS;) {
    const question: Question = { state, depth, view, reasons, score };
    const choice = chooseFor(question, crls);
    // a CRL that answers nothing new leads nowhere
    if (!choice) return state.report.error('UNABLE_TO_GET_CRL', depth, view);
    ({ score } = choice);
    ask(question, choice);
    if (choice.reasons === reasons) return state.report.error('UNABLE_TO_GET_CRL', depth, view);
    ({ reasons } = choice);
  }
}

/** Those that the caller gave first, then those of the store. */
function chooseFor(question: Question, crls: readonly CrlView[]): Choice | undefined {
  const given = choose(question, crls);
  const { crlLookup } = question.state.options;
  if (!crlLookup || (given && isValid(given))) return given;
  const found = Array.from(crlLookup(question.view.certificate.issuer), crlViewOf);
  // OpenSSL takes what a given CRL could answer, had it been good, for answered
  const reasons = given && !question.state.options.strict ? given.reasons : question.reasons;
  return choose({ ...question, reasons }, found, given);
}

function ask(question: Question, choice: Choice): void {
  const { crl, delta } = choice;
  checkCrl(question, choice, crl);
  if (delta) {
    checkCrl(question, choice, delta);
    if (!checkAnswer(question, delta)) return;
  }
  checkAnswer(question, crl);
}

/** Whether a CRL may be believed (RFC 5280 section 6.3.3 f and g). */
function checkCrl({ state, depth }: Question, { issuer, score }: Choice, crl: CrlView): void {
  const { report, options, chain } = state;
  const say = (name: string): void => report.error(name, depth, chain[depth]);
  let path: readonly CertificateView[] = chain;
  if (crl.traits.base === undefined) {
    const { marks } = issuer.traits;
    if (marks && refusesKey(marks, KU.crlSign)) say('KEYUSAGE_NO_CRL_SIGN');
    if ((score & SCORE.scope) === 0) say('DIFFERENT_CRL_SCOPE');
    if ((score & SCORE.samePath) === 0) path = checkIssuerPath(state, issuer, () => say('CRL_PATH_VALIDATION_ERROR'));
  }
  if ((score & SCORE.time) === 0) for (const fault of crlTimeFaults(crl, options, score)) say(fault);
  const at = path.findIndex((view) => view.equals(issuer));
  const key = at < 0 ? issuer.usableKey && issuer.publicKey : workingKey(path, at);
  if (!key) return say('UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY');
  const fault = options.suiteB && suiteBCrlFault(issuer, crl.crl.signatureAlgorithm.oid, options.suiteB);
  if (fault) say(fault);
  if (!crl.signedBy(key)) say('CRL_SIGNATURE_FAILURE');
}

/** A CRL's issuer that does not stand in the chain needs one of its own, to the same trusted certificate (RFC 5280 section 6.3.3 f). */
function checkIssuerPath(
  { chain, parent, verifyIssuer }: Verification,
  issuer: CertificateView,
  refuse: () => void,
): readonly CertificateView[] {
  let path: readonly CertificateView[] | undefined;
  try {
    // OpenSSL refuses all further paths; an issuer whose own CRL is about itself, too, has its path already
    path = !parent ? verifyIssuer(issuer) : issuer.equals(chain[0] as CertificateView) ? chain : undefined;
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  }
  const [own, other] = [chain.at(-1), path?.at(-1)];
  if (!own || !other?.equals(own)) refuse();
  return path ?? chain;
}

/** What a CRL says of the certificate; false when a delta CRL has taken it off the list, so that the complete one does not count. */
function checkAnswer({ state, depth, view }: Question, crl: CrlView): boolean {
  const { report, options } = state;
  if (!options.ignoreCritical && crl.traits.unknownCritical) {
    report.error('UNHANDLED_CRITICAL_CRL_EXTENSION', depth, view);
  }
  const answer = crl.ask(view.certificate.serial, view.issuerKey);
  if (answer === 'revoked') report.error('CERT_REVOKED', depth, view);
  return answer !== 'removed';
}
