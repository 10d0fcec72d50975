/** Post-quantum keys on the command line. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratch, tlskit } from '../../support/tlskit.ts';

interface Bench {
  readonly cwd: string;
  must(line: string): string;
  refused(line: string): string;
}

function bench(): Bench {
  const cwd = scratch();
  return {
    cwd,
    must(line) {
      const { status, stdout, stderr } = tlskit(line.split(' '), { cwd });
      expect(status, `${line}: ${stderr}`).toBe(0);
      return stdout;
    },
    refused(line) {
      const { status, stdout, stderr } = tlskit(line.split(' '), { cwd });
      expect([status, stdout]).toEqual([1, '']);
      return stderr.trimEnd();
    },
  };
}

const octets = (pem: string): number => Buffer.from(pem.replaceAll(/-----[^-]*-----/g, ''), 'base64').length;

describe('[K8] post-quantum keys', () => {
  it('genkey writes seed and key, either one alone, JWK, DER, and both halves', () => {
    const { cwd, must } = bench();
    expect(octets(must('genkey --type ml-dsa-44'))).toBe(2626);
    expect(octets(must('genkey --type ml-dsa-44 --format seed'))).toBe(54);
    expect(octets(must('genkey --type ml-dsa-44 --format expanded'))).toBe(2588);
    expect(octets(must('genkey --type slh-dsa-sha2-128f'))).toBe(84);
    expect(JSON.parse(must('genkey --type ml-kem-768 --format jwk'))).toMatchObject({ kty: 'AKP', alg: 'ML-KEM-768' });
    must('genkey --type ml-dsa-65 --outform DER --out key.der --public key.pub');
    expect(readFileSync(join(cwd, 'key.der'))).toHaveLength(4098);
    expect(must('pkey -in key.der -pubout -outform DER')).toBe(readFileSync(join(cwd, 'key.pub'), 'latin1'));
    expect(JSON.parse(must('genkey --type ml-kem-512 --json'))).toMatchObject({ type: 'ml-kem-512', private: true });
  });

  it('a passphrase, PKCS#12, and -provparam keep the key', () => {
    const { must, refused } = bench();
    must('genpkey -algorithm ML-DSA-44 -aes256 -pass pass:secret -out locked.pem');
    must('pkey -in locked.pem -passin pass:secret -out key.pem');
    must('req -x509 -new -key key.pem -subj /CN=pq -days 1 -out cert.pem');
    must('pkcs12 -export -in cert.pem -inkey key.pem -passout pass:pw -out pq.p12');
    const half = must('pkey -in key.pem -pubout');
    expect(must('pkey -in pq.p12 -passin pass:pw -pubout')).toBe(half);
    expect(must('x509 -in cert.pem -noout -pubkey')).toBe(half);
    must('pkey -in key.pem -provparam ml-dsa.output_formats=priv-only -out bare.pem');
    expect(must('pkey -in bare.pem -pubout')).toBe(half);
    expect(refused('pkey -in bare.pem -provparam ml-dsa.output_formats=seed-only')).toBe(
      'tlskit pkey: the ML-DSA-44 key was read without its seed, and cannot be written as seed-only',
    );
    expect(refused('pkey -in bare.pem -provparam ml-dsa.output_formats=seeds')).toMatch(/there is no form "seeds"/);
  });

  it('genpkey -pkeyopt hexseed makes the key of a seed', () => {
    const { must, refused } = bench();
    const seed = '07'.repeat(32);
    const twice = [1, 2].map(() => must(`genpkey -algorithm mldsa44 -pkeyopt hexseed:${seed}`));
    expect(twice[0]).toBe(twice[1]);
    expect(refused('genpkey -algorithm ML-KEM-512 -pkeyopt hexseed:0707')).toBe(
      'tlskit genpkey: the seed of an ML-KEM-512 key has 64 octets, not 2',
    );
    const wrong = refused('genpkey -algorithm ML-KEM-512 -pkeyopt hexseed:secret');
    expect(wrong).toMatch(/octets in hexadecimal/);
    expect(wrong).not.toContain('secret');
  });

  it('a CA issues for ML-DSA and ML-KEM, each with the uses that its keys have', () => {
    const { must } = bench();
    must('ca init --name root --key-type ml-dsa-65 --yes');
    for (const [type, use] of [
      ['ml-dsa-44', 'Digital Signature'],
      ['ml-kem-512', 'Key Encipherment'],
    ]) {
      must(`ca issue --key-type ${type} ${type}.example.org`);
      const file = `${type}.example.org.pem`;
      expect(must(`verify -x509_strict -CAfile tlskit-ca/root.pem ${file}`)).toBe(`${file}: OK\n`);
      expect(must(`x509 -in ${file} -noout -ext keyUsage`)).toBe(`X509v3 Key Usage: critical\n    ${use}\n`);
    }
  });

  it('dgst signs the data itself; ML-KEM does not sign', () => {
    const { cwd, must, refused } = bench();
    writeFileSync(join(cwd, 'data'), 'hello');
    must('genkey --type ml-dsa-44 --out key.pem --public key.pub');
    must('genkey --type ml-kem-512 --out kem.pem');
    must('req -x509 -new -key key.pem -subj /CN=x -days 1 -out cert.pem');
    must('dgst -sign key.pem -out sig data');
    expect(must('dgst -verify key.pub -signature sig data')).toBe('Verified OK\n');
    expect(must('dgst -hex -sign key.pem data')).toMatch(/^ML-DSA-44\(data\)= [0-9a-f]{4840}\n$/);
    expect(refused('dgst -sha256 -sign key.pem data')).toMatch(/Explicit digest not supported for ML-DSA-44/);
    expect(refused('dgst -sign kem.pem data')).toMatch(/a key of type ML-KEM-512 does not sign/);
    expect(refused('s_server -accept 0 -cert cert.pem -key key.pem')).toMatch(
      /key.pem: ML-DSA-44 keys are not supported in TLS yet/,
    );
    expect(refused('req -new -key kem.pem -subj /CN=x')).toMatch(/an ML-KEM-512 key cannot sign/);
  });
});
