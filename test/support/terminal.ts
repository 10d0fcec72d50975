import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { run } from './peers.ts';

/** A real terminal of 100 by 40 characters that a shell command runs in: tmux on a socket of its own. It ends with the test. */
export class Terminal {
  readonly #cwd: string;
  readonly #socket: string;

  constructor(command: string, cwd: string) {
    const folder = mkdtempSync(join(tmpdir(), 'tlskit-tmux-'));
    this.#cwd = cwd;
    this.#socket = join(folder, 'socket');
    this.#tmux('-f', '/dev/null', 'new-session', '-d', '-s', 't', '-x', '100', '-y', '40', command);
    onTestFinished(() => {
      run('tmux', ['-S', this.#socket, 'kill-server']);
      rmSync(folder, { recursive: true, force: true });
    });
  }

  #tmux(...args: string[]): string {
    const { status, stdout, stderr } = run('tmux', ['-S', this.#socket, ...args], { cwd: this.#cwd });
    if (status !== 0) throw new Error(`tmux ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  type(text: string): void {
    this.#tmux('send-keys', '-t', 't', '-l', text);
  }

  /** Presses a key by tmux's name for it. */
  press(key: string): void {
    this.#tmux('send-keys', '-t', 't', key);
  }

  /** Clears the screen of a shell that waits for a command: what `see` finds then is new. */
  async clear(): Promise<void> {
    await this.see(/\$ *\s*$/);
    this.type('clear');
    this.press('Enter');
    await this.see(/^\$ *\s*$/);
  }

  /** Waits until the screen shows `want`; gives the screen. */
  async see(want: RegExp): Promise<string> {
    let screen = '';
    for (const end = Date.now() + 60_000; Date.now() < end;) {
      screen = this.#tmux('capture-pane', '-p', '-J', '-t', 't');
      if (want.test(screen)) return screen;
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(`never saw ${want}:\n${screen}`);
  }
}
