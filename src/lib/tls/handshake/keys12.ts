/** Keys of TLS 1.0 to 1.2: master secret, records, Finished, and the end of a handshake (RFC 5246 sections 6.3, 7.4.9 and 8.1). */
import type { CipherSuite } from '../../registry/tls-suites.ts';
import type { Connection } from '../connection.ts';
import { profileOf, type Profile } from '../profile.ts';
import { lasting } from '../lasting.ts';
import { keyLengths, tls12Opener, tls12Sealer, type Tls12Protection } from '../record/index.ts';
import { MasterSecret12, type Randoms } from '../schedule/index.ts';
import type { Session } from '../session/session.ts';
import { expectFinished, finishedKind } from './kinds.ts';
import { CHANGE_CIPHER_SPEC, type Script } from './script.ts';

/** The keys of a handshake before TLS 1.3. */
export class Keys12 {
  readonly profile: Profile;
  readonly suite: CipherSuite;
  readonly master: MasterSecret12;
  readonly #c: Connection;
  readonly #randoms: Randoms;
  #keys: ReturnType<MasterSecret12['keys']> | undefined;

  private constructor(c: Connection, suite: CipherSuite, master: MasterSecret12) {
    this.#c = c;
    this.suite = suite;
    this.profile = profileOf(c.info.version?.code ?? 0);
    this.master = master;
    this.#randoms = { client: c.info.clientRandom, server: c.info.serverRandom };
    c.keylog('CLIENT_RANDOM', master.reveal());
    const randoms = this.#randoms;
    c.session = () => this.session(c.info.ticket ?? new Uint8Array(0), c.info.ticketLifetime ?? 0);
    c.exporter = { export: (label, context, length) => master.export(label, randoms, context, length) };
  }

  /** Of a premaster secret; the transcript ends with ClientKeyExchange (RFC 7627 section 4). */
  static of(c: Connection, suite: CipherSuite, premaster: Uint8Array): Keys12 {
    const hash = profileOf(c.info.version?.code ?? 0).hash(suite);
    const randoms = { client: c.info.clientRandom, server: c.info.serverRandom };
    const master = c.info.extendedMasterSecret
      ? MasterSecret12.extended(hash, premaster, c.transcript.digest())
      : MasterSecret12.from(hash, premaster, randoms);
    return new Keys12(c, suite, master);
  }

  /** Of a session that is resumed. */
  static resume(c: Connection, suite: CipherSuite, session: Session): Keys12 {
    const hash = profileOf(c.info.version?.code ?? 0).hash(suite);
    return new Keys12(c, suite, new MasterSecret12(hash, session.secret));
  }

  /** change_cipher_spec and Finished of ours. */
  sendFinished(): void {
    const c = this.#c;
    c.sendChangeCipherSpec();
    const { split, verifyData } = this.profile;
    c.protectOut(tls12Sealer(this.#protection(c.config.side)));
    c.out.split = split && this.suite.bulk.kind === 'cbc' && c.config.splitRecords;
    c.info.ownFinished = lasting(this.master.finished(c.config.side, c.transcript.digest()));
    c.send(finishedKind(verifyData), c.info.ownFinished);
  }

  /** change_cipher_spec and Finished of the peer. */
  *expectFinished(): Script<void> {
    const c = this.#c;
    const { readable } = c;
    yield CHANGE_CIPHER_SPEC;
    const peer = c.config.side === 'client' ? 'server' : 'client';
    c.protectIn(tls12Opener(this.#protection(peer)));
    // nothing may come between change_cipher_spec and Finished, on a renegotiation either
    c.readable = false;
    const digest = c.transcript.digest();
    c.info.peerFinished = yield* expectFinished(c, this.profile.verifyData, (data) =>
      this.master.verifies(peer, digest, data),
    );
    c.readable = readable;
  }

  #protection(side: 'client' | 'server'): Tls12Protection {
    const { bulk, mac } = this.suite;
    const { info, config } = this.#c;
    const { ivMode, version } = this.profile;
    // both directions are of one key block
    this.#keys ??= this.master.keys(this.#randoms, keyLengths(bulk, mac, ivMode));
    const keys = this.#keys[side];
    const limit = info.receiveLimit;
    return {
      bulk,
      mac,
      keys,
      version,
      encryptThenMac: info.encryptThenMac,
      ivMode,
      random: config.random,
      ...(limit === undefined ? {} : { contentLimit: limit }),
    };
  }

  /** The session of this handshake. */
  session(ticket: Uint8Array, lifetime: number): Session {
    const { info, config, options } = this.#c;
    return {
      version: this.profile.version,
      suite: this.suite.code,
      secret: this.master.reveal(),
      created: config.now(),
      lifetime,
      ticket: new Uint8Array(ticket),
      id: info.sessionId,
      ageAdd: 0,
      maxEarlyData: 0,
      serverName: (config.side === 'client' ? options.serverName : info.serverName) ?? '',
      alpn: info.alpn ?? new Uint8Array(0),
      extendedMasterSecret: info.extendedMasterSecret,
      encryptThenMac: info.encryptThenMac,
      maxFragmentLength: info.maxFragmentLength,
      peerChain: info.peerChain,
      context: config.side === 'server' ? config.sessionContext : new Uint8Array(0),
    };
  }
}
