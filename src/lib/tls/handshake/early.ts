/** A client's early data (RFC 8446 section 4.2.10). */
import { SUITES } from '../../registry/tls-suites.ts';
import type { Connection } from '../connection.ts';
import { tls13Sealer } from '../record/index.ts';
import type { Offer } from './offer.ts';

/** Early data go out right behind the hello, under keys of the first PSK (RFC 8446 section 4.2.10). */
export function startEarlyData(c: Connection, offer: Offer, early: readonly Uint8Array[]): void {
  const [psk] = offer.psks;
  const suite = psk?.session && SUITES.row(psk.session.suite);
  if (!psk || !suite) return;
  const digest = c.transcriptOf(psk.hash);
  const secret = psk.early.clientTraffic(digest);
  c.keylog('CLIENT_EARLY_TRAFFIC_SECRET', secret.reveal());
  const exporter = psk.early.exporter(digest);
  c.earlyExporter = exporter;
  c.keylog('EARLY_EXPORTER_SECRET', exporter.reveal());
  if (c.config.middleboxCompatibility) c.sendPlainChangeCipherSpec();
  c.protectOut(tls13Sealer(suite.bulk, secret.keys(suite.bulk.key)), true);
  c.earlyWritable = psk.session?.maxEarlyData;
  for (const bytes of early) c.sendEarly(bytes);
}

/** The server will have no early data. */
export function rejectEarly(c: Connection, why = 'a HelloRetryRequest'): void {
  c.earlyWritable = undefined;
  c.info.earlyData = 'rejected';
  c.emit({ type: 'early_data', accepted: false, why });
}
