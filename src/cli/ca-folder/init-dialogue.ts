/** What `ca init` asks, and what it says when it is done. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { caName, type CaSettings } from '../../lib/ca/index.ts';
import { TlskitError } from '../../lib/errors.ts';
import type { Secret } from '../../lib/secret.ts';
import { nameText } from '../../lib/text/name.ts';
import type { Context } from '../context.ts';
import { MIN_PASSPHRASE } from '../flags/encryption.ts';
import { certificateFile, DEFAULT_FOLDER, keyFile } from './folder.ts';
import { defaultName, type NewCa, type PlannedCa } from './init.ts';
import { DEFAULT_KEY_TYPE, readKeyType } from './key-type.ts';
import { isPostgresUrl, withoutPassword } from './postgres.ts';
import { day, nextSteps, rows, title } from './render.ts';

interface InitFlags {
  readonly name: string | undefined;
  readonly intermediate: boolean;
  readonly 'key-type': string | undefined;
  readonly days: number | undefined;
  readonly passout: string | undefined;
  readonly yes: boolean;
  readonly pathlen: number | undefined;
  readonly permit: readonly string[];
  readonly exclude: readonly string[];
  readonly digest: string | undefined;
  readonly urls: CaSettings['urls'];
}

/** The complaint that a reader of answers has, if any. */
function complaint(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof TlskitError) return error.message;
    throw error;
  }
}

/** The new CA as the flags say; on a terminal it asks for what they leave open. */
export async function askNewCa(
  context: Pick<Context, 'prompter'>,
  flags: InitFlags,
): Promise<NewCa & { readonly passphrase: Secret | undefined }> {
  const { prompter } = context;
  const asking = prompter.interactive && !flags.yes;
  const ask = async (
    message: string,
    initial: string,
    check: (answer: string) => string | undefined,
  ): Promise<string> => (await prompter.ask({ message, initial, check })) ?? initial;
  const name =
    flags.name ??
    (asking ? await ask('Name of the CA', defaultName(), (answer) => complaint(() => caName(answer))) : defaultName());
  const intermediate =
    flags.intermediate || (asking && (await prompter.confirm('An intermediate CA below it, too? [y/n]:')) === true);
  const keyType =
    flags['key-type'] ??
    (asking ? await ask('Type of key', DEFAULT_KEY_TYPE, (answer) => complaint(() => readKeyType(answer))) : undefined);
  const days =
    flags.days ??
    (asking
      ? Number(
          await ask('Days that the root is good for', '3650', (answer) =>
            /^[1-9]\d{0,5}$/.test(answer) ? undefined : 'a number of days',
          ),
        )
      : undefined);
  const passphrase = asking && flags.passout === undefined ? await askPassphrase(prompter) : undefined;
  const { permit: permitted, exclude: excluded, pathlen: pathLength, digest, urls } = flags;
  return { name, intermediate, keyType, days, permitted, excluded, pathLength, digest, urls, passphrase };
}

/** A passphrase, or none for an empty answer. */
async function askPassphrase(prompter: Context['prompter']): Promise<Secret | undefined> {
  if (!(await prompter.confirm('Encrypt its key with a passphrase? [y/n]:'))) return undefined;
  return prompter.passphrase('Passphrase', { confirm: true, min: MIN_PASSPHRASE });
}

/** What was made and what to do with it. */
export function initText(
  folder: string,
  cas: readonly PlannedCa[],
  { encrypted, database }: { readonly encrypted: boolean; readonly database: string | undefined },
): string {
  const issuing = cas.at(-1) as PlannedCa;
  const files = cas.flatMap(({ name, key, certificate }): (readonly [string, string])[] => [
    [certificateFile(folder, name), `${certificateNote(name)} (${nameText(certificate.subject)})`],
    ...(key ? [[keyFile(folder, name), keyNote(name, cas.length > 1, encrypted)] as const] : []),
  ]);
  const records = database === undefined ? join(folder, 'ca.db') : database;
  const place = isPostgresUrl(records) ? withoutPassword(records) : records;
  const option = folder === DEFAULT_FOLDER ? [] : ['-ca', folder];
  const root = certificateFile(folder, 'root');
  return [
    `${title('The CA is ready')} in ${folder}, good until ${day(issuing.certificate.notAfter.ms ?? 0)}.`,
    '',
    ...rows([...files, [place, 'what it issues, with serial numbers and revocations']]),
    ...nextSteps([
      ['A key and a certificate for a server', ['tlskit', 'ca', 'issue', ...option, 'localhost', '127.0.0.1']],
      ['Programs of Node trust the CA', ['export', `NODE_EXTRA_CA_CERTS=${resolve(root)}`]],
      ...systemTrust(root),
      ['What was issued', ['tlskit', 'ca', 'list', ...option]],
    ]),
    '',
  ].join('\n');
}

/** How this system is told to trust a root. */
function systemTrust(root: string): (readonly [string, readonly string[]])[] {
  const say = 'This whole machine trusts the CA';
  if (process.platform === 'win32') return [[say, ['certutil', '-addstore', '-f', 'ROOT', root]]];
  if (process.platform === 'darwin') {
    const keychain = '/Library/Keychains/System.keychain';
    return [[say, ['sudo', 'security', 'add-trusted-cert', '-d', '-r', 'trustRoot', '-k', keychain, root]]];
  }
  if (!existsSync('/usr/local/share/ca-certificates')) return [];
  return [
    [say, ['sudo', 'cp', root, '/usr/local/share/ca-certificates/tlskit-ca.crt']],
    ['and', ['sudo', 'update-ca-certificates']],
  ];
}

const certificateNote = (name: string): string =>
  name === 'root' ? 'the certificate to trust' : 'the intermediate, which issues';

function keyNote(name: string, several: boolean, encrypted: boolean): string {
  const state = encrypted ? 'encrypted with your passphrase' : 'not encrypted: keep it to yourself';
  return name === 'root' && several ? `its key, ${state}; issuing needs only the other one` : `its key, ${state}`;
}
