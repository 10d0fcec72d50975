/** TLS sessions as OpenSSL 3.0 prints them (SSL_SESSION_print), byte for byte. */
import { TLS13 } from '../registry/tls-versions.ts';
import { verifyCode } from '../registry/verify-errors.ts';
import { hexDump } from './dump.ts';

/** What the text shows. Numbers that are 0 have no line where OpenSSL has none. */
export interface SessionTextFields {
  /** `TLSv1.3`, and the version's number. */
  readonly protocol: string;
  readonly version: number;
  /** OpenSSL's name of the suite. */
  readonly cipher: string;
  readonly id: Uint8Array;
  readonly context: Uint8Array;
  readonly secret: Uint8Array;
  readonly pskIdentity?: string | undefined;
  readonly pskHint?: string | undefined;
  readonly srpUser?: string | undefined;
  /** Seconds. */
  readonly lifetime: number;
  readonly ticket: Uint8Array | undefined;
  readonly compression?: number;
  /** Seconds since 1970. */
  readonly time: number;
  readonly timeout: number;
  readonly verifyResult: number;
  readonly extendedMasterSecret: boolean;
  readonly maxEarlyData: number;
}

const upperHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase();

/** The `SSL-Session:` block. */
export function sessionFieldsText(session: SessionTextFields): string {
  const tls13 = session.version === TLS13;
  const { lifetime, ticket, compression = 0, time, timeout, verifyResult } = session;
  const lines = [
    'SSL-Session:',
    `    Protocol  : ${session.protocol}`,
    `    Cipher    : ${session.cipher}`,
    `    Session-ID: ${upperHex(session.id)}`,
    `    Session-ID-ctx: ${upperHex(session.context)}`,
    `    ${tls13 ? 'Resumption PSK' : 'Master-Key'}: ${upperHex(session.secret)}`,
    `    PSK identity: ${session.pskIdentity ?? 'None'}`,
    `    PSK identity hint: ${session.pskHint ?? 'None'}`,
    `    SRP username: ${session.srpUser ?? 'None'}`,
    ...(lifetime > 0 ? [`    TLS session ticket lifetime hint: ${lifetime} (seconds)`] : []),
    // the dump ends with a line end of its own
    ...(ticket ? [`    TLS session ticket:\n${hexDump(ticket, 4)}`] : []),
    ...(compression > 0 ? [`    Compression: ${compression}`] : []),
    ...(time === 0 ? [] : [`    Start Time: ${time}`]),
    ...(timeout === 0 ? [] : [`    Timeout   : ${timeout} (sec)`]),
    `    Verify return code: ${verifyResult} (${verifyCode(verifyResult).text})`,
    `    Extended master secret: ${session.extendedMasterSecret ? 'yes' : 'no'}`,
    ...(tls13 ? [`    Max Early Data: ${session.maxEarlyData}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
