/** One connection of s_client: from the socket to the last octet. */
import { connect, type Socket } from 'node:net';
import { TlskitError } from '../../lib/errors.ts';
import { OcspResponse } from '../../lib/ocsp/index.ts';
import {
  TlsEngine,
  type AlertEvent,
  type PeerIdentity,
  type Rejection,
  type Session,
  type TlsEvent,
  type TlsFailure,
} from '../../lib/tls/index.ts';
import { TlsDriver } from '../tls/driver.ts';
import { failureText, tlsError } from '../tls/failure.ts';
import { networkReason } from '../tls/network.ts';
import { extensionsOf, type Trace } from '../tls/trace.ts';
import { PeerVerifier, isVerdict } from '../tls/verify.ts';
import type { ClientFlags } from './flags.ts';
import type { FlagValues } from '../spec.ts';
import type { Report } from './report.ts';
import type { ClientSetup, Target } from './setup.ts';

/** What a connection tells its owner. */
export interface ConnectionHandlers {
  /** The handshake is done, the first one or a later one. */
  secure(renegotiations: number): void;
  /** Data came; false: wait with more until `pause(false)`. */
  data(bytes: Uint8Array): boolean;
  session(session: Session): void;
  /** The server asked for another handshake, or new keys came: something that OpenSSL's reading stops at. */
  interrupted(): void;
  drain(): void;
  say(text: string): void;
}

const EC_POINT_FORMATS = 11;

/** As OpenSSL, -status takes no stapled response that cannot be read; what it says does not count. */
function refusalOfStatus({ ocsp }: PeerIdentity): Rejection | undefined {
  try {
    if (ocsp) OcspResponse.read(ocsp);
    return undefined;
  } catch (error) {
    if (error instanceof TlskitError)
      return { reason: 'certificate_status_bad', detail: 'OCSP response: response parse error' };
    throw error;
  }
}

export class ClientConnection {
  readonly driver: TlsDriver;
  readonly verifier: PeerVerifier;
  /** The session to resume, and the newest one. */
  session: Session | undefined;
  /** What ended it, when that was no orderly close. */
  failure: Error | undefined;
  /** The server has said close_notify, or ended where that will do. */
  ended = false;
  readonly #setup: ClientSetup;
  readonly #flags: FlagValues<ClientFlags>;
  readonly #handlers: ConnectionHandlers;
  readonly #trace: Trace;
  #read = 0;
  #counted = false;
  #refused = false;
  #written = 0;
  #alert: AlertEvent | undefined;
  #nameTold = false;
  #earlySent = false;
  #formats: readonly number[] | undefined;
  #closed: () => void = () => undefined;
  /** Ends when the socket is gone. */
  readonly done: Promise<void>;

  constructor(
    socket: Socket,
    setup: ClientSetup,
    flags: FlagValues<ClientFlags>,
    trace: Trace,
    handlers: ConnectionHandlers,
    resume: { readonly session: Session | undefined; readonly verifyResult: number },
  ) {
    this.#setup = setup;
    this.#flags = flags;
    this.#handlers = handlers;
    this.#trace = trace;
    this.done = new Promise((resolve) => {
      this.#closed = resolve;
    });
    this.session = resume.session;
    this.verifier = new PeerVerifier({
      trusted: setup.trusted,
      settings: setup.verification,
      nameOptions: setup.nameOptions,
      depth: flags.verify,
      returnError: flags.verify_return_error,
      crlDownload: flags.crl_download,
      quiet: flags.verify_quiet || flags.brief,
      enforced: flags.verify !== undefined || flags.verify_return_error,
      ocsp: flags.ocsp_check_all ? 'all' : flags.ocsp_check_leaf ? 'leaf' : undefined,
      say: (text) => handlers.say(text),
    });
    this.verifier.code = resume.verifyResult;
    const config = setup.config((peer) => {
      this.#tellName();
      return this.verifier.hook(peer) ?? (flags.status ? refusalOfStatus(peer) : undefined);
    });
    const earlyData = setup.earlyData !== undefined && (resume.session?.maxEarlyData ?? 0) > 0;
    const { serverName } = setup;
    this.driver = new TlsDriver(
      socket,
      (wake) => TlsEngine.client(config, { serverName, session: resume.session, earlyData, wake }),
      {
        event: (event) => this.#event(event),
        drain: () => handlers.drain(),
        error: (error) => {
          this.failure ??= transportError(error);
        },
        closed: () => this.#closed(),
      },
    );
    if (earlyData && setup.earlyData) {
      this.#earlySent = this.driver.engine.sendEarly(setup.earlyData) > 0;
    }
  }

  get engine(): TlsEngine {
    return this.driver.engine;
  }

  /** What there is to report now. */
  report(): Report {
    const { flags, engine } = { flags: this.#flags, engine: this.engine };
    const { keymatexport: label, keymatexportlen: length = 20 } = flags;
    const config = this.#setup.config(() => undefined);
    return {
      engine,
      nameOptions: this.#setup.nameOptions,
      showCertificates: flags.showcerts,
      read: this.#read,
      written: this.#written,
      verifyResult: this.verifier.code,
      peerName: this.verifier.peerName,
      ownSchemes: new Set(config.signSchemes.keys()),
      session: engine.currentSession(),
      earlyDataSent: this.#earlySent,
      exported: label === undefined ? undefined : { label, length },
      pskIdentity: engine.info.externalPsk && Buffer.from(engine.info.externalPsk).toString('utf8'),
      offered: config.versions[0]?.name ?? 'TLSv1.3',
      pointFormats: this.#formats,
      refused: this.#refused,
    };
  }

  #event(event: TlsEvent): void {
    this.#trace.event(event);
    switch (event.type) {
      case 'record': {
        if (this.#counted) break;
        const length = 5 + (((event.header[3] ?? 0) << 8) | (event.header[4] ?? 0));
        if (event.direction === 'in') this.#read += length;
        else this.#written += length;
        break;
      }
      case 'message':
        this.#message(event);
        break;
      case 'alert':
        if (event.direction === 'in') this.#alert = event;
        break;
      case 'secure':
        this.#tellName();
        if (event.renegotiations === 0) this.#count();
        this.#handlers.secure(event.renegotiations);
        break;
      case 'data':
        if (!this.#handlers.data(event.bytes)) this.driver.pause(true);
        break;
      case 'session':
        this.session = event.session;
        this.#handlers.session(event.session);
        break;
      case 'renegotiation':
        this.#nameTold = event.refused;
        break;
      case 'end':
        this.ended = true;
        break;
      case 'failure':
        this.#failed(event.failure);
        break;
      default:
    }
  }

  /** The handshake's last records have gone before it is told that it is done, and their events come after. */
  #count(): void {
    this.#counted = true;
    this.#written = this.driver.sent;
  }

  #message(event: Extract<TlsEvent, { type: 'message' }>): void {
    if (event.direction !== 'in') return;
    if (event.name === 'server_hello') {
      const formats = extensionsOf(event).find(([type]) => type === EC_POINT_FORMATS)?.[1];
      this.#formats = formats && [...formats.subarray(1)];
    }
    if (event.name === 'key_update' || event.name === 'hello_request') this.#handlers.interrupted();
  }

  #failed(failure: TlsFailure): void {
    const quiet = this.#flags.ignore_unexpected_eof;
    if (quiet && failure.reason === 'closed_without_notify') {
      this.ended = true;
      return;
    }
    this.#refused = isVerdict(failure);
    const alert = failure.reason.startsWith('peer_') ? this.#alert : undefined;
    this.failure ??= tlsError(failureText(failure, alert));
  }

  /** OpenSSL says so where no name was asked for. */
  #tellName(): void {
    if (this.#nameTold || this.#setup.serverName !== undefined || this.#flags.quiet) return;
    this.#nameTold = true;
    this.#handlers.say("Can't use SSL_get_servername\n");
  }
}

/** A failed system call with its number; other errors are known already. */
function transportError(error: NodeJS.ErrnoException): Error {
  if (error.code === undefined || error instanceof TlskitError) return error;
  return tlsError(`${networkReason(error)} (read:errno=${-(error.errno ?? 0)})`);
}

/** Opens the socket. */
export function openSocket(target: Target): Promise<Socket> {
  const { path, port, family, local } = target;
  const host = target.host ?? 'localhost';
  return new Promise((resolve, reject) => {
    const socket =
      path === undefined
        ? connect({
            host,
            port,
            allowHalfOpen: true,
            ...(family === undefined ? {} : { family }),
            ...(local?.host === undefined ? {} : { localAddress: local.host }),
            ...(local === undefined || local.port === 0 ? {} : { localPort: local.port }),
          })
        : connect({ path, allowHalfOpen: true });
    const where = path ?? (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);
    socket.once('error', (error: NodeJS.ErrnoException & { errors?: NodeJS.ErrnoException[] }) => {
      const first = error.errors?.at(-1) ?? error;
      const number = typeof first.errno === 'number' && first.errno > -256 ? ` (connect:errno=${-first.errno})` : '';
      reject(new TlskitError('ERR_CONNECT', `cannot connect to ${where}: ${networkReason(first)}${number}`));
    });
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}
