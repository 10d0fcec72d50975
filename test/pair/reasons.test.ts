/** Contract rows S1, S4: every reason of the table has a fault that leads to it in a handshake, or an argument why it has none. */
import { describe, expect, it } from 'vitest';
import { reasons, type Reason } from '../../src/lib/registry/tls-reasons.ts';
import { DECODE_FAULTS } from '../support/faults/decodes.ts';
import { END_FAULTS } from '../support/faults/ends.ts';
import { HELLO_FAULTS } from '../support/faults/hellos.ts';
import { KEY_FAULTS } from '../support/faults/keys.ts';
import { ORDER_FAULTS } from '../support/faults/orders.ts';
import { RECORD_FAULTS } from '../support/faults/records.ts';

/** Rows of features that the engine does not have yet. */
const LATER: Readonly<Record<string, readonly string[]>> = {
  QUIC: ['missing_quic_parameters'],
  'raw public keys': [
    'certificate_type_not_offered',
    'certificate_type_none_shared',
    'client_certificate_type_malformed',
    'client_certificate_type_excess_data',
    'server_certificate_type_malformed',
    'server_certificate_type_excess_data',
  ],
  'certificate compression': [
    'certificate_compression_not_offered',
    'certificate_decompression',
    'compress_certificate_malformed',
    'compress_certificate_excess_data',
    'compressed_certificate_malformed',
    'compressed_certificate_excess_data',
  ],
  NPN: [
    'alpn_and_npn',
    'next_protocol_malformed',
    'next_protocol_excess_data',
    'next_protocol_negotiation_malformed',
    'next_protocol_negotiation_excess_data',
  ],
  heartbeat: ['heartbeat_mode_unknown', 'heartbeat_message_malformed', 'heartbeat_malformed', 'heartbeat_excess_data'],
  'DTLS-SRTP': ['use_srtp_malformed', 'use_srtp_excess_data'],
};

/** Rows that no test of a handshake can reach. */
const ARGUED: Readonly<Record<string, string>> = {
  record_sequence_exhausted: '2^53 records are nothing to send; test/unit/tls-record starts near the end',
  data_after_close: 'ends nothing: it is told as a remark, which test/pair/closing.test.ts looks at',
};

describe('the reason table', () => {
  const faults = [...ORDER_FAULTS, ...RECORD_FAULTS, ...HELLO_FAULTS, ...KEY_FAULTS, ...END_FAULTS, ...DECODE_FAULTS];
  const covered = new Set<string>(faults.map(({ reason }) => reason));
  const later = new Set(Object.values(LATER).flat());

  it('every row has a fault, or an argument', () => {
    const open = [...reasons().keys()].filter((name) => !covered.has(name) && !later.has(name) && !(name in ARGUED));
    expect(open).toEqual([]);
  });

  it('no row has both, and none is made up', () => {
    for (const name of [...later, ...Object.keys(ARGUED)]) {
      expect([name, reasons().has(name), covered.has(name)]).toEqual([name, true, false]);
    }
    for (const name of covered) expect([name, reasons().has(name as Reason)]).toEqual([name, true]);
  });

  it('every case has a name of its own', () => {
    const names = faults.flatMap(({ reason, by, versions, what }) =>
      versions.map((v) => `${reason} ${v} ${by} ${what}`),
    );
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });
});
