/** The files that issuing leaves: certificate with its chain, key, PKCS#12; and what they are called. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CertifiedName, Issued } from '../../lib/ca/index.ts';
import { fail } from '../../lib/errors.ts';
import type { PrivateKey } from '../../lib/keys/model.ts';
import { writePrivateKey } from '../../lib/keys/write.ts';
import { writePkcs12 } from '../../lib/pkcs12/index.ts';
import { Secret } from '../../lib/secret.ts';
import { certificatePem } from '../../lib/x509/build.ts';
import type { Certificate } from '../../lib/x509/certificate.ts';
import type { Context } from '../context.ts';
import { cipherOf } from '../flags/encryption.ts';

/** Where one certificate goes. */
export interface Places {
  readonly certificate: string;
  /** Absent where the key is somebody else's. */
  readonly key: string | undefined;
  readonly pkcs12: string | undefined;
}

/** A file's name for names: `localhost+1`, `_wildcard.example.org`, as mkcert calls them. */
export function baseName(names: readonly Pick<CertifiedName, 'value'>[], subject: string | undefined): string {
  const [first] = names;
  const text = first?.value ?? subject ?? 'certificate';
  const plain = text
    .replace(/^\*\./, '_wildcard.')
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replaceAll(/[^\w.@-]+/g, '_')
    .replace(/^[.-]+/, '_')
    .slice(0, 100);
  return `${plain}${names.length > 1 ? `+${names.length - 1}` : ''}`;
}

/** The places that follow from a base name, or from `-out`. */
export function placesFor(
  base: string,
  flags: {
    readonly out?: string | undefined;
    readonly keyout?: string | undefined;
    readonly outdir?: string | undefined;
    readonly pkcs12?: boolean | undefined;
  },
  ownKey: boolean,
): Places {
  const { out, keyout, outdir } = flags;
  const inFolder = (name: string): string => (outdir === undefined ? name : join(outdir, name));
  const certificate = out ?? inFolder(`${base}.pem`);
  const stem = certificate === '-' ? '-' : certificate.replace(/\.(pem|crt|cer)$/i, '');
  return {
    certificate,
    key: ownKey ? (keyout ?? (stem === '-' ? '-' : `${stem}-key.pem`)) : undefined,
    pkcs12: flags.pkcs12 ? (stem === '-' ? inFolder(`${base}.p12`) : `${stem}.p12`) : undefined,
  };
}

/** The files among the places, each once. */
export const filesOf = ({ certificate, key, pkcs12 }: Places): string[] =>
  [...new Set([certificate, key, pkcs12])].filter((path): path is string => path !== undefined && path !== '-');

/**
 * Refuses to write over what is there: a key that is lost is lost.
 *
 * @throws TlskitError ERR_USAGE
 */
export function checkNew(places: Places, force: boolean): void {
  const there = force ? undefined : filesOf(places).find((path) => existsSync(path));
  if (there !== undefined)
    fail(
      'ERR_USAGE',
      `${there} is there already; "tlskit ca renew ${there}" renews a certificate, -force replaces files, -out names others`,
    );
}

/** What is written for one certificate. */
export interface Delivery {
  readonly issued: Issued;
  /** The certificates that go with it. */
  readonly chain: readonly Certificate[];
  readonly key: PrivateKey | undefined;
  readonly places: Places;
  /** Encrypts the key, and the PKCS#12 file. */
  readonly passphrase: Secret | undefined;
}

/** The password of PKCS#12 files when nobody names one: it is mkcert's and keytool's. */
export const PKCS12_PASSWORD = 'changeit';

/** Queues the files of a certificate. */
export function deliver(context: Pick<Context, 'write'>, { issued, chain, key, places, passphrase }: Delivery): void {
  const { certificate } = issued;
  context.write(places.certificate, [certificate, ...chain].map(certificatePem).join(''));
  if (!key) return;
  const encryption = passphrase && { encryption: { passphrase, cipher: cipherOf('aes-256-cbc') } };
  if (places.key !== undefined)
    context.write(places.key, writePrivateKey(key, { format: 'pkcs8', ...encryption }), { secret: true });
  if (places.pkcs12 !== undefined) {
    const localKeyId = createHash('sha1').update(certificate.der).digest();
    const friendlyName = issued.record.names[0] ?? issued.record.subject;
    const input = {
      certificates: [{ der: certificate.der, friendlyName, localKeyId }, ...chain.map(({ der }) => ({ der }))],
      keys: [{ pkcs8: key.pkcs8, friendlyName, localKeyId }],
      password: passphrase ?? Secret.fromText(PKCS12_PASSWORD),
    };
    context.write(places.pkcs12, writePkcs12(input), { secret: true });
  }
}
