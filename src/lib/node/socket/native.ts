/**
 * A stream that Node's C++ takes for its own. Its HTTP/2 and its TLS read and write below JavaScript, and ask a socket's handle for `isStreamBase`
 * first; what is none they wrap into something that is no TLSSocket any more. So our handles descend from the class by which Node itself gives them
 * streams that are written in JavaScript. It is not exported: it is that of the handle of a TLS socket around any Duplex.
 */
import { constants } from 'node:os';
import { Duplex } from 'node:stream';
import { nodes } from '../nodes.ts';

/** What a write or the end of writing is known by. */
type Request = object;

interface NativeStream {
  /** Gives octets to whoever reads, which is `onread` where nobody else does. */
  readBuffer(bytes: Uint8Array): void;
  emitEOF(): void;
  /** @param status 0 or a negative errno; not before the call that began the write has returned to C++ */
  finishWrite(request: Request, status: number): void;
  finishShutdown(request: Request, status: number): void;
  /** undefined is the end */
  onread: (bytes?: ArrayBuffer) => void;
}

type Class = new () => NativeStream;

let found: Class | undefined;

function find(): Class {
  const around = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  // without authorities, as reading those takes time
  const socket = new nodes.TLSSocket(around, { secureContext: nodes.createSecureContext({ ca: [] }) });
  const { _handle: handle } = socket as unknown as { _handle: { _parentWrap: { _handle: object } } };
  const Found = handle._parentWrap._handle.constructor as Class;
  socket.destroy();
  Object.setPrototypeOf(construct.prototype as object, Found.prototype as object);
  return Found;
}

/** The class is looked for when the first one is made, as it takes some milliseconds. */
function construct(this: NativeStream): NativeStream {
  found ??= find();
  return Reflect.construct(found, [], new.target) as NativeStream;
}

const NativeStream: Class = construct as unknown as Class;

const statusOf = (error?: NodeJS.ErrnoException | null): number =>
  error ? (error.errno ?? -constants.errno.EPIPE) : 0;

type Done = (error?: NodeJS.ErrnoException | null) => void;

/** A handle as C++ sees it. */
export abstract class NativeSide extends NativeStream {
  #taken = false;
  #gathered: Uint8Array[] = [];

  /** Whether HTTP/1 reads from the socket. */
  abstract get parsed(): boolean;
  abstract readStart(): number;
  abstract readStop(): number;
  abstract write(bytes: Uint8Array, done: Done): void;
  abstract shutdown(done: Done): void;
  abstract isClosing(): boolean;
  /** Octets for the socket; nothing is their end. */
  protected abstract deliver(bytes?: Uint8Array): void;

  /** Octets for whoever reads; nothing is their end. */
  protected hand(bytes?: Uint8Array): void {
    if (!this.#taken) this.deliver(bytes);
    else if (bytes) this.#gathered.push(bytes);
    else {
      this.handGathered();
      this.emitEOF();
    }
  }

  /** C++ gets what came at once as one: HTTP/2 answers each piece with a write of its own. */
  protected handGathered(): void {
    const [first] = this.#gathered;
    if (!first) return;
    const bytes = this.#gathered.length === 1 ? first : Buffer.concat(this.#gathered);
    this.#gathered = [];
    if (!this.isClosing()) this.readBuffer(bytes);
  }

  /** Asked by who is about to take the stream over. HTTP/1 does well with the socket's data. */
  get isStreamBase(): boolean {
    if (this.parsed || this.#taken) return this.#taken;
    this.#taken = true;
    // what nobody takes below is the socket's still
    this.onread = (bytes) => this.deliver(bytes && new Uint8Array(bytes));
    return true;
  }

  onreadstart(): number {
    return this.readStart();
  }

  onreadstop(): number {
    return this.readStop();
  }

  onwrite(request: Request, pieces: readonly Uint8Array[]): number {
    // C++ must have heard that the write has begun before it hears of its end
    this.write(Buffer.concat(pieces), (error) => void setImmediate(() => this.finishWrite(request, statusOf(error))));
    return 0;
  }

  onshutdown(request: Request): number {
    this.shutdown((error) => void setImmediate(() => this.finishShutdown(request, statusOf(error))));
    return 0;
  }
}
