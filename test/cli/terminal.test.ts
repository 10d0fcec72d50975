import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
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

  it('takes what was typed ahead or pasted as several lines, one answer after another', async () => {
    const { cwd, tty } = terminal();
    await tty.see(/\$ $/m);
    tty.type(
      'echo begin; "$NODE" "$RUN" req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -keyout k.pem -out r.pem; echo "exit=$?"',
    );
    tty.press('Enter');
    await tty.see(/^begin/m);
    // too short, the passphrase twice, a country that is refused
    tty.type('abc\rhunter2\rhunter2\rGermany\rDE\r\rUlm\r\r\rexample.test\r\r\r');
    await tty.see(/optional company name/);
    tty.press('Enter');
    expect(await tty.see(/exit=0/)).toMatch(/At least 4 characters\. Once more\./);
    const args = ['req', '-in', 'r.pem', '-noout', '-subject'];
    expect(run(process.execPath, [resolve('bin/run.js'), ...args], { cwd }).stdout).toBe(
      'subject=C = DE, ST = Some-State, L = Ulm, O = Internet Widgits Pty Ltd, CN = example.test\n',
    );
    const key = ['pkey', '-in', 'k.pem', '-passin', 'pass:hunter2', '-noout'];
    expect(run(process.execPath, [resolve('bin/run.js'), ...key], { cwd }).status).toBe(0);
  });

  it('Ctrl-D at a prompt ends the command, also where the terminal is not standard input', async () => {
    const { cwd, tty } = terminal();
    for (const from of ['', ' < /dev/null']) {
      await tty.clear();
      tty.type(`"$NODE" "$RUN" genpkey -algorithm ed25519 -aes256 -out k.pem${from}; echo "exit=$?"`);
      tty.press('Enter');
      await tty.see(/Enter PEM pass phrase:/);
      tty.press('C-d');
      await tty.see(/the input ended at a question; nothing was written\s+exit=1/);
    }
    expect(existsSync(join(cwd, 'k.pem'))).toBe(false);
  });

  it('Ctrl-Z at a prompt, and back; Ctrl-C leaves nothing behind', async () => {
    const { cwd, tty } = terminal();
    await tty.see(/\$ $/m);
    tty.type('"$NODE" "$RUN" req -new -newkey rsa:2048 -nodes -keyout k.pem -out r.pem; echo "exit=$?"');
    tty.press('Enter');
    await tty.see(/Country Name/);
    tty.type('D');
    await tty.see(/\[AU\]: D/);
    tty.press('C-z');
    await tty.see(/Stopped/);
    tty.type('fg; echo "end=$?"');
    tty.press('Enter');
    tty.type('E');
    tty.press('Enter');
    await tty.see(/\[AU\]: DE\s+[^]*State or Province Name/);
    tty.press('C-c');
    const end = await tty.see(/end=130/);
    expect(end).not.toMatch(/\bat .*:\d+/);
    expect(existsSync(join(cwd, 'k.pem')) || existsSync(join(cwd, 'r.pem'))).toBe(false);
  });
});

describeWith(['tmux'], 'K4: the questions of ca on a terminal', () => {
  it('asks whether to sign and whether to commit; the default is no', async () => {
    const cwd = scratch();
    cpSync('test/data/ca', cwd, { recursive: true });
    const config =
      '[ca]\ndefault_ca=c\n[c]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\ncertificate=root.crt\nprivate_key=root.key\n' +
      'default_md=sha256\ndefault_days=9\npolicy=p\n[p]\ncommonName=supplied\n';
    const files = { 'ca.cnf': config, 'index.txt': '', serial: '01\n' };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
    const shell = `exec env PS1='$ ' CA='${process.execPath} ${resolve('bin/run.js')} ca -config ca.cnf -notext -out o.pem -in' bash --norc --noprofile`;
    const tty = new Terminal(shell, cwd);
    await tty.see(/\$ $/m);
    tty.type('$CA leaf.csr; echo "exit=$?"');
    tty.press('Enter');
    await tty.see(/commonName            :ASN.1 12:'leaf'[^]*Sign the certificate\?/);
    tty.press('Enter');
    await tty.see(/CERTIFICATE WILL NOT BE CERTIFIED\s+exit=0/);
    await tty.clear(); // the first question, too
    tty.type('$CA leaf.csr; echo "exit=$?"');
    tty.press('Enter');
    await tty.see(/Sign the certificate\?/);
    tty.type('y');
    tty.press('Enter');
    await tty.see(/1 out of 1 certificate requests certified, commit\?/);
    expect(existsSync(join(cwd, '01.pem'))).toBe(false);
    tty.type('y');
    tty.press('Enter');
    await tty.see(/Database updated\s+exit=0/);
    expect(readFileSync(join(cwd, 'o.pem'), 'utf8')).toBe(readFileSync(join(cwd, '01.pem'), 'utf8'));
  });
});
