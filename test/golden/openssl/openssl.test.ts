/**
 * Conversations with OpenSSL 3.0, recorded once: our side with a seeded random source, so that it must say the same again. That holds key
 * schedules, MACs, encrypt-then-MAC, the extended master secret and records of all kinds to what OpenSSL took and sent, on machines without
 * OpenSSL too. UPDATE_GOLDEN=1 talks to OpenSSL anew.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SUITES } from '../../../src/lib/registry/tls-suites.ts';
import { chunksOf, play, record, textOf } from './play.ts';
import { CONVERSATIONS } from './scenarios.ts';

const here = new URL('./', import.meta.url);
const update = process.env['UPDATE_GOLDEN'] !== undefined;

describe('S4: conversations with OpenSSL', () => {
  it.each(CONVERSATIONS.map((one) => [one.name, one] as const))('%s', async (name, conversation) => {
    const file = new URL(`${name}.txt`, here);
    if (update) {
      const version = spawnSync('openssl', ['version'], { encoding: 'utf8' }).stdout.split(' ').slice(0, 2).join(' ');
      writeFileSync(file, textOf(conversation, version, await record(conversation)));
    }
    expect(existsSync(file)).toBe(true);
    const chunks = chunksOf(readFileSync(file, 'utf8'));
    const { made, ours } = play(conversation, chunks);
    expect(ours.failures).toEqual([]);
    expect(made.map(({ octets }) => octets.toString('hex'))).toEqual(
      chunks.map(({ octets }) => octets.toString('hex')),
    );
    const { side, options } = conversation;
    const { info } = ours.side.engine;
    expect(ours.side.data.toString()).toBe(side === 'client' ? 'gnip\n' : 'ping\n');
    expect(info.version?.name).toBe(options.versions?.[0]);
    if (options.suites) expect(info.suite).toBe(SUITES.named(options.suites[0] as string));
    expect(info.retried).toBe(name.endsWith('retry'));
    const authenticated = side === 'server' ? info.peerChain.length > 0 : info.certificateRequested;
    expect(authenticated).toBe(name.endsWith('client-auth'));
    if (side === 'server') expect(ours.side.of('session').length).toBe(name.endsWith('tickets') ? 1 : 0);
    expect(ours.side.engine.closed).toBe(true);
  });
  it('encrypt-then-MAC and the extended master secret stand in the recordings, and do not', () => {
    const infoOf = (name: string): readonly boolean[] => {
      const conversation = CONVERSATIONS.find((one) => one.name === name)!;
      const { info } = play(conversation, chunksOf(readFileSync(new URL(`${name}.txt`, here), 'utf8'))).ours.side
        .engine;
      return [info.encryptThenMac, info.extendedMasterSecret];
    };
    for (const side of ['client', 'server']) {
      expect(infoOf(`${side}-tls12-ecdhe-rsa-aes256-sha384`)).toEqual([true, true]);
      expect(infoOf(`${side}-tls12-no-etm`)).toEqual([false, true]);
      expect(infoOf(`${side}-tls12-no-ems`)).toEqual([true, false]);
    }
  });
  it('no recording is left without its conversation', () => {
    const files = readdirSync(here).filter((name) => name.endsWith('.txt'));
    expect(files.sort()).toEqual(CONVERSATIONS.map(({ name }) => `${name}.txt`).sort());
  });
});
