import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { describeWith, run } from '../support/peers.ts';
import { Terminal } from '../support/terminal.ts';
import { scratch } from '../support/tlskit.ts';

/** What a person sees: commands in a real terminal. */
describeWith(['tmux'], 'K2: prompts on a terminal', () => {
  function terminal(): { cwd: string; tty: Terminal } {
    const cwd = scratch();
    const shell = `exec env PS1='$ ' NODE='${process.execPath}' RUN='${resolve('bin/run.js')}' bash --norc --noprofile`;
    return { cwd, tty: new Terminal(shell, cwd) };
  }

  it('asks for the subject with defaults in brackets, and does not echo a passphrase', async () => {
    const { cwd, tty } = terminal();
    await tty.see(/\$ $/m);
    tty.type('"$NODE" "$RUN" req -new -newkey rsa:2048 -keyout k.pem -out r.pem; echo "exit=$?"');
    tty.press('Enter');
    await tty.see(/Enter PEM pass phrase/);
    tty.type('hunter2secret');
    tty.press('Enter');
    await tty.see(/Verifying - Enter PEM pass phrase/);
    tty.type('hunter2secret');
    tty.press('Enter');
    await tty.see(/Country Name \(2 letter code\) \[AU\]:/);
    tty.press('Enter');
    await tty.see(/State or Province Name \(full name\) \[Some-State\]:/);
    tty.press('Enter');
    await tty.see(/Locality Name \(eg, city\) \[\]:/);
    tty.type('Ulm');
    tty.press('Enter');
    await tty.see(/Organization Name \(eg, company\) \[Internet Widgits Pty Ltd\]:/);
    tty.press('Enter');
    await tty.see(/Organizational Unit Name/);
    tty.press('Enter');
    await tty.see(/Common Name/);
    tty.type('example.test');
    tty.press('Enter');
    await tty.see(/Email Address \[\]:/);
    tty.press('Enter');
    await tty.see(/challenge password/);
    tty.press('Enter');
    await tty.see(/optional company name/);
    tty.press('Enter');
    const end = await tty.see(/exit=0/);
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
    const { cwd, tty } = terminal();
    await tty.see(/\$ $/m);
    tty.type('"$NODE" "$RUN" req -new -newkey rsa:2048 -nodes -keyout k.pem -out r.pem; echo "exit=$?"');
    tty.press('Enter');
    await tty.see(/Country Name/);
    tty.press('C-c');
    const end = await tty.see(/exit=130/);
    expect(end).not.toMatch(/\bat .*:\d+/);
    expect(existsSync(join(cwd, 'k.pem')) || existsSync(join(cwd, 'r.pem'))).toBe(false);
  });
});
