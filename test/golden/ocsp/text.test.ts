/** Texts of OCSP messages against openssl's recorded output. UPDATE_GOLDEN=1 asks openssl anew; NEW_CORPUS=1 makes the messages anew, too. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OcspRequest, OcspResponse } from '../../../src/lib/ocsp/index.ts';
import { ocspRequestText, ocspResponseText, wordOfStatus } from '../../../src/lib/text/ocsp.ts';
import { toOctets } from '../../../src/lib/text/octets.ts';
import { expectGolden, type GoldenCase } from '../../support/golden.ts';
import { openssl } from '../../support/openssl.ts';
import { makeRequests, makeResponses } from './corpus.ts';

const HERE = import.meta.dirname;
const CORPUS = join(HERE, 'corpus.json');
const DATA = join(HERE, '../../data/ocsp');

type Corpus = Record<'requests' | 'responses', Record<string, string>>;

let made: Promise<Corpus> | undefined;

const corpus = (): Promise<Corpus> => (made ??= readCorpus());

async function readCorpus(): Promise<Corpus> {
  if (process.env['NEW_CORPUS'] !== undefined) {
    const base64 = (one: Record<string, Buffer>): Record<string, string> =>
      Object.fromEntries(Object.entries(one).map(([name, der]) => [name, der.toString('base64')]));
    const messages = { requests: base64(await makeRequests()), responses: base64(await makeResponses()) };
    writeFileSync(CORPUS, `${JSON.stringify(messages, null, 1)}\n`);
  }
  return JSON.parse(readFileSync(CORPUS, 'utf8')) as Corpus;
}

const latin1 = (text: string): string => toOctets(text).toString('latin1');

/** What `-resp_text` prints in all: a line about an error goes before the text. */
function ours(bytes: Buffer): string {
  const response = OcspResponse.read(bytes);
  const code = response.statusCode;
  return latin1((code === 0 ? '' : `Responder Error: ${wordOfStatus(code)} (${code})\n`) + ocspResponseText(response));
}

function theirs(args: readonly string[], bytes: Buffer): string | undefined {
  const { stdout, stderr } = openssl(['ocsp', ...args], { input: bytes });
  return /Error reading OCSP/.test(stderr) ? undefined : stdout;
}

const request = (key: string, bytes: Buffer): GoldenCase => ({
  key,
  ours: () => latin1(ocspRequestText(OcspRequest.read(bytes))),
  theirs: () => theirs(['-reqin', '-', '-req_text'], bytes),
});

const response = (key: string, bytes: Buffer): GoldenCase => ({
  key,
  ours: () => ours(bytes),
  theirs: () => theirs(['-respin', '-', '-resp_text', '-noverify', '-ignore_err'], bytes),
});

const decoded = (messages: Record<string, string>): [string, Buffer][] =>
  Object.entries(messages).map(([name, text]) => [name, Buffer.from(text, 'base64')]);

describe('K9 OCSP text equal to openssl 3.0', () => {
  it('of requests', async () => {
    const cases = decoded((await corpus()).requests).map(([name, bytes]) => request(name, bytes));
    expect(cases.length).toBeGreaterThan(20);
    expectGolden(join(HERE, 'requests.json'), cases);
  }, 600_000);

  it('of responses', async () => {
    const cases = decoded((await corpus()).responses).map(([name, bytes]) => response(name, bytes));
    expect(cases.length).toBeGreaterThan(45);
    expectGolden(join(HERE, 'responses.json'), cases);
  }, 600_000);

  it("of others' requests and responses", () => {
    const cases = readdirSync(DATA)
      .filter((name) => name.endsWith('.der'))
      .map((name) => {
        const bytes = readFileSync(join(DATA, name));
        return name.includes('req') ? request(name, bytes) : response(name, bytes);
      });
    expect(cases.length).toBe(25);
    expectGolden(join(DATA, 'openssl-text.json'), cases);
  }, 600_000);
});
