import { authorityFlag, caFlags, caPassinFlag, withCa } from '../../cli/ca-folder/folder.ts';
import { instant } from '../../cli/ca-folder/render.ts';
import { pemOrDer } from '../../cli/flags/form.ts';
import { bool, defineCommand, int, text, type CommandSpec } from '../../cli/spec.ts';
import { makeCrl } from '../../lib/ca/index.ts';
import { baseCrlNumber, crlNumber, crlPem } from '../../lib/crl/index.ts';
import { fail } from '../../lib/errors.ts';

const flags = {
  out: text('file', 'Where the CRL goes (default: standard output)'),
  outform: text('PEM|DER', 'PEM (default), or DER as servers offer it'),
  days: int('number', 'Days until there will be a newer one, at the latest (default 7; a delta CRL: 1)'),
  hours: int('number', 'The same in hours'),
  delta: bool('A delta CRL: only what has changed since the last full one'),
  ...caFlags,
  passin: caPassinFlag,
  authority: authorityFlag,
};

const command: CommandSpec = defineCommand({
  summary: 'Make the list of revoked certificates (CRL)',
  description:
    'Every CRL has a number of its own, one above the last, and is recorded. A certificate that has expired stays on one more CRL and is then left out.',
  examples: [
    { say: 'For verification here', line: 'ca crl -out ca.crl' },
    { say: 'For a web server, every day anew', line: 'ca crl -outform DER -days 2 -out /var/www/ca.crl' },
    { say: 'What is new since then', line: 'ca crl -delta -hours 6 -out delta.crl' },
  ],
  flags,
  algorithms: ['digest'],
  async run(context) {
    const { out, delta, days, hours } = context.flags;
    const form = pemOrDer('outform', context.flags.outform) ?? 'pem';
    if (days !== undefined && hours !== undefined) fail('ERR_USAGE', 'one of -days and -hours is enough');
    const validHours = hours ?? (days === undefined ? undefined : days * 24);
    await withCa(context, context.flags, async (ca) => {
      const authority = await ca.withKey();
      const crl = await makeCrl(authority, { delta, hours: validHours, digest: context.digest });
      const toFile = out !== undefined && out !== '-';
      const content = form === 'der' ? crl.der : crlPem(crl);
      if (!context.json || toFile) context.write(out, content);
      const number = Number(crlNumber(crl) ?? 0n);
      const base = baseCrlNumber(crl);
      if (context.json) {
        context.printJson({
          number,
          baseNumber: base === undefined ? null : Number(base),
          thisUpdate: instant(crl.thisUpdate.ms ?? 0),
          nextUpdate: instant(crl.nextUpdate?.ms ?? 0),
          revoked: crl.revoked.length,
          file: toFile ? out : null,
          ...(toFile ? {} : { crl: typeof content === 'string' ? content : content.toString('base64') }),
        });
      } else if (toFile) {
        const what = base === undefined ? `CRL ${number}` : `Delta CRL ${number} to CRL ${base}`;
        context.print(
          `${what} is in ${out}: ${crl.revoked.length} entries, good until ${instant(crl.nextUpdate?.ms ?? 0)}\n`,
        );
      }
    });
  },
});
export default command;
