/** Extensions of OCSP messages (RFC 6960 section 4.4), which may stand in a certificate too. */
import { TAG } from '../../der/index.ts';
import { explicitly, integer, optional, sequence, string } from '../../der/template.ts';
import { timeOf } from '../../x509/time.ts';
import { integerHex } from '../number.ts';
import { printable, upperHex } from '../string.ts';
import { BAD_TIME, timeText } from '../time.ts';
import type { ExtensionPrinter } from './printer.ts';
import { asBlock } from './printer.ts';

/** A run of upper-case hex, broken after 35 octets. */
export const hexRun = (bytes: Buffer): string => (upperHex(bytes).match(/.{1,70}/g) ?? ['0']).join('\\\n');

/** A nonce is an OCTET STRING by the RFC, any octets by use. */
export const ocspNonce: ExtensionPrinter = (value, indent) => ({
  text: ' '.repeat(indent) + hexRun(value),
  complete: true,
});

export const ocspCrlId: ExtensionPrinter = asBlock(
  sequence({
    url: optional(explicitly(0, string(TAG.ia5String))),
    number: optional(explicitly(1, integer())),
    time: optional(explicitly(2, string(TAG.generalizedTime))),
  }),
  ({ url, number, time }, indent) => {
    const pad = ' '.repeat(indent);
    let text = url ? `${pad}crlUrl: ${printable(url.value)}\n` : '';
    if (number) text += `${pad}crlNum: ${integerHex(number)}\n`;
    if (!time) return text;
    const when = timeText(timeOf(TAG.generalizedTime, time.value));
    text += `${pad}crlTime: ${when ?? BAD_TIME}`;
    return { text: when === undefined ? text : `${text}\n`, complete: when !== undefined };
  },
);
