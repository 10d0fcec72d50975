/** Groups of key exchange as `ecdhCurve` names them: `auto`, or OpenSSL's lists. */
import { GROUPS, type Group } from '../../registry/tls-groups.ts';
import { canExchange, loadMlKemSync } from '../../tls/kex/index.ts';
import { bindingError } from '../errors/node.ts';
import { Kept } from './kept.ts';
import { OPENSSL_35 } from '../platform.ts';

/** Groups, best first, and those that are marked for a client to send shares of. */
export interface GroupChoice {
  readonly groups: readonly number[];
  readonly shares: readonly number[];
}

const choices = new Kept<GroupChoice>(64);

/** OpenSSL's own list, in its language. */
const AUTO = OPENSSL_35
  ? '?*X25519MLKEM768/?*X25519:?secp256r1/?X448:?secp384r1:?secp521r1/?ffdhe2048:?ffdhe3072'
  : 'X25519:secp256r1:X448:secp521r1:secp384r1:ffdhe2048:ffdhe3072:ffdhe4096:ffdhe6144:ffdhe8192';

/** What an `ecdhCurve` says. Throws ERR_CRYPTO_OPERATION_FAILED where it names no group that there is. */
export function groupsOf(text: string): GroupChoice {
  return choices.get(text, () => choiceOf(text));
}

function choiceOf(text: string): GroupChoice {
  const list = new GroupList();
  list.read(text === 'auto' ? AUTO : text);
  // from 3.5 on a list of nothing is OpenSSL's own one
  if (list.groups.size === 0 && OPENSSL_35) list.read(AUTO);
  const { groups, shares } = list;
  if (groups.size === 0) throw refused();
  return { groups: [...groups], shares: [...shares] };
}

const refused = (): Error => bindingError('ERR_CRYPTO_OPERATION_FAILED', 'Failed to set ECDH curve');

/**
 * OpenSSL 3.5's language (SSL_CTX_set1_groups_list(3)): names between `:`, or `/` between sets of equal ones; `?` before a name that may be
 * unknown, `*` before one to send a share of, `-` before one to take away.
 */
class GroupList {
  readonly groups = new Set<number>();
  readonly shares = new Set<number>();

  read(text: string): void {
    if (text === '') return;
    for (const word of text.split(OPENSSL_35 ? /[:/]/ : ':')) {
      const [, marks = '', name = ''] = /^([?*-]*)(.*)$/s.exec(word.trim()) ?? [];
      if (marks !== '' && (!OPENSSL_35 || name === '' || new Set(marks).size < marks.length)) throw refused();
      const pseudo = OPENSSL_35 && /^default$/i.test(name);
      if (pseudo && marks !== '') throw refused();
      if (pseudo) this.read(AUTO);
      else this.#name(name, marks);
    }
  }

  #name(name: string, marks: string): void {
    const group = usable(name);
    if (!group) {
      if (marks.includes('?') || marks.includes('-')) return;
      throw refused();
    }
    if (marks.includes('-')) {
      this.groups.delete(group.code);
      this.shares.delete(group.code);
      return;
    }
    // twice the same was an error before
    if (this.groups.has(group.code) && !OPENSSL_35) throw refused();
    this.groups.add(group.code);
    if (marks.includes('*')) this.shares.add(group.code);
  }
}

/** The group of a name; undefined for none, and for hybrids where there is no ML-KEM. */
function usable(name: string): Group | undefined {
  const group = GROUPS.named(name);
  if (group?.kind === 'hybrid') loadMlKemSync();
  return group && canExchange(group) ? group : undefined;
}
