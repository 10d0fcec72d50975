import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isInOpenSsl, isOffered } from '../../../src/lib/registry/cipher-strength.ts';
import { DEFAULT_SUITES13, selectCiphers } from '../../../src/lib/registry/cipher-string.ts';
import { SUITES, type CipherSuite } from '../../../src/lib/registry/tls-suites.ts';
import { TLS10, TLS13, VERSIONS } from '../../../src/lib/registry/tls-versions.ts';
import { cipherDescription } from '../../../src/lib/text/cipher.ts';
import { expectGolden } from '../../support/golden.ts';
import { openssl } from '../../support/peers.ts';
import { OFFERS, STRINGS } from './strings.ts';

// a default build's list: no configuration of the system's
const env = { OPENSSL_CONF: '/dev/null' };
const recorded = (name: string): string => join(import.meta.dirname, `${name}.json`);

const rows = SUITES.rows.filter(isInOpenSsl);
const tls13 = DEFAULT_SUITES13.map((name) => SUITES.named(name)).filter((suite) => suite !== undefined);

/** Names to numbers: four hex digits each, so that the recording is small. */
const codes = (suites: readonly CipherSuite[]): string =>
  suites.map(({ code }) => code.toString(16).padStart(4, '0')).join('');

function asked(args: readonly string[]): string | undefined {
  const { status, stdout } = openssl(['ciphers', ...args], { env });
  if (status !== 0) return undefined;
  const names = stdout.trim().split(':');
  return codes(names.filter((name) => name !== '').map((name) => SUITES.named(name) as CipherSuite));
}

function chosen(text: string): ReturnType<typeof selectCiphers> {
  const list = selectCiphers(text, rows);
  // OpenSSL refuses a string that leaves nothing
  if (list.suites.length === 0) selectCiphers('@nothing', rows);
  return list;
}

test('[K12] what cipher strings choose, and in which order, is what OpenSSL 3.0 says', () => {
  const cases = STRINGS.map((text) => ({
    key: text,
    ours: () => codes(chosen(text).suites),
    // a first minus would be an option
    theirs: () => asked(['-ciphersuites', '', text.startsWith('-') ? `:${text}` : text]),
  }));
  expect(cases.length).toBeGreaterThan(400);
  expectGolden(recorded('strings'), cases);
});

const VERSION_FLAGS: Readonly<Record<string, string>> = {
  '-tls1': 'TLSv1',
  '-tls1_1': 'TLSv1.1',
  '-tls1_2': 'TLSv1.2',
  '-tls1_3': 'TLSv1.3',
};

test('[K12] what is offered at a version and a security level is what "openssl ciphers -s" says', () => {
  const cases = OFFERS.map((line) => ({
    key: line,
    ours: () => {
      const words = line.split(' ');
      const { suites, securityLevel = 1 } = chosen(words.at(-1) as string);
      const only = words
        .map((word) => VERSIONS.named(VERSION_FLAGS[word] ?? '')?.code)
        .find((code) => code !== undefined);
      const conditions = {
        securityLevel,
        min: only ?? TLS10,
        max: only ?? TLS13,
        psk: words.includes('-psk'),
        srp: words.includes('-srp'),
      };
      return codes([...tls13, ...suites].filter((suite) => isOffered(suite, conditions)));
    },
    theirs: () => asked(['-s', ...line.split(' ')]),
  }));
  expectGolden(recorded('offers'), cases);
});

test('[K12] every suite is described as OpenSSL describes it', () => {
  const every = 'ALL:COMPLEMENTOFALL';
  const newer = SUITES.rows.filter(({ first }) => first === TLS13);
  const theirs = (): string =>
    openssl(['ciphers', '-v', '-stdname', '-ciphersuites', newer.map(({ name }) => name).join(':'), every], { env })
      .stdout;
  const ours = (): string =>
    [...newer, ...selectCiphers(every, rows).suites]
      .map((suite) => `${suite.name.padEnd(45)} - ${cipherDescription(suite)}\n`)
      .join('');
  expectGolden(recorded('descriptions'), [{ key: every, ours, theirs }]);
});
