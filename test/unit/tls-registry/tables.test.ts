import { createECDH, getCiphers, getHashes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ALERT, ALERTS } from '../../../src/lib/registry/tls-alerts.ts';
import { BULK_CIPHERS } from '../../../src/lib/registry/tls-ciphers.ts';
import {
  CONTENT_TYPE,
  CONTENT_TYPES,
  GREASE,
  GREASE_PSK_MODES,
  HANDSHAKE_TYPE,
  HANDSHAKE_TYPES,
  isGrease,
} from '../../../src/lib/registry/tls-codes.ts';
import { EXTENSION, EXTENSIONS, mayStand } from '../../../src/lib/registry/tls-extensions.ts';
import { GROUPS } from '../../../src/lib/registry/tls-groups.ts';
import { decodeReason, decodedNames, reasonRow, reasons } from '../../../src/lib/registry/tls-reasons.ts';
import { SIGNATURE_SCHEMES } from '../../../src/lib/registry/tls-signatures.ts';
import {
  FALLBACK_SCSV,
  RENEGOTIATION_SCSV,
  SUITES,
  preference,
  recommendedSuites,
} from '../../../src/lib/registry/tls-suites.ts';
import { VERSIONS } from '../../../src/lib/registry/tls-versions.ts';
import { openssl } from '../../support/openssl.ts';
import { describeWith } from '../../support/peers.ts';

const TABLES = { VERSIONS, ALERTS, CONTENT_TYPES, HANDSHAKE_TYPES, EXTENSIONS, GROUPS, SIGNATURE_SCHEMES, SUITES };

describe('every table', () => {
  it.each(Object.entries(TABLES))('%s: no number and no name twice, both lead back to the row', (_, table) => {
    const codes = new Set(table.rows.map((row) => row.code));
    const names = new Set(table.rows.map((row) => row.name.toLowerCase()));
    expect(codes.size).toBe(table.rows.length);
    expect(names.size).toBe(table.rows.length);
    for (const row of table.rows) {
      expect(Number.isInteger(row.code)).toBe(true);
      expect(table.row(row.code)).toBe(row);
      expect(table.named(row.name.toUpperCase())).toBe(row);
      expect(table.get(row.code)).toBe(row.name);
    }
    expect(table.row(0xabcdef)).toBeUndefined();
    expect(table.named('nonsense')).toBeUndefined();
  });

  it('constants agree with their tables', () => {
    const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    for (const [name, code] of Object.entries(CONTENT_TYPE)) expect(CONTENT_TYPES.get(code)).toBe(snake(name));
    for (const [name, code] of Object.entries(HANDSHAKE_TYPE)) expect(HANDSHAKE_TYPES.get(code)).toBe(snake(name));
    for (const [name, code] of Object.entries(EXTENSION)) {
      expect(EXTENSIONS.named(name === 'alpn' ? name : snake(name))?.code).toBe(code);
    }
  });
});

describeWith(['openssl'], 'suites against openssl', () => {
  it('are all those of openssl, in its order, under its names', () => {
    const listed = openssl(['ciphers', '-V', 'ALL:COMPLEMENTOFALL:@SECLEVEL=0']).stdout.trim().split('\n');
    const theirs = listed.map((line) => {
      const [octets, , name] = line.trim().split(/\s+/) as [string, string, string];
      return [Number(octets.replace(',0x', '')), name];
    });
    expect(theirs.length).toBeGreaterThan(100);
    const known = new Set(theirs.map(([code]) => code));
    expect(SUITES.rows.filter((row) => known.has(row.code)).map((row) => [row.code, row.openssl])).toEqual(theirs);
  });

  it('have the parts that openssl says', () => {
    for (const line of openssl(['ciphers', '-v', 'ALL:COMPLEMENTOFALL:@SECLEVEL=0']).stdout.trim().split('\n')) {
      const [name = '', version, ...parts] = line.trim().split(/\s+/);
      const suite = SUITES.named(name)!;
      const part = (key: string): string => parts.find((one) => one.startsWith(`${key}=`))!.slice(key.length + 1);
      const VERSION: Record<number, string> = { 0x300: 'SSLv3', 0x301: 'TLSv1', 0x303: 'TLSv1.2', 0x304: 'TLSv1.3' };
      expect([name, VERSION[suite.first]]).toEqual([name, version]);
      const KX: Record<string, string> = {
        ECDH: 'ecdhe',
        DH: 'dhe',
        RSA: 'rsa',
        PSK: 'psk',
        DHEPSK: 'dhe_psk',
        ECDHEPSK: 'ecdhe_psk',
        RSAPSK: 'rsa_psk',
        SRP: 'srp',
        any: 'any',
      };
      expect([name, suite.keyExchange]).toEqual([name, KX[part('Kx')]]);
      const AU: Record<string, string> = {
        RSA: 'rsa',
        ECDSA: 'ecdsa',
        DSS: 'dss',
        None: 'anon',
        PSK: 'psk',
        SRP: 'srp',
        any: 'any',
      };
      expect([name, suite.authentication]).toEqual([name, AU[part('Au')]]);
      const MAC: Record<string, string | undefined> = {
        AEAD: undefined,
        SHA1: 'sha1',
        SHA256: 'sha256',
        SHA384: 'sha384',
        MD5: 'md5',
      };
      expect([name, suite.mac]).toEqual([name, MAC[part('Mac')]]);
      const bits = /\((\d+)\)/.exec(part('Enc'))?.[1];
      if (bits !== undefined && suite.bulk.name !== 'CHACHA20_POLY1305')
        expect([name, suite.bulk.key * 8]).toEqual([name, Number(bits)]);
    }
  });
});

describe('suites', () => {
  it('have the five of TLS 1.3', () => {
    expect(
      SUITES.rows
        .filter((row) => row.last === 0x0304)
        .map((row) => row.code)
        .toSorted((a, b) => a - b),
    ).toEqual([0x1301, 0x1302, 0x1303, 0x1304, 0x1305]);
    expect(SUITES.row(0x1305)?.bulk.tag).toBe(8);
    expect(SUITES.row(0xc0ac)?.hash).toBe('sha256');
    expect(SUITES.row(0xc028)).toMatchObject({ hash: 'sha384', mac: 'sha384' });
    expect(SUITES.row(RENEGOTIATION_SCSV)).toBeUndefined();
    expect(SUITES.row(FALLBACK_SCSV)).toBeUndefined();
  });

  it('are preferred as argued', () => {
    const best = recommendedSuites().map((suite) => suite.name);
    expect(best.slice(0, 8)).toEqual([
      'TLS_AES_128_GCM_SHA256',
      'TLS_AES_256_GCM_SHA384',
      'TLS_CHACHA20_POLY1305_SHA256',
      'TLS_AES_128_CCM_SHA256',
      'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
      'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
      'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
      'TLS_ECDHE_ECDSA_WITH_AES_128_CCM',
    ]);
    const all = SUITES.rows.toSorted(preference);
    const place = (name: string): number => all.findIndex((suite) => suite.openssl === name);
    expect(place('DHE-RSA-AES128-GCM-SHA256')).toBeLessThan(place('ECDHE-RSA-AES128-SHA'));
    expect(place('ECDHE-RSA-AES128-SHA')).toBeLessThan(place('AES128-GCM-SHA256'));
    expect(place('DES-CBC3-SHA')).toBeLessThan(place('ADH-AES256-GCM-SHA384'));
    expect(all.at(-1)?.bulk.kind).toBe('null');
  });

  it('use ciphers that node:crypto has', () => {
    const has = new Set(getCiphers());
    for (const bulk of BULK_CIPHERS.values()) if (bulk.node !== undefined) expect(has.has(bulk.node)).toBe(true);
  });
});

describe('groups', () => {
  it('curves are those of node:crypto, and their shares have the lengths of the rows', () => {
    for (const row of GROUPS.rows.filter((one) => one.kind === 'ec')) {
      const share = createECDH(row.node).generateKeys();
      expect([row.name, share.length]).toEqual([row.name, row.clientShare]);
      expect(row.serverShare).toBe(row.clientShare);
      expect(row.clientShare).toBe(2 * row.secret + 1);
    }
  });

  it('hybrids add up', () => {
    const KEM: Record<string, readonly [number, number]> = { 'ml-kem-768': [1184, 1088], 'ml-kem-1024': [1568, 1568] };
    for (const row of GROUPS.rows.filter((one) => one.kind === 'hybrid')) {
      const half = GROUPS.row(row.classical!.code)!;
      expect(row.clientShare).toBe(half.clientShare + KEM[row.node]![0]);
      expect(row.serverShare).toBe(half.serverShare + KEM[row.node]![1]);
      expect(row.secret).toBe(half.secret + 32);
    }
  });

  it('have other spellings', () => {
    expect(GROUPS.named('P-256')?.code).toBe(23);
    expect(GROUPS.named('x25519mlkem768')?.code).toBe(0x11ec);
    expect(VERSIONS.named('TLS 1.3')?.code).toBe(0x0304);
  });
});

describe('signature schemes', () => {
  it('use hashes and curves that node:crypto has', () => {
    const hashes = new Set(getHashes());
    for (const row of SIGNATURE_SCHEMES.rows) {
      if (row.hash !== undefined) expect(hashes.has(row.hash)).toBe(true);
      if (row.curve !== undefined) expect(() => createECDH(row.curve!)).not.toThrow();
      expect(row.padding === undefined).toBe(!row.key.startsWith('rsa'));
      // before TLS 1.3 the second octet is the signature: 1 RSA, 2 DSA, 3 ECDSA
      if (row.code < 0x0700) expect({ rsa: 1, dsa: 2, ec: 3 }[row.key as string]).toBe(row.code & 0xff);
    }
  });

  it('TLS 1.3 signs neither with PKCS#1 nor with SHA-1', () => {
    for (const row of SIGNATURE_SCHEMES.rows.filter((one) => one.tls13 === 'all')) {
      expect(row.padding).not.toBe('pkcs1');
      expect(row.hash).not.toBe('sha1');
    }
  });
});

describe('extensions', () => {
  it("stand where RFC 8446's table says", () => {
    expect([...EXTENSIONS.row(EXTENSION.keyShare)!.places]).toEqual(['CH', 'SH', 'HRR']);
    expect(mayStand(EXTENSION.cookie, 'SH')).toBe(false);
    expect(mayStand(EXTENSION.oidFilters, 'CR')).toBe(true);
    expect(mayStand(EXTENSION.supportedGroups, 'EE')).toBe(true);
    expect(mayStand(0xfafa, 'CH')).toBe(true);
    expect(mayStand(0xfafa, 'EE')).toBe(false);
  });
});

describe('GREASE', () => {
  it('has the values of RFC 8701', () => {
    expect(GREASE.length).toBe(16);
    expect([GREASE[0], GREASE[1], GREASE[15]]).toEqual([0x0a0a, 0x1a1a, 0xfafa]);
    for (const code of GREASE) expect(isGrease(code)).toBe(true);
    for (const code of [0x0a1a, 0x1301, 0x0b0b, 0xffff, 0]) expect(isGrease(code)).toBe(false);
    expect(GREASE_PSK_MODES.every((mode, i) => mode === 0x0b + 0x1f * i)).toBe(true);
  });
});

describe('reasons', () => {
  const rows = [...reasons().values()];

  it('have an alert that exists, a rule, a text and a code', () => {
    const codes = new Set([
      'DECODE',
      'ORDER',
      'VERSION',
      'NEGOTIATION',
      'PARAMETER',
      'CRYPTO',
      'CERTIFICATE',
      'LIMIT',
      'CLOSED',
      'ALERT',
      'INTERNAL',
    ]);
    for (const row of rows) {
      if (row.alert !== undefined) expect([row.name, ALERT[row.alert]]).toEqual([row.name, expect.any(Number)]);
      expect(row.section).toMatch(/^(RFC \d+|FIPS \d+|draft-\S+) \S/);
      expect(row.text).toMatch(/^\S.*[^.]$/);
      expect(codes.has(row.code.slice('ERR_TLS_'.length))).toBe(true);
      expect(row.name).toMatch(/^[a-z0-9_]+$/);
    }
  });

  it('one text for one cause', () => {
    const pairs = rows.map((row) => `${row.text} / ${row.section}`);
    const twice = pairs.filter((one, i) => pairs.indexOf(one) !== i);
    // the same event of two versions, which answer it with different alerts
    expect(twice).toEqual([]);
    expect(new Set(rows.map((row) => row.name)).size).toBe(rows.length);
  });

  it('no alert but those that we may send', () => {
    const used = new Set(rows.map((row) => row.alert));
    const never = Object.keys(ALERT).filter((name) => !used.has(name as keyof typeof ALERT));
    expect(never.toSorted()).toEqual([
      'bad_certificate_hash_value',
      'certificate_unobtainable',
      'close_notify',
      'decompression_failure',
      'decryption_failed',
      'ech_required',
      'export_restriction',
      'no_certificate',
      'user_canceled',
    ]);
  });

  it('name every message and extension that decodes', () => {
    const others = ['change_cipher_spec', 'heartbeat_message', 'hello_retry_request'];
    for (const name of decodedNames()) {
      const known = HANDSHAKE_TYPES.named(name) ?? EXTENSIONS.named(name);
      if (!known) expect(others).toContain(name);
    }
    expect(decodeReason('key_share', 'truncated')).toBe(decodeReason('key_share', 'length'));
    expect(reasonRow('key_share_malformed')).toMatchObject({ alert: 'decode_error', code: 'ERR_TLS_DECODE' });
    expect(reasonRow('change_cipher_spec_bad_value').alert).toBe('unexpected_message');
  });
});
