import { authorityFlag, caFlags, withCa } from '../../cli/ca-folder/folder.ts';
import { instant, labelOf, recordJson, rows, title } from '../../cli/ca-folder/render.ts';
import { selectRecord } from '../../cli/ca-folder/select.ts';
import { bool, defineCommand, text, type CommandSpec } from '../../cli/spec.ts';
import { statusOf, templateByName } from '../../lib/ca/index.ts';
import { encodePem } from '../../lib/der/pem.ts';
import { fail } from '../../lib/errors.ts';
import { certificatePem } from '../../lib/x509/build.ts';

const flags = {
  out: text('file', 'Write the certificate to this file, with the intermediates; - is standard output'),
  'leaf-only': bool('Leave the intermediates out'),
  ...caFlags,
  authority: authorityFlag,
};

const command: CommandSpec = defineCommand({
  summary: 'Show what a CA knows of a certificate, or write it to a file again',
  description:
    'The certificate is in the database from the moment it was issued. Its key is not: only who got it has it.',
  examples: [
    { say: 'What is known', line: 'ca show www.example.org' },
    { say: 'The certificate once more', line: 'ca show 4F2A91 -out www.pem' },
  ],
  args: [{ name: 'certificate', description: 'A serial number, a name, or a file' }],
  flags,
  async run(context) {
    const { out, 'leaf-only': leafOnly } = context.flags;
    const [word] = context.args;
    if (word === undefined) fail('ERR_USAGE', 'name a certificate: its serial number, or a name it is for');
    await withCa(context, context.flags, async (ca) => {
      const { record } = await selectRecord(ca, word, { newest: true });
      const pem = record.certificate && encodePem('CERTIFICATE', record.certificate);
      if (out !== undefined) {
        if (!pem)
          fail('ERR_NOT_FOUND', `the certificate ${record.serial} itself is not in the database, only its number`);
        context.write(out, [pem, ...(leafOnly ? [] : ca.chain.map(certificatePem))].join(''));
      }
      if (context.json) return context.printJson({ ...recordJson(record, Date.now()), certificate: pem ?? null });
      if (out === '-') return;
      const { revocation, replaces, template, subject } = record;
      const pairs: (readonly [string, string])[] = [
        ['Serial number', record.serial],
        ['Subject', subject === '' ? '(empty)' : subject],
        ['Names', record.names.join(', ')],
        ['For', template === undefined ? 'taken over from elsewhere' : templateByName(template).title],
        ['Status', statusOf(record, Date.now())],
        ['Good from', instant(record.notBefore)],
        ['Good until', instant(record.notAfter)],
      ];
      if (revocation) pairs.push(['Revoked', `${instant(revocation.at)}, ${revocation.reason}`]);
      if (replaces !== undefined) pairs.push(['Replaces', replaces]);
      if (out !== undefined) pairs.push(['Written to', out]);
      context.print([title(labelOf(record)), ...rows(pairs), ''].join('\n'));
    });
  },
});
export default command;
