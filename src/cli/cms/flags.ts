/** The options of `cms`. What makes messages is not there: this command reads. */
import { passinFlag } from '../flags/encryption.ts';
import { PROVIDER_FLAGS, RANDOM_FLAGS } from '../flags/keys.ts';
import { TRUST_FLAGS, VERIFY_FLAGS } from '../flags/trust.ts';
import { bool, ignored, list, missing, text, type Flag } from '../spec.ts';

const OPERATION = { group: 'What to do' };
const KEYS = { group: 'Keys and recipients' };
const SIGNED = { group: 'Signed messages' };

type Texts =
  | 'in'
  | 'inform'
  | 'out'
  | 'outform'
  | 'certsout'
  | 'signer'
  | 'content'
  | 'inkey'
  | 'recip'
  | 'secretkey'
  | 'secretkeyid'
  | 'pwri_password'
  | 'passin';
type Switches =
  | 'cmsout'
  | 'verify'
  | 'decrypt'
  | 'EncryptedData_decrypt'
  | 'digest_verify'
  | 'data_out'
  | 'uncompress'
  | 'print'
  | 'noout'
  | 'text'
  | 'binary'
  | 'nointern'
  | 'noverify'
  | 'no_content_verify'
  | 'no_attr_verify'
  | 'nosigs'
  | 'verify_retcode';
type Lists = 'nameopt' | 'certfile';
type Others =
  | 'encrypt'
  | 'sign'
  | 'resign'
  | 'sign_receipt'
  | 'verify_receipt'
  | 'digest_create'
  | 'compress'
  | 'EncryptedData_encrypt'
  | 'data_create'
  | 'cades'
  | 'originator'
  | 'config'
  | 'receipt_request_print'
  | 'rctform'
  | 'keyform'
  | 'keyopt'
  | 'stream'
  | 'indef'
  | 'noindef'
  | 'crlfeol'
  | 'asciicrlf'
  | 'debug_decrypt'
  | 'nosmimecap'
  | 'nodetach'
  | 'nocerts'
  | 'noattr'
  | 'keyid'
  | 'md'
  | 'econtent_type'
  | 'to'
  | 'from'
  | 'subject';

export type CmsFlags = Readonly<
  Record<Texts, Flag<string | undefined>> &
    Record<Switches, Flag<boolean>> &
    Record<Lists, Flag<readonly string[]>> &
    Record<Others, Flag<string | boolean | undefined>>
> &
  typeof TRUST_FLAGS &
  typeof VERIFY_FLAGS &
  typeof RANDOM_FLAGS &
  typeof PROVIDER_FLAGS;

/** Every option of OpenSSL 3.0's `cms`. */
export const CMS_FLAGS: CmsFlags = {
  in: text('file', 'Read this file (default: standard input)'),
  inform: text('SMIME|PEM|DER', 'Form of the input (found out by looking)'),
  out: text('file', 'Write to this file (default: standard output)'),
  outform: text('SMIME|PEM|DER', 'Form of the output of -cmsout (default: SMIME)'),
  cmsout: bool('Write the object itself, or with -print show it', OPERATION),
  verify: bool('Check signatures and write the content', OPERATION),
  decrypt: bool('Decrypt and write the content', OPERATION),
  EncryptedData_decrypt: bool('Decrypt encrypted data with -secretkey', OPERATION),
  digest_verify: bool('Check digested data and write the content', OPERATION),
  data_out: bool('Write the content of plain data', OPERATION),
  uncompress: bool('Write the content of compressed data', OPERATION),
  print: bool('Show all fields'),
  noout: bool('With -cmsout: write nothing'),
  nameopt: list('options', 'With -print: how names and strings are shown'),
  text: bool('Take the MIME headers of a text off the content'),
  binary: bool('The content beside a signature is not text: take it as it stands'),
  certsout: text('file', 'Write the certificates of the message to this file'),
  signer: text('file', "Write the signers' certificates to this file", SIGNED),
  certfile: list('file', 'Certificates among which signers and issuers are looked for', SIGNED),
  content: text('file', 'The content of a detached signature', SIGNED),
  nointern: bool('Do not look for signers among the certificates of the message', SIGNED),
  noverify: bool("Do not verify the signers' certificates", SIGNED),
  no_content_verify: bool('Do not check the content', SIGNED),
  no_attr_verify: bool('Do not check signatures over attributes', SIGNED),
  nosigs: bool('Check neither', SIGNED),
  verify_retcode: bool("Exit with the verification error's number and 32", SIGNED),
  inkey: text('file', "The recipient's private key (default: in the file of -recip)", KEYS),
  recip: text('file', "The recipient's certificate", KEYS),
  secretkey: text('hex', 'Key that opens encrypted data, or the content key', KEYS),
  secretkeyid: text('hex', 'Identifier of that key', KEYS),
  pwri_password: text('password', 'Password of the recipient', KEYS),
  passin: passinFlag(),
  ...TRUST_FLAGS,
  ...VERIFY_FLAGS,
  encrypt: missing(),
  sign: missing(),
  resign: missing(),
  sign_receipt: missing(),
  verify_receipt: missing('file'),
  digest_create: missing(),
  compress: missing(),
  EncryptedData_encrypt: missing(),
  data_create: missing(),
  cades: missing(),
  originator: missing('file'),
  config: missing('file'),
  receipt_request_print: missing(),
  rctform: ignored('form'),
  keyform: ignored('form'),
  keyopt: ignored('name:value'),
  stream: ignored(),
  indef: ignored(),
  noindef: ignored(),
  crlfeol: ignored(),
  asciicrlf: ignored(),
  debug_decrypt: ignored(),
  nosmimecap: ignored(),
  nodetach: ignored(),
  nocerts: ignored(),
  noattr: ignored(),
  keyid: ignored(),
  md: ignored('digest'),
  econtent_type: ignored('oid'),
  to: ignored('address'),
  from: ignored('address'),
  subject: ignored('text'),
  ...RANDOM_FLAGS,
  ...PROVIDER_FLAGS,
};
