/** node:tls as this Node has it, for ourselves: `tlskit/tls/register` puts ours in its place, and must not lead us back to us. */
import tls from 'node:tls';

export const nodes: typeof tls = Object.defineProperties({} as typeof tls, Object.getOwnPropertyDescriptors(tls));
