import { authorityFlag, caFlags, withCa } from '../../cli/ca-folder/folder.ts';
import { recordJson, shownOption } from '../../cli/ca-folder/render.ts';
import { recordTable } from '../../cli/ca-folder/table.ts';
import { bool, defineCommand, int, type CommandSpec } from '../../cli/spec.ts';
import { statusOf, type CertificateRecord } from '../../lib/ca/index.ts';
import { fail } from '../../lib/errors.ts';

const flags = {
  valid: bool('Those that are good now'),
  expired: bool('Those whose time is over'),
  revoked: bool('Those that are revoked or on hold'),
  expiring: int('days', 'Good ones that end within so many days'),
  count: bool('Only say how many'),
  ...caFlags,
  authority: authorityFlag,
};

const DAY = 86_400_000;

const command: CommandSpec = defineCommand({
  summary: 'List what a CA has issued',
  description:
    'All certificates, oldest first, or those of the wanted kinds; a text finds those with it in a name or the subject. Serial numbers are what the other commands take.',
  examples: [
    { say: 'What ends within a month', line: 'ca list -expiring 30' },
    { say: 'For a script', line: 'ca list example.org -valid -json' },
  ],
  args: [{ name: 'text', description: 'A part of a name or of the subject' }],
  flags,
  async run(context) {
    const { valid, expired, revoked, expiring, count } = context.flags;
    if (expiring !== undefined && expiring < 0) fail('ERR_USAGE', `-expiring takes a number of days, not ${expiring}`);
    await withCa(context, context.flags, async ({ records, folder }) => {
      const now = Date.now();
      const all = !valid && !expired && !revoked && expiring === undefined;
      const wanted = (record: CertificateRecord): boolean => {
        const status = statusOf(record, now);
        if (status === 'valid')
          return all || valid || (expiring !== undefined && record.notAfter <= now + expiring * DAY);
        return all || (status === 'expired' ? expired : revoked);
      };
      const [text] = context.args;
      const found = (await records.find({ text, brief: true })).filter(wanted);
      if (context.json)
        context.printJson(
          count ? { count: found.length } : { certificates: found.map((record) => recordJson(record, now)) },
        );
      else if (count) context.print(`${found.length}\n`);
      else if (found.length > 0) context.print(recordTable(found, now));
      else
        context.note(
          `There are none${all && text === undefined ? `; "tlskit ca issue ${shownOption(folder)}NAME" makes one` : ''}.\n`,
        );
    });
  },
});
export default command;
