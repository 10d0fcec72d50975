/** The end of `demo`: a server and a client of our own meet over the new certificates, and the handshake is shown as a ladder. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { TlskitError } from '../lib/errors.ts';

/** How long either side may take, in milliseconds. */
const PATIENCE = 20_000;

/** A server and the line that it says when it is ready. */
interface Started {
  readonly process: ChildProcess;
  readonly port: number;
}

/** What the two sides said, and the command lines that do the same by hand. */
export interface DemoHandshake {
  readonly ladder: string;
  readonly server: readonly string[];
  readonly client: readonly string[];
}

/**
 * Starts `s_server` on a free port of the loopback, connects `s_client` to it with the client's certificate, and ends both.
 *
 * @throws TlskitError ERR_IO when either does not start, or when they do not come to terms
 */
export async function demoHandshake(folder: string): Promise<DemoHandshake> {
  const file = (name: string): string => join(folder, name);
  const ca = file('ca-cert.pem');
  const server = ['s_server', '-cert', file('server-cert.pem'), '-key', file('server-key.pem'), '-CAfile', ca];
  server.push('-Verify', '1', '-verify_return_error', '-www');
  const client = (port: number): string[] => {
    const own = ['-cert', file('client-cert.pem'), '-key', file('client-key.pem')];
    return ['s_client', '-connect', `localhost:${port}`, '-CAfile', ca, '-verify_return_error', ...own, '--ladder'];
  };
  const started = await startServer([...server, '-accept', 'localhost:0']);
  try {
    const ladder = await output([...client(started.port), '-verify_quiet', '-verify', '1']);
    return { ladder, server: [...server, '-accept', '8443'], client: client(8443) };
  } finally {
    started.process.kill();
  }
}

function start(words: readonly string[]): ChildProcess {
  const [, program = ''] = process.argv;
  return spawn(process.execPath, [program, ...words], { stdio: ['pipe', 'pipe', 'pipe'] });
}

/** What a process says on stderr, for an error's line. */
function complaints(child: ChildProcess): () => string {
  let said = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  return () => said.trim().split('\n').at(-1) ?? '';
}

function startServer(words: readonly string[]): Promise<Started> {
  const child = start(words);
  const said = complaints(child);
  let out = '';
  return new Promise((resolve, reject) => {
    const give = (why: string): void => {
      child.kill();
      reject(refusal(`s_server did not start: ${said() || why}`));
    };
    const timer = setTimeout(() => give('it took too long'), PATIENCE);
    child.on('error', (error) => give(error.message));
    child.on('exit', (code) => give(`it ended with ${code}`));
    child.stdout?.on('data', (bytes: Buffer) => {
      out += bytes.toString();
      const port = /^ACCEPT .*:(\d+)$/m.exec(out)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve({ process: child, port: Number(port) });
    });
  });
}

/** What a client prints; its input ends at once, so that it closes the connection. */
function output(words: readonly string[]): Promise<string> {
  const child = start(words);
  const said = complaints(child);
  let out = '';
  child.stdout?.on('data', (bytes: Buffer) => {
    out += bytes.toString();
  });
  child.stdin?.end();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill(), PATIENCE);
    child.on('error', (error) => reject(refusal(error.message)));
    child.on('close', (code) => {
      clearTimeout(timer);
      if (code === 0) resolve(out);
      else reject(refusal(`s_client ended with ${code}: ${said()}`));
    });
  });
}

const refusal = (text: string): TlskitError =>
  new TlskitError('ERR_IO', `the files are there, but the handshake over them failed: ${text}`);
