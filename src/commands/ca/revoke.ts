import { authorityFlag, caFlags, withCa } from '../../cli/ca-folder/folder.ts';
import { recordJson, shownOption } from '../../cli/ca-folder/render.ts';
import { oneLine, selectRecord } from '../../cli/ca-folder/select.ts';
import { bool, defineCommand, text, type CommandSpec } from '../../cli/spec.ts';
import { reasonByName } from '../../lib/ca/index.ts';
import { fail } from '../../lib/errors.ts';

const flags = {
  reason: text(
    'reason',
    'unspecified (default), keyCompromise, CACompromise, affiliationChanged, superseded, cessationOfOperation, certificateHold, privilegeWithdrawn, AACompromise',
  ),
  'invalid-since': text('date', 'When the key is thought to have been lost: 2026-11-20 or 2026-11-20T12:00:00Z'),
  release: bool('Take certificates off hold again: those revoked for certificateHold'),
  ...caFlags,
  authority: authorityFlag,
};

const command: CommandSpec = defineCommand({
  summary: 'Revoke certificates',
  description:
    'By file, serial number or name. That a certificate is revoked is recorded at once; others learn it from the next CRL ("ca crl") or from ' +
    '"ca ocsp-serve". Only a certificate on hold can come back.',
  examples: [
    { say: 'By its file', line: 'ca revoke www.pem -reason keyCompromise' },
    { say: 'By its number, on hold', line: 'ca revoke 4F2A91 -reason certificateHold' },
    { say: 'Off hold again', line: 'ca revoke 4F2A91 -release' },
  ],
  args: [
    { name: 'certificate', description: 'A file, a serial number, or a name that one certificate has', many: true },
  ],
  flags,
  async run(context) {
    const { flags, args } = context;
    if (args.length === 0) fail('ERR_USAGE', 'name a certificate: its file, its serial number, or a name it is for');
    const reason = reasonByName(flags.reason ?? 'unspecified');
    const invalidSince = flags['invalid-since'] === undefined ? undefined : dateOf(flags['invalid-since']);
    if (flags.release && (flags.reason !== undefined || invalidSince !== undefined))
      fail('ERR_USAGE', '-release has no reason and no date');
    await withCa(context, flags, async (ca) => {
      const { folder, records } = ca;
      // all are found before the first is revoked
      const selected = [];
      for (const word of args) selected.push((await selectRecord(ca, word)).record);
      const now = Date.now();
      for (const { serial } of selected)
        await (flags.release ? records.release(serial) : records.revoke(serial, { at: now, reason, invalidSince }));
      const after = await Promise.all(selected.map(({ serial }) => records.recordOf(serial)));
      if (context.json) return context.printJson({ certificates: after.map((record) => recordJson(record, now)) });
      const verb = flags.release ? 'Released' : `Revoked (${reason})`;
      context.print(after.map((record) => `${verb}: ${oneLine(record)}\n`).join(''));
      context.print(`Others learn it from a new CRL: tlskit ca crl ${shownOption(folder)}-out ca.crl\n`);
    });
  },
});
export default command;

function dateOf(text: string): number {
  const ms = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) fail('ERR_USAGE', `the date "${text}" should read 2026-11-20 or 2026-11-20T12:00:00Z`);
  return ms > Date.now() ? fail('ERR_USAGE', `the date ${text} is in the future`) : ms;
}
