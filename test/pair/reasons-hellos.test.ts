/** Contract rows S1, S4: hellos, extensions and renegotiations that are against the rules. */
import { beforeAll, describe, expect, it } from 'vitest';
import { DECODE_FAULTS } from '../support/faults/decodes.ts';
import { END_FAULTS } from '../support/faults/ends.ts';
import { identity, play, prepare, runFaults } from '../support/faults/harness.ts';
import { HELLO_FAULTS } from '../support/faults/hellos.ts';
import { KEY_FAULTS } from '../support/faults/keys.ts';

beforeAll(prepare);
runFaults(HELLO_FAULTS);

describe('a hello that is refused gets an alert and nothing before it', () => {
  // found out later than at the first hello: by name, by what is wrong, and shares of TLS 1.2, which come in ClientKeyExchange
  const LATER =
    /^(?:retry_|cookie_|group_not_retried|early_data_(?:skipped|too)|end_of_early|renegotiation_|certificate_(?!none)|signature_(?!none)|finished_|message_|closed|peer_|psk_(?:identity|lost)|session_|scsv_on|encrypt_then_mac_lost|version_changed|record_|client_key_|key_update_)/;
  const IN_OTHERS = /second hello|retry|twice|in Certificate/;
  const faults = [...HELLO_FAULTS, ...KEY_FAULTS, ...END_FAULTS, ...DECODE_FAULTS].filter(
    ({ by, own, reason, what }) => by === 'client' && !own && !LATER.test(reason) && !IN_OTHERS.test(what),
  );
  const cases = faults.flatMap((row) =>
    row.versions
      .filter((version) => version === 'TLSv1.3' || !row.reason.startsWith('share_'))
      .map((version) => [version, row.reason, row.what, row] as const),
  );
  it.each(cases)('%s %s: %s', async (version, _reason, _what, { plan, by }) => {
    const pair = await play(version, await plan({ version, tls13: version === 'TLSv1.3', by, id: identity }));
    expect(pair.server.messages('out')).toEqual([]);
    expect(pair.server.of('alert').length).toBe(1);
  });
});
