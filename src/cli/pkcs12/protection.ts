/** The options about encryption and MAC as schemes. */
import { cipherByName, cipherByOid } from '../../lib/crypto/ciphers.ts';
import { digestByName, type Digest } from '../../lib/crypto/digests.ts';
import { PBE_DEFAULTS, type PbeScheme } from '../../lib/crypto/pbe.ts';
import { fixedSchemeByName } from '../../lib/crypto/pbe-schemes.ts';
import { fail } from '../../lib/errors.ts';
import type { MacScheme } from '../../lib/pkcs12/index.ts';
import { objectByName } from '../../lib/registry/oids.ts';
import type { Pkcs12Context } from './flags.ts';

/** How a new file is protected. */
export interface Protection {
  readonly certificateScheme: PbeScheme | 'none';
  readonly keyScheme: PbeScheme | 'none';
  readonly mac: MacScheme | 'none';
}

const CLEAR = 'NONE';

/**
 * Reads the options. Some undo others, and then the later one counts, as in OpenSSL: `-iter` after `-nomaciter` iterates the MAC again,
 * `-certpbe` after `-nomac` encrypts the certificates again.
 *
 * @throws TlskitError ERR_USAGE, ERR_UNSUPPORTED
 */
export function readProtection(context: Pkcs12Context): Protection {
  const { flags, order } = context;
  const iterations = flags.iter ?? PBE_DEFAULTS.iterations;
  if (iterations < 1) fail('ERR_USAGE', `option -iter needs a positive number, not ${iterations}`);
  let key = flags.legacy ? 'PBE-SHA1-3DES' : 'AES-256-CBC';
  let certificate = flags.legacy ? 'PBE-SHA1-RC2-40' : 'AES-256-CBC';
  let rounds: number = PBE_DEFAULTS.iterations;
  let macRounds: number | undefined = PBE_DEFAULTS.iterations;
  const effects: Readonly<Record<string, () => void>> = {
    keypbe: () => (key = flags.keypbe as string),
    certpbe: () => (certificate = flags.certpbe as string),
    descert: () => (certificate = 'PBE-SHA1-3DES'),
    iter: () => (rounds = macRounds = iterations),
    noiter: () => (rounds = 1),
    nomaciter: () => (macRounds = 1),
    nomac: () => {
      macRounds = undefined;
      certificate = CLEAR;
    },
  };
  for (const name of order) effects[name]?.();
  return {
    keyScheme: schemeOf(key, rounds),
    certificateScheme: schemeOf(certificate, rounds),
    mac: macRounds === undefined ? 'none' : macScheme(context, macRounds),
  };
}

/** A scheme by the names that -keypbe and -certpbe take; NONE is one of them. */
function schemeOf(name: string, iterations: number): PbeScheme | 'none' {
  if (name === CLEAR) return 'none';
  const scheme = fixedSchemeByName(name);
  if (scheme) return { kind: 'fixed', scheme, iterations };
  const cipher = cipherByName(name) ?? cipherByOid(objectByName(name)?.oid ?? '');
  if (cipher?.oid === undefined) {
    return fail('ERR_USAGE', `Unknown PBE algorithm ${name}; use a cipher such as AES-256-CBC, PBE-SHA1-3DES, or NONE`);
  }
  return { kind: 'pbes2', cipher, iterations };
}

function macScheme({ flags }: Pkcs12Context, iterations: number): MacScheme {
  const digest = digestOf('macalg', flags.macalg ?? (flags.legacy ? 'sha1' : 'sha256'));
  const saltLength = flags.macsaltlen ?? 8;
  if (saltLength < 1 || saltLength > 1024) fail('ERR_USAGE', `option -macsaltlen needs a number from 1 to 1024`);
  if (!flags.pbmac1_pbkdf2) return { digest, iterations, saltLength };
  return { digest, iterations, saltLength, pbkdf2: digestOf('pbmac1_pbkdf2_md', flags.pbmac1_pbkdf2_md ?? 'sha256') };
}

function digestOf(flag: string, name: string): Digest {
  return digestByName(name) ?? fail('ERR_USAGE', `option -${flag}: there is no digest "${name}"`);
}
