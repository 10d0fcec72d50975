/** Certificates of tls-certificates.ts as the options of node:tls take them. */
import { pemOf } from './processes.ts';
import { testCa, testIdentity, type KeyKind } from './tls-certificates.ts';

export interface Pems {
  readonly cert: string;
  readonly key: string;
}

/** A chain and its key. */
export async function pems(kind: KeyKind = 'p256'): Promise<Pems> {
  const { credential, keyObject } = await testIdentity(kind);
  return {
    cert: credential.chain.map(pemOf).join(''),
    key: keyObject.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

/** The authority of all of them. */
export const caPem = async (): Promise<string> => pemOf((await testCa()).der);
