/** One client of s_server: handshake, report, and what the mode does with its data. */
import type { Socket } from 'node:net';
import { TlsEngine, type AlertEvent, type MessageEvent, type Session, type TlsEvent } from '../../lib/tls/index.ts';
import type { FlagValues } from '../spec.ts';
import { TlsDriver } from '../tls/driver.ts';
import { failureText } from '../tls/failure.ts';
import { networkReason } from '../tls/network.ts';
import { extensionsOf, type Trace } from '../tls/trace.ts';
import { PeerVerifier } from '../tls/verify.ts';
import { TLS13 } from '../../lib/registry/tls-versions.ts';
import { verifyCode } from '../../lib/registry/verify-errors.ts';
import type { ServerFlags } from './flags.ts';
import { handlerFor, type ModeHandler } from './modes.ts';
import { connectionText, summaryText, type Report, type Statistics } from './report.ts';
import type { ServerSetup } from './setup.ts';

/** What all clients share. */
export interface Shared {
  readonly setup: ServerSetup;
  readonly flags: FlagValues<ServerFlags>;
  trace(): Trace;
  readonly numbers: Statistics;
  /** The words of the command line, for the page of -www. */
  readonly words: readonly string[];
  /** Prints unless -quiet. */
  print(text: string): void;
  /** Prints on stderr. */
  say(text: string): void;
  /** Prints what a client sent; false: wait with more. */
  data(client: ServerConnection, bytes: Uint8Array): boolean;
  /** Something changed for the input: a client can be talked to, or has caught up. */
  drain(): void;
}

const EC_POINT_FORMATS = 11;

export class ServerConnection {
  readonly driver: TlsDriver;
  readonly shared: Shared;
  readonly verifier: PeerVerifier;
  readonly #mode: ModeHandler;
  readonly #trace: Trace;
  #session: Session | undefined;
  #offered: readonly number[] = [];
  #formats: readonly number[] | undefined;
  #alert: AlertEvent | undefined;
  #early: 'none' | 'coming' | 'over' = 'none';
  #unreported = false;
  #failed = false;
  #closed: () => void = () => undefined;
  /** Ends when the socket is gone. */
  readonly done: Promise<void>;

  constructor(socket: Socket, shared: Shared) {
    this.shared = shared;
    const { setup, flags } = shared;
    this.done = new Promise((resolve) => {
      this.#closed = resolve;
    });
    this.verifier = new PeerVerifier({
      trusted: setup.trusted,
      settings: setup.verification,
      nameOptions: setup.nameOptions,
      depth: flags.Verify ?? flags.verify,
      returnError: flags.verify_return_error,
      crlDownload: flags.crl_download,
      quiet: flags.verify_quiet || flags.brief,
      enforced: true,
      say: shared.say,
    });
    this.#mode = handlerFor(setup.mode, this);
    this.#trace = shared.trace();
    // what came before the client's close_notify is answered before that is
    const config = { ...setup.config, halfClose: true, verify: this.verifier.hook, selectAlpn: this.#alpnHook() };
    this.driver = new TlsDriver(
      socket,
      (wake) => TlsEngine.server(config, { wake }),
      {
        event: (event) => this.#event(event),
        drain: () => {
          this.#mode.drain?.();
          shared.drain();
        },
        error: (error) => this.#error(networkReason(error)),
        closed: () => {
          this.#mode.end?.();
          this.shared.print(this.#isHttp ? 'ACCEPT\n' : 'shutting down SSL\nCONNECTION CLOSED\n');
          this.#closed();
        },
      },
      { linger: 2000 },
    );
    shared.numbers.accepted += 1;
    this.driver.start();
  }

  get engine(): TlsEngine {
    return this.driver.engine;
  }

  /** -www, -WWW, -HTTP: OpenSSL says less of such connections. */
  get #isHttp(): boolean {
    const { mode } = this.shared.setup;
    return mode === 'page' || mode === 'files' || mode === 'raw files';
  }

  report(): Report {
    const { setup, flags } = this.shared;
    const { keymatexport: label, keymatexportlen: length = 20 } = flags;
    return {
      engine: this.engine,
      config: setup.config,
      nameOptions: setup.nameOptions,
      verifyResult: this.verifier.code,
      session: this.#session ?? this.engine.currentSession(),
      offered: this.#offered,
      formats: this.engine.info.version?.code === TLS13 ? undefined : this.#formats,
      exported: label === undefined ? undefined : { label, length },
    };
  }

  /** Ends the connection in order. */
  close(): void {
    this.driver.close();
  }

  /** ALPN: said, as OpenSSL does, and chosen by our order. */
  #alpnHook(): ServerSetup['config']['selectAlpn'] {
    const { alpn } = this.shared.setup.config;
    if (alpn.length === 0) return undefined;
    return (offered) => {
      const text = (names: readonly Uint8Array[]): string =>
        names.map((one) => Buffer.from(one).toString('utf8')).join(', ');
      this.shared.print(`ALPN protocols advertised by the client: ${text(offered)}\n`);
      const chosen = alpn.find((own) => offered.some((one) => Buffer.compare(one, own) === 0));
      if (!chosen) return 'reject';
      this.shared.print(`ALPN protocols selected: ${text([chosen])}\n`);
      return chosen;
    };
  }

  #event(event: TlsEvent): void {
    this.#trace.event(event);
    switch (event.type) {
      case 'message':
        this.#message(event);
        break;
      case 'alert':
        if (event.direction === 'in') this.#alert = event;
        break;
      case 'secure':
        this.#secured(event.renegotiations);
        break;
      case 'session':
        this.#session = event.session;
        break;
      case 'early_data':
        this.#early = event.accepted ? 'none' : 'over';
        break;
      case 'data':
        this.#data(event.bytes, event.early);
        break;
      case 'authentication':
        this.#tell();
        if (this.shared.setup.mode === 'print') this.shared.print(connectionText(this.report()));
        this.#mode.authenticated?.();
        break;
      case 'end':
        this.#tell();
        this.#finish();
        break;
      case 'failure':
        this.#tell();
        this.#failure(event.failure);
        break;
      default:
    }
  }

  #message(event: MessageEvent): void {
    if (event.direction !== 'in' || event.name !== 'client_hello') return;
    const { raw } = event;
    const at = 4 + 2 + 32 + 1 + (raw[38] ?? 0);
    const length = ((raw[at] ?? 0) << 8) | (raw[at + 1] ?? 0);
    const suites = raw.subarray(at + 2, at + 2 + length);
    this.#offered = Array.from(
      { length: suites.length >> 1 },
      (_, i) => ((suites[2 * i] ?? 0) << 8) | (suites[2 * i + 1] ?? 0),
    );
    const formats = extensionsOf(event).find(([type]) => type === EC_POINT_FORMATS)?.[1];
    this.#formats = formats && [...formats.subarray(1)];
  }

  #secured(renegotiations: number): void {
    const { numbers, flags } = this.shared;
    if (renegotiations > 0) {
      numbers.renegotiated += 1;
      return;
    }
    numbers.finished += 1;
    if (this.engine.info.resumed) numbers.resumed += 1;
    else numbers.notResumed += 1;
    if (this.#isHttp) {
      this.#mode.ready?.();
      return;
    }
    // the session comes with the tickets, which are told next
    this.#unreported = true;
    queueMicrotask(() => this.#tell());
    if (flags.early_data && this.#early !== 'coming') {
      this.shared.print(this.#early === 'over' ? 'Early data was rejected\n' : 'No early data received\n');
    }
    if (this.#early === 'coming') this.shared.print('\nEnd of early data\n');
    this.#early = 'over';
  }

  /** Prints the report, once, before anything else of this connection. */
  #tell(): void {
    if (!this.#unreported) return;
    this.#unreported = false;
    const { flags, setup } = this.shared;
    const reverse = setup.mode === 'reverse';
    if (flags.brief || reverse)
      this.shared.say(`${reverse ? 'CONNECTION ESTABLISHED\n' : ''}${summaryText(this.report())}`);
    if (!reverse) this.shared.print(connectionText(this.report()));
    this.#mode.ready?.();
    this.shared.drain();
  }

  #data(bytes: Uint8Array, early: boolean): void {
    this.#tell();
    const shown = this.shared.setup.mode === 'print';
    if (early && shown && this.#early !== 'coming') {
      this.#early = 'coming';
      this.shared.print('Early data received:\n');
    }
    this.#mode.data(bytes);
  }

  /** The client has said close_notify. TLS 1.3 lets an answer that is under way go on (RFC 8446 section 6.1). */
  #finish(): void {
    const answering = this.#mode.finish?.() ?? false;
    if (!answering || this.engine.info.version?.code !== TLS13) this.close();
    if (!this.#isHttp) this.shared.print('DONE\n');
  }

  #failure(failure: Extract<TlsEvent, { type: 'failure' }>['failure']): void {
    if (this.shared.flags.ignore_unexpected_eof && failure.reason === 'closed_without_notify') {
      this.shared.print('DONE\n');
      return;
    }
    const alert = failure.reason.startsWith('peer_') ? this.#alert : undefined;
    this.#error(failureText(failure, alert));
  }

  #error(text: string): void {
    if (this.#failed) return;
    this.#failed = true;
    this.shared.print('ERROR\n');
    const { code } = this.verifier;
    if (code !== 0 && !this.engine.secure) this.shared.say(`verify error:${verifyCode(code).text}\n`);
    this.shared.say(`tlskit s_server: ${text}\n`);
  }
}
