/**
 * The commands as oclif knows them: classes made from our definitions. oclif keeps the manifest, shell completion and plugins; running a
 * command goes through the same parser as everywhere else (docs/architecture.md says why).
 */
import { readdirSync } from 'node:fs';
import { Command, Flags as OclifFlags } from '@oclif/core';
import { main } from './main.ts';
import type { CommandSpec, Flag, Flags } from './spec.ts';

type OclifFlag = Command.Class['flags'][string];

function oclifFlag(flag: Flag): OclifFlag {
  const common = { description: flag.description, hidden: flag.support !== 'full' };
  if (flag.kind === 'boolean') return OclifFlags.boolean(common);
  const text = { ...common, helpValue: flag.value ?? 'value', ...(flag.values ? { options: [...flag.values] } : {}) };
  return flag.multiple ? OclifFlags.string({ ...text, multiple: true }) : OclifFlags.string(text);
}

function oclifClass(name: string, spec: CommandSpec<Flags>): Command.Class {
  return class extends Command {
    static override readonly id = name.replace(' ', ':');
    static override readonly summary = spec.summary;
    static override readonly description = spec.description;
    static override readonly hidden = spec.hidden === true;
    static override readonly strict = false;
    static override readonly examples = spec.examples.map(({ say, line }) => ({
      description: say,
      command: `<%= config.bin %> ${line}`,
    }));
    static override readonly flags = Object.fromEntries(
      Object.entries(spec.flags).map(([flag, of]) => [flag, oclifFlag(of)]),
    );

    override async run(): Promise<void> {
      process.exitCode = await main(spec, name, this.argv);
    }
  };
}

async function load(folder: URL, prefix = ''): Promise<[string, Command.Class][]> {
  const found: [string, Command.Class][] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const url = new URL(entry.name, folder);
    if (entry.isDirectory()) {
      found.push(...(await load(new URL(`${url.href}/`), `${entry.name} `)));
    } else if (entry.name.endsWith('.js')) {
      const { default: spec } = (await import(url.href)) as { default: CommandSpec<Flags> };
      const name = `${prefix}${entry.name.slice(0, -3)}`.replace(/ index$/, '');
      found.push([name.replace(' ', ':'), oclifClass(name, spec)]);
    }
  }
  return found;
}

/** Every command by its oclif id (`pkcs12:export`); oclif's `explicit` discovery reads this. */
export const COMMANDS: Record<string, Command.Class> = Object.fromEntries(
  await load(new URL('../commands/', import.meta.url)),
);
