// What a Node with post-quantum algorithms makes of our keys, signatures and certificates, and its own for us. JSON in, JSON out.
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

const { keys, certificates, types } = JSON.parse(readFileSync(0, 'utf8'));
const data = Buffer.from('hello');
const spki = (key) => createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64');

const read = keys.map(({ pem, signature }) => {
  const key = createPrivateKey(pem);
  const good =
    signature === undefined ? undefined : verify(null, data, createPublicKey(key), Buffer.from(signature, 'base64'));
  return { type: key.asymmetricKeyType, spki: spki(key), good };
});

const made = types.map((type) => {
  const { privateKey, publicKey } = generateKeyPairSync(type);
  return {
    type,
    pem: privateKey.export({ format: 'pem', type: 'pkcs8' }),
    jwk: privateKey.export({ format: 'jwk' }),
    publicPem: publicKey.export({ format: 'pem', type: 'spki' }),
    // the small variants with SHAKE take a second each
    signature: /^ml-kem|shake-\d+s$/.test(type) ? undefined : sign(null, data, privateKey).toString('base64'),
  };
});

const [root, leaf] = certificates.map((pem) => new X509Certificate(pem));
process.stdout.write(
  JSON.stringify({
    read,
    made,
    chain:
      root && leaf ? leaf.checkIssued(root) && leaf.verify(root.publicKey) && root.verify(root.publicKey) : undefined,
  }),
);
