import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { describeWith, openssl, type Finished } from '../../support/peers.ts';
import { scratch, tlskit } from '../../support/tlskit.ts';

interface Golden {
  readonly origin: string;
  readonly name: string;
  readonly pem: string;
}

const golden = JSON.parse(readFileSync('test/data/keys/golden.json', 'utf8')) as Golden[];
const inputs: Record<string, string> = {};

/** Lines whose result is the same every time; %KEY stands for each of the keys. */
const LINES = [
  'pkey -in %KEY -text',
  'pkey -in %KEY -text_pub -noout',
  'pkey -in %KEY -pubout',
  'pkey -in %KEY -outform DER -out result',
  'pkey -in %KEY -pubout -outform DER -out result',
  'pkey -in %KEY -check -noout',
  'pkcs8 -topk8 -nocrypt -in %KEY',
  'pkcs8 -topk8 -nocrypt -in %KEY -outform DER -out result',
];
const KEYS = ['rsa', 'pss', 'p256', 'k256x', 'b233', 'dsa', 'dh', 'dhx', 'ed25519', 'x448'];
const RSA_LINES = [
  'rsa -in rsa',
  'rsa -in rsa -traditional',
  'rsa -in rsa -text -modulus -check',
  'rsa -in rsa -pubout',
  'rsa -in rsa -RSAPublicKey_out',
  'rsa -in rsa -outform DER -traditional -out result',
  'rsa -in rsa -noout -out result',
  'rsa -in pss -RSAPublicKey_out',
  'pkey -in rsa -traditional',
  'pkey -in rsa -text -text_pub -noout',
  'pkey -in rsa -traditional -noout',
  'pkey -in rsa -passout pass:unused',
  'rsa -in p256',
  'rsa -in nothing',
];
const EC_LINES = [
  'ec -in p256',
  'ec -in p256 -text -noout',
  'ec -in p256 -pubout -conv_form compressed',
  'ec -in p256 -param_out',
  'ec -in p256 -no_public',
  'ec -in p256 -check -noout',
  'ec -in p256 -param_enc explicit -conv_form hybrid -text',
  'ec -in k256x -param_enc named_curve',
  'ec -in k256x -conv_form compressed -outform DER -out result',
  'pkey -in p256 -ec_param_enc explicit -ec_conv_form compressed',
  'pkey -in p256 -ec_conv_form compressed -traditional',
  'ecparam -list_curves',
  'ecparam -name P-256',
  'ecparam -name secp256r1 -text',
  'ecparam -name sect233r1 -param_enc explicit -text',
  'ecparam -name prime256v1 -param_enc explicit -no_seed -conv_form compressed',
  'ecparam -name secp384r1 -check -noout',
  'ecparam -name secp521r1 -outform DER -out result',
  'ecparam -name no-such-curve',
  'genpkey -genparam -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -text',
  'genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048 -text',
  'genpkey -genparam -algorithm DHX -pkeyopt dh_rfc5114:1',
  'genpkey -algorithm nothing',
  'dsa -in dsa -text',
  'dsa -in dsa -modulus -noout',
];
const lines = [...LINES.flatMap((line) => KEYS.map((key) => line.replace('%KEY', key))), ...RSA_LINES, ...EC_LINES];

/** Runs a line in a folder of its own; what it printed and the files it left. */
function left(run: (args: readonly string[], options: { cwd: string }) => Finished, line: string): object {
  const cwd = scratch();
  for (const [name, pem] of Object.entries(inputs)) writeFileSync(join(cwd, name), pem);
  const { status, stdout, stderr } = run(line.split(' '), { cwd });
  const files = readdirSync(cwd).filter((name) => !(name in inputs));
  if (status !== 0) return { status: 'failed' };
  const notes = stderr.split('\n').filter((text) => !/^[0-9A-F]{8,}:error/.test(text));
  return { status, stdout, notes, files: files.map((name) => [name, readFileSync(join(cwd, name), 'hex')]) };
}

describeWith(['openssl'], 'K8 K9 key commands leave what openssl 3.0 leaves, byte for byte', () => {
  beforeAll(() => {
    const names: Record<string, string> = {
      rsa: 'rsa 1024',
      pss: 'rsa-pss sha256',
      p256: 'ec prime256v1',
      k256x: 'ec secp256k1 explicit',
      b233: 'ec sect233r1',
      dsa: 'dsa 1024',
      dh: 'dh ffdhe2048',
      dhx: 'dhx rfc5114 1',
      ed25519: 'ed25519',
      x448: 'x448',
    };
    for (const [file, name] of Object.entries(names)) inputs[file] = golden.find((key) => key.name === name)!.pem;
  });

  it.each(lines)('%s', (line) => {
    expect(left(tlskit, line)).toEqual(left(openssl, line));
  });
});
