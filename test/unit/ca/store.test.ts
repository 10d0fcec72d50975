import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSqlite } from '../../../src/cli/ca-folder/sqlite.ts';
import { CaStore, createCA, makeCrl, RecordedAuthority, serialText } from '../../../src/lib/ca/index.ts';
import { parseSerial } from '../../../src/lib/x509/serial.ts';
import { scratch } from '../../support/tlskit.ts';

const NOW = Date.UTC(2026, 5, 1);
const DAY = 86_400_000;

async function database(): Promise<{ store: CaStore; ca: RecordedAuthority }> {
  const store = await CaStore.open(await openSqlite(join(scratch(), 'ca.db'), true));
  const root = await createCA({ name: 'Store CA' }, NOW);
  const stored = await store.addAuthority(
    root.certificate,
    { days: 30, urls: { crl: 'http://ca.example/1.crl' } },
    NOW,
  );
  return { store, ca: new RecordedAuthority(store, stored, root) };
}

test('K4: several that open a new database at once make its tables once', async () => {
  const path = join(scratch(), 'ca.db');
  const stores = await Promise.all([1, 2, 3, 4].map(async () => CaStore.open(await openSqlite(path, true))));
  const root = await createCA({ name: 'x' });
  const ids = await Promise.all(stores.map(async (store) => (await store.addAuthority(root.certificate, {}, NOW)).id));
  expect(new Set(ids).size).toBe(1);
  await Promise.all(stores.map((store) => store.close()));
});

test('K4: a serial number is given once, and what the CA was told holds for each certificate', async () => {
  const { store, ca } = await database();
  const { publicKey } = ca.issuer.key;
  const serial = parseSerial('0x7FAA');
  const [issued] = await ca.issue([{ publicKey, names: ['a.example'], serial }], NOW);
  expect(issued!.certificate.notAfter.ms).toBe(NOW + 30 * DAY);
  expect(issued!.certificate.extension('2.5.29.31')).toBeDefined();
  await expect(ca.issue([{ publicKey, names: ['b.example'], serial }], NOW)).rejects.toMatchObject({
    code: 'ERR_USAGE',
    message: expect.stringContaining('7FAA') as string,
  });
  await expect(
    ca.issue(
      [1, 2].map(() => ({ publicKey, names: ['b.example'], serial: parseSerial('5') })),
      NOW,
    ),
  ).rejects.toMatchObject({ code: 'ERR_USAGE' });
  expect((await ca.find()).map(({ names }) => names)).toEqual([['a.example']]);
  await store.close();
});

test('K4: an expired certificate is on one more CRL, and then on none; a CRL that fails takes no number', async () => {
  const { store, ca } = await database();
  const { publicKey } = ca.issuer.key;
  const [issued] = await ca.issue([{ publicKey, names: ['a.example'], days: 10 }], NOW);
  await ca.revoke(issued!.record.serial, { at: NOW, reason: 'superseded' });
  const entries = async (day: number): Promise<number> => (await makeCrl(ca, {}, NOW + day * DAY)).revoked.length;
  expect([await entries(1), await entries(9), await entries(20), await entries(21)]).toEqual([1, 1, 1, 0]);
  await expect(makeCrl(ca, { digest: 'nonsense' }, NOW)).rejects.toMatchObject({ code: 'ERR_USAGE' });
  expect(await store.crlNumber(ca.stored.id)).toBe(4);
  await store.close();
});

test('a text is looked for as it is, in any case', async () => {
  const { store, ca } = await database();
  const { publicKey } = ca.issuer.key;
  await ca.issue(['a_b.example', 'axb.example', 'c.example'].map((name) => ({ publicKey, names: [name] })));
  const found = async (text: string): Promise<number> => (await ca.find({ text })).length;
  expect([await found('A_B'), await found('%'), await found("'"), await found('example')]).toEqual([1, 0, 0, 3]);
  await store.close();
});

test.each([
  ['0x0aF', 'AF'],
  ['00:af:10', 'AF10'],
  ['AF1', '0AF1'],
  ['www', undefined],
  ['', undefined],
])('serial number %j', (text, want) => {
  expect(serialText(text)).toBe(want);
});
