/** What a server keeps for its sockets, and shows to nobody. */
import type { Server } from 'node:net';
import type { OwnOptions } from '../socket/options.ts';

export type SocketDefaults = Pick<
  OwnOptions,
  'handshakeTimeout' | 'SNICallback' | 'pskCallback' | 'pskIdentityHint' | 'enableTrace'
>;

const kept = new WeakMap<Server, SocketDefaults>();

export const socketDefaults = (server: Server): SocketDefaults => kept.get(server) ?? {};

export function setSocketDefaults(server: Server, defaults: SocketDefaults): void {
  kept.set(server, { ...kept.get(server), ...defaults });
}
