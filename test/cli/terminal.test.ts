import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeWith, run } from '../support/peers.ts';

/** What a person sees: commands in a real terminal, under tmux on a socket of its own. */
describeWith(['tmux'], 'K2: prompts on a terminal', () => {
  let cwd: string;
  let socket: string;
  const tmux = (...args: string[]): string => {
    const { status, stdout, stderr } = run('tmux', ['-S', socket, ...args], { cwd });
    if (status !== 0) throw new Error(`tmux ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  const screen = (): string => tmux('capture-pane', '-p', '-J', '-t', 't');
  const type = (text: string): string => tmux('send-keys', '-t', 't', '-l', text);
  const press = (key: string): string => tmux('send-keys', '-t', 't', key);

  /** Waits until the screen shows `want`. */
  async function see(want: RegExp): Promise<string> {
    for (let i = 0; i < 100; i += 1) {
      const now = screen();
      if (want.test(now)) return now;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`never saw ${want}:\n${screen()}`);
  }

  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'tlskit-terminal-'));
    socket = join(cwd, 'tmux');
    const shell = `exec env PS1='$ ' NODE='${process.execPath}' RUN='${resolve('bin/run.js')}' bash --norc --noprofile`;
    tmux('-f', '/dev/null', 'new-session', '-d', '-s', 't', '-x', '100', '-y', '40', shell);
  });
  afterEach(() => {
    tmux('kill-server');
    rmSync(cwd, { recursive: true, force: true });
  });

  it('asks for the subject with defaults in brackets, and does not echo a passphrase', async () => {
    await see(/\$ $/m);
    type('"$NODE" "$RUN" req -new -newkey rsa:2048 -keyout k.pem -out r.pem; echo "exit=$?"');
    press('Enter');
    await see(/Enter PEM pass phrase/);
    type('hunter2secret');
    press('Enter');
    await see(/Verifying - Enter PEM pass phrase/);
    type('hunter2secret');
    press('Enter');
    await see(/Country Name \(2 letter code\) \[AU\]:/);
    press('Enter');
    await see(/State or Province Name \(full name\) \[Some-State\]:/);
    press('Enter');
    await see(/Locality Name \(eg, city\) \[\]:/);
    type('Ulm');
    press('Enter');
    await see(/Organization Name \(eg, company\) \[Internet Widgits Pty Ltd\]:/);
    press('Enter');
    await see(/Organizational Unit Name/);
    press('Enter');
    await see(/Common Name/);
    type('example.test');
    press('Enter');
    await see(/Email Address \[\]:/);
    press('Enter');
    await see(/challenge password/);
    press('Enter');
    await see(/optional company name/);
    press('Enter');
    const end = await see(/exit=0/);
    expect(end).not.toContain('hunter2');
    expect(readFileSync(join(cwd, 'k.pem'), 'utf8')).toContain('BEGIN ENCRYPTED PRIVATE KEY');
    const subject = run(process.execPath, [resolve('bin/run.js'), 'req', '-in', 'r.pem', '-noout', '-subject'], {
      cwd,
    });
    expect(subject.stdout).toBe(
      'subject=C = AU, ST = Some-State, L = Ulm, O = Internet Widgits Pty Ltd, CN = example.test\n',
    );
  });

  it('Ctrl-C at a prompt leaves nothing behind', async () => {
    await see(/\$ $/m);
    type('"$NODE" "$RUN" req -new -newkey rsa:2048 -nodes -keyout k.pem -out r.pem; echo "exit=$?"');
    press('Enter');
    await see(/Country Name/);
    press('C-c');
    const end = await see(/exit=130/);
    expect(end).not.toMatch(/\bat .*:\d+/);
    expect(existsSync(join(cwd, 'k.pem')) || existsSync(join(cwd, 'r.pem'))).toBe(false);
  });
});
