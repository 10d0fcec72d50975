/** Answering from an index.txt: one request of -reqin, or those of clients until it is ended. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { digestByName } from '../../lib/crypto/digests.ts';
import { fail, TlskitError } from '../../lib/errors.ts';
import { ocspResponder, type OcspAnswer, type OcspResponder, type OcspSigner } from '../../lib/ocsp/index.ts';
import { ocspRequestText } from '../../lib/text/ocsp.ts';
import { toOctets } from '../../lib/text/octets.ts';
import type { Certificate } from '../../lib/x509/certificate.ts';
import { Inputs } from '../flags/certificates.ts';
import { portOf } from '../tls/address.ts';
import { writeStdout } from '../sink.ts';
import type { OcspContext, OcspValues } from './flags.ts';
import { WatchedIndex } from './index-lookup.ts';
import { responseTexts } from './report.ts';

export interface IndexResponder {
  readonly index: WatchedIndex;
  readonly respond: OcspResponder;
}

const MINUTE = 60_000;

/**
 * The responder that -index and its options make.
 *
 * @throws TlskitError ERR_USAGE, and as the readers do
 */
export async function indexResponder(context: OcspContext, path: string): Promise<IndexResponder> {
  const { flags } = context;
  const { certIdDigest, digest } = digests(flags);
  const { issuers, signer } = await signerOf(context, digest);
  const index = new WatchedIndex(path);
  const { ndays, nmin } = flags;
  const respond = ocspResponder({
    issuers,
    signer,
    lookup: index.lookup,
    validity:
      ndays === undefined && nmin === undefined ? undefined : (ndays ?? 0) * 1440 * MINUTE + (nmin ?? 0) * MINUTE,
    certIdDigest,
    badSignature: flags.badsig,
    onError: (error) => complain(context, error),
  });
  return { index, respond };
}

function digests({ rmd, rcid }: OcspValues): { digest: string | undefined; certIdDigest: string | undefined } {
  const named = (flag: string, value: string | undefined): string | undefined => {
    if (value !== undefined && !digestByName(value))
      fail('ERR_USAGE', `option -${flag}: there is no digest "${value}"`);
    return value;
  };
  return { digest: named('rmd', rmd), certIdDigest: named('rcid', rcid) };
}

async function signerOf(
  context: OcspContext,
  digest: string | undefined,
): Promise<{ issuers: Certificate[]; signer: OcspSigner }> {
  const { rsigner, rkey, rother, CA, passin, rsigopt, resp_no_certs: bare, resp_key_id: byKey } = context.flags;
  if (rsigner === undefined || CA === undefined)
    return fail('ERR_USAGE', 'Responder mode requires certificate, key, and CA: -rsigner, -rkey and -CA');
  const inputs = new Inputs(context, passin === undefined ? undefined : context.passphrase(passin));
  const signer: OcspSigner = {
    certificate: await inputs.certificate(rsigner),
    key: await inputs.privateKey(rkey ?? rsigner),
    others: rother === undefined ? [] : await inputs.certificates(rother),
    embed: !bare,
    byKey,
    digest,
    sigopts: rsigopt,
  };
  return { issuers: await inputs.certificates(CA), signer };
}

function complain(context: OcspContext, error: unknown): void {
  const message = error instanceof TlskitError ? error.message : `internal error, please report it: ${String(error)}`;
  context.note(`ocsp: ${message}\n`);
}

/** How long a client may take where -timeout says nothing, in seconds. */
const PATIENCE = 30;

/**
 * Serves on -port until -nrequest requests are answered, or Ctrl-C or a SIGTERM comes. The first line on standard output says where.
 *
 * @throws TlskitError ERR_CONNECT
 */
export async function serve(context: OcspContext, { index, respond }: IndexResponder): Promise<void> {
  const { flags } = context;
  const { OcspServer } = await import('./server.ts');
  const say = (line: string): void => void process.stderr.write(`ocsp: ${line}\n`);
  const page = new Page(flags.out);
  let left = flags.nrequest ?? Infinity;
  let done: () => void = () => undefined;
  const end = new Promise<void>((resolve) => (done = resolve));
  const server = await OcspServer.listen({
    port: portOf('port', flags.port as string),
    timeout: (flags.timeout ?? PATIENCE) * 1000,
    received: (line) => say(`Received request, 1st line: ${line}`),
    failed: (error) => complain(context, error),
    answered: (answer) => {
      page.write(textsOf(flags, answer));
      if (flags.respout !== undefined) context.write(flags.respout, answer.response.der);
      context.sink.commit();
      context.flushNotes();
      left -= 1;
      if (left <= 0) done();
    },
    respond: (octets, now) => {
      try {
        index.refresh();
      } catch (error) {
        say(`error reloading updated index: ${(error as Error).message}`);
      }
      return respond(octets, now);
    },
  });
  writeStdout(`ACCEPT ${server.address} PID=${process.pid}\n`);
  say('waiting for OCSP client connections...');
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, done);
  await end;
  await server.close();
}

/** What is printed of an exchange. */
function textsOf(flags: OcspValues, { request, response }: OcspAnswer): string {
  const asked = request && (flags.text || flags.req_text) ? ocspRequestText(request) : '';
  return asked + responseTexts(flags, response).text;
}

/** Text that is written while the program goes on: to standard output, or to the file of -out. */
class Page {
  readonly #file: string | undefined;

  constructor(out: string | undefined) {
    this.#file = out === '-' ? undefined : out;
    if (this.#file !== undefined) writeFileSync(this.#file, '');
  }

  write(text: string): void {
    if (text === '') return;
    if (this.#file === undefined) writeStdout(toOctets(text));
    else appendFileSync(this.#file, toOctets(text));
  }
}
