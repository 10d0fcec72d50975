/** What is known of a connection. */
import type { CipherSuite } from '../registry/tls-suites.ts';
import type { Group } from '../registry/tls-groups.ts';
import type { Version } from '../registry/tls-versions.ts';
import type { Credential } from './credential.ts';
import type { SigningScheme } from './signatures.ts';

/** The state of a connection's handshake: what was negotiated and what the peer showed. Complete after the event `secure`. */
export interface ConnectionInfo {
  version: Version | undefined;
  suite: CipherSuite | undefined;
  /** The group of the key exchange; undefined for RSA, for a PSK alone and for DHE with a group that has no name. */
  group: Group | undefined;
  /** Bits of the prime of DHE. */
  dhBits: number | undefined;
  resumed: boolean;
  /** Whether the handshake authenticated by a PSK from outside. */
  externalPsk: Uint8Array | undefined;
  /** Before TLS 1.3: the identity hint of the server. */
  pskHint: Uint8Array | undefined;
  clientRandom: Uint8Array;
  serverRandom: Uint8Array;
  sessionId: Uint8Array;
  /** The name that the client asked for, and whether the server acknowledged it. */
  serverName: string | undefined;
  serverNameAcknowledged: boolean;
  alpn: Uint8Array | undefined;
  extendedMasterSecret: boolean;
  encryptThenMac: boolean;
  secureRenegotiation: boolean;
  /** What the peer sent: DER, the end entity first. */
  peerChain: readonly Uint8Array[];
  /** The stapled OCSP response of the first certificate, and those of the certificates after it, which TLS 1.3 alone has. */
  ocsp: Uint8Array | undefined;
  issuerOcsp: readonly (Uint8Array | undefined)[];
  timestamps: readonly Uint8Array[];
  /** The credential that we sent. */
  credential: Credential | undefined;
  /** The scheme of the peer's signature, and of ours. */
  peerScheme: SigningScheme | undefined;
  ownScheme: SigningScheme | undefined;
  /** Schemes that the peer verifies, as numbers; what it named for certificates; its groups. */
  peerSchemes: readonly number[];
  peerCertificateSchemes: readonly number[] | undefined;
  peerGroups: readonly number[];
  /** Names of authorities in the peer's CertificateRequest, DER, and types of keys before TLS 1.3. */
  requestedAuthorities: readonly Uint8Array[];
  requestedTypes: readonly number[];
  /** Whether the server asked for a certificate. */
  certificateRequested: boolean;
  retried: boolean;
  earlyData: 'none' | 'accepted' | 'rejected';
  /** TLS 1.3: octets of early data that the session allowed. */
  maxEarlyData: number;
  /** verify_data of the last Finished of both sides. */
  ownFinished: Uint8Array | undefined;
  peerFinished: Uint8Array | undefined;
  /** The first Finished of the last handshake, for tls-unique (RFC 5929). */
  firstFinished: Uint8Array | undefined;
  /** Before TLS 1.3: hint of the ticket's lifetime in seconds, and the ticket. */
  ticketLifetime: number | undefined;
  ticket: Uint8Array | undefined;
  /** Extension types of the peer's hello, in order. */
  peerExtensions: readonly number[];
  renegotiations: number;
  /** Limits on records by negotiation; undefined for none. */
  sendLimit: number | undefined;
  receiveLimit: number | undefined;
  /** max_fragment_length's code; 0 for none. */
  maxFragmentLength: number;
}

const NOTHING = new Uint8Array(0);

/** The state before a handshake. */
export function newInfo(): ConnectionInfo {
  return {
    version: undefined,
    suite: undefined,
    group: undefined,
    dhBits: undefined,
    resumed: false,
    externalPsk: undefined,
    pskHint: undefined,
    clientRandom: NOTHING,
    serverRandom: NOTHING,
    sessionId: NOTHING,
    serverName: undefined,
    serverNameAcknowledged: false,
    alpn: undefined,
    extendedMasterSecret: false,
    encryptThenMac: false,
    secureRenegotiation: false,
    peerChain: [],
    ocsp: undefined,
    issuerOcsp: [],
    timestamps: [],
    credential: undefined,
    peerScheme: undefined,
    ownScheme: undefined,
    peerSchemes: [],
    peerCertificateSchemes: undefined,
    peerGroups: [],
    requestedAuthorities: [],
    requestedTypes: [],
    certificateRequested: false,
    retried: false,
    earlyData: 'none',
    maxEarlyData: 0,
    ownFinished: undefined,
    peerFinished: undefined,
    firstFinished: undefined,
    ticketLifetime: undefined,
    ticket: undefined,
    peerExtensions: [],
    renegotiations: 0,
    sendLimit: undefined,
    receiveLimit: undefined,
    maxFragmentLength: 0,
  };
}
