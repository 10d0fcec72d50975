/** What is to be certified, in the forms that `ca` takes: requests, self-signed certificates, SPKACs with names beside them. */
import { parseConfig } from '../../lib/conf/parse.ts';
import { fail, TlskitError } from '../../lib/errors.ts';
import { PublicKey, type PrivateKey } from '../../lib/keys/model.ts';
import { findObject } from '../../lib/registry/find.ts';
import { isSpkacSigned, readSpkac, type Spkac } from '../../lib/spkac/index.ts';
import { certificateText } from '../../lib/text/certificate.ts';
import { NAME_COMPAT, ONELINE_DEFAULT } from '../../lib/text/name.ts';
import { requestText } from '../../lib/text/request.ts';
import { Name } from '../../lib/x509/name.ts';
import { attributeKey, attributeOf } from '../../lib/x509/name-build.ts';
import { certificateSignedBy, requestSignedByItself } from '../../lib/x509/verify-signed.ts';
import { type Inputs, keyOf, pemOrDer } from '../flags/certificates.ts';
import type { CaConfig } from './config.ts';
import type { Wish } from './certify.ts';
import { refuse, type CaOptions, type Io } from './options.ts';

/** How a wish is read. */
export interface WishReader {
  readonly io: Io;
  readonly options: CaOptions;
  readonly config: CaConfig;
  readonly inputs: Inputs;
  /** The CA's key; a request to be signed by -selfsign must hold its public half. */
  readonly key: PrivateKey;
  readonly verbose: boolean;
}

/** The outcome of a check that may fail with an error of its own. */
function judged(check: () => boolean): boolean | undefined {
  try {
    return check();
  } catch (error) {
    if (error instanceof TlskitError) return undefined;
    throw error;
  }
}

/** A request; undefined when its signature or, with -selfsign, its key is wrong, which OpenSSL passes over. */
export function fromRequest(reader: WishReader, path: string | undefined): Wish | undefined {
  const { io, options, config, inputs, key, verbose } = reader;
  const request = inputs.request(path, pemOrDer('inform', options.inform));
  const source = io.inputName(path);
  if (!judged(() => keyOf(request).type !== undefined)) fail('ERR_KEY', `${source}: the public key cannot be read`);
  if (verbose) io.note(requestText(request, { nameopt: config.show?.nameopt ?? ONELINE_DEFAULT }));
  io.note('Check that the request matches the signature\n');
  if (options.selfsign && !key.publicKey.equals(keyOf(request))) {
    return passOver(io, 'Certificate request and CA private key do not match\n');
  }
  const good = judged(() => requestSignedByItself(request, options.vfyopt));
  if (good === undefined) return passOver(io, 'Signature verification problems...\n');
  if (!good) return passOver(io, 'Signature did not match the certificate request\n');
  io.note('Signature ok\n');
  const { subject, spki, extensions } = request;
  return { subject, spki, extensions };
}

function passOver(io: Io, words: string): undefined {
  io.note(words);
  return undefined;
}

/** A self-signed certificate, of which the subject and the key count. */
export async function fromCertificate(reader: WishReader, path: string): Promise<Wish | undefined> {
  const { io, options, inputs, verbose } = reader;
  const certificate = await inputs.certificate(path);
  if (verbose) io.note(certificateText(certificate, { nameopt: NAME_COMPAT }));
  io.note('Check that the request matches the signature\n');
  const good = judged(() => certificateSignedBy(certificate, keyOf(certificate), options.vfyopt));
  if (good === undefined) return passOver(io, 'Signature verification problems....\n');
  if (!good) return passOver(io, 'Signature did not match the certificate\n');
  io.note('Signature ok\n');
  const { subject, spki } = certificate;
  return { subject, spki, extensions: [] };
}

/** A file of lines `SPKAC=…` and `attribute=value`. */
export function fromSpkac({ io, config }: WishReader, path: string): Wish {
  const source = io.inputName(path);
  const lines = parseConfig(io.read(path), { source, env: process.env }).section('default') ?? [];
  if (lines.length === 0) refuse(io, `no name/value pairs found in ${path}\n`);
  let spkac: Spkac | undefined;
  const rdns = [];
  for (const [key, value] of lines) {
    const type = attributeKey(key).type;
    const object = config.names.objects(type) ?? findObject(type);
    if (object && object.sn !== object.oid) rdns.push([attributeOf(object, value, config.names)]);
    else if (type === 'SPKAC') spkac = readSpkac(value, source);
  }
  if (!spkac) return refuse(io, `Netscape SPKAC structure not found in ${path}\n`);
  io.note('Check that the SPKAC request matches the signature\n');
  const { spki } = spkac.tbs;
  if (!judged(() => PublicKey.fromSpki(spki.der).type !== undefined)) refuse(io, 'error unpacking SPKAC public key\n');
  if (!judged(() => isSpkacSigned(spkac))) refuse(io, 'signature verification failed on SPKAC public key\n');
  io.note('Signature ok\n');
  return { subject: Name.of(rdns), spki: spki.der, extensions: [] };
}
