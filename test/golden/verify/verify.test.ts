import { readdirSync } from 'node:fs';
import { describe, it } from 'vitest';
import { errorLines, goesOn, resultLines } from '../../../src/cli/verify/report.ts';
import { ONELINE_DEFAULT } from '../../../src/lib/text/name.ts';
import { expectGolden, type GoldenCase } from '../../support/golden.ts';
import { openssl, type Finished } from '../../support/peers.ts';
import { PKITS_TIME, pkitsCases, verifyPkits, type PkitsCase } from '../../support/pkits.ts';
import { tlskit } from '../../support/tlskit.ts';

/** What a run says; without the lines of OpenSSL's error queue, which name its source and a thread, and without reasons behind a file's name. */
function said({ status, stdout, stderr }: Finished): string {
  const lines = stderr
    .split('\n')
    .filter((line) => !/^[0-9A-F]{8,}:error:/.test(line))
    .map((line) => line.replace(/^(Could not .* from [^:]*).*/, '$1'));
  return `${stdout}--\n${lines.join('\n')}--\n${status}\n`;
}

describe('verify prints what openssl prints [K10]', () => {
  it('of every test of PKITS, with its policies', () => {
    // OpenSSL 3.0 has lost the parameters that a DSA key inherits (RFC 3279 section 2.3.2), and finds no issuer
    const cases = pkitsCases().filter(({ test }) => test !== '4.1.5');
    expectGolden(
      'test/golden/verify/pkits.json',
      cases.flatMap((one) => [pkits(one, false), pkits(one, true)]),
    );
  });

  it('of certificates of all kinds, in ways of trusting and asking', () => {
    const folder = 'test/data/certificates';
    const files = readdirSync(folder).filter((name) => name.endsWith('.pem'));
    const lines = [
      '-no-CAfile -no-CApath -attime 1700000000',
      '-partial_chain -no_check_time -x509_strict -purpose sslserver -show_chain',
      '-partial_chain -attime 1700000000 -auth_level 2 -purpose smimesign -nameopt RFC2253',
      '-partial_chain -no_check_time -policy_check -policy_print -explicit_policy -policy anyPolicy -suiteB_128_only',
      '-no_check_time -check_ss_sig -verify_hostname gov.us -verify_email a@example.com -crl_check',
    ];
    const trusted = files.flatMap((name) => ['-trusted', name]);
    const args = (line: string): string[] => {
      const sources = line.startsWith('-no-CAfile') ? [] : [...trusted, '-untrusted', 'eccP384.pem'];
      return ['verify', ...sources, ...line.split(' '), ...files];
    };
    expectGolden(
      'test/golden/verify/certificates.json',
      lines.map((line) => ({
        key: line,
        ours: () => said(tlskit(args(line), { cwd: folder })),
        theirs: () => said(openssl(args(line), { cwd: folder })),
      })),
    );
  });
});

/** -policy_print and the chain of one test, with -x509_strict or without. */
function pkits(one: PkitsCase, strict: boolean): GoldenCase {
  return {
    key: `${one.name}${strict ? ' -x509_strict' : ''}`,
    ours: () => {
      const result = verifyPkits(one, { x509Strict: strict, notifyPolicies: true, alternatives: false, goOn: goesOn });
      const lines = resultLines(one.target, result, ONELINE_DEFAULT, true);
      return `${lines}--\n${errorLines(one.target, result, ONELINE_DEFAULT)}`;
    },
    theirs: () => {
      const file = (name: string): string => `${name}.crt`;
      const { stdout, stderr } = openssl(
        [
          'verify',
          '-attime',
          String(PKITS_TIME / 1000),
          '-policy_check',
          '-policy_print',
          '-show_chain',
          ...one.initialPolicySet.flatMap((policy) => ['-policy', policy === 'anyPolicy' ? '2.5.29.32.0' : policy]),
          ...(one.requireExplicitPolicy ? ['-explicit_policy'] : []),
          ...(one.inhibitAnyPolicy ? ['-inhibit_any'] : []),
          ...(one.inhibitPolicyMapping ? ['-inhibit_map'] : []),
          ...(strict ? ['-x509_strict'] : []),
          '-trusted',
          file(one.anchor),
          ...one.intermediates.flatMap((name) => ['-untrusted', file(name)]),
          file(one.target),
        ],
        { cwd: 'test/data/pkits/certs' },
      );
      return said({ stdout, stderr, status: 0 })
        .replace(/--\n0\n$/, '')
        .replaceAll(`${one.target}.crt`, one.target);
    },
  };
}
