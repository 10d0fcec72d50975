/** Damaged input of every kind: an answer or one line of error, never a defect. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { TlskitError } from '../../../src/lib/errors.ts';
import { decodePem } from '../../../src/lib/der/index.ts';
import { inspectObjects, recognise } from '../../../src/lib/inspect/index.ts';
import { lintCertificate } from '../../../src/lib/lint/index.ts';
import { readSslSession } from '../../../src/lib/tls/index.ts';
import { seeded } from '../../support/seeded.ts';

const DATA = join(import.meta.dirname, '../../data');
const COUNT = Number(process.env['FUZZ'] ?? 1) * 4;

it('K9 recognises, inspects and lints damaged files without a defect', async () => {
  const random = seeded('inspect');
  const pick = (n: number): number => random(4).readUInt32BE() % n;
  const folders = ['cms', 'keystores', 'requests', 'certificates-made'];
  const files = folders.flatMap((folder) =>
    readdirSync(join(DATA, folder))
      .filter((name) => /\.(?:pem|der|p12|p7b|p7c|crl|eml|jks|jceks)$/.test(name))
      .map((name) => readFileSync(join(DATA, folder, name))),
  );
  expect(files.length).toBeGreaterThan(50);
  for (const bytes of files) {
    const inside = bytes.includes('-----BEGIN ') ? decodePem(bytes.toString('latin1'))[0]?.der : undefined;
    for (let i = 0; i < COUNT; i += 1) {
      const damaged = Buffer.from(i % 2 === 0 && inside ? inside : bytes);
      for (let left = 1 + pick(4); left > 0; left -= 1) damaged[pick(damaged.length)] = pick(256);
      try {
        const objects = await recognise(damaged, { source: 'damaged', readSession: readSslSession });
        inspectObjects(objects, { now: 0, host: 'example.org', served: true });
        for (const one of objects) if (one.kind === 'certificate') lintCertificate(one.view.certificate);
      } catch (error) {
        if (!(error instanceof TlskitError)) throw error;
        expect(error.message).not.toContain('\n');
      }
    }
  }
});
