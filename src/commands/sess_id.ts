import { keyOutputForm, toFile } from '../cli/flags/keys.ts';
import { pemOrDer } from '../cli/flags/form.ts';
import type { Context } from '../cli/context.ts';
import { bool, defineCommand, text, type CommandSpec } from '../cli/spec.ts';
import { decodePem, encodePem } from '../lib/der/index.ts';
import { fail, within } from '../lib/errors.ts';
import { SUITES } from '../lib/registry/tls-suites.ts';
import { VERSIONS } from '../lib/registry/tls-versions.ts';
import { verifyCode } from '../lib/registry/verify-errors.ts';
import { certificateText } from '../lib/text/certificate.ts';
import { NAME_COMPAT } from '../lib/text/name.ts';
import { sessionFieldsText } from '../lib/text/session.ts';
import * as structure from '../lib/tls/session/structure.ts';
import { Certificate } from '../lib/x509/certificate.ts';

type Parts = structure.SslSessionParts;

const flags = {
  in: text('file', 'Read the session from this file (default: standard input)'),
  inform: text('PEM|DER', 'Format of the input (default PEM)'),
  out: text('file', 'Write to this file (default: standard output)'),
  outform: text('PEM|DER|NSS', 'Format of the output (default PEM); NSS is a line of a key log'),
  text: bool('Print what is in the session'),
  cert: bool("Write the peer's certificate, not the session"),
  noout: bool('Do not write the session'),
  context: text('name', 'Set the session id context'),
};

type Run = Context<typeof flags>;

/** The longest context. */
const MAX_CONTEXT = 32;
/** What a session without a time to live gets. */
const TIMEOUT = 3;
/** Versions of DTLS by OpenSSL's numbers. */
const DTLS: Readonly<Record<number, string>> = { 0x0100: 'DTLSv0.9', 0xfeff: 'DTLSv1', 0xfefd: 'DTLSv1.2' };

const command: CommandSpec = defineCommand({
  summary: 'Look at a TLS session that was saved',
  description:
    'Reads a session in the form that "s_client -sess_out" and OpenSSL write, and writes it in PEM, or as the flags say. Its secret decrypts the ' +
    'connections that resume it, so the output is as private as a key.',
  examples: [
    { say: 'What is in it', line: 'sess_id -in session.pem -text -noout' },
    { say: "The peer's certificate", line: 'sess_id -in session.pem -cert' },
  ],
  flags,
  run(context) {
    const { flags } = context;
    const nss = flags.outform?.toUpperCase() === 'NSS';
    const form = nss ? 'pem' : keyOutputForm(flags.outform);
    if (nss && flags.cert) fail('ERR_USAGE', '-outform NSS is no format of certificates');
    const session = withContext(readSession(context), flags.context);
    const pieces: (string | Buffer)[] = flags.text && !context.json ? [sessionPartsText(session)] : [];
    if (flags.text && flags.cert && !context.json) pieces.push(certificateOrNote(session));
    if (!flags.noout && flags.cert && session.peer) pieces.push(encoded('CERTIFICATE', session.peer, form));
    if (!flags.noout && !flags.cert) {
      const der = (): Buffer => structure.writeSslSessionParts(session);
      pieces.push(nss ? keyLogLine(session) : encoded(structure.SSL_SESSION_LABEL, der(), form));
    }
    if (context.json) context.printJson(described(session));
    const whole = Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
    const shown = !context.json || toFile(flags.out);
    if (shown && (!flags.noout || flags.text)) context.write(flags.out, whole, { secret: true });
  },
});
export default command;

const encoded = (label: string, der: Buffer, form: 'pem' | 'der'): string | Buffer =>
  form === 'der' ? der : encodePem(label, der);

function readSession(context: Run): Parts {
  const { flags } = context;
  const source = context.inputName(flags.in);
  const bytes = context.read(flags.in);
  return within(source, () => {
    const parts = structure.readSslSessionParts(sessionDer(bytes, pemOrDer('inform', flags.inform)));
    if (suiteOf(parts) === undefined) fail('ERR_UNSUPPORTED', 'a session of a cipher suite that nobody knows');
    if (protocolOf(parts) === undefined) fail('ERR_UNSUPPORTED', 'a session of a version that nobody knows');
    const { time, timeout } = parts;
    return { ...parts, time: time === 0 ? Math.floor(Date.now() / 1000) : time, timeout: timeout || TIMEOUT };
  });
}

function sessionDer(bytes: Buffer, form: 'pem' | 'der' | undefined): Uint8Array {
  if (form === 'der' || (form === undefined && bytes[0] === 0x30)) return bytes;
  const [block] = decodePem(bytes.toString('latin1'), (label) => label === structure.SSL_SESSION_LABEL);
  return block?.der ?? fail('ERR_FORMAT', `no TLS session ("BEGIN ${structure.SSL_SESSION_LABEL}")`);
}

function withContext(session: Parts, named: string | undefined): Parts {
  if (named === undefined) return session;
  const context = Buffer.from(named, 'utf8');
  if (context.length > MAX_CONTEXT)
    fail('ERR_USAGE', `Context too long: ${context.length} octets, not up to ${MAX_CONTEXT}`);
  return { ...session, context };
}

function suiteOf({ suite }: Parts): string | undefined {
  const row = SUITES.row(suite);
  return row && (row.openssl ?? row.name);
}

const protocolOf = ({ version }: Parts): string | undefined => VERSIONS.row(version)?.name ?? DTLS[version];
const shown = (octets: Buffer | undefined): string | undefined => octets?.toString('utf8');

function sessionPartsText(session: Parts): string {
  return sessionFieldsText({
    ...session,
    protocol: protocolOf(session) ?? '',
    cipher: suiteOf(session) ?? '',
    pskIdentity: shown(session.pskIdentity),
    pskHint: shown(session.pskHint),
    srpUser: shown(session.srpUser),
    extendedMasterSecret: (session.flags & structure.EXTENDED_MASTER_SECRET) !== 0,
  });
}

const certificateOrNote = ({ peer }: Parts): string =>
  peer
    ? certificateText(Certificate.read(peer, { strictness: 'ber' }), { nameopt: NAME_COMPAT })
    : 'No certificate present\n';

/** NSS's format of key logs before TLS 1.3. */
function keyLogLine({ id, secret }: Parts): string {
  if (id.length === 0 || secret.length === 0)
    fail('ERR_FORMAT', 'unable to write SSL_SESSION: it has no id or no secret');
  return `RSA Session-ID:${id.toString('hex').toUpperCase()} Master-Key:${secret.toString('hex').toUpperCase()}\n`;
}

/** The session as data, without its secret and its ticket. */
function described(session: Parts): object {
  const { id, context, time, timeout, lifetime, verifyResult, ticket, maxEarlyData, peer } = session;
  return {
    version: protocolOf(session),
    cipher: suiteOf(session),
    id: id.toString('hex'),
    context: context.toString('hex'),
    started: new Date(time * 1000).toISOString(),
    timeout,
    serverName: shown(session.serverName) ?? null,
    alpn: shown(session.alpn) ?? null,
    pskIdentity: shown(session.pskIdentity) ?? null,
    ticket: ticket ? { length: ticket.length, lifetime } : null,
    maxEarlyData,
    extendedMasterSecret: (session.flags & structure.EXTENDED_MASTER_SECRET) !== 0,
    verify: { code: verifyResult, text: verifyCode(verifyResult).text },
    peerCertificate: peer ? encodePem('CERTIFICATE', peer) : null,
  };
}
