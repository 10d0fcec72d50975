import { accessSync, constants } from 'node:fs';
import { PROVIDER_FLAGS } from '../cli/flags/keys.ts';
import { rehashFolder, type HashKind, type LinkChange, type RehashOptions } from '../cli/rehash.ts';
import { bool, defineCommand, type CommandSpec } from '../cli/spec.ts';
import { systemFolderNames } from '../lib/node/peer/openssl-places.ts';

const flags = {
  compat: bool('Make links by both hashes'),
  old: bool('Make links by the hash before OpenSSL 1.0.0'),
  n: bool('Do not remove links that lead nowhere any more'),
  v: bool('Show the links'),
  ...PROVIDER_FLAGS,
};

const command: CommandSpec = defineCommand({
  summary: 'Make the links by which -CApath finds certificates and CRLs',
  description:
    "For every certificate and CRL of a folder (files .pem, .crt, .cer and .crl in PEM, one each) makes a link called by the hash of its name: HASH.0, HASH.r0. Links that lead nowhere any more are removed. Without folders those of SSL_CERT_DIR, else the system's. The exit code is the number of errors.",
  examples: [{ say: 'Make a folder of trusted certificates', line: 'rehash certs' }],
  flags,
  args: [{ name: 'folder', description: 'Folders with certificates and CRLs', many: true }],
  run(context) {
    const { flags, args } = context;
    const hash: HashKind = flags.compat ? 'both' : flags.old ? 'old' : 'new';
    const folders: object[] = [];
    let errors = 0;
    for (const folder of args.length > 0 ? args : systemFolderNames()) {
      const changes: LinkChange[] = [];
      const found = relink(folder, {
        hash,
        remove: !flags.n,
        tell: (change) => changes.push(change),
        warn: (line) => context.note(line),
      });
      errors += found;
      folders.push({ folder, errors: found, changes });
      if (flags.v && !context.json && writable(folder))
        context.print(`Doing ${folder}\n${changes.map(lineOf).join('')}`);
    }
    if (context.json) context.printJson(folders);
    return Math.min(errors, 255);
  },
});

export default command;

const lineOf = ({ action, link, file }: LinkChange): string =>
  action === 'link' ? `link ${file} -> ${link}\n` : `unlink ${link}\n`;

function relink(folder: string, options: RehashOptions): number {
  if (writable(folder)) return rehashFolder(folder, options);
  options.warn(`Skipping ${folder}, can't write\n`);
  return 1;
}

function writable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
