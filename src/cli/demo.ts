/** What `demo` says when it is done. */
import { join } from 'node:path';
import { SERVER_NAMES, type DemoFile, type DemoGroup } from '../lib/demo/index.ts';
import type { DemoHandshake } from './demo-handshake.ts';
import { styleFor } from './help.ts';
import { shellWord } from './shell-word.ts';

const GROUPS: readonly (readonly [group: DemoGroup, title: string])[] = [
  ['authority', 'The authority'],
  ['server', `The server (${SERVER_NAMES.join(', ')})`],
  ['client', 'The client'],
  ['extras', 'More for the server'],
  ['programs', 'Programs to try it with'],
];

/** What was made and what to do with it. */
export function demoText(
  folder: string,
  files: readonly DemoFile[],
  facts: { days: number; password: string | undefined },
): string {
  const { colour, width } = styleFor(process.stdout);
  const title = (text: string): string => (colour ? `\u001b[1m${text}\u001b[22m` : text);
  const { days, password } = facts;
  const out = [
    `${title('A small PKI to try TLS with')} is in ${folder}, good for ${days} ${days === 1 ? 'day' : 'days'}.`,
    '',
  ];
  for (const [group, heading] of GROUPS) {
    out.push(title(heading));
    for (const { name, purpose } of files.filter((file) => file.group === group)) {
      out.push(
        ...wrap(
          `  ${name.padEnd(17)}`,
          name.endsWith('.pfx') && password ? `${purpose}; its password is ${password}` : purpose,
          width,
        ),
      );
    }
    out.push('');
  }
  out.push(title('Next steps'), ...nextSteps((name) => shellWord(join(folder, name)), password));
  return `${out.join('\n')}\n`;
}

/** The handshake of the demo's server and client. */
export function handshakeText({ ladder, server, client }: DemoHandshake): string {
  const { colour } = styleFor(process.stdout);
  const title = colour ? '\u001b[1mA handshake with these files\u001b[22m' : 'A handshake with these files';
  const line = (words: readonly string[]): string => {
    const half = words.indexOf('-CAfile') + 2;
    return `  ${long(['tlskit', ...words.slice(0, half)].map(shellWord).join(' '), words.slice(half).map(shellWord).join(' '))}`;
  };
  return [
    '',
    title,
    '  # What was run, each side in a process of its own; by hand, in two terminals:',
    line(server),
    line(client),
    '',
    ladder.replace(/^(?=.)/gm, '  '),
  ].join('\n');
}

function nextSteps(path: (name: string) => string, password: string | undefined): string[] {
  const pass = password === undefined ? '' : ` -passin pass:${password}`;
  const steps: [string, string[]][] = [
    [
      'A server that wants client certificates; in a second terminal, its client',
      [`node ${path('server.mjs')}`, `node ${path('client.mjs')}`],
    ],
    [
      'The same client with curl, and with openssl',
      [
        long(
          `curl --cacert ${path('ca-cert.pem')} --cert ${path('client-cert.pem')}`,
          `--key ${path('client-key.pem')} https://localhost:8443/`,
        ),
        long(
          `openssl s_client -connect localhost:8443 -CAfile ${path('ca-cert.pem')}`,
          `-cert ${path('client-cert.pem')} -key ${path('client-key.pem')} -brief`,
        ),
      ],
    ],
    [
      'Look at what was made',
      [
        `tlskit x509 -in ${path('server-cert.pem')} -noout -text`,
        `tlskit pkcs12 -in ${path('client.pfx')}${pass} -info -noout`,
        `tlskit ticketkey inspect ${path('ticket.key')}`,
      ],
    ],
    [
      'Check the chain',
      [long(`openssl verify -CAfile ${path('ca-cert.pem')}`, `${path('server-cert.pem')} ${path('client-cert.pem')}`)],
    ],
  ];
  return steps.flatMap(([say, lines]) => [`  # ${say}`, ...lines.map((line) => `  ${line}`), '']).slice(0, -1);
}

/** A command on two lines, where the shell has a way to say so. */
const long = (...parts: readonly string[]): string => parts.join(process.platform === 'win32' ? ' ' : ' \\\n    ');

/** Text after a label, broken at the width and aligned. */
function wrap(label: string, text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.length - 1;
    const longer = lines[last] === '' ? word : `${lines[last]} ${word}`;
    if (label.length + 1 + longer.length > Math.min(width, 80) - 2) lines.push(word);
    else lines[last] = longer;
  }
  return lines.map((line, i) => `${i === 0 ? label : ' '.repeat(label.length)} ${line}`);
}
