/** The subject and the attributes of a new request: from -subj, from the configuration, or by asking. */
import { TAG } from '../../lib/der/reader.ts';
import { universal } from '../../lib/der/writer.ts';
import { fail, TlskitError } from '../../lib/errors.ts';
import type { AttributeFields } from '../../lib/x509/build.ts';
import type { Name } from '../../lib/x509/name.ts';
import {
  attributeOf,
  listPrompts,
  nameFromAnswers,
  nameFromSection,
  parseSubject,
  type NameBuildOptions,
  type Prompt,
} from '../../lib/x509/name-build.ts';
import { findObject } from '../../lib/registry/find.ts';
import type { Context } from '../context.ts';
import type { ReqConfig } from './config.ts';
import type { ReqOptions } from './options.ts';

type Io = Pick<Context, 'note' | 'prompter'>;

/** Who a request is for, and what else it says. */
export interface Identity {
  readonly subject: Name;
  readonly attributes: readonly AttributeFields[];
}

const INTRODUCTION = `You are about to be asked to enter information that will be incorporated
into your certificate request.
What you are about to enter is what is called a Distinguished Name or a DN.
There are quite a few fields but you can leave some blank
For some fields there will be a default value,
If you enter '.', the field will be left blank.
-----
`;

/** A pipe that gives the same wrong answer for ever is left in the end. */
const MAX_TRIES = 100;

const EXTRA = `
Please enter the following 'extra' attributes
to be sent with your certificate request
`;

/** The name that -subj gives. */
export function subjectOf(io: Pick<Context, 'note'>, text: string, names: NameBuildOptions): Name {
  return parseSubject(text, { ...names, warn: (line) => io.note(`${line}\n`) });
}

/**
 * The identity of a new request. A certificate (`withAttributes` false) has no attributes to ask for.
 *
 * @throws TlskitError ERR_CONFIG without a distinguished_name section, ERR_NAME for values that do not fit
 */
export async function identityOf(
  io: Io,
  options: ReqOptions,
  config: ReqConfig,
  withAttributes: boolean,
): Promise<Identity> {
  if (options.subj !== undefined) {
    return { subject: subjectOf(io, options.subj, config.names), attributes: [] };
  }
  const section = config.get('distinguished_name');
  if (section === undefined) {
    const { source } = config.config;
    fail('ERR_CONFIG', `${source}: [${config.section}] has no distinguished_name; give the subject with -subj /CN=…`);
  }
  const attributes = withAttributes ? config.get('attributes') : undefined;
  const identity =
    config.get('prompt') === 'no'
      ? fromConfig(config, section, attributes)
      : await byAsking(io, options, config, section, attributes);
  if (identity.subject.isEmpty) {
    fail(
      'ERR_NAME',
      `the subject is empty: [${section}] of ${config.config.source} gives no value; use -subj / for an empty name`,
    );
  }
  return identity;
}

/** Under `prompt = no` the sections hold the values themselves. */
function fromConfig({ config, names }: ReqConfig, section: string, attributes: string | undefined): Identity {
  const subject = nameFromSection(config.requireSection(section, 'distinguished_name'), section, names);
  const entries = attributes === undefined ? [] : config.requireSection(attributes, 'attributes');
  const find = names.objects ?? findObject;
  const fields = entries.map(([type, value]) => {
    const object = find(type) ?? fail('ERR_CONFIG', `[${attributes}] ${type}: that is no attribute type`);
    return element(attributeOf(object, value, names));
  });
  return { subject, attributes: fields };
}

const element = ({ oid, tag, value }: { oid: string; tag: number; value: Buffer }): AttributeFields => ({
  oid,
  values: [tag === TAG.sequence ? value : universal(tag, value)],
});

async function byAsking(
  io: Io,
  options: ReqOptions,
  { config, names }: ReqConfig,
  section: string,
  attributes: string | undefined,
): Promise<Identity> {
  // what is typed is UTF-8 on any terminal of today
  const own = io.prompter.interactive ? { ...names, utf8: true } : names;
  if (!options.batch) io.note(INTRODUCTION);
  const answers: [Prompt, string][] = [];
  for (const prompt of listPrompts(config, section, names.objects)) {
    answers.push([prompt, await answer(io, options, prompt)]);
  }
  const more: AttributeFields[] = [];
  const extra = attributes === undefined ? [] : listPrompts(config, attributes, names.objects, 'attributes');
  if (extra.length > 0 && !options.batch) io.note(EXTRA);
  for (const prompt of extra) {
    const text = await answer(io, options, prompt);
    if (text !== '') more.push(element(attributeOf(prompt.object, text, own)));
  }
  return { subject: nameFromAnswers(answers, own), attributes: more };
}

/** One answer; empty when the field is to be left out. Answers that are too short or too long are asked for again. */
async function answer(io: Io, options: ReqOptions, prompt: Prompt): Promise<string> {
  const { text: message, default: initial, value } = prompt;
  const check = (text: string): string | undefined => complaint(prompt, text);
  if (value !== undefined || options.batch) {
    const given = value ?? initial;
    if (value !== undefined && !options.batch) io.note(`${message} [${initial}]:${value}\n`);
    const wrong = check(given);
    if (wrong !== undefined) fail('ERR_NAME', `${message} "${given}": ${wrong}`);
    return given === '.' ? '' : given;
  }
  for (let wrong = 0; wrong < MAX_TRIES || io.prompter.interactive; wrong += 1) {
    const given = await ask(io, message, initial, check);
    const bad = check(given);
    if (bad === undefined) return given === '.' ? '' : given;
    io.note(`${bad}\n`);
  }
  return fail('ERR_NAME', `no answer of ${MAX_TRIES} to the question "${message}" fits`);
}

async function ask(
  io: Io,
  message: string,
  initial: string,
  check: (text: string) => string | undefined,
): Promise<string> {
  const given = await io.prompter.ask({ message, initial, check });
  if (given !== undefined) return given;
  io.note('\n');
  throw new TlskitError(
    'ERR_NAME',
    `the input ended at the question "${message}"; give the subject with -subj, or use -batch`,
  );
}

function complaint({ min, max }: Prompt, text: string): string | undefined {
  if (text === '' || text === '.') return undefined;
  const length = Buffer.byteLength(text, 'utf8');
  if (min !== undefined && min > 0 && length < min) return `String too short, must be at least ${min} bytes long`;
  if (max !== undefined && max >= 0 && length > max) return `String too long, must be at most ${max} bytes long`;
  return undefined;
}
