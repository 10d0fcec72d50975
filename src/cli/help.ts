/** Help texts, made from the same definitions that the parser reads. */
import type { CommandSpec, Flag, Flags } from './spec.ts';
import { TOPICS } from './topics.ts';

export interface HelpStyle {
  /** Columns to wrap at. */
  readonly width: number;
  readonly colour: boolean;
}

/** The style for a stream: colour on a terminal only and never with NO_COLOR; 80 columns in a pipe. */
export function styleFor(stream: { isTTY?: boolean; columns?: number }): HelpStyle {
  const tty = stream.isTTY === true;
  return {
    width: Math.max(40, Math.min(tty ? (stream.columns ?? 80) : 80, 110)),
    colour: tty && !process.env['NO_COLOR'],
  };
}

/** The help of one command. */
export function commandHelp(name: string, spec: CommandSpec<Flags>, style: HelpStyle): string {
  const title = headings(style);
  const args = (spec.args ?? []).map((arg) => `[${arg.name}${arg.many ? '...' : ''}]`);
  const out = [
    spec.summary,
    '',
    title('Usage'),
    `  tlskit ${[name, '[options]', ...args].join(' ')}`,
    '',
    wrap(spec.description, style.width, ''),
    '',
  ];
  if (spec.args?.length) {
    out.push(title('Arguments'), ...spec.args.map((arg) => row(arg.name, arg.description, style.width)), '');
  }
  out.push(...flagSections(spec, style));
  if (spec.examples.length > 0) {
    out.push(title('Examples'));
    for (const { say, line } of spec.examples) out.push(wrap(`# ${say}`, style.width, '  '), `  $ tlskit ${line}`, '');
  }
  return `${out.join('\n').trimEnd()}\n`;
}

function flagSections(spec: CommandSpec<Flags>, style: HelpStyle): string[] {
  const groups = new Map<string, string[]>();
  const quiet: Record<'ignored' | 'missing', string[]> = { ignored: [], missing: [] };
  for (const [name, flag] of Object.entries(spec.flags)) {
    if (flag.support !== 'full') {
      quiet[flag.support].push(`-${name}`);
      continue;
    }
    const group = flag.group ?? 'Options';
    groups.set(group, [...(groups.get(group) ?? []), row(flagLabel(name, flag), flagText(flag), style.width)]);
  }
  const common = groups.get('Options') ?? [];
  for (const kind of spec.algorithms ?? []) {
    const example = kind === 'digest' ? '-sha256, -sha512, …' : '-aes256, -aes-128-cbc, …';
    common.push(row(example, `Use this ${kind}`, style.width));
  }
  common.push(row('-json', 'Print one JSON document instead of text', style.width));
  common.push(row('-help', 'Show this help', style.width));
  groups.delete('Options');
  const title = headings(style);
  const out = [...groups, ['Options', common] as const].flatMap(([group, rows]) => [title(group), ...rows, '']);
  if (quiet.ignored.length > 0) {
    out.push(title('Accepted for scripts, without effect'), wrap(quiet.ignored.join(' '), style.width, '  '), '');
  }
  if (quiet.missing.length > 0)
    out.push(title('Not supported yet'), wrap(quiet.missing.join(' '), style.width, '  '), '');
  return out;
}

function flagLabel(name: string, flag: Flag): string {
  const names = [name, ...(flag.aliases ?? [])].map((n) => `-${n}`).join(', ');
  return flag.value === undefined ? names : `${names} ${flag.value}`;
}

function flagText(flag: Flag): string {
  const values = flag.values ? ` (${flag.values.join(', ')})` : '';
  return `${flag.description}${values}${flag.multiple ? '; may be given several times' : ''}`;
}

/** The help of `tlskit` itself. */
export function rootHelp(version: string, commands: Readonly<Record<string, string>>, style: HelpStyle): string {
  const title = headings(style);
  const listed = new Set(TOPICS.flatMap((topic) => topic.commands));
  // a hidden command has no summary
  const rest = Object.keys(commands).filter((name) => !listed.has(name) && commands[name] !== '');
  const topics = rest.length > 0 ? [...TOPICS, { title: 'More', commands: rest }] : TOPICS;
  const out = [
    `tlskit ${version}: keys, certificates and TLS peers to test against`,
    '',
    title('Usage'),
    '  tlskit <command> [options]      a script that says "openssl" can say "tlskit"',
    '',
  ];
  for (const topic of topics) {
    const there = topic.commands.filter((name) => commands[name] !== undefined);
    if (there.length === 0) continue;
    out.push(title(topic.title), ...there.map((name) => row(name, commands[name] as string, style.width)), '');
  }
  out.push('Options are spelled as OpenSSL has them (-out file) or GNU (--out=file).');
  out.push('"tlskit <command> -help" shows a command\'s options and examples;');
  out.push('"tlskit autocomplete" sets up completion in your shell.');
  return `${out.join('\n')}\n`;
}

function headings(style: HelpStyle): (text: string) => string {
  return (text) => (style.colour ? `\u001b[1m${text}\u001b[22m` : text);
}

const LABEL_WIDTH = 24;

function row(label: string, text: string, width: number): string {
  const indent = ' '.repeat(LABEL_WIDTH + 2);
  const body = wrap(text, width, indent).trimStart();
  return label.length < LABEL_WIDTH ? `  ${label.padEnd(LABEL_WIDTH)}${body}` : `  ${label}\n${indent}${body}`;
}

/** Breaks text at spaces; blank lines stay. */
function wrap(text: string, width: number, indent: string): string {
  return text
    .split('\n')
    .map((paragraph) => {
      const lines: string[] = [];
      let line = indent;
      for (const word of paragraph.split(' ')) {
        if (line.length > indent.length && line.length + 1 + word.length > width) {
          lines.push(line);
          line = indent;
        }
        line += line.length === indent.length ? word : ` ${word}`;
      }
      return [...lines, line].join('\n');
    })
    .join('\n');
}
