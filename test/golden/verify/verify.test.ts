import { readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { errorLines, goesOn, resultLines } from '../../../src/cli/verify/report.ts';
import { encodePem } from '../../../src/lib/der/index.ts';
import { ONELINE_DEFAULT } from '../../../src/lib/text/name.ts';
import { expectGolden, type GoldenCase } from '../../support/golden.ts';
import { openssl, type Finished } from '../../support/peers.ts';
import {
  PKITS_TIME,
  pkitsCases,
  pkitsCertificate,
  pkitsCrl,
  verifyPkits,
  type PkitsCase,
} from '../../support/pkits.ts';
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
    // two valid paths that OpenSSL 3.0 refuses: it has lost the parameters that a DSA key inherits (RFC 3279 section 2.3.2), and it looks for no
    // CRL about an issuer of CRLs whose own CRL is that issuer's
    const cases = pkitsCases().filter(({ test }) => test !== '4.1.5' && test !== '4.14.30');
    expectGolden(
      'test/golden/verify/pkits.json',
      cases.flatMap((one) => MODES.map((mode) => pkits(one, mode))),
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

const CRL_FLAGS = ['-crl_check_all', '-extended_crl', '-use_deltas'];
const CRL_OPTIONS = { crlCheck: true, crlCheckAll: true, extendedCrl: true, useDeltas: true };

/** With nothing more, strictly, with the CRLs. */
const MODES = ['', ' -x509_strict', ' -crl_check_all'] as const;

/** The file of a trust anchor in PEM, which -CAfile wants. */
function anchorFile(name: string): string {
  const path = join(tmpdir(), `tlskit-pkits-${process.pid}-${name}.pem`);
  writeFileSync(path, encodePem('CERTIFICATE', pkitsCertificate(name)));
  return path;
}

/** -policy_print and the chain of one test. */
function pkits(one: PkitsCase, mode: (typeof MODES)[number]): GoldenCase {
  const crls = mode === ' -crl_check_all';
  return {
    key: `${one.name}${mode}`,
    ours: () => {
      const result = verifyPkits(one, {
        x509Strict: mode === ' -x509_strict',
        notifyPolicies: true,
        alternatives: false,
        goOn: goesOn,
        ...(crls ? { crls: one.crls.map(pkitsCrl), ...CRL_OPTIONS } : {}),
      });
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
          ...(mode === ' -x509_strict' ? ['-x509_strict'] : []),
          ...(crls ? CRL_FLAGS : []),
          ...(crls ? one.crls.flatMap((name) => ['-CRLfile', `../crls/${name}.crl`]) : []),
          // with -trusted OpenSSL has nothing to trust when it verifies the issuer of a CRL
          '-CAfile',
          anchorFile(one.anchor),
          '-no-CApath',
          '-no-CAstore',
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
