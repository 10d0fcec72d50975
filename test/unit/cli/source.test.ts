import { execFileSync } from 'node:child_process';
import { openSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PassphraseSources, readFile, Stdin } from '../../../src/cli/source.ts';
import { withOidFile } from '../../../src/cli/req/oid-file.ts';
import { decodeBase64 } from '../../../src/lib/enc/base64.ts';
import { cpuSeconds } from '../../support/cpu.ts';
import { scratch } from '../../support/tlskit.ts';

/** A file with this content. */
function fileOf(content: string | Buffer): string {
  const path = join(scratch(), 'input');
  writeFileSync(path, content);
  return path;
}
const stdinOf = (content: string | Buffer): Stdin => new Stdin(openSync(fileOf(content), 'r'));

/** A file of 100 MB that takes no room on the disk. */
function zeros(): string {
  const path = fileOf('');
  truncateSync(path, 100_000_000);
  return path;
}

/** Runs a step and checks that it took no more than a second. */
async function soon(step: () => void): Promise<void> {
  expect(await cpuSeconds(step)).toBeLessThan(1);
}

describe('lines of standard input', () => {
  it('end with LF, CRLF or the input', () => {
    const stdin = stdinOf('one\ntwo\r\n\nfour');
    expect([stdin.line(), stdin.line(), stdin.line(), stdin.line(), stdin.line()]).toEqual([
      'one',
      'two',
      '',
      'four',
      undefined,
    ]);
  });

  it('may cross the pieces in which it is read, and what follows them is left', () => {
    const long = 'é'.repeat(32_000);
    const stdin = stdinOf(`a\n${long}\n${long}\nrest\nof it`);
    expect(stdin.line()).toBe('a');
    expect(stdin.line() === long).toBe(true);
    expect(stdin.line() === long).toBe(true);
    expect(stdin.rest().toString()).toBe('rest\nof it');
    expect(stdin.line()).toBeUndefined();
  });

  it('have at most 64 KB', async () => {
    expect(stdinOf(`${'x'.repeat(65_536)}\n`).line()).toHaveLength(65_536);
    expect(() => stdinOf(`${'x'.repeat(65_537)}\n`).line()).toThrow('a line of more than 64 KB');
    await soon(() => expect(() => new Stdin(openSync(zeros(), 'r')).line()).toThrow('a line of more than 64 KB'));
  });

  it('a passphrase file without a line end is told by name', async () => {
    const path = zeros();
    await soon(() =>
      expect(() => new PassphraseSources(new Stdin()).read(`file:${path}`)).toThrow(
        expect.objectContaining({
          code: 'ERR_LIMIT',
          message: `cannot read a passphrase from ${path}: a line of more than 64 KB`,
        }),
      ),
    );
  });
});

describe('files', () => {
  it('are read whole', () => {
    const content = Buffer.from(Array.from({ length: 300_001 }, (_, i) => i & 0xff));
    expect(readFile(fileOf(content)).equals(content)).toBe(true);
    expect(readFile(fileOf(''))).toHaveLength(0);
  });

  it('over 64 MB are refused before they are read', async () => {
    await soon(() => expect(() => readFile(zeros())).toThrow('it is larger than 64 MB'));
  });

  const unix = process.platform === 'win32' ? [] : ['mkfifo'];
  it.each(unix)('devices have the same limit, and pipes are read to their end (%s)', (mkfifo) => {
    expect(() => readFile('/dev/zero')).toThrow('cannot read /dev/zero: it is larger than 64 MB');
    const pipe = join(scratch(), 'pipe');
    execFileSync(mkfifo, [pipe]);
    execFileSync('sh', ['-c', 'head -c 200000 /dev/zero > "$0" &', pipe], { stdio: 'ignore' });
    expect(readFile(pipe)).toHaveLength(200_000);
  });
});

describe('names for object identifiers', () => {
  it('a line of odd blanks takes no long time', async () => {
    await soon(() => withOidFile(() => undefined, `1.2 ${'a'.repeat(300_000)}\rb`));
  });
});

describe('base64', () => {
  it('a line of blanks and something else takes no long time', async () => {
    await soon(() => expect(() => decodeBase64(`${' '.repeat(300_000)}!\n`)).toThrow('the input is not base64'));
    expect(decodeBase64('-- \nAAEC  Aw==  \n').toString('hex')).toBe('00010203');
  });
});
