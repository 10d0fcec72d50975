/** Which cipher suites the engine runs. */
import { getCiphers } from 'node:crypto';
import type { CipherSuite, KeyExchange } from '../registry/tls-suites.ts';

/** Key exchanges that the engine has. */
const EXCHANGES: ReadonlySet<KeyExchange> = new Set<KeyExchange>([
  'any',
  'ecdhe',
  'dhe',
  'rsa',
  'psk',
  'dhe_psk',
  'ecdhe_psk',
  'rsa_psk',
]);

let nodeCiphers: ReadonlySet<string> | undefined;

/** Whether this engine, on this Node, can do a suite. */
export function isSupported(suite: CipherSuite): boolean {
  if (!EXCHANGES.has(suite.keyExchange)) return false;
  if (suite.bulk.kind === 'null') return true;
  nodeCiphers ??= new Set(getCiphers());
  return suite.bulk.node !== undefined && nodeCiphers.has(suite.bulk.node);
}
