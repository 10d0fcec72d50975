/** What differs between the Node versions that this module stands in for, in one place. */
import { versions } from 'node:process';
import { nodes } from './nodes.ts';

const [major = 3, minor = 0] = (versions.openssl ?? '3.0').split('.').map(Number);
const [nodeMajor = 20] = versions.node.split('.').map(Number);

const since = (wantedMajor: number, wantedMinor: number): boolean =>
  major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);

/** OpenSSL 3.2 and later: other words for alerts, a record layer of its own. */
export const OPENSSL_32: boolean = since(3, 2);

/** OpenSSL 3.5 and later: hybrid groups by default, a richer language for groups and signature algorithms. */
export const OPENSSL_35: boolean = since(3, 5);

/** The security level where no cipher string says one. */
export const SECURITY_LEVEL: number = nodeMajor >= 24 ? 2 : 1;

/** How names of `addContext` are compared: regardless of case since Node 22. */
export const CONTEXT_NAMES: '' | 'i' = nodeMajor >= 22 ? 'i' : '';

/** Whether getEphemeralKeyInfo gives all of its fields, and names groups that are no curve. */
export const EPHEMERAL_GROUPS: boolean = nodeMajor >= 24;

/** Whether connect() refuses an address for a servername (RFC 6066 section 3) rather than to warn of it. */
export const ADDRESS_REFUSED: boolean = nodeMajor >= 26;

/**
 * Whether a client's sessions carry the name of their server. That came to several lines of Node as a mend of security, and where it did, the method
 * is no longer one of those that are passed on to the handle.
 */
export const SESSION_IDENTITY: boolean = nodes.TLSSocket.prototype.getSession.name !== 'socketMethodProxy';

/** Whether `certificateCompression` is an option (RFC 8879). */
export const CERTIFICATE_COMPRESSION: boolean = nodeMajor >= 24;

/** Whether a verdict that another root could change comes with the hint at `--use-system-ca`. */
export const HINTS_AT_SYSTEM_CA: boolean = nodeMajor >= 24;
