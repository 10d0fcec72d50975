import { describe, expect, it } from 'vitest';
import { annotate, decode, encode, type Span } from '../../../src/lib/codec/index.ts';
import {
  COOKIE,
  KEY_SHARE,
  KEY_SHARE_ANSWER,
  KEY_SHARE_RETRY,
  PADDING,
  PRE_SHARED_KEY,
  PRE_SHARED_KEY_ANSWER,
  RECORD_SIZE_LIMIT,
  SERVER_NAME,
  SIGNATURE_ALGORITHMS,
  SUPPORTED_GROUPS,
  SUPPORTED_VERSIONS,
  SUPPORTED_VERSIONS_ANSWER,
  body,
  clientHello,
  duplicate,
  extension,
  find,
  handshakeMessage,
  helloRetryRequest,
  recordHeader,
  serverHello,
  serverHelloPlace,
  withoutBinders,
} from '../../../src/lib/tls/wire/index.ts';
import { rfc8448, valueOf } from '../../support/rfc8448.ts';

const traces = rfc8448();
const message = (trace: string, name: string): Buffer => valueOf(traces.get(trace), name).subarray(5);
const hello = (trace: string, name = 'client-hello'): Uint8Array => decode(handshakeMessage, message(trace, name)).body;

describe('RFC 8448', () => {
  it.each(
    [...traces].flatMap(([trace, values]) =>
      [...values.keys()].filter((name) => name.includes('hello')).map((name) => [trace, name] as const),
    ),
  )('%s, %s: decodes and encodes back to the same octets', (trace, name) => {
    const record = valueOf(traces.get(trace), name);
    expect(decode(recordHeader, record.subarray(0, 5))).toMatchObject({ type: 22, length: record.length - 5 });
    const framed = decode(handshakeMessage, record.subarray(5));
    const schema = framed.type === 1 ? clientHello : serverHello;
    const value = decode<unknown>(schema, framed.body);
    expect(encode<never>(schema as never, value as never).equals(framed.body)).toBe(true);
  });

  it('the ClientHello of section 3', () => {
    const value = decode(clientHello, hello('simple'));
    expect(value).toMatchObject({ version: 0x0303, suites: [0x1301, 0x1303, 0x1302], compressions: [0] });
    const list = value.extensions;
    expect(list?.map((one) => one.type)).toEqual([0, 0xff01, 10, 35, 51, 43, 13, 45, 28]);
    expect(Buffer.from(body(list, SERVER_NAME)![0]!.name).toString()).toBe('server');
    expect(body(list, SUPPORTED_GROUPS)).toEqual([29, 23, 24, 25, 256, 257, 258, 259, 260]);
    expect(body(list, KEY_SHARE)!.map((entry) => [entry.group, entry.share.length])).toEqual([[29, 32]]);
    expect(body(list, SUPPORTED_VERSIONS)).toEqual([0x0304]);
    expect(body(list, SIGNATURE_ALGORITHMS)).toContain(0x0804);
    expect(body(list, RECORD_SIZE_LIMIT)).toBe(0x4001);
    expect(body(list, COOKIE)).toBeUndefined();
    expect(duplicate(list!)).toBeUndefined();
    expect(duplicate([...list!, extension(COOKIE, Buffer.from('x')), list![3]!])).toBe(35);
  });

  it('the PSK of section 4, and where its binders begin', () => {
    const bytes = message('resumed', 'client-hello');
    const value = decode(clientHello, bytes.subarray(4));
    const psks = body(value.extensions, PRE_SHARED_KEY)!;
    expect(psks.identities.map((one) => [one.identity.length, one.obfuscatedAge])).toEqual([[178, 0xfad6aacb]]);
    expect(psks.binders.map((one) => one.length)).toEqual([32]);
    // RFC 8448 section 4 hashes the 477 octets before the binders
    expect(withoutBinders(bytes, value)?.length).toBe(477);
    expect(withoutBinders(bytes, { ...value, extensions: value.extensions!.toReversed() })).toBeUndefined();
    expect(withoutBinders(bytes, { ...value, extensions: undefined })).toBeUndefined();
    expect(body(decode(serverHello, hello('resumed', 'server-hello')).extensions, PRE_SHARED_KEY_ANSWER)).toBe(0);
  });

  it('the HelloRetryRequest of section 5', () => {
    const value = decode(helloRetryRequest, message('retry', 'retry').subarray(4));
    expect(serverHelloPlace(value)).toBe('HRR');
    expect(body(value.extensions, KEY_SHARE_RETRY)).toBe(23);
    const second = decode(clientHello, hello('retry'));
    expect(body(second.extensions, COOKIE)).toEqual(body(value.extensions, COOKIE));
    expect(body(second.extensions, PADDING)?.every((octet) => octet === 0)).toBe(true);
    const answer = decode(serverHello, hello('retry', 'server-hello'));
    expect(serverHelloPlace(answer)).toBe('SH');
    expect(body(answer.extensions, SUPPORTED_VERSIONS_ANSWER)).toBe(0x0304);
    expect(body(answer.extensions, KEY_SHARE_ANSWER)).toMatchObject({ group: 23 });
    expect(serverHelloPlace({ ...answer, extensions: undefined })).toBe('SH12');
    expect(find(undefined, 1)).toBeUndefined();
  });

  it('a trace names what stands in a hello, bodies of extensions included', () => {
    const { span } = annotate(clientHello, 'client_hello', hello('simple'));
    const inner = (one: Span | undefined, ...names: string[]): Span | undefined =>
      names.reduce<Span | undefined>((at, name) => at?.inner.find((two) => two.name === name), one);
    expect(inner(span, 'suites', '0')?.text).toBe('TLS_AES_128_GCM_SHA256 (0x1301)');
    expect(inner(span, 'extensions', '4', 'type')?.text).toBe('key_share (0x0033)');
    const group = inner(span, 'extensions', '4', 'data', '0', 'group');
    expect(group?.text).toBe('x25519 (0x001d)');
    expect(hello('simple').subarray(group!.start, group!.end)).toEqual(Buffer.from('001d', 'hex'));
  });
});
