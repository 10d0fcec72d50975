/** The demo: everything that a TLS server and its clients need, in one folder, each file with a word on what it is for. */
import { pemOfDhParameters } from '../dh/parameters.ts';
import { namedDhParameters } from '../dh/named.ts';
import { Secret } from '../secret.ts';
import { writeTicketKeys } from '../tickets/format.ts';
import { TicketKey } from '../tickets/key.ts';
import { certificatePem, identityPfx, keyPem, makeDemoPki, SERVER_NAMES } from './pki.ts';
import { CLIENT_SCRIPT, SERVER_SCRIPT } from './scripts.ts';

/** Whom a file is for. */
export type DemoGroup = 'authority' | 'server' | 'client' | 'extras' | 'programs';

export interface DemoFile {
  /** Name inside the folder. */
  readonly name: string;
  readonly content: Buffer;
  /** Whether only its owner may read it. */
  readonly secret: boolean;
  readonly group: DemoGroup;
  /** What it is for, in a sentence without a full stop. */
  readonly purpose: string;
}

export interface DemoOptions {
  /** Days that the server's and the client's certificate are good for. Default 365. */
  readonly days?: number | undefined;
  /** Password of the .pfx file. Default `tlskit`. */
  readonly password?: Secret | undefined;
  /** Milliseconds since 1970 from which on the certificates are good. Default: now. */
  readonly now?: number | undefined;
}

/** The password of the .pfx file where none is given: everyone knows it, it is a demo. */
export const DEMO_PASSWORD = 'tlskit';
export const DEMO_DAYS = 365;

export { SERVER_NAMES };

/**
 * Makes the files of the demo; nothing is written.
 *
 * @throws TlskitError ERR_USAGE
 */
export async function makeDemo(options: DemoOptions = {}): Promise<readonly DemoFile[]> {
  const { days = DEMO_DAYS, password = Secret.fromText(DEMO_PASSWORD), now = Date.now() } = options;
  const { ca, server, client } = await makeDemoPki({ days, now });
  const open = (group: DemoGroup, name: string, content: Buffer, purpose: string): DemoFile => ({
    name,
    content,
    secret: false,
    group,
    purpose,
  });
  const secret = (...file: Parameters<typeof open>): DemoFile => ({ ...open(...file), secret: true });
  return [
    secret('authority', 'ca-key.pem', keyPem(ca), "the CA's private key: whoever has it can make certificates"),
    open(
      'authority',
      'ca-cert.pem',
      certificatePem(ca),
      "the CA's certificate: what servers and clients are told to trust",
    ),
    secret('server', 'server-key.pem', keyPem(server), "the server's private key (P-256)"),
    open('server', 'server-cert.pem', certificatePem(server), 'its certificate, signed by the CA'),
    secret('client', 'client-key.pem', keyPem(client), "the client's private key (P-256)"),
    open('client', 'client-cert.pem', certificatePem(client), 'its certificate, signed by the CA'),
    secret(
      'client',
      'client.pfx',
      identityPfx(client, ca, 'tlskit demo client', password),
      "both and the CA's certificate in one file, for browsers, Windows and Java",
    ),
    open(
      'extras',
      'dh2048.pem',
      Buffer.from(pemOfDhParameters(namedDhParameters('ffdhe2048'))),
      'Diffie-Hellman parameters for TLS 1.2: the group ffdhe2048',
    ),
    secret(
      'extras',
      'ticket.key',
      writeTicketKeys([TicketKey.generate()], 'raw'),
      'a session ticket key, to share among servers',
    ),
    open('programs', 'server.mjs', Buffer.from(SERVER_SCRIPT), 'a server for Node that wants client certificates'),
    open('programs', 'client.mjs', Buffer.from(CLIENT_SCRIPT), 'a client for it'),
  ];
}
