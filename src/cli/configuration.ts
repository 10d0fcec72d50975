/** The openssl.cnf that a command works with. */
import { existsSync } from 'node:fs';
import type { Config } from '../lib/conf/config.ts';
import { defaultConfig } from '../lib/conf/default.ts';
import { parseConfig } from '../lib/conf/parse.ts';
import type { Context } from './context.ts';

/**
 * Reads -config, else the file that OPENSSL_CONF names, else takes the built-in configuration.
 *
 * @param say prints `Using configuration from …`
 */
export function readConfiguration(
  io: Pick<Context, 'read' | 'inputName' | 'note'>,
  option: string | undefined,
  say: boolean,
): Config {
  const { env } = process;
  const path = option ?? env['OPENSSL_CONF'];
  if (path === undefined || path === '') {
    const builtIn = defaultConfig(env);
    if (say) io.note(`Using configuration from ${builtIn.source}\n`);
    return builtIn;
  }
  if (say) io.note(`Using configuration from ${path}\n`);
  if (option === undefined && !existsSync(path)) {
    io.note(`Warning: the file that OPENSSL_CONF names is not there: ${path}\n`);
  }
  return parseConfig(io.read(path), { source: io.inputName(path), env });
}
