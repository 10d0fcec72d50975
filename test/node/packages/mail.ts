/** nodemailer and smtp-server on our sockets: STARTTLS and TLS from the first octet, both ends ours, and either end with another. */
import { createHash, randomBytes } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { createTransport, type Transporter } from 'nodemailer';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Elsewhere, face } from '../../support/face.ts';
import { listen } from '../../support/web.ts';
import { caPem, pems, type Pems } from '../../support/identities.ts';
import { describeWith } from '../../support/peers.ts';
import { Workshop } from '../../support/processes.ts';

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The same server on Node's own TLS. */
const ELSEWHERE = `
  const { SMTPServer } = require('smtp-server');
  const server = new SMTPServer({
    ...data, disabledCommands: ['AUTH'],
    onData(stream, session, done) {
      stream.resume();
      stream.on('end', () => { say(session.tlsOptions.standardName); done(); });
    },
  });
  server.listen(0, '127.0.0.1', () => say(server.server.address().port));
`;

describe('[A11] nodemailer and smtp-server', () => {
  let ca: string;
  let identity: Pems;
  const closers: (() => unknown)[] = [];
  const mails: { text: string; secure: boolean; version?: string; socket?: TLSSocket }[] = [];
  const ports: Record<string, number> = {};

  function serve(options: SMTPServerOptions): Promise<number> {
    const server = new SMTPServer({
      ...identity,
      disabledCommands: ['AUTH'],
      onData(stream, session, done) {
        const pieces: Buffer[] = [];
        stream.on('data', (bytes: Buffer) => pieces.push(bytes));
        stream.on('end', () => {
          const { secure, tlsOptions } = session as unknown as { secure: boolean; tlsOptions?: { version: string } };
          mails.push({
            text: Buffer.concat(pieces).toString('latin1'),
            secure,
            ...(tlsOptions && { version: tlsOptions.version }),
          });
          done();
        });
      },
      ...options,
    });
    server.on('error', () => undefined);
    closers.push(
      () =>
        new Promise<void>((resolve) => {
          server.close(resolve);
        }),
    );
    return listen(server.server);
  }

  beforeAll(async () => {
    ca = await caPem();
    identity = await pems();
    ports['STARTTLS'] = await serve({ secure: false });
    ports['TLS'] = await serve({ secure: true });
  });
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  });

  function transport(port: number | undefined, options: object = {}): Transporter {
    const made = createTransport({
      host: 'localhost',
      port: port ?? 0,
      requireTLS: true,
      tls: { ca },
      ...options,
    } as object);
    closers.push(() => made.close());
    return made;
  }
  const LETTER = { from: 'a@example.org', to: 'b@example.org', subject: 'TLS', text: 'grüß dich' };

  it.each([['STARTTLS'], ['TLS']])('sends over %s, with a large attachment', async (way) => {
    const content = randomBytes(300_000);
    const letter = { ...LETTER, attachments: [{ filename: 'x.bin', content }] };
    await transport(ports[way], { secure: way === 'TLS' }).sendMail(letter);
    const { text, secure, version } = mails.at(-1) ?? { text: '' };
    expect([secure, version]).toEqual([true, 'TLSv1.3']);
    const [, body = ''] = /name=x\.bin\r\n[^]*?\r\n\r\n([A-Za-z0-9+/=\r\n]+)/.exec(text) ?? [];
    expect(digest(Buffer.from(body, 'base64'))).toBe(digest(content));
  });

  it('sends many letters on a few connections', async () => {
    const before = mails.length;
    const pool = transport(ports['STARTTLS'], { pool: true, maxConnections: 3 });
    await Promise.all(Array.from({ length: 12 }, (_, i) => pool.sendMail({ ...LETTER, subject: `letter ${i}` })));
    const subjects = mails.slice(before).map(({ text }) => Number(/^Subject: letter (\d+)/m.exec(text)?.[1]));
    expect(subjects.sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i));
  });

  it('takes a certificate of its client', async () => {
    const seen: unknown[] = [];
    const port = await serve({
      secure: true,
      requestCert: true,
      rejectUnauthorized: true,
      ca,
      onSecure(socket, _, done) {
        seen.push(socket, (socket as TLSSocket).authorized, (socket as TLSSocket).getPeerCertificate().subject.CN);
        done();
      },
    });
    await transport(port, { secure: true, tls: { ca, ...(await pems('rsa')) } }).sendMail(LETTER);
    expect(seen).toEqual([expect.any(face.TLSSocket), true, 'test rsa']);
  });

  it('does not send where it does not trust the certificate', async () => {
    const sent = transport(ports['STARTTLS'], { tls: { ca: [] } }).sendMail(LETTER);
    await expect(sent).rejects.toMatchObject({
      code: 'ESOCKET',
      message: expect.stringContaining('self-signed certificate in certificate chain'),
    });
  });

  it("sends to a server of Node's own TLS", async () => {
    const there = new Elsewhere(ELSEWHERE, identity);
    closers.push(() => there.stop());
    const port = await there.hears<number>();
    const received = there.hears<string>();
    await transport(port).sendMail(LETTER);
    expect(await received).toMatch(/^TLS_/);
  });

  describeWith(['openssl'], 'openssl', () => {
    it('takes a letter from s_client -starttls smtp', async () => {
      const workshop = new Workshop();
      closers.push(() => workshop.close());
      const file = workshop.file('ca.pem', ca);
      const client = workshop.start('openssl', [
        's_client',
        '-quiet',
        '-verify_return_error',
        '-CAfile',
        file,
        '-starttls',
        'smtp',
        '-crlf',
        '-connect',
        `127.0.0.1:${ports['STARTTLS']}`,
      ]);
      for (const line of ['EHLO x', 'MAIL FROM:<a@example.org>', 'RCPT TO:<b@example.org>', 'DATA']) {
        const before = client.stdout.length;
        client.write(`${line}\n`);
        await client.until(`the answer to ${line}`, () => /^[235]\d\d [^\n]*\n/m.test(client.stdout.slice(before)));
      }
      client.write('Subject: by hand\n\ntext\n.\nQUIT\n');
      await client.ends();
      expect(mails.at(-1)).toMatchObject({ text: expect.stringContaining('Subject: by hand'), secure: true });
    });
  });
});
