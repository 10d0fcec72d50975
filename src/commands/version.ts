import { existsSync } from 'node:fs';
import { bool, defineCommand, type CommandSpec } from '../cli/spec.ts';

/** The version of OpenSSL whose command lines and texts these are. */
const DIALECT = '3.0';

/** Folders where systems keep OpenSSL's configuration and certificates. */
const FOLDERS = ['/usr/lib/ssl', '/etc/ssl', '/etc/pki/tls', '/opt/homebrew/etc/openssl@3', '/usr/local/etc/openssl@3'];

/** The lines, by their flags, in the order that OpenSSL prints them in. Scripts cut them at blanks and quotes, so they keep its shape. */
const LINES: Readonly<Record<string, () => string>> = {
  v: () => `OpenSSL ${DIALECT} command lines by tlskit ${process.env.TLSKIT_VERSION ?? ''} (Node ${process.version})`,
  b: () => 'built on: N/A',
  p: () => `platform: ${process.platform}-${process.arch}`,
  o: () => `options:  node:crypto with OpenSSL ${process.versions.openssl}`,
  f: () => 'compiler: N/A',
  d: () => `OPENSSLDIR: "${FOLDERS.find((folder) => existsSync(`${folder}/openssl.cnf`)) ?? FOLDERS[0]}"`,
  e: () => 'ENGINESDIR: N/A',
  m: () => 'MODULESDIR: N/A',
  r: () => 'Seeding source: os-specific',
  c: () => 'CPUINFO: N/A',
};

const command: CommandSpec = defineCommand({
  summary: 'The version, in a form that scripts for OpenSSL understand',
  description: `The first words name the OpenSSL whose command lines these are (${DIALECT}); "tlskit --version" has the version of tlskit alone.`,
  examples: [{ say: 'Everything', line: 'version -a' }],
  flags: {
    a: bool('Everything'),
    v: bool('The version (default)'),
    b: bool('When it was built: not known, it is no compiled program'),
    p: bool('The platform'),
    o: bool('The cryptography behind it'),
    f: bool('Compiler flags: there are none'),
    d: bool("The folder of the system's OpenSSL configuration"),
    e: bool('The folder of engines: there is none'),
    m: bool('The folder of modules: there is none'),
    r: bool('Where random numbers come from'),
    c: bool('CPU settings: there are none'),
  },
  run(context) {
    const { a, ...wanted } = context.flags;
    const names = Object.keys(LINES).filter((name) => a || wanted[name as keyof typeof wanted]);
    if (context.json) {
      const { node, openssl } = process.versions;
      return context.printJson({ tlskit: process.env.TLSKIT_VERSION ?? null, dialect: DIALECT, node, openssl });
    }
    for (const name of names.length > 0 ? names : ['v']) context.print(`${LINES[name]?.()}\n`);
  },
});
export default command;
