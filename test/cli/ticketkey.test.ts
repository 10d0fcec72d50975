import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeWith } from '../support/peers.ts';
import { Terminal } from '../support/terminal.ts';
import { scratch, tlskit } from '../support/tlskit.ts';

describe('K7 ticketkey', () => {
  test('a pipe gets the raw bytes, a file too, and is private', () => {
    const cwd = scratch();
    expect(tlskit(['ticketkey'], { cwd }).stdout.length).toBe(48);
    expect(tlskit(['ticketkey', 'generate', '-size', '80'], { cwd }).stdout.length).toBe(80);
    expect(tlskit(['ticketkey', 'generate', '--out', 'k', '--count', '3'], { cwd })).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    });
    expect(statSync(join(cwd, 'k')).size).toBe(144);
    expect(statSync(join(cwd, 'k')).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['base64', /^[A-Za-z0-9+/]{64}\n$/],
    ['hex', /^[0-9a-f]{96}\n$/],
  ])('-format %s', (format, pattern) => {
    expect(tlskit(['ticketkey', 'generate', '-format', format]).stdout).toMatch(pattern);
  });

  test('--json holds the key only where no file does', () => {
    const cwd = scratch();
    const printed = JSON.parse(tlskit(['ticketkey', '--json'], { cwd }).stdout);
    expect(Buffer.from(printed.keys[0].value, 'base64').subarray(0, 16).toString('hex')).toBe(printed.keys[0].name);
    const filed = JSON.parse(tlskit(['ticketkey', '--json', '-out', 'k'], { cwd }).stdout);
    expect(filed).toMatchObject({ out: 'k', size: 48, count: 1 });
    expect(filed.keys[0]).not.toHaveProperty('value');
    const seen = JSON.parse(tlskit(['ticketkey', 'inspect', 'k', '--json'], { cwd }).stdout);
    expect(seen.keys[0].fingerprint).toBe(filed.keys[0].fingerprint);
  });

  test('inspect never shows the secret part', () => {
    const cwd = scratch();
    const bytes = Buffer.from(tlskit(['ticketkey', '-size', '80', '-format', 'hex'], { cwd }).stdout.trim(), 'hex');
    writeFileSync(join(cwd, 'k'), bytes);
    for (const args of [[], ['--json']]) {
      const { stdout } = tlskit(['ticketkey', 'inspect', 'k', ...args], { cwd });
      expect(stdout).toContain(bytes.subarray(0, 16).toString('hex'));
      for (let i = 16; i + 4 <= 80; i += 1) expect(stdout).not.toContain(bytes.subarray(i, i + 4).toString('hex'));
    }
  });

  test('rotate: a set for HAProxy grows at its end and stays at three', () => {
    const cwd = scratch();
    const lines = (): string[] => readFileSync(join(cwd, 'h'), 'utf8').trim().split('\n');
    tlskit(['ticketkey', '-format', 'base64', '-count', '3', '-out', 'h'], { cwd });
    const before = lines();
    const { status, stdout } = tlskit(['ticketkey', 'rotate', 'h', '--keep', '3'], { cwd });
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^New key [0-9a-f]{32}; 2 kept, 1 dropped: h\n$/)]);
    expect(lines().slice(0, 2)).toEqual(before.slice(1));
    expect(lines().length).toBe(3);
    expect(statSync(join(cwd, 'h')).mode & 0o777).toBe(0o600);
  });

  test('rotate: raw keys in one file, newest first', () => {
    const cwd = scratch();
    tlskit(['ticketkey', '-count', '2', '-out', 'r'], { cwd });
    const before = readFileSync(join(cwd, 'r'));
    tlskit(['ticketkey', 'rotate', 'r'], { cwd });
    const after = readFileSync(join(cwd, 'r'));
    expect(after.length).toBe(144);
    expect(after.subarray(48)).toEqual(before);
  });

  test('rotate: single raw files move up by one, the last one goes', () => {
    const cwd = scratch();
    const file = (name: string): Buffer => readFileSync(join(cwd, name));
    tlskit(['ticketkey', '-size', '80', '-out', 'n.key'], { cwd });
    const first = file('n.key');
    for (let i = 0; i < 2; i += 1) expect(tlskit(['ticketkey', 'rotate', 'n.key'], { cwd }).status).toBe(0);
    expect(file('n.key.2')).toEqual(first);
    const second = file('n.key.1');
    const out = JSON.parse(tlskit(['ticketkey', 'rotate', 'n.key', '--keep', '3', '--json'], { cwd }).stdout);
    expect(out).toMatchObject({ files: ['n.key', 'n.key.1', 'n.key.2'], dropped: 1, size: 80 });
    expect(file('n.key.2')).toEqual(second);
    for (const name of out.files)
      expect([file(name).length, statSync(join(cwd, name)).mode & 0o777]).toEqual([80, 0o600]);
    tlskit(['ticketkey', 'rotate', 'n.key', '--keep', '1'], { cwd });
    expect([
      existsSync(join(cwd, 'n.key')),
      existsSync(join(cwd, 'n.key.1')),
      existsSync(join(cwd, 'n.key.2')),
    ]).toEqual([true, false, false]);
  });

  test.each([
    [['-size', '47'], /one of 48, 80/],
    [['-count', '0'], /1 to 100/],
    [['rotate'], /name the file/],
    [['rotate', 'missing'], /missing: no such file/],
    [['rotate', 'bad'], /bad: 5 bytes are no whole number/],
    [['rotate', 'bad', '-keep', '0'], /1 to 100/],
    [['inspect', 'bad'], /bad: 5 bytes/],
    [['inspect', '.'], /directory/],
    [['inspect'], /standard input: the file is empty/],
  ])('%j fails with one line and leaves files alone', (args, message) => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'bad'), 'hello');
    const { status, stdout, stderr } = tlskit(['ticketkey', ...args], { cwd });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^tlskit ticketkey[a-z ]*: [^\n]+\n$/);
    expect(readFileSync(join(cwd, 'bad'), 'utf8')).toBe('hello');
  });
});

describeWith(['tmux'], 'K7 ticketkey on a terminal', () => {
  test.each([
    ['', /^[A-Za-z0-9+/]{64}\s*$/],
    ['-format raw', /garble the terminal/],
  ])('shows base64 and refuses raw bytes: ticketkey %s', async (args, want) => {
    // the terminal stays until it has been looked at
    const line = `'${process.execPath}' '${resolve('bin/run.js')}' ticketkey ${args}; exec sleep 600`;
    expect(await new Terminal(line, scratch()).see(want)).toMatch(want);
  });
});
