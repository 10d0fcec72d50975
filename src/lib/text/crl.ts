import type { Crl, RevokedCertificate } from '../crl/index.ts';
import type { Time } from '../x509/time.ts';
import { extensionList } from './extensions/index.ts';
import { ONELINE_DEFAULT, nameOctets, type NameOptions } from './name.ts';
import { integerHex } from './number.ts';
import { fromOctetText } from './octets.ts';
import { signatureText } from './signature.ts';
import { BAD_TIME, timeText } from './time.ts';

const when = (time: Time): string => timeText(time) ?? BAD_TIME;

/** Numbers beyond C's long are shown as -1. */
function versionText(field: bigint): string {
  const long = field === BigInt.asIntN(64, field) ? field : -1n;
  const known = long === 0n || long === 1n;
  return `        Version ${known ? `${long + 1n} (0x${long})` : `unknown (${long})`}\n`;
}

function entryText({ serial, revocationDate, extensions }: RevokedCertificate): string {
  return (
    `    Serial Number: ${integerHex(serial)}\n        Revocation Date: ${when(revocationDate)}\n` +
    extensionList('CRL entry extensions', extensions, 8)
  );
}

/** The text that `openssl crl -text -noout` prints, byte for byte (see octets.ts for octets that are no UTF-8). */
export function crlText(crl: Crl, { nameopt = ONELINE_DEFAULT }: { readonly nameopt?: NameOptions } = {}): string {
  const { signatureAlgorithm, nextUpdate, revoked } = crl;
  const text = [
    'Certificate Revocation List (CRL):\n',
    versionText(crl.versionField),
    `    ${signatureText(signatureAlgorithm)}`,
    `        Issuer: ${nameOctets(crl.issuer, nameopt).text}\n`,
    `        Last Update: ${when(crl.thisUpdate)}\n`,
    `        Next Update: ${nextUpdate ? when(nextUpdate) : 'NONE'}\n`,
    extensionList('CRL extensions', crl.extensions, 8),
    revoked.length > 0 ? 'Revoked Certificates:\n' : 'No Revoked Certificates.\n',
    ...revoked.map(entryText),
    signatureText(signatureAlgorithm, crl.signature),
  ];
  return fromOctetText(text.join(''));
}
