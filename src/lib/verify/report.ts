/** What a verification finds, in the order in which OpenSSL's verify callback hears of it. */
import { verifyCodeByName, type VerifyCode } from '../registry/verify-errors.ts';
import type { CertificateView } from './certificate.ts';

/** One call of OpenSSL's verify callback. */
export interface VerifyStep {
  /** True: the signature and the dates of this certificate have been checked. False: an error, which `code` names. */
  readonly ok: boolean;
  /** Place in the chain, 0 is the certificate to verify. */
  readonly depth: number;
  /** The last error so far: with `ok` one that was found before, or 0. */
  readonly code: number;
  readonly certificate: CertificateView;
}

/** An error of a verification. */
export interface VerifyError extends VerifyCode {
  /** Place in the chain of the certificate that it is about; 0 is the certificate to verify. */
  readonly depth: number;
  readonly certificate: CertificateView;
}

/** Ends a verification at an error that nobody wanted to pass over. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** Collects the steps of a verification. */
export class Report {
  readonly steps: VerifyStep[] = [];
  readonly errors: VerifyError[] = [];
  readonly #goOn: (error: VerifyError) => boolean;
  #code = 0;

  constructor(goOn: (error: VerifyError) => boolean) {
    this.#goOn = goOn;
  }

  /** The last error's number, 0 while there is none. */
  get code(): number {
    return this.#code;
  }

  /** Notes an error by its name; throws `Stopped` where it ends the verification. */
  error(name: string, depth: number, certificate: CertificateView): void {
    const row = verifyCodeByName(name) as VerifyCode;
    const error = { ...row, depth, certificate };
    this.#code = row.code;
    this.errors.push(error);
    this.steps.push({ ok: false, depth, code: row.code, certificate });
    if (!this.#goOn(error)) throw new Stopped(row.text);
  }

  /** Notes that a certificate's signature and dates have been checked. */
  checked(depth: number, certificate: CertificateView): void {
    this.steps.push({ ok: true, depth, code: this.#code, certificate });
  }
}
