/** What a verification finds, in the order in which OpenSSL's verify callback hears of it. */
import { verifyCodeByName, type VerifyCode } from '../registry/verify-errors.ts';
import type { CertificateView } from './certificate.ts';
import type { PolicyOutcome } from './policies.ts';

/** One call of OpenSSL's verify callback. */
export interface VerifyStep {
  /** True: the signature and the dates of this certificate have been checked. False: an error, which `code` names. */
  readonly ok: boolean;
  /** Place in the chain, 0 is the certificate to verify. */
  readonly depth: number;
  /** The last error so far: with `ok` one that was found before, or 0. */
  readonly code: number;
  /** Undefined where the step is about the chain as a whole. */
  readonly certificate: CertificateView | undefined;
  /** The chain is that of a CRL's issuer. */
  readonly crlPath?: boolean;
  /** With `ok`: the policies are known now, as `notifyPolicies` asks to be told. */
  readonly policies?: boolean;
}

/** An error of a verification. */
export interface VerifyError extends VerifyCode {
  /** Place in the chain of the certificate that it is about; 0 is the certificate to verify. */
  readonly depth: number;
  /** Undefined where the error is one of the chain as a whole. */
  readonly certificate: CertificateView | undefined;
  /** The rule that was broken, where the number alone does not tell it. */
  readonly detail?: string | undefined;
  /** The chain is that of a CRL's issuer. */
  readonly crlPath?: boolean;
}

/** Ends a verification at an error that nobody wanted to pass over. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** Collects the steps of a verification. */
export class Report {
  readonly steps: VerifyStep[];
  readonly errors: VerifyError[];
  /** What the policies came to, once they have been checked. */
  policies: PolicyOutcome | undefined;
  readonly #goOn: (error: VerifyError) => boolean;
  readonly #outer: Report | undefined;
  #code = 0;
  #depth = 0;

  constructor(goOn: (error: VerifyError) => boolean, outer?: Report) {
    this.#goOn = goOn;
    this.#outer = outer;
    this.steps = outer?.steps ?? [];
    this.errors = outer?.errors ?? [];
  }

  /** For the verification of a CRL's issuer: the steps go to the same place, the number is its own. */
  nested(): Report {
    return new Report(this.#goOn, this);
  }

  /** The last error's number, 0 while there is none. */
  get code(): number {
    return this.#code;
  }

  /** Notes an error by its name; throws `Stopped` where it ends the verification. */
  error(name: string, depth: number, certificate: CertificateView | undefined, detail?: string): void {
    const row = verifyCodeByName(name) as VerifyCode;
    const crlPath = this.#outer === undefined ? {} : { crlPath: true };
    const error = { ...row, depth, certificate, ...(detail === undefined ? {} : { detail }), ...crlPath };
    this.#code = row.code;
    this.#depth = depth;
    this.errors.push(error);
    this.steps.push({ ok: false, depth, code: row.code, certificate, ...crlPath });
    if (!this.#goOn(error)) throw new Stopped(row.text);
  }

  /** Notes an error of the chain as a whole. OpenSSL gives it the depth at which it has arrived. */
  errorOfChain(name: string): void {
    this.error(name, this.#depth, undefined);
  }

  /** Notes that a certificate's signature and dates have been checked. */
  checked(depth: number, certificate: CertificateView): void {
    this.#depth = depth;
    const crlPath = this.#outer === undefined ? {} : { crlPath: true };
    this.steps.push({ ok: true, depth, code: this.#code, certificate, ...crlPath });
  }

  /** Notes that the policies are known. */
  policiesKnown(): void {
    this.steps.push({ ok: true, depth: this.#depth, code: this.#code, certificate: undefined, policies: true });
  }
}
