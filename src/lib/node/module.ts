/**
 * The module object: programs assign its values and even its functions (`tls.createSecureContext = …`, to add their own authorities), and what is
 * built on them asks here. index.ts adds the rest of the names.
 */
import { createSecureContext } from './context/secure-context.ts';
import { defaults, type Defaults } from './defaults.ts';
import { convertALPNProtocols } from './peer/alpn.ts';
import { checkServerIdentity } from './peer/identity.ts';

/** What is asked here each time that it is needed. */
export interface Module extends Defaults {
  createSecureContext: typeof createSecureContext;
  convertALPNProtocols: typeof convertALPNProtocols;
  checkServerIdentity: typeof checkServerIdentity;
}

export const tls: Module = Object.assign(defaults, { createSecureContext, convertALPNProtocols, checkServerIdentity });
