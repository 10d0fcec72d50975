/** `cms -verify`: signatures, the signers' chains, and the content. */
import type { CmsFile } from '../../lib/cms/read.ts';
import { enclosedIn, signedDataOf, verifySigners, type SignerVerdict } from '../../lib/cms/signed.ts';
import { canonicalText, plainText } from '../../lib/cms/smime.ts';
import type { SignedData } from '../../lib/cms/types.ts';
import { encodePem } from '../../lib/der/index.ts';
import { fail, TlskitError } from '../../lib/errors.ts';
import { verifyChain, type VerifyError } from '../../lib/verify/index.ts';
import { readCertificates, type Certificate } from '../../lib/x509/certificate.ts';
import type { Context } from '../context.ts';
import { verifyOptions } from '../flags/trust.ts';
import { certificateJson } from '../json/certificate.ts';
import { openTrust } from '../trust.ts';
import type { CmsFlags } from './flags.ts';

const FAILED = 4;
/** What -verify_retcode adds to the number of a verification error. */
const VERIFY_ERROR = 32;

interface Outcome {
  readonly signers: readonly SignerVerdict[];
  readonly content: Buffer;
  /** Why the message is not good; undefined when it is. */
  readonly fault: string | undefined;
  readonly code: number;
}

/** Verifies a message; its content is written when all is good. */
export function verifyMessage(context: Context<CmsFlags>, file: CmsFile): number {
  const { flags } = context;
  const outcome = attempt(context, file);
  if (context.json) context.printJson(outcomeJson(outcome));
  if (outcome.fault !== undefined) {
    context.note(`CMS Verification failure\n${context.inputName(flags.in)}: ${outcome.fault}\n`);
    return flags.verify_retcode && outcome.code > 0 ? outcome.code + VERIFY_ERROR : FAILED;
  }
  if (!context.json || (flags.out !== undefined && flags.out !== '-')) context.write(flags.out, outcome.content);
  context.note('CMS Verification successful\n');
  if (flags.signer !== undefined) {
    const pems = outcome.signers.map(({ certificate }) => encodePem('CERTIFICATE', (certificate as Certificate).der));
    context.write(flags.signer, pems.join(''));
  }
  return 0;
}

function attempt(context: Context<CmsFlags>, file: CmsFile): Outcome {
  const { flags } = context;
  try {
    const signed = signedDataOf(file.info);
    const content = contentOf(context, file, signed);
    const extra = flags.certfile.flatMap((path) => readCertificates(context.read(path), path));
    const { certificates: own } = enclosedIn(file.info);
    const signers = verifySigners(signed, content, flags.nointern ? extra : [...extra, ...own], {
      attributes: flags.no_attr_verify || flags.nosigs,
      content: flags.no_content_verify || flags.nosigs,
    });
    const written = flags.text ? plainText(content) : content;
    const chain = flags.noverify ? undefined : chainFault(context, signers, [...extra, ...own]);
    const fault = signers.find((one) => one.certificate === undefined)?.fault ?? chain?.words;
    return {
      signers,
      content: written,
      fault: fault ?? signers.find((one) => one.fault !== undefined)?.fault,
      code: chain?.code ?? 0,
    };
  } catch (error) {
    if (!(error instanceof TlskitError) || error.code === 'ERR_IO' || error.code === 'ERR_USAGE') throw error;
    return { signers: [], content: Buffer.alloc(0), fault: error.message, code: 0 };
  }
}

/** What was signed: inside, in the message's other part, or in a file; text beside a signature is signed with CRLF line ends. */
function contentOf(context: Context<CmsFlags>, file: CmsFile, signed: SignedData): Buffer {
  const { flags } = context;
  const beside = flags.content === undefined ? file.content : context.read(flags.content);
  if (beside) return flags.binary ? beside : canonicalText(beside);
  return (
    signed.encapContentInfo.eContent ?? fail('ERR_FORMAT', 'no content: the signature is detached; -content names it')
  );
}

function chainFault(
  context: Context<CmsFlags>,
  signers: readonly SignerVerdict[],
  untrusted: readonly Certificate[],
): { readonly words: string; readonly code: number } | undefined {
  const trusted = openTrust(context.flags, 'each');
  const options = verifyOptions(context.flags, Date.now(), { purpose: 'smimesign' });
  for (const { certificate } of signers) {
    if (!certificate) continue;
    const [error] = verifyChain(certificate, { ...options, trusted, untrusted }).errors as [VerifyError?];
    if (error) return { words: `certificate verify error:Verify error:${error.text}`, code: error.code };
  }
  return undefined;
}

function outcomeJson({ signers, fault, code, content }: Outcome): unknown {
  return {
    verified: fault === undefined,
    ...(fault === undefined ? {} : { reason: fault, code }),
    content: content.toString('base64'),
    signers: signers.map(({ certificate, digest, signingTime, fault: why }) => ({
      verified: why === undefined,
      ...(why === undefined ? {} : { reason: why }),
      digest: digest ?? null,
      signingTime: signingTime?.ms === undefined ? null : new Date(signingTime.ms).toISOString().replace('.000Z', 'Z'),
      certificate: certificate ? certificateJson(certificate) : null,
    })),
  };
}
