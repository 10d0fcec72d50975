import type { Context } from '../cli/context.ts';
import { Inputs, nameOptions } from '../cli/flags/certificates.ts';
import { PROVIDER_FLAGS } from '../cli/flags/keys.ts';
import { CRL_DOWNLOAD, TRUST_FLAGS, VERIFY_FLAGS, verifyOptions } from '../cli/flags/trust.ts';
import { downloadCrls } from '../cli/crl-download.ts';
import { readFile } from '../cli/source.ts';
import { bool, defineCommand, list, type CommandSpec } from '../cli/spec.ts';
import { openCrls, openTrust } from '../cli/trust.ts';
import { unreadableJson, verificationJson } from '../cli/verify/json.ts';
import { errorLines, goesOn, resultLines } from '../cli/verify/report.ts';
import { readCrls } from '../lib/crl/index.ts';
import { fail, TlskitError } from '../lib/errors.ts';
import {
  CertificateView,
  TrustStore,
  verifyChain,
  type VerifyOptions,
  type VerifyResult,
} from '../lib/verify/index.ts';
import { readCertificates, type Certificate } from '../lib/x509/certificate.ts';

const flags = {
  ...TRUST_FLAGS,
  trusted: list('file', 'Trusted certificates, instead of all other ones; repeat it for more files', {
    group: 'Trusted certificates',
  }),
  untrusted: list('file', 'Certificates that may stand in the chain; repeat it for more files'),
  CRLfile: list('file', 'Certificate revocation lists; repeat it for more files'),
  crl_download: CRL_DOWNLOAD,
  ...VERIFY_FLAGS,
  rfc5280: bool("RFC 5280's answer where OpenSSL's differs: all of its rules, and every chain that is possible", {
    group: 'Verification of certificates',
  }),
  show_chain: bool('Show the chain'),
  verbose: bool('Say more (accepted; all there is to say is said)'),
  nameopt: list('options', 'How names are shown: oneline, RFC2253, multiline, utf8, …'),
  vfyopt: list('name:value', 'How the signature is checked: distid:TEXT or hexdistid:HEX for SM2'),
  ...PROVIDER_FLAGS,
};

type Run = Context<typeof flags>;

const command: CommandSpec = defineCommand({
  summary: 'Verify certificates and their chains',
  description:
    "Builds a chain from each certificate to a trusted one and checks it (RFC 5280): signatures, dates, uses, names, policies and, with -crl_check, revocation. Without -CAfile, -CApath, -CAstore and -trusted the system's certificates are trusted. The answers are OpenSSL's; -rfc5280 gives the RFC's. The exit code is 0 when all certificates are good, 2 when one is not, 1 for wrong options.",
  examples: [
    {
      say: 'A certificate with its intermediate one',
      line: 'verify -CAfile root.pem -untrusted intermediate.pem cert.pem',
    },
    {
      say: 'Is it good for a web server of this name?',
      line: 'verify -CAfile root.pem -purpose sslserver -verify_hostname www.example.org cert.pem',
    },
    { say: 'Was it revoked?', line: 'verify -CAfile root.pem -crl_check -CRLfile root.crl cert.pem' },
  ],
  flags,
  args: [{ name: 'cert', description: 'Certificates to verify (default: standard input)', many: true }],
  async run(context) {
    const { args } = context;
    const options = settings(context);
    const documents: object[] = [];
    let good = true;
    for (const path of args.length > 0 ? args : [undefined]) {
      const found = await leafOf(context, path);
      const file = path ?? 'stdin';
      if (found instanceof TlskitError) {
        good = false;
        documents.push(unreadableJson(file, found.message));
        continue;
      }
      // one file's chain of errors is shown as OpenSSL's callback hears of it; a document has them all
      const goOn = context.json ? {} : { goOn: goesOn };
      const view = new CertificateView(found, context.flags.vfyopt);
      const crls = await downloaded(context, view, options);
      const result = verifyChain(view, { ...options, crls, ...goOn });
      good &&= context.json ? result.ok : result.code === 0;
      documents.push(verificationJson(file, result));
      if (!context.json) show(context, file, result);
    }
    if (context.json) context.printJson(documents);
    return good ? 0 : 2;
  },
});

export default command;

function settings({ flags }: Run): VerifyOptions {
  const { trusted, untrusted, CRLfile, rfc5280, CAfile, CApath, CAstore, vfyopt } = flags;
  if (trusted.length > 0 && (CAfile ?? CApath ?? CAstore) !== undefined) {
    fail('ERR_USAGE', 'option -trusted cannot be used with -CAfile, -CApath or -CAstore');
  }
  for (const option of vfyopt) {
    if (!/^(dist_?id|sm2_id):|^(hexdistid|sm2_hex_id):([0-9a-f]{2})*$/i.test(option))
      fail('ERR_USAGE', `option -vfyopt takes distid:TEXT or hexdistid:HEX, not "${option}"`);
  }
  const read = (path: string): Certificate[] => readCertificates(readFile(path), path);
  return {
    ...verifyOptions(flags, Date.now()),
    trusted: trusted.length > 0 ? new TrustStore(trusted.flatMap(read)) : openTrust(flags, 'each'),
    untrusted: untrusted.flatMap(read),
    crls: CRLfile.flatMap((path) => readCrls(readFile(path), path)),
    ...(trusted.length > 0 ? {} : { crlLookup: openCrls(flags, 'each') }),
    strict: rfc5280,
    alternatives: rfc5280,
  };
}

/** The CRLs of the command line, and with -crl_download those of the chain as it is without them. */
async function downloaded(
  context: Run,
  leaf: CertificateView,
  options: VerifyOptions,
): Promise<NonNullable<VerifyOptions['crls']>> {
  const given = [...(options.crls ?? [])];
  if (!context.flags.crl_download || !options.crlCheck) return given;
  const { chain } = verifyChain(leaf, { ...options, crlCheck: false });
  const wanted = options.crlCheckAll ? chain : chain.slice(0, 1);
  return [...given, ...(await downloadCrls(wanted, (line) => context.note(line)))];
}

/** The certificate of a file; where there is none, the reason, which is said: OpenSSL goes on with the next file. */
async function leafOf(context: Run, path: string | undefined): Promise<Certificate | TlskitError> {
  try {
    return await new Inputs(context, undefined).certificate(path);
  } catch (error) {
    if (!(error instanceof TlskitError)) throw error;
    const what = error.code === 'ERR_IO' ? 'open file or uri for loading' : 'read';
    context.note(`Could not ${what} certificate file from ${path ?? '<stdin>'}: ${error.message}\n`);
    context.note('Unable to load certificate file\n');
    return error;
  }
}

function show(context: Run, file: string, result: VerifyResult): void {
  const options = nameOptions(context.flags.nameopt);
  context.note(errorLines(file, result, options));
  context.print(resultLines(file, result, options, context.flags.show_chain));
}
