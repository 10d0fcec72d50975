import { deliver, filesOf, type Delivery } from '../../cli/ca-folder/files.ts';
import { authorityFlag, caFlags, caPassinFlag, withCa, type OpenCa } from '../../cli/ca-folder/folder.ts';
import { deliveryJson } from '../../cli/ca-folder/issue-text.ts';
import { keyTypeFlag } from '../../cli/ca-folder/key-type.ts';
import { day } from '../../cli/ca-folder/render.ts';
import { endsWithin, renewalKeyAndOrder, renewalOf, type Renewal } from '../../cli/ca-folder/renew.ts';
import { oneLine, selectRecord, withoutKeys } from '../../cli/ca-folder/select.ts';
import type { Context } from '../../cli/context.ts';
import { bool, defineCommand, int, text, type CommandSpec } from '../../cli/spec.ts';
import type { Issued } from '../../lib/ca/index.ts';
import { fail } from '../../lib/errors.ts';

const flags = {
  'new-key': bool('With a new key (default: for the key that it has)'),
  'key-type': keyTypeFlag('Type of the new key, if it should be another one; without it, that of the old one'),
  days: int('number', 'Days that it is good for (default: as many as the old one)'),
  expiring: int('days', 'Only those that end within so many days: for a job that runs every day'),
  revoke: bool('Revoke the old certificate (superseded)'),
  out: text('file', 'Where the certificate goes (default: over the file that was named)'),
  keyout: text('file', 'Where a new key goes (default: the same with -key.pem)'),
  passout: text('source', 'Encrypt the new key with this passphrase: pass:text, env:name, file:path, …'),
  force: bool('Write over files that hold something else'),
  ...caFlags,
  passin: caPassinFlag,
  authority: authorityFlag,
};

type Run = Context<typeof flags>;

const command: CommandSpec = defineCommand({
  summary: 'Issue certificates again that are about to end',
  description:
    'Same subject, names and extensions, new serial number and time. A certificate that is named by its file is replaced there; the old one stays good until its end unless -revoke is given.',
  examples: [
    { say: 'In place', line: 'ca renew www.pem' },
    { say: 'Every night: what ends within a month', line: 'ca renew certs/*.pem -expiring 30' },
    { say: 'With a new key, the old certificate revoked', line: 'ca renew www.pem -new-key -revoke' },
  ],
  args: [{ name: 'certificate', description: 'A file, a serial number or a name', many: true }],
  flags,
  async run(context) {
    const { flags, args } = context;
    check(context);
    await withCa(context, flags, async (ca) => {
      const now = Date.now();
      const all: Renewal[] = [];
      for (const word of withoutKeys(args)) {
        const selected = await selectRecord(ca, word, { newest: true });
        if (flags.expiring !== undefined && !endsWithin(selected.record, flags.expiring, now)) continue;
        const renewal = renewalOf(ca, selected, flags);
        for (const file of filesOf(renewal.places)) context.sink.check(file);
        all.push(renewal);
      }
      const deliveries = await renewAll(context, ca, all);
      if (context.json) return context.printJson({ certificates: deliveries.map(deliveryJson) });
      if (deliveries.length === 0) return context.note('None of them ends that soon.\n');
      if (flags.out === '-') return;
      for (const { issued, places } of deliveries) {
        const files = filesOf(places).join(', ');
        context.print(`Renewed: ${oneLine(issued.record)}, good until ${day(issued.record.notAfter)}: ${files}\n`);
      }
    });
  },
});
export default command;

function check({ flags, args }: Run): void {
  if (args.length === 0) fail('ERR_USAGE', 'name what to renew: a file, a serial number, or a name');
  if (args.length > 1 && (flags.out !== undefined || flags.keyout !== undefined))
    fail('ERR_USAGE', 'with several certificates each keeps its file; -out and -keyout are for one');
  const needless = ['key-type', 'keyout', 'passout'].find((name) => flags[name as 'keyout'] !== undefined);
  if (needless !== undefined && !flags['new-key']) fail('ERR_USAGE', `-${needless} goes with -new-key`);
  if (flags.expiring !== undefined && flags.expiring < 0)
    fail('ERR_USAGE', `-expiring takes a number of days, not ${flags.expiring}`);
}

async function renewAll(context: Run, ca: OpenCa, all: readonly Renewal[]): Promise<Delivery[]> {
  if (all.length === 0) return [];
  const { flags } = context;
  const passphrase = flags.passout === undefined ? undefined : context.passphrase(flags.passout);
  const authority = await ca.withKey();
  const made = await Promise.all(all.map((renewal) => renewalKeyAndOrder(renewal, flags)));
  const issued = await authority.issue(made.map(({ order }) => order));
  const deliveries = issued.map((one: Issued, i): Delivery => {
    const { places } = all[i] as Renewal;
    return { issued: one, chain: ca.chain, key: made[i]?.key, places, passphrase };
  });
  for (const delivery of deliveries) deliver(context, delivery);
  // the old one goes when the new one is in its place
  context.sink.commit();
  if (flags.revoke)
    for (const { record } of all) await authority.revoke(record.serial, { at: Date.now(), reason: 'superseded' });
  return deliveries;
}
