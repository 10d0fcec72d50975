/** Where `tlskit/tls` differs from node:tls on purpose, or because nobody could do the same; and why. */
import type { Known } from './differential/compare.ts';

const before = (first: number) => (major: number) => major < first;
const on =
  (...list: number[]) =>
  (major: number) =>
    list.includes(major);

/** What a program calls, and what it is told of mistakes. */
const CALLS: readonly Known[] = [
  {
    scenario: /^servers\/createSecurePair\//,
    lines: [/./],
    why: 'createSecurePair is there on all Nodes, also on those that have removed it',
    nodes: (major) => major >= 24,
  },
  {
    scenario: 'values/checkServerIdentity of other types',
    lines: [/ 2: checkServerIdentity: /],
    why: 'Node 22 takes a number for an address (that is what its conversion to ASCII makes of it)',
    nodes: on(22),
  },
  {
    scenario: /^forms\/connect with a (checkServerIdentity that is no function|minDHSize of)/,
    lines: [/ client: throws /],
    why: 'an option of a wrong type is an error of arguments or an assertion; Node asks to report a bug of Node, or has changed its mind since',
    nodes: before(27),
  },
  {
    scenario: /^forms\/(connect with a socket that is|new TLSSocket)/,
    lines: [
      /throws TypeError\(TypeError "(stream\.pause|transport\.stream\.on|this\._wrapHandle|this\.on) is not a function"\)/,
    ],
    why: 'which method is missed first, in what is no stream',
  },
  {
    scenario: 'forms/connect with ALPN protocols of text',
    lines: [/ client: throws TypeError/],
    why: 'what is missed first, in what is neither a list nor octets',
  },
  {
    scenario: 'forms/createSecureContext',
    lines: [/ an engine( for keys)?: createSecureContext throws/],
    why: 'there is no OpenSSL here that could load an engine: the error is that of a Node without them',
  },
  {
    scenario: 'forms/setKeyCert of nothing',
    lines: [/ peer: call/],
    why: 'a context without a certificate leaves the one that is there',
  },
  {
    scenario: 'forms/server methods',
    lines: [/ server: setTicketKeys short throws/],
    why: 'the same assertion, without the request to report a bug of Node',
  },
  {
    scenario: /^facts\/(ended|destroyed)/,
    lines: [/(exportKeyingMaterial|setMaxSendFragment)/],
    why: 'on a connection that is gone node:tls stumbles over its handle, which is null',
  },
  {
    scenario: 'values/checkServerIdentity of other types',
    lines: [/ no certificate: checkServerIdentity throws TypeError/],
    why: 'how the engine words that undefined has no subject',
  },
  {
    scenario: /^values\/checkServerIdentity \d+$/,
    lines: [/ bücher\.example: checkServerIdentity/],
    why: 'Node 20 knows no internationalised names; they are compared in ASCII',
    nodes: on(20),
  },
  {
    scenario: /^values\/checkServerIdentity \d+$/,
    lines: [/ (::1|0:0:0:0:0:0:0:1): checkServerIdentity/],
    why: 'Node 22 takes an IPv6 address for a name',
    nodes: on(22),
  },
  {
    scenario: 'values/getCiphers',
    lines: [/^- names: srp-/],
    why: 'SRP (RFC 5054) is not there',
  },
  {
    scenario: 'values/getCACertificates',
    lines: [/^[-+] (module|bundled|extra|default|x|1|null): /],
    why: 'Node 20 does not have the function',
    nodes: on(20),
  },
  {
    scenario: 'values/setDefaultCACertificates',
    lines: [/ module: /],
    why: 'Node 20 does not have the function',
    nodes: on(20),
  },
];

/** Names of the module and of its classes. */
const NAMES: readonly Known[] = [
  {
    scenario: 'facts/names',
    lines: [/^\+ (module|Server\.prototype|TLSSocket\.prototype|Server): /],
    why: 'names of newer and of older Nodes are there on all: NPN, `connections`, the classes of createSecurePair, getCACertificates',
  },
  { scenario: 'facts/names', lines: [/ module in order: /], why: 'the order of the module’s names' },
  {
    scenario: 'facts/names',
    lines: ['- TLSSocket.prototype: _init: function', '- TLSSocket.prototype: _wrapHandle: function'],
    why: 'how node:tls makes its handle is its own affair',
  },
  {
    scenario: 'facts/own keys',
    lines: [/ server: keys /],
    why: 'allowPartialTrustChain is kept beside the other options of a server on all Nodes',
    nodes: before(27),
  },
];

/** Versions, suites and signature algorithms. */
const NEGOTIATION: readonly Known[] = [
  {
    scenario: /^versions\/P-521, 1\.2/,
    lines: [/ server: tlsClientError /],
    why: 'a certificate whose curve the client does not have leaves no signature to make; OpenSSL looks at suites first',
  },
  {
    scenario: /^facts\/secure\//,
    lines: [/ (both: the same|client: x509) /],
    why: 'asking node:tls for the chain uses it up: it gives less, or another certificate, the second time',
    nodes: before(26),
  },
  {
    scenario: /^(versions\/|facts\/secure)/,
    lines: [/ (peer: has|client: getSharedSigalgs:|peer: getSharedSigalgs:)/],
    why: 'which signature algorithms are offered beside those that matter: SHA-224 with TLS 1.3 alone, ML-DSA with OpenSSL 3.5',
  },
  {
    scenario: /^versions\/client 1\.[123], server 1\.[012]/,
    lines: [/ (client: error|server: tlsClientError) /],
    why: 'TLS 1.0 and 1.1 are there at any security level: the peers get further before they find that they have no version in common',
  },
  {
    scenario: 'psk/another key/TLSv1.3',
    lines: [/ client: error /],
    why: 'the alert for a wrong binder is decrypt_error (RFC 8446 section 6.2); OpenSSL 3.0 sends illegal_parameter',
    nodes: on(20),
  },
  {
    scenario: /^servers\/keylog/,
    lines: [/ keylog "/],
    why: 'the order in which the secrets of TLS 1.3 are told, which the format gives no meaning',
  },
  {
    scenario: /^names\/(an address|a name of an address to a callback)/,
    lines: [/ (peer: servername=|sni: asked)/],
    why: 'an address is not sent as a name (RFC 6066 section 3), as Node 26 does it',
    nodes: before(26),
  },
];

/** Sessions. */
const SESSIONS: readonly Known[] = [
  {
    scenario: /^sessions\/(another|a wrong) name/,
    lines: [/./],
    why: 'a server does not resume for another name (RFC 6066 section 3), so that the client checks the certificate for it',
    nodes: on(20),
  },
  {
    scenario: /^sessions\/no tickets/,
    lines: [/^- (first|second): session Buffer/],
    why: 'a server that has neither tickets nor a store gives out no session: none could be resumed',
  },
  {
    scenario: /^sessions\/other suites/,
    lines: [/./],
    why: 'a session of a suite that may not be used is not offered; OpenSSL offers it and fails',
  },
  {
    scenario: /^sessions\/a (slow )?store.*TLSv1\.3$/,
    lines: [/./],
    why: 'a store is asked for sessions before TLS 1.3 alone: the session id of TLS 1.3 is made up (RFC 8446 appendix D.4), and node:tls asks for it',
  },
];

/** Moments: what is told before or after what. */
const MOMENTS: readonly Known[] = [
  {
    scenario: /^(facts\/destroyed|streams\/write after end)\//,
    lines: ['- peer reads: end'],
    why: 'a stream of the program below that is gone says so a turn later',
  },
  {
    scenario: /^(streams\/(cork and uncork|a small write)|streams\/highWaterMark of 1$)/,
    lines: [/ client: (uncorked|write) /],
    why: 'what the system has taken at once is written; node:tls says so a turn later',
  },
  {
    scenario: /^ocsp\/(destroyed when it comes|twice)/,
    lines: [/./],
    why: 'OCSPResponse is told when the handshake is done, so that a program that destroys the socket then has answered the server',
  },
  {
    scenario: 'renegotiation/the server demands a certificate that there is none of',
    lines: ['- client: secure', '- client: secureConnect'],
    why: 'the server refuses before its Finished, not after it',
  },
  {
    scenario: 'renegotiation/refused by an option',
    lines: ['- peer: secure'],
    why: 'a handshake that is refused is not done',
  },
  {
    scenario: 'servers/an error thrown in secureConnection',
    lines: [/^- uncaught: /],
    why: 'the handler of an uncaught exception runs after the context of the socket was left',
  },
  {
    scenario: 'servers/two TLSSockets: asked, and has none/TLSv1.2',
    lines: [/ client: error /],
    why: 'the error is that of the alert; node:tls may meet it while it writes, and then says EPROTO',
  },
];

/** Octets that are no TLS, or not well. */
const RUBBISH: readonly Known[] = [
  {
    scenario: 'failures/a server answers: a server hello that is cut',
    lines: [/ client: /],
    why: 'which length is found to be wrong first',
  },
  {
    scenario: /^failures\/a client says: /,
    lines: [/ plain: got /],
    why: 'an alert before a version is agreed on has the record version of the hello, and goes out to whoever speaks no TLS, too',
  },
  {
    scenario: /^failures\/a client says: (a warning|an empty client hello)/,
    lines: [/./],
    why: 'a close_notify in place of a hello is a goodbye; a hello without its fields is told by what it lacks',
  },
  {
    scenario:
      /^failures\/a server answers: (one octet|an empty handshake record|an unknown content type|a change of cipher)/,
    lines: [/./],
    why: 'an octet that begins no record is refused at once, a change of cipher after a ClientHello is passed over (RFC 8446 section 5)',
  },
  {
    scenario: 'failures/a server’s warning: no_renegotiation',
    lines: [/./],
    why: 'in a first handshake nobody has asked to renegotiate: the warning says nothing',
  },
  {
    scenario: 'failures/a server’s alert: unknown',
    lines: [/./],
    why: 'an alert of an unknown number ends the connection by that alert (RFC 8446 section 6.2)',
  },
  {
    scenario: /^failures\/the stream below brings rubbish\//,
    lines: [/ client: error /],
    why: 'the alert for octets that are no record is unexpected_message once the connection is secure',
  },
];

export const KNOWN: readonly Known[] = [...CALLS, ...NAMES, ...NEGOTIATION, ...SESSIONS, ...MOMENTS, ...RUBBISH];
