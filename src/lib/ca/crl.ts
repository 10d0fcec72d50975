/** CRLs of a recorded CA: full ones, and delta CRLs that add to the last full one (RFC 5280 sections 5.1 and 5.2.4). */
import type { ConfigEntry } from '../conf/index.ts';
import { fail } from '../errors.ts';
import {
  buildCrl,
  Crl,
  crlNumberExtension,
  deltaCrlIndicator,
  revokedEntry,
  sortRevoked,
  type RevokedCertificate,
  type RevokedFields,
} from '../crl/index.ts';
import { crlReasonByName } from '../registry/crl-reasons.ts';
import { timeFromMs } from '../x509/build.ts';
import { buildExtensions } from '../x509/extensions/index.ts';
import { serialHex } from '../x509/serial.ts';
import { signatureFor } from '../x509/sign.ts';
import { urlText } from './issue.ts';
import type { CertificateRecord } from './record.ts';
import { serialOctets, type RecordedAuthority } from './recorded.ts';
import type { StoredCrl } from './store.ts';

export interface CrlOptions {
  /** Hours until there will be a newer one, at the latest: default 168 (a week), 24 for a delta CRL. */
  readonly hours?: number | undefined;
  /** Only what has changed since the last full CRL. */
  readonly delta?: boolean | undefined;
  readonly digest?: string | undefined;
}

const HOUR = 3_600_000;
/** CRLReason codes. */
const REMOVE_FROM_CRL = 8;
const ON_HOLD = 6;

/**
 * Makes the CA's next CRL, and records it.
 *
 * @throws TlskitError ERR_USAGE for a delta CRL where there is no full one yet
 */
export async function makeCrl(ca: RecordedAuthority, options: CrlOptions = {}, now: number = Date.now()): Promise<Crl> {
  const { delta = false, hours = delta ? 24 : 168 } = options;
  if (!(hours > 0)) fail('ERR_USAGE', `a CRL must be good for some time, not ${hours} hours`);
  const { crl } = await ca.store.makeCrl(ca.stored.id, (number, revoked, base) => {
    if (delta && !base) fail('ERR_USAGE', 'there is no full CRL yet that a delta CRL could add to; make one first');
    const thisUpdate = Math.floor(now / 1000) * 1000;
    const nextUpdate = thisUpdate + Math.round(hours * HOUR);
    const entries = revoked.map(entryOf);
    const signed = buildCrl(
      {
        issuer: ca.issuer.certificate.subject,
        thisUpdate: timeFromMs(thisUpdate),
        nextUpdate: timeFromMs(nextUpdate),
        revoked: sortRevoked(delta && base ? changes(entries, Crl.read(base.crl)) : entries),
        extensions: [
          ...buildExtensions(crlEntries(ca, delta), { issuer: ca.issuer.certificate }),
          crlNumberExtension(BigInt(number)),
          ...(delta && base ? [deltaCrlIndicator(BigInt(base.number))] : []),
        ],
      },
      signatureFor(ca.issuer.key, { digest: options.digest }),
    );
    const made: StoredCrl = {
      number,
      baseNumber: delta ? base?.number : undefined,
      thisUpdate,
      nextUpdate,
      crl: signed.der,
    };
    return made;
  });
  return Crl.read(crl);
}

function crlEntries(ca: RecordedAuthority, delta: boolean): ConfigEntry[] {
  const url = ca.stored.settings.urls?.delta;
  // freshestCRL has no place in a delta CRL (section 5.2.6)
  const freshest: ConfigEntry[] = url === undefined || delta ? [] : [['freshestCRL', `URI:${urlText(url)}`]];
  return [['authorityKeyIdentifier', 'keyid,issuer'], ...freshest];
}

function entryOf(record: CertificateRecord): RevokedFields {
  const { at, reason, invalidSince } = record.revocation ?? fail('ERR_USAGE', `${record.serial} is not revoked`);
  // section 5.3.1: no reason rather than "unspecified"
  const code = crlReasonByName(reason)?.code || undefined;
  return revokedEntry(serialOctets(record.serial), timeFromMs(at), {
    reason: code,
    invalidityDate: invalidSince,
  });
}

/** What is new or different, and what has come off hold since the full CRL. */
function changes(entries: readonly RevokedFields[], base: Crl): RevokedFields[] {
  const before = new Map(base.revoked.map((entry) => [serialHex(entry.serial), entry]));
  const now = new Set(entries.map(({ serial }) => serialHex(serial)));
  const added = entries.filter((entry) => !same(entry, before.get(serialHex(entry.serial))));
  const released = [...before.values()].filter(
    (entry) => entry.reason === ON_HOLD && !now.has(serialHex(entry.serial)),
  );
  return [
    ...added,
    ...released.map(({ serial, revocationDate }) => revokedEntry(serial, revocationDate, { reason: REMOVE_FROM_CRL })),
  ];
}

const same = (entry: RevokedFields, before: RevokedCertificate | undefined): boolean =>
  before !== undefined &&
  before.revocationDate.ms === entry.revocationDate.ms &&
  before.extensions.length === entry.extensions.length &&
  before.extensions.every(({ value }, i) => value.equals(entry.extensions[i]?.value ?? Buffer.alloc(0)));
