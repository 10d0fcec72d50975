/** Protocol versions. */
import { CodeTable, type CodeRow } from './tls-table.ts';

/** The names of versions, as OpenSSL and node:tls spell them. */
export type VersionName = 'SSLv3' | 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

/** One protocol version. */
export interface Version extends CodeRow {
  readonly name: VersionName;
  /**
   * The last octets of a ServerHello's random by which a server that could do more says so when it settles for this version (RFC 8446
   * section 4.1.3), in hexadecimal.
   */
  readonly sentinel: string | undefined;
  /** The document that defines it. */
  readonly rfc: string;
}

const TLS11_SENTINEL = '444f574e47524400';

/** All versions, oldest first, so that rows compare by their index as well as by their code. */
export const VERSIONS: CodeTable<Version> = new CodeTable<Version>(
  () => [
    { code: 0x0300, name: 'SSLv3', sentinel: TLS11_SENTINEL, rfc: 'RFC 6101' },
    { code: 0x0301, name: 'TLSv1', sentinel: TLS11_SENTINEL, rfc: 'RFC 2246' },
    { code: 0x0302, name: 'TLSv1.1', sentinel: TLS11_SENTINEL, rfc: 'RFC 4346' },
    { code: 0x0303, name: 'TLSv1.2', sentinel: '444f574e47524401', rfc: 'RFC 5246' },
    { code: 0x0304, name: 'TLSv1.3', sentinel: undefined, rfc: 'RFC 8446' },
  ],
  (row) => (row.name === 'TLSv1' ? ['TLSv1.0', 'TLS 1.0'] : [row.name.replace('v', ' ')]),
);

export const SSL30 = 0x0300;
export const TLS10 = 0x0301;
export const TLS11 = 0x0302;
export const TLS12 = 0x0303;
export const TLS13 = 0x0304;
