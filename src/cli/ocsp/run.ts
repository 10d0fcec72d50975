/** `ocsp`: what is asked, of whom, and what comes of it. */
import { fail, TlskitError, within } from '../../lib/errors.ts';
import { OcspResponse, readOcspResponse, type OcspAnswer, type OcspRequest } from '../../lib/ocsp/index.ts';
import { ocspRequestText } from '../../lib/text/ocsp.ts';
import { ocspJson } from '../json/ocsp.ts';
import type { IndexResponder } from './answer.ts';
import type { OcspContext, OcspValues } from './flags.ts';
import { placeOf, proxyFor } from './place.ts';
import { questionOf } from './question.ts';
import { judge, responseTexts, summary, timeFaults } from './report.ts';

/** Seconds in which a responder has to answer where -timeout says nothing. */
const PATIENCE = 60;

/** Runs the command; the result is OpenSSL's exit code. */
export async function runOcsp(context: OcspContext): Promise<number> {
  const { flags } = context;
  const headers = headersOf(flags);
  checkNumbers(flags);
  const { request, asked, issuers } = await questionOf(context);
  const responder = flags.index === undefined ? undefined : await openIndex(context, flags.index);
  const serving = !request && flags.port !== undefined && responder !== undefined;
  if (!request && flags.respin === undefined && !serving) nothingToDo(flags);
  if (serving) return serveIndex(context, responder);
  if (!request) requestNeeded(flags);
  const shown = request && (flags.text || flags.req_text) ? ocspRequestText(request) : '';
  if (request && flags.reqout !== undefined) context.write(flags.reqout, request.der);
  const response =
    request && responder ? (await respondOnce(responder, request)).response : await received(context, request, headers);
  const out = new Out(context);
  out.add(shown);
  if (!response) {
    out.json(() => ocspJson({ request }));
    return 0;
  }
  if (flags.respout !== undefined) context.write(flags.respout, response.der);
  const texts = responseTexts(flags, response);
  out.add(texts.text);
  if (texts.stop || responder) {
    out.json(() => ocspJson({ request, response }));
    return texts.stop ? 1 : 0;
  }
  const basic = readable(response);
  if (!basic) {
    context.note('Error parsing response\n');
    out.json(() => ocspJson({ request, response }));
    return 1;
  }
  const judgement = await judge(context, request, basic, issuers);
  for (const line of judgement.lines) context.note(line);
  const results = judgement.stop ? { text: '', complete: true } : summary(flags, basic, asked);
  out.add(results.text);
  out.json(() => ocspJson({ request, response, judgement, asked, faults: (single) => timeFaults(flags, single) }));
  return judgement.trusted && results.complete ? 0 : 1;
}

/** Text for -out or standard output; with --json a document instead of text on standard output. */
class Out {
  readonly #context: OcspContext;

  constructor(context: OcspContext) {
    this.#context = context;
    // as openssl, a file is made even when there is nothing to write
    this.add('');
  }

  add(text: string): void {
    const { flags, json } = this.#context;
    const toFile = flags.out !== undefined && flags.out !== '-';
    if (toFile || !json) this.#context.write(flags.out, text);
  }

  json(document: () => unknown): void {
    if (this.#context.json) this.#context.printJson(document());
  }
}

function readable(response: OcspResponse): OcspResponse['basic'] | undefined {
  try {
    return response.basic;
  } catch (error) {
    if (error instanceof TlskitError) return undefined;
    throw error;
  }
}

const nothingToDo = (flags: OcspValues): never =>
  fail(
    'ERR_USAGE',
    flags.index === undefined
      ? 'there is nothing to ask or show: name certificates by -issuer and -cert or -serial, a request by -reqin, or a response by -respin'
      : 'name a request to answer by -reqin, or a port to serve on by -port',
  );

/** What cannot be done with a response alone. */
function requestNeeded({ signer, reqout, host, url, nonce, index }: OcspValues): void {
  if (
    signer !== undefined ||
    reqout !== undefined ||
    host !== undefined ||
    url !== undefined ||
    nonce ||
    index !== undefined
  )
    fail(
      'ERR_USAGE',
      'Need an OCSP request for this operation! Name certificates by -issuer and -cert, or a request by -reqin',
    );
}

/** `-header name=value`. */
function headersOf({ header }: OcspValues): [string, string][] {
  return header.map((text) => {
    const at = text.indexOf('=');
    if (at < 0) fail('ERR_USAGE', `Missing = in header key=value: "${text}"`);
    const [name, value] = [text.slice(0, at), text.slice(at + 1)];
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || /[^\t -~\u0080-\u00ff]/.test(value))
      fail('ERR_USAGE', `option -header: "${text}" is nothing that HTTP could send as a header`);
    return [name, value];
  });
}

/** OpenSSL takes numbers above 0 here, and 0 for -validity_period and the port. */
function checkNumbers(flags: OcspValues): void {
  for (const flag of ['timeout', 'status_age', 'ndays', 'nmin', 'nrequest'] as const) {
    const value = flags[flag];
    if (value !== undefined && value <= 0) fail('ERR_USAGE', `option -${flag} takes a number above 0, not ${value}`);
  }
  const skew = flags.validity_period;
  if (skew !== undefined && skew < 0) fail('ERR_USAGE', `option -validity_period takes no negative number`);
}

async function openIndex(context: OcspContext, path: string): Promise<IndexResponder> {
  const { indexResponder } = await import('./answer.ts');
  return indexResponder(context, path);
}

const respondOnce = ({ respond }: IndexResponder, request: OcspRequest): Promise<OcspAnswer> =>
  respond(request.der, Date.now());

async function serveIndex(context: OcspContext, responder: IndexResponder): Promise<number> {
  const { serve } = await import('./answer.ts');
  if (context.json) fail('ERR_UNSUPPORTED', 'a responder that serves has no --json');
  context.flushNotes();
  await serve(context, responder);
  return 0;
}

/** The response of whom the options name, or of -respin; undefined where they name none. */
async function received(
  context: OcspContext,
  request: OcspRequest | undefined,
  headers: readonly [string, string][],
): Promise<OcspResponse | undefined> {
  const { flags } = context;
  const place = placeOf(flags);
  if (request && place) {
    const { exchange } = await import('./exchange.ts');
    const octets = await exchange(request.der, {
      place,
      headers,
      timeout: (flags.timeout ?? PATIENCE) * 1000,
      proxy: proxyFor(place, flags, process.env),
    });
    return within('Error querying OCSP responder', () => OcspResponse.read(octets));
  }
  if (flags.respin === undefined) return undefined;
  const path = flags.respin;
  return readOcspResponse(context.read(path), `${context.inputName(path)}: Error reading OCSP response`);
}
