import { CMS_FLAGS, type CmsFlags } from '../cli/cms/flags.ts';
import { runCms } from '../cli/cms/run.ts';
import { defineCommand, type CommandSpec } from '../cli/spec.ts';

const command: CommandSpec = defineCommand<CmsFlags>({
  summary: 'Read CMS and S/MIME messages: show, verify, decrypt',
  description:
    'Shows the structure of a message, checks signatures with the chains of their signers, and decrypts with a private key (RSA, elliptic ' +
    'curves), a secret key or a password. It makes no messages: -sign, -encrypt and their like are refused.',
  examples: [
    { say: 'What is in a message', line: 'cms -cmsout -print -in mail.eml' },
    { say: 'Check a signed mail', line: 'cms -verify -in mail.eml -CAfile ca.pem -out content.txt' },
    {
      say: 'Check a detached signature',
      line: 'cms -verify -in data.p7s -inform DER -content data -binary -CAfile ca.pem',
    },
    { say: 'Decrypt', line: 'cms -decrypt -in mail.eml -recip me.pem -inkey me.key' },
  ],
  flags: CMS_FLAGS,
  run: (context) => runCms(context),
});

export default command;
