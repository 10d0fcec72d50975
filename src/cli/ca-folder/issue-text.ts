/** What `ca issue`, `sign` and `renew` say. */
import { templateByName } from '../../lib/ca/index.ts';
import { elapsed } from '../progress.ts';
import { PKCS12_PASSWORD, type Delivery } from './files.ts';
import { DEFAULT_FOLDER, type OpenCa } from './folder.ts';
import { day, labelOf, nextSteps, recordJson, rows, title, type RecordJson } from './render.ts';

/** A new certificate as JSON: its record, and its files; null where there is none. */
export function deliveryJson({
  issued,
  places,
}: Delivery): RecordJson & { readonly files: Readonly<Record<string, string | null>> } {
  const { certificate, key, pkcs12 } = places;
  return {
    ...recordJson(issued.record, Date.now()),
    files: { certificate, key: key ?? null, pkcs12: pkcs12 ?? null },
  };
}

/** One certificate: what it is for, where it is, and what to do with it. */
export function issuedText(ca: OpenCa, delivery: Delivery, verb = 'Issued'): string {
  const { issued, places, passphrase, chain } = delivery;
  const { record } = issued;
  const use = record.template === undefined ? '' : ` (${templateByName(record.template).title})`;
  const files: (readonly [string, string])[] = [
    [places.certificate, chain.length > 0 ? 'the certificate, and the intermediate after it' : 'the certificate'],
  ];
  if (places.key !== undefined)
    files.push([places.key, passphrase ? 'its key, encrypted' : 'its key, not encrypted: keep it to yourself']);
  if (places.pkcs12 !== undefined)
    files.push([places.pkcs12, `both in PKCS#12${passphrase ? '' : `; the password is ${PKCS12_PASSWORD}`}`]);
  return [
    `${title(verb)} for ${labelOf(record)}${use}, good until ${day(record.notAfter)}.`,
    '',
    ...rows([...files, [ca.rootFile, 'the CA that clients have to trust']]),
    '',
    `Serial number ${record.serial}`,
    ...steps(ca, delivery),
    '',
  ].join('\n');
}

function steps(ca: OpenCa, { issued, places, chain }: Delivery): string[] {
  const { template, names } = issued.record;
  const option = ca.folder === DEFAULT_FOLDER ? [] : ['-ca', ca.folder];
  const host = names.find((name) => /^[a-z0-9.-]+$/i.test(name)) ?? 'localhost';
  const here = /^localhost$|^[\d.]+$/.test(host) ? [] : ['--resolve', `${host}:8443:127.0.0.1`];
  const server = template === 'server' || template === 'both';
  const chained = chain.length > 0 ? ['-cert_chain', places.certificate] : [];
  const listen = ['tlskit', 's_server', '-accept', '8443', '-www', '-cert', places.certificate, ...chained];
  const tries: (readonly [string, readonly string[]])[] =
    server && places.key !== undefined
      ? [
          ['Try it', [...listen, '-key', places.key]],
          ['and in a second terminal', ['curl', '--cacert', ca.rootFile, ...here, `https://${host}:8443/`]],
        ]
      : [];
  return nextSteps([...tries, ['When it is about to end', ['tlskit', 'ca', 'renew', ...option, places.certificate]]]);
}

/** Many certificates. */
export function batchText(ca: OpenCa, count: number, ms: number): string {
  const rate = ms > 0 ? `, ${Math.round((count * 1000) / ms)} a second` : '';
  return `${title('Issued')} ${count} certificates in ${elapsed(ms)}${rate}; all are recorded in the database of ${ca.folder}.\n`;
}
