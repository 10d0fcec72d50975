/** Messages that may not come now: those with a rule of their own have a reason of their own. */
import { HANDSHAKE_TYPE } from '../registry/tls-codes.ts';
import type { Reason } from '../registry/tls-reasons.ts';
import { TLS13 } from '../registry/tls-versions.ts';
import type { ConnectionInfo } from './info.ts';
import type { RawMessage } from './record/index.ts';

/** The reason for a message of `type` that came where `wanted` belongs. */
export function misplacedReason(info: Readonly<ConnectionInfo>, type: number, wanted: string): Reason {
  const tls13 = info.version?.code === TLS13;
  const ending = wanted === 'finished' || wanted === 'change_cipher_spec';
  switch (type) {
    case HANDSHAKE_TYPE.helloRequest:
      return tls13 ? 'hello_request_in_tls13' : 'message_unexpected';
    case HANDSHAKE_TYPE.endOfEarlyData:
      return tls13 ? 'end_of_early_data_unexpected' : 'message_unexpected';
    case HANDSHAKE_TYPE.finished:
      return wanted === 'change_cipher_spec' ? 'change_cipher_spec_missing' : 'message_unexpected';
    case HANDSHAKE_TYPE.newSessionTicket:
      return wanted === 'change_cipher_spec' ? 'ticket_unasked' : 'message_unexpected';
    case HANDSHAKE_TYPE.certificateRequest:
      return tls13 && wanted === 'finished' && withPsk(info) ? 'certificate_request_with_psk' : 'message_unexpected';
    case HANDSHAKE_TYPE.certificateVerify:
      return ending && (info.peerChain.length === 0 || withPsk(info))
        ? 'certificate_verify_unexpected'
        : 'message_unexpected';
    default:
      return 'message_unexpected';
  }
}

const withPsk = ({ resumed, externalPsk }: Readonly<ConnectionInfo>): boolean => resumed || externalPsk !== undefined;

/** Whether a message is a HelloRequest that a client ignores: inside of a handshake before TLS 1.3 (RFC 5246 section 7.4.1.1). */
export function isIdleRequest(
  side: 'client' | 'server',
  { version }: Readonly<ConnectionInfo>,
  { type, body }: RawMessage,
): boolean {
  return side === 'client' && type === HANDSHAKE_TYPE.helloRequest && body.length === 0 && version?.code !== TLS13;
}
