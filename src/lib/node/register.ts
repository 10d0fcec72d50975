/**
 * `node --import tlskit/tls/register program.js`: what the program and its packages get as node:tls is `tlskit/tls`, and so it is below https, http2
 * and fetch of this Node. It changes those modules for the whole thread; what took functions of theirs before keeps them.
 */
import http2 from 'node:http2';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import nodeTls from 'node:tls';
import tls from './index.ts';

const { constructor: NodeHttp2Server } = http2.createSecureServer({ ca: [] });

// properties that lead to ours: DEFAULT_MAX_VERSION and the like are assigned to
for (const name of Object.keys(tls)) {
  const key = name as keyof typeof tls;
  if (Object.getOwnPropertyDescriptor(nodeTls, key)?.configurable === false) continue;
  Object.defineProperty(nodeTls, key, {
    get: () => tls[key],
    set(value: never) {
      Object.assign(tls, { [key]: value });
    },
    enumerable: true,
    configurable: true,
  });
}

// https and http2 look node:tls up when they connect, but have inherited from its server
for (const Server of [https.Server, NodeHttp2Server]) {
  Object.setPrototypeOf(Server, tls.Server);
  Object.setPrototypeOf(Server.prototype as object, tls.Server.prototype);
}
syncBuiltinESMExports();
