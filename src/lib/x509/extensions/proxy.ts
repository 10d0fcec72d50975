import { readFileSync, statSync } from 'node:fs';
import { integer, octetString, oid, seq } from '../../der/index.ts';
import { bytesOf, shown } from '../../der/text.ts';
import { parseHex } from '../../der/values.ts';
import { fail } from '../../errors.ts';
import { integerOf, parseList } from './items.ts';
import { refuse, type Item, type Scope } from './types.ts';

/** Languages that say all there is to say: id-ppl-independent and id-ppl-inheritAll (RFC 3820 section 3.8.2). */
const WITHOUT_POLICY = ['1.3.6.1.5.5.7.21.2', '1.3.6.1.5.5.7.21.1'];
const MAX_POLICY_FILE = 1024 * 1024;

interface Policy {
  language?: string;
  pathLength?: bigint;
  parts: Buffer[];
}

/** proxyCertInfo (RFC 3820): `language:`, `pathlen:`, `policy:hex:|text:|file:`, directly or in `@section`s. */
export function proxyCertInfo(text: string, scope: Scope): Buffer {
  const policy: Policy = { parts: [] };
  for (const item of parseList(text)) {
    if (item.name.startsWith('@')) for (const line of scope.items(item.name.slice(1))) setting(line, policy, scope);
    else if (item.value === undefined) refuse(item, '@section, or language:, pathlen: or policy: and a value');
    else setting(item, policy, scope);
  }
  const { language, pathLength, parts } = policy;
  if (language === undefined) return fail('ERR_EXTENSION', 'there is no language');
  if (parts.length > 0 && WITHOUT_POLICY.includes(language)) fail('ERR_EXTENSION', 'this language allows no policy');
  const statement = parts.length === 0 ? [] : [octetString(Buffer.concat(parts))];
  return seq(...(pathLength === undefined ? [] : [integer(pathLength)]), seq(oid(language), ...statement));
}

/** Other names are passed over, as in OpenSSL. */
function setting(item: Item, policy: Policy, scope: Scope): void {
  const once = (value: unknown): void => {
    if (value !== undefined) fail('ERR_EXTENSION', `"${shown(item.name)}" stands there twice`);
  };
  if (item.name === 'language') {
    once(policy.language);
    policy.language = scope.oid(item.value);
  } else if (item.name === 'pathlen') {
    once(policy.pathLength);
    policy.pathLength = integerOf(item);
  } else if (item.name === 'policy') policy.parts.push(policyPart(item));
}

function policyPart(item: Item): Buffer {
  const [, form, rest] = /^(hex|text|file):(.*)$/s.exec(item.value ?? '') ?? [];
  if (form === 'text') return bytesOf(rest as string);
  if (form === 'file') return policyFile(rest as string);
  const bytes = form === 'hex' ? parseHex(rest as string) : undefined;
  return (
    bytes ?? refuse(item, 'policy:text:…, policy:hex: and pairs of hexadecimal digits, or policy:file: and a path')
  );
}

function policyFile(path: string): Buffer {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile()) return fail('ERR_IO', `${shown(path)}: there is no such file`);
  if (stat.size > MAX_POLICY_FILE) return fail('ERR_LIMIT', `${shown(path)}: too large for a policy`);
  return readFileSync(path);
}
