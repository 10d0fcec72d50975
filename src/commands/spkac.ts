import { checkKeyForm, Inputs } from '../cli/flags/certificates.ts';
import { passinFlag, passphrases } from '../cli/flags/encryption.ts';
import { Output, PROVIDER_FLAGS } from '../cli/flags/keys.ts';
import { bool, defineCommand, text, type CommandSpec } from '../cli/spec.ts';
import { parseConfig } from '../lib/conf/parse.ts';
import { fail, TlskitError } from '../lib/errors.ts';
import { describeKey } from '../lib/keys/describe.ts';
import { writePublicKey } from '../lib/keys/write.ts';
import { longName } from '../lib/registry/oids.ts';
import {
  isSpkacSigned,
  makeSpkac,
  readSpkac,
  spkacBase64,
  spkacKey,
  spkacText,
  type Spkac,
} from '../lib/spkac/index.ts';

/** A key that cannot be read has signed nothing. */
function isGood(spkac: Spkac): boolean {
  try {
    return isSpkacSigned(spkac);
  } catch (error) {
    if (error instanceof TlskitError) return false;
    throw error;
  }
}

const flags = {
  in: text('file', 'File with a line SPKAC=… (default: standard input)'),
  out: text('file', 'Write to this file (default: standard output)'),
  key: text('file', 'Make an SPKAC with this private key'),
  keyform: text('form', 'Form of the key (found out by looking)'),
  passin: passinFlag(),
  challenge: text('text', 'Challenge to put into it'),
  digest: text('name', 'Digest to sign with (default: MD5 for RSA keys, as in OpenSSL)'),
  spkac: text('name', 'Name of the line to read (default: SPKAC)'),
  spksect: text('section', 'Section that the line stands in (default: default)'),
  noout: bool('Do not print the SPKAC as text'),
  pubkey: bool('Write the public key in PEM'),
  verify: bool('Check the signature'),
  ...PROVIDER_FLAGS,
};

const command: CommandSpec = defineCommand({
  summary: 'Make, show and check SPKACs',
  description:
    "Makes an SPKAC (a public key and a challenge, signed: what HTML's keygen element sent), or prints and checks one.",
  examples: [
    { say: 'Make one', line: 'spkac -key key.pem -challenge hello -out req.spkac' },
    { say: 'Show and check it', line: 'spkac -in req.spkac -verify' },
    { say: 'Take the public key out', line: 'spkac -in req.spkac -noout -pubkey -out pub.pem' },
  ],
  flags,
  async run(context) {
    const { flags } = context;
    if (flags.key !== undefined) {
      checkKeyForm('keyform', flags.keyform);
      const key = await new Inputs(context, passphrases(context, flags).in).privateKey(flags.key);
      const spkac = makeSpkac(key, flags.challenge ?? '', flags.digest === undefined ? {} : { digest: flags.digest });
      context.write(flags.out, `SPKAC=${spkacBase64(spkac)}\n`);
      return 0;
    }
    const source = context.inputName(flags.in);
    const name = flags.spkac ?? 'SPKAC';
    const value = parseConfig(context.read(flags.in), { source, env: process.env }).get(
      flags.spksect ?? 'default',
      name,
    );
    if (value === undefined) return fail('ERR_NOT_FOUND', `${source}: Can't find SPKAC called "${name}"`);
    const spkac = readSpkac(value, source);
    const good = flags.verify ? isGood(spkac) : undefined;
    if (context.json) {
      const { tbs, algorithm } = spkac;
      context.printJson({
        challenge: tbs.challenge.toString('latin1'),
        signatureAlgorithm: longName(algorithm.oid),
        publicKey: describeKey(spkacKey(spkac)),
        ...(good === undefined ? {} : { verified: good }),
      });
      return good === false ? 1 : 0;
    }
    const out = new Output();
    if (!flags.noout) out.add(spkacText(spkac));
    if (good !== undefined) context.note(good ? 'Signature OK\n' : 'Signature Failure\n');
    if (flags.pubkey && good !== false) out.add(writePublicKey(spkacKey(spkac)));
    out.writeTo(context, flags.out);
    return good === false ? 1 : 0;
  },
});

export default command;
