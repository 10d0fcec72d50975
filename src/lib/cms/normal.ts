/** BER made DER: definite lengths, strings in one piece. Values are not touched, nor is the order of a SET. */
import { CLASS, TAG, readDer, type DerNode } from '../der/index.ts';
import { element } from '../der/writer.ts';

/** The octets of one element in DER. Throws ERR_DER. */
export const derOf = (bytes: Uint8Array): Buffer => encode(readDer(bytes, 'ber'), false);

/** @param octets the element is an OCTET STRING under an implicit tag */
function encode(node: DerNode, octets: boolean): Buffer {
  const { cls, number, constructed } = node;
  const isString = octets || (cls === CLASS.universal && number !== TAG.sequence && number !== TAG.set);
  if (!constructed || isString) return element(cls, false, number, constructed ? joined(node) : node.content);
  const { children } = node;
  const inner = children.map((child, i) => encode(child, i === 2 && isEncryptedContent(children)));
  return element(cls, true, number, Buffer.concat(inner));
}

/** EncryptedContentInfo (RFC 5652 section 6.1) is the one structure of CMS that has an OCTET STRING under an implicit tag after an algorithm. */
function isEncryptedContent([type, algorithm, content]: readonly DerNode[]): boolean {
  return type?.is(TAG.oid) === true && algorithm?.is(TAG.sequence) === true && content?.isContext(0) === true;
}

const joined = (node: DerNode): Buffer =>
  Buffer.concat(node.children.map((child) => (child.constructed ? joined(child) : child.content)));
