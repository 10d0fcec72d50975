/** Records: out of a stream, into a stream, and their protection. */
export { plainOpener, plainSealer, type Opened, type RecordOpener, type RecordSealer } from './cipher.ts';
export { Deframer, type Record } from './deframe.ts';
export { fragments, splitFragments } from './fragment.ts';
export * from './limits.ts';
export { MessageReader, type RawMessage } from './messages.ts';
export { keyLengths, tls12Opener, tls12Sealer, type Tls12Protection } from './tls12.ts';
export { tls13Opener, tls13Sealer } from './tls13.ts';
export { Outgoing } from './outgoing.ts';
