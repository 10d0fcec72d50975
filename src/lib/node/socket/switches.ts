/**
 * Flags of Node that concern TLS and that node:tls does not tell: --tls-keylog and --trace-tls, on the command line or in NODE_OPTIONS. Node warns
 * of both at its own first socket, of which native.ts makes one.
 */
import { appendFile } from 'node:fs';
import type { TLSSocket } from './tls-socket.ts';

function flag(name: string): string | undefined {
  // the command line comes last, as the last one counts
  const words = [...(process.env['NODE_OPTIONS'] ?? '').split(/\s+/u), ...process.execArgv];
  let found: string | undefined;
  for (const [i, word] of words.entries()) {
    if (word === name) found = words[i + 1] ?? '';
    else if (word.startsWith(`${name}=`)) found = word.slice(name.length + 1);
  }
  return found;
}

let trace: boolean | undefined;
let keylog: string | false | undefined;
let failed = false;

/** --trace-tls */
export const traceWanted = (): boolean => (trace ??= flag('--trace-tls') !== undefined);

/** --tls-keylog: writes the keys of a connection to the file. */
export function logKeys(socket: TLSSocket): void {
  const path = (keylog ??= flag('--tls-keylog') ?? false);
  if (path === false) return;
  socket.on('keylog', (line: Buffer) => {
    appendFile(path, line, { mode: 0o600 }, (error) => {
      if (!error || failed) return;
      failed = true;
      process.emitWarning(`Failed to write TLS keylog (this warning will not be repeated): ${String(error)}`);
    });
  });
}

let warnedNpn = false;

/** Nothing that is asked for is passed over in silence. */
export function warnOfNpn(): void {
  if (warnedNpn) return;
  warnedNpn = true;
  process.emitWarning(
    'NPNProtocols is ignored: there is no NPN yet. Use ALPNProtocols, which every peer of today has.',
  );
}
