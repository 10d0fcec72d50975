/** OpenSSH public keys: one line of `authorized_keys`, or the file of RFC 4716 (RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709). */
import { fail } from '../errors.ts';
import { curveByName } from '../registry/curves.ts';
import { magnitude, unsigned } from './components.ts';
import { convertPoint, namedGroup } from './ec-group.ts';
import { PublicKey, type KeyType } from './model.ts';

/** SSH's names of curves (RFC 5656 section 10.1) and OpenSSL's. */
const CURVES: Readonly<Record<string, string>> = {
  nistp256: 'prime256v1',
  nistp384: 'secp384r1',
  nistp521: 'secp521r1',
};
const RAW: Readonly<Record<string, KeyType>> = { 'ssh-ed25519': 'ed25519', 'ssh-ed448': 'ed448' };

const NAME = /^(ssh-rsa|ssh-dss|ssh-ed25519|ssh-ed448|ecdsa-sha2-[a-z0-9]+)$/;

/** The blob of the first OpenSSH public key in a text, or undefined when there is none. */
export function findOpenSsh(text: string): Buffer | undefined {
  if (text.startsWith('---- BEGIN SSH2 PUBLIC KEY ----')) {
    const lines = text.split(/\r?\n/).slice(1);
    const end = lines.findIndex((line) => line.startsWith('---- END'));
    const body = lines.slice(0, Math.max(end, 0)).filter((line) => !line.includes(':'));
    return Buffer.from(body.join(''), 'base64');
  }
  for (const line of text.split('\n', 100)) {
    const words = line.trim().split(/[ \t]+/, 12);
    const at = words.findIndex((word) => NAME.test(word));
    if (at >= 0 && words[at + 1]) return Buffer.from(words[at + 1] as string, 'base64');
  }
  return undefined;
}

/** Splits a blob in its strings (RFC 4251 section 5). */
function strings(blob: Buffer): Buffer[] {
  const out: Buffer[] = [];
  for (let at = 0; at < blob.length;) {
    const length = at + 4 <= blob.length ? blob.readUInt32BE(at) : Infinity;
    if (length > blob.length - at - 4) fail('ERR_FORMAT', 'the OpenSSH public key is cut short');
    out.push(blob.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return out;
}

/**
 * A public key from its blob.
 *
 * @throws TlskitError ERR_FORMAT when it is malformed, ERR_UNSUPPORTED for a type that is not known
 */
export function readOpenSsh(blob: Buffer): PublicKey {
  const [type, ...fields] = strings(blob);
  const name = type?.toString('latin1') ?? '';
  const numbers = fields.map((field) => (field.length <= 16384 ? unsigned(field) : 0n)) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const need = (count: number): void => {
    if (fields.length < count) fail('ERR_FORMAT', 'the OpenSSH public key is cut short');
  };
  const raw = RAW[name];
  if (raw) {
    need(1);
    return PublicKey.fromComponents(raw, { kind: 'raw', public: fields[0] as Buffer });
  }
  if (name === 'ssh-rsa') {
    need(2);
    return PublicKey.fromComponents('rsa', { kind: 'rsa', e: numbers[0], n: numbers[1] });
  }
  if (name === 'ssh-dss') {
    need(4);
    const [p, q, g, y] = numbers;
    return PublicKey.fromComponents('dsa', { kind: 'dsa', p, q, g, y });
  }
  const curve = curveByName(CURVES[name.replace('ecdsa-sha2-', '')] ?? '');
  if (!curve)
    return fail(
      'ERR_UNSUPPORTED',
      `OpenSSH keys of the type "${name.replace(/[^\x20-\x7e]/g, '?').slice(0, 40)}" are not supported`,
    );
  need(2);
  return PublicKey.fromComponents('ec', { kind: 'ec', group: namedGroup(curve), point: fields[1] as Buffer });
}

/** One line of `authorized_keys`, without comment and line end. */
export function openSshPublic(key: PublicKey): string {
  const { components } = key;
  const none = (): never => fail('ERR_UNSUPPORTED', `OpenSSH has no format for this ${key.info.label} key`);
  let fields: [string, ...Buffer[]];
  if (components.kind === 'rsa' && key.type === 'rsa') fields = ['ssh-rsa', mpint(components.e), mpint(components.n)];
  else if (components.kind === 'dsa') {
    fields = ['ssh-dss', ...[components.p, components.q, components.g, components.y].map(mpint)];
  } else if (components.kind === 'ec' && components.point) {
    const { group } = components;
    const name = Object.keys(CURVES).find((ssh) => CURVES[ssh] === group.curve?.name) ?? none();
    fields = [`ecdsa-sha2-${name}`, Buffer.from(name), convertPoint(group, components.point, 'uncompressed')];
  } else if (components.kind === 'raw') {
    fields = [Object.keys(RAW).find((ssh) => RAW[ssh] === key.type) ?? none(), components.public];
  } else return none();
  const [name, ...rest] = fields;
  const blob = [Buffer.from(name), ...rest].flatMap((field) => [length(field), field]);
  return `${name} ${Buffer.concat(blob).toString('base64')}`;
}

function length(field: Buffer): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(field.length);
  return out;
}

/** A non-negative number as two's complement (RFC 4251 section 5). */
function mpint(value: bigint): Buffer {
  if (value === 0n) return Buffer.alloc(0);
  const octets = magnitude(value);
  return (octets[0] as number) >= 0x80 ? Buffer.concat([Buffer.alloc(1), octets]) : octets;
}
