/** `inspect`: reads files and servers, looks at what they have, and shows it. */
import { existsSync } from 'node:fs';
import { fail } from '../../lib/errors.ts';
import { inspectObjects, recognise, type Found } from '../../lib/inspect/index.ts';
import { readSslSession } from '../../lib/tls/index.ts';
import { CertificateView, verifyChain, type TrustStore } from '../../lib/verify/index.ts';
import { Certificate } from '../../lib/x509/certificate.ts';
import type { Context } from '../context.ts';
import { TRUST_FLAGS } from '../flags/trust.ts';
import { passinFlag } from '../flags/encryption.ts';
import { styleFor } from '../help.ts';
import { bool, int, text, type Flag } from '../spec.ts';
import { openTrust } from '../trust.ts';
import { chainOf, serverOf } from './connect.ts';
import { subjectJson } from './json.ts';
import { render } from './render.ts';
import type { Subject, Trust } from './subject.ts';

export type InspectFlags = Readonly<
  Record<'in' | 'host' | 'servername' | 'passin', Flag<string | undefined>> &
    Record<'timeout' | 'attime', Flag<number | undefined>> &
    Record<'long' | 'strict', Flag<boolean>>
> &
  typeof TRUST_FLAGS;

export const INSPECT_FLAGS: InspectFlags = {
  in: text('file', 'The same as an argument'),
  host: text(
    'name',
    'Check that the first certificate is for this host name or address (servers: the one connected to)',
  ),
  servername: text('name', 'Ask a server for this name (default: the one connected to)'),
  passin: passinFlag(),
  attime: int('seconds', 'Look at it as of this time, in seconds since 1970'),
  timeout: int('seconds', 'How long a server may take for the handshake (default 15)'),
  long: bool('Serial numbers and fingerprints, too'),
  strict: bool('Exit with 1 where there are errors, or a server has no trusted chain'),
  ...TRUST_FLAGS,
};

type InspectContext = Context<InspectFlags>;

const TIMEOUT = 15;

/** Runs `inspect`. */
export async function runInspect(context: InspectContext): Promise<number> {
  const { flags, args } = context;
  const words = [...(flags.in === undefined ? [] : [flags.in]), ...args];
  const inputs = words.length === 0 ? ['-'] : words;
  const trusted = openTrust(flags, 'each');
  const subjects: Subject[] = [];
  const files = inputs.filter((word) => serverOf(word, existsSync) === undefined);
  if (files.length > 0) subjects.push(await lookAtFiles(context, files, trusted));
  for (const word of inputs) {
    const server = serverOf(word, existsSync);
    if (server) subjects.push(await lookAtServer(context, server, trusted));
  }
  if (context.json) {
    const documents = subjects.map(subjectJson);
    context.printJson(documents.length === 1 ? documents[0] : documents);
  } else {
    const style = { ...styleFor(process.stdout), long: flags.long };
    context.print(subjects.map((subject) => render(subject, style)).join('\n'));
  }
  return flags.strict && subjects.some(isBad) ? 1 : 0;
}

/** Several files are looked at together: a certificate in one may have its key or its issuer in another. */
async function lookAtFiles(context: InspectContext, files: readonly string[], trusted: TrustStore): Promise<Subject> {
  const { passin } = context.flags;
  const passphrase = passin === undefined ? undefined : context.passphrase(passin);
  const objects: Found[] = [];
  for (const file of files) {
    const source = context.inputName(file);
    const found = await recognise(context.read(file), { source, passphrase, readSession: readSslSession });
    objects.push(
      ...(files.length === 1 ? found : found.map((one) => ({ ...one, place: { ...one.place, file: source } }))),
    );
  }
  const [first] = files as [string];
  return lookAt(context, {
    name: files.length === 1 ? context.inputName(first) : `${files.length} files`,
    objects,
    trusted,
  });
}

const isBad = ({ inspection, server, trust }: Subject): boolean =>
  inspection.findings.some(({ severity }) => severity === 'error') || (server !== undefined && trust?.ok !== true);

interface Input {
  readonly name: string;
  readonly objects: readonly Found[];
  readonly trusted: TrustStore;
  readonly host?: string | undefined;
  readonly server?: Subject['server'];
}

function lookAt(context: InspectContext, input: Input): Subject {
  const { attime, host = input.host } = context.flags;
  const now = attime === undefined ? Date.now() : attime * 1000;
  const inspection = inspectObjects(input.objects, {
    now,
    host,
    served: input.server !== undefined,
    pem: input.objects.every(({ place }) => place.line !== undefined && place.file === undefined),
    trusts: (view) => input.trusted.issuersOf(view).length > 0,
  });
  return { name: input.name, inspection, now, server: input.server, trust: trustOf(input, now) };
}

/** The verdict on the first certificate that is no CA, else on the first. */
function trustOf({ objects, trusted, server }: Input, now: number): Trust | undefined {
  const views = objects.flatMap((found) => (found.kind === 'certificate' ? [found.view] : []));
  const leaf = server ? views[0] : (views.find(({ traits }) => traits.marks?.ca !== true) ?? views[0]);
  if (!leaf) return undefined;
  const { ok, errors } = verifyChain(leaf, {
    trusted,
    untrusted: views,
    time: now,
    ...(server ? { purpose: 'sslserver' as const, authLevel: 1 } : {}),
  });
  return { ok, error: errors[0] };
}

async function lookAtServer(
  context: InspectContext,
  server: { readonly host: string; readonly port: number },
  trusted: TrustStore,
): Promise<Subject> {
  const { servername: serverName = server.host, timeout = TIMEOUT } = context.flags;
  if (timeout <= 0) fail('ERR_USAGE', `option -timeout takes a positive number, not ${timeout}`);
  const { info } = await chainOf(server, serverName, timeout * 1000);
  const objects = info.peerChain.map((der): Found => ({
    kind: 'certificate',
    place: {},
    view: new CertificateView(Certificate.read(der)),
  }));
  const name = server.host.includes(':') ? `[${server.host}]:${server.port}` : `${server.host}:${server.port}`;
  return lookAt(context, {
    name,
    objects,
    trusted,
    host: serverName,
    server: {
      ...server,
      serverName,
      version: info.version?.name ?? '?',
      suite: info.suite?.name ?? '?',
      group: info.group?.name,
      stapled: info.ocsp !== undefined && info.ocsp.length > 0,
    },
  });
}
