/** The `ALPNProtocols` option (RFC 7301 section 3.1): names, or the list as it stands on the wire. */
import { nodeError } from '../errors/node.ts';
import { nodes } from '../nodes.ts';

/** Types leave the function out, as it is not documented. */
const undocumented = nodes as typeof nodes & { convertALPNProtocols(protocols: unknown, out: object): void };

/** What a list may be given as. */
export type AlpnProtocols = readonly string[] | NodeJS.ArrayBufferView;

/**
 * Writes a list of protocols as it stands on the wire into `out.ALPNProtocols`; the octets are a copy. Does nothing for what is neither an array
 * nor a view.
 *
 * @throws RangeError ERR_OUT_OF_RANGE for a name of more than 255 octets; TypeError ERR_INVALID_ARG_VALUE for an empty name and for octets that
 *   are no list, on those Nodes that refuse them
 */
export function convertALPNProtocols(protocols: AlpnProtocols, out: { ALPNProtocols?: Buffer }): void {
  const list = wireList(protocols);
  if (!list) return;
  // Node took such lists for a long time, and then sent none: whether they are refused is for the one that runs to say
  if (!isList(list)) undocumented.convertALPNProtocols(protocols, {});
  out.ALPNProtocols = list;
}

function wireList(protocols: AlpnProtocols): Buffer | undefined {
  if (Array.isArray(protocols)) return Buffer.concat((protocols as readonly string[]).flatMap(wireName));
  if (!ArrayBuffer.isView(protocols)) return undefined;
  return Buffer.from(new Uint8Array(protocols.buffer, protocols.byteOffset, protocols.byteLength));
}

function wireName(name: string, index: number): Buffer[] {
  // these two refuse other types, in Node's words
  const length = Buffer.byteLength(name);
  const octets = Buffer.alloc(1 + length);
  octets.write(name, 1);
  octets[0] = length;
  if (length <= 255) return [octets];
  const what = `The byte length of the protocol at index ${index} exceeds the maximum length.`;
  throw nodeError('ERR_OUT_OF_RANGE', `${what} It must be <= 255. Received ${length}`, RangeError);
}

/** Whether octets are a list of names, none of which is empty. */
function isList(octets: Buffer): boolean {
  let at = 0;
  while (at < octets.length && octets[at] !== 0) at += 1 + (octets[at] as number);
  return at === octets.length;
}
