/** What a secure context holds. Node has a native object for it; programs know its methods, so that they are the same here. */
import { randomBytes } from 'node:crypto';
import type { Crl } from '../../crl/index.ts';
import { TLS12, TLS13 } from '../../registry/tls-versions.ts';
import { TicketKey } from '../../tickets/key.ts';
import type { ClientConfig, ServerConfig } from '../../tls/config.ts';
import type { Credential } from '../../tls/credential.ts';
import type { DhDomain } from '../../tls/kex/index.ts';
import { ticketSealer } from '../../tls/session/tickets.ts';
import type { TrustStore } from '../../verify/index.ts';
import { invalidArgType, nodeError } from '../errors/node.ts';
import { handshakeError } from '../errors/ssl.ts';
import { authoritiesIn } from './authorities.ts';
import { clientBase, serverBase, type ServerSettings, type Settings } from './bases.ts';
import { cipherList, cipherSuites, DEFAULT_SUITES } from './ciphers.ts';
import { autoDomain, dhOf } from './dh.ts';
import { groupsOf } from './groups.ts';
import { KeyRing } from './keyring.ts';
import { octetsOf, readChain, readCrl, readKey, unusable, type Material } from './material.ts';
import { refusal } from './refusal.ts';
import { lowBits } from './options.ts';
import { readPfx } from './pfx.ts';
import { SECURITY_LEVEL } from '../platform.ts';
import { methodOf, versionsIn, type MethodSide } from './protocols.ts';
import { bitsOf } from './security.ts';
import { sigalgsOf } from './sigalgs.ts';
import { Trust } from './trust.ts';

/** Octets of ticket keys: a name, a key for HMAC, a key for AES. */
export const TICKET_KEYS = 48;

const SESSION_CONTEXT_MOST = 32;

export class ContextState {
  #side: MethodSide;
  #min = TLS12;
  #max = TLS13;
  #options = 0;
  // texts, of which each has one meaning
  #ciphers = '';
  #suites13 = DEFAULT_SUITES;
  #curves = 'auto';
  #sigalgs: string | undefined;
  #dh: DhDomain | 'auto' | undefined;
  #sessionIdContext: Buffer = Buffer.alloc(0);
  #sessionTimeout: number | undefined;
  #ticketKeys: Buffer | undefined;
  readonly #ring = new KeyRing();
  readonly #trust = new Trust();
  #client: ClientConfig | undefined;
  #server: ServerConfig | undefined;
  #credentials: readonly Credential[] | undefined;
  /** The level of the cipher string, or this Node's. */
  securityLevel: number = SECURITY_LEVEL;

  /** Begins: a `secureProtocol` or nothing, then versions by their numbers. */
  init(secureProtocol: unknown, min: number, max: number): void {
    const method = typeof secureProtocol === 'string' ? methodOf(secureProtocol) : undefined;
    this.#side = method?.side;
    this.#min = method?.min ?? min;
    this.#max = method?.max ?? max;
  }

  #changed(): void {
    this.#client = undefined;
    this.#server = undefined;
    this.#credentials = undefined;
  }

  /** Sets bits of OpenSSL's SSL_OP_ numbers, beside those that are set. */
  setOptions(options: number): void {
    this.#options |= lowBits(options);
    this.#changed();
  }

  /** The bits that are set. */
  get options(): number {
    return this.#options;
  }

  setMinProto(version: number): boolean {
    this.#min = version;
    this.#changed();
    return true;
  }

  setMaxProto(version: number): boolean {
    this.#max = version;
    this.#changed();
    return true;
  }

  getMinProto(): number {
    return this.#min;
  }

  getMaxProto(): number {
    return this.#max;
  }

  /** Suites before TLS 1.3, by a cipher string. */
  setCiphers(text: string): void {
    const { securityLevel } = cipherList(text);
    this.#ciphers = text;
    if (securityLevel !== undefined) this.securityLevel = securityLevel;
    this.#changed();
  }

  /** Suites of TLS 1.3, by their names. */
  setCipherSuites(text: string): void {
    cipherSuites(text);
    this.#suites13 = text;
    this.#changed();
  }

  setSigalgs(text: string): void {
    sigalgsOf(text);
    this.#sigalgs = text;
    this.#changed();
  }

  setECDHCurve(text: string): void {
    groupsOf(text);
    this.#curves = text;
    this.#changed();
  }

  /** Parameters in PEM, or `true` for such as the certificate wants. Returns what there is to warn of. */
  setDHParam(parameters: true | string | NodeJS.ArrayBufferView): string | undefined {
    this.#changed();
    if (parameters === true) {
      this.#dh = 'auto';
      return undefined;
    }
    const { domain, warning } = dhOf(octetsOf(parameters), this.securityLevel);
    if (domain) this.#dh = domain;
    return warning;
  }

  /** A certificate to trust, in PEM, or several. */
  addCACert(material: Material): void {
    this.#trust.add(authoritiesIn(material));
    this.#changed();
  }

  /** Trusts what this Node trusts. */
  addRootCerts(): void {
    this.#trust.roots = true;
    this.#changed();
  }

  addCRL(material: Material): void {
    this.#trust.addCrls(readCrl(material));
  }

  setAllowPartialTrustChain(): void {
    this.#trust.partial = true;
  }

  /** A certificate in PEM, with its chain behind it. */
  setCert(material: Material): void {
    this.#ring.setChain(readChain(material), this.securityLevel);
    this.#changed();
  }

  setKey(material: Material, passphrase?: string | null): void {
    this.#ring.setKey(readKey(material, passphrase ?? undefined));
    this.#changed();
  }

  /** A PKCS#12 file: a key, its certificate, and others, which are sent and trusted. */
  loadPKCS12(file: NodeJS.ArrayBufferView, passphrase?: NodeJS.ArrayBufferView): void {
    const { chain, key } = readPfx(file, passphrase);
    this.#ring.setChain(chain, this.securityLevel);
    this.#ring.setKey(key);
    this.#trust.add(chain.slice(1).map(({ der }) => der));
    this.#changed();
  }

  setSessionIdContext(text: string): void {
    const octets = Buffer.from(text, 'utf8');
    if (octets.length > SESSION_CONTEXT_MOST)
      throw refusal({ sessionIdContext: text }) ?? unusable('a session context has at most 32 octets');
    this.#sessionIdContext = octets;
    this.#changed();
  }

  /** Seconds. */
  setSessionTimeout(seconds: number): void {
    this.#sessionTimeout = seconds;
    this.#changed();
  }

  /** 48 octets: the name, the key of the HMAC and the key of AES. */
  setTicketKeys(keys: NodeJS.ArrayBufferView): boolean {
    this.ticketKeys = octetsOf(keys);
    return true;
  }

  getTicketKeys(): Buffer {
    return Buffer.from(this.ticketKeys);
  }

  get ticketKeys(): Buffer {
    return (this.#ticketKeys ??= randomBytes(TICKET_KEYS));
  }

  set ticketKeys(keys: Uint8Array) {
    if (keys.length !== TICKET_KEYS) throw invalidArgType('ticketKeys', 'Buffer', keys);
    this.#ticketKeys = Buffer.from(keys);
    this.#server = undefined;
  }

  /** The certificate that was set last, in DER; null where none is. */
  getCertificate(): Buffer | null {
    return this.#ring.latest[0]?.der ?? null;
  }

  /** The certificate of its issuer, from the chain or from what is trusted; null where it is not there. */
  getIssuer(): Buffer | null {
    const [, issuer] = this.#trust.complete(this.#ring.latest.slice(0, 2));
    return issuer?.der ?? null;
  }

  /** Engines of OpenSSL's are none here. */
  setEngineKey(_identifier: string, _engine: string): never {
    throw noEngines();
  }

  setClientCertEngine(_engine: string): never {
    throw noEngines();
  }

  /** Node's servers switch a callback on here; ours ask for the keys when they need them. */
  enableTicketKeyCallback(): void {}

  /** Nothing is held that must be given back. */
  close(): void {}

  get credentials(): readonly Credential[] {
    return (this.#credentials ??= this.#ring.credentials((chain) => this.#trust.complete(chain)));
  }

  /** What is trusted; undefined for nothing but the default. */
  get trust(): TrustStore | undefined {
    return this.#trust.store;
  }

  /** The subjects of the certificates that were given to be trusted, in DER: what a server names to clients. */
  get authorities(): readonly Buffer[] {
    return this.#trust.subjects;
  }

  get crls(): readonly Crl[] {
    return this.#trust.crls;
  }

  get allowPartialTrustChain(): boolean {
    return this.#trust.partial;
  }

  get sessionIdContext(): Buffer {
    return this.#sessionIdContext;
  }

  /** Seconds; undefined where nothing was said. */
  get sessionTimeout(): number | undefined {
    return this.#sessionTimeout;
  }

  #settings(side: 'client' | 'server'): Settings {
    if (this.#side !== undefined && this.#side !== side) {
      throw handshakeError('called_a_function_you_should_not_call', 'ssl_undefined_function');
    }
    const numbers = [this.#min, this.#max, this.#options, this.securityLevel];
    return {
      versions: versionsIn(this.#min, this.#max, this.#options),
      suites: [...cipherSuites(this.#suites13), ...cipherList(this.#ciphers).suites],
      groups: groupsOf(this.#curves),
      sigalgs: this.#sigalgs === undefined ? undefined : sigalgsOf(this.#sigalgs),
      options: this.#options,
      securityLevel: this.securityLevel,
      credentials: this.credentials,
      key: [...numbers, this.#ciphers, this.#suites13, this.#curves, this.#sigalgs ?? ''].join('|'),
    };
  }

  /**
   * What all connections of a client have in common. It accepts every certificate: the verdict is given after the handshake.
   *
   * @throws ERR_SSL_NO_PROTOCOLS_AVAILABLE, ERR_SSL_NO_CIPHERS_AVAILABLE where nothing is left to use, ERR_SSL_CALLED_A_FUNCTION_YOU_SHOULD_NOT_CALL for a method of the other side
   */
  clientBase(): ClientConfig {
    return (this.#client ??= clientBase(this.#settings('client')));
  }

  /** What all connections of a server have in common. Throws as `clientBase`. */
  serverBase(): ServerConfig {
    return (this.#server ??= serverBase(this.#serverSettings()));
  }

  #serverSettings(): ServerSettings {
    return {
      ...this.#settings('server'),
      dhDomain: this.#dh === 'auto' ? autoDomain(Math.max(this.#ring.security, bitsOf(this.securityLevel))) : this.#dh,
      sessionTimeout: this.#sessionTimeout,
      sessionIdContext: this.#sessionIdContext,
      ticketSealer: ticketSealer([TicketKey.from(this.ticketKeys)]),
    };
  }
}

const noEngines = (): Error =>
  nodeError('ERR_CRYPTO_CUSTOM_ENGINE_NOT_SUPPORTED', 'Custom engines not supported by this OpenSSL');
